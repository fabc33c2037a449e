"""Where faults can strike: one that could strike nothing where it is planned is refused."""

from collections.abc import Callable
from typing import TypeAlias

from simulators.fault import (
    AnswersForAnother,
    AnyFault,
    BadChecksum,
    DataFlag,
    DuplicateAddress,
    Echo,
    ExceptionReply,
    Fault,
    Garbage,
    LateReply,
    LowerCaseCrc,
    Noise,
    PlainModbusCrc,
    Reboot,
    ShortReply,
    Silence,
    SplitPacket,
    Truncated,
    WrongTransactionId,
)

_OF_BYTES = (Truncated, BadChecksum, Noise, Echo, DuplicateAddress, AnswersForAnother)
_OF_LOGGERS = (DataFlag, LowerCaseCrc, PlainModbusCrc, SplitPacket)
_OF_WIRES = (Silence, Reboot, LateReply, Garbage, ExceptionReply)
_OF_ANSWERS = (ExceptionReply, Echo)

_Rule: TypeAlias = tuple[tuple[type[Fault], ...], Callable[[bool, str], bool], str]
_RULES: tuple[_Rule, ...] = (
    (
        _OF_BYTES,
        lambda on_bytes, protocol: on_bytes or protocol == "hj212",
        "strikes a line of bytes alone: serial-tcp, pty or hj212",
    ),
    (
        (WrongTransactionId,),
        lambda on_bytes, protocol: protocol == "modbus" and not on_bytes,
        "strikes frames with a transaction id alone: modbus-tcp or modbus-udp",
    ),
    ((ShortReply,), lambda _, protocol: protocol == "modbus", "strikes Modbus registers alone"),
    (
        _OF_LOGGERS,
        lambda _, protocol: protocol == "hj212",
        "strikes a data logger's packets alone: hj212",
    ),
    (
        _OF_WIRES,
        lambda _, protocol: protocol != "opcua",
        "strikes bytes, and the library of an OPC UA server writes its own",
    ),
    (
        _OF_ANSWERS,
        lambda _, protocol: protocol != "hj212",
        "strikes answers, and a data logger reports unasked",
    ),
)
"""Faults, whether they strike on a line of bytes or not and in a protocol, and why not."""


def never_strikes(fault: AnyFault, *, on_bytes: bool, protocol: str) -> str:
    """Why a fault can strike nothing where it is planned, for people; empty if it can."""
    against = (
        why
        for kinds, strikes, why in _RULES
        if isinstance(fault, kinds) and not strikes(on_bytes, protocol)
    )
    return next(against, "")
