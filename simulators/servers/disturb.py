"""Faults of the wire: what becomes of a reply's bytes; no input or output."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from device_profiles.modbus.answer import TCP
from device_profiles.modbus.pdu import Adu
from simulators.fault import (
    AnyFault,
    ExceptionReply,
    Garbage,
    LateReply,
    Reboot,
    ShortReply,
    Silence,
    WrongTransactionId,
)
from simulators.servers.answer import exception


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is sent and when.

    Attributes:
        content: bytes to send; empty for silence.
        delay_s: real seconds to wait first.
        closes: whether the connection is closed instead.
    """

    content: bytes
    delay_s: float = 0.0
    closes: bool = False


def reply(request: Adu, pdu: bytes, active: Sequence[AnyFault], poll: int) -> Reply:
    """The reply to a request whose right answer is `pdu`, after the active faults."""
    if any(isinstance(fault, Reboot) for fault in active):
        return Reply(content=b"", closes=True)
    delay_s = sum(fault.delay_s for fault in active if isinstance(fault, LateReply))
    if any(isinstance(fault, Silence) for fault in active):
        return Reply(content=b"", delay_s=delay_s)
    garbage = next((fault for fault in active if isinstance(fault, Garbage)), None)
    if garbage is not None:
        return Reply(content=_meaningless(garbage.length, poll), delay_s=delay_s)
    told = replace(request, transaction=_transaction_id(request, active), pdu=_pdu(pdu, active))
    return Reply(content=TCP.frame(told), delay_s=delay_s)


def _pdu(pdu: bytes, active: Sequence[AnyFault]) -> bytes:
    for fault in active:
        if isinstance(fault, ExceptionReply):
            return exception(pdu[0] & 0x7F, fault.code)
        if isinstance(fault, ShortReply) and pdu[0] in {3, 4}:
            kept = max(0, pdu[1] - 2 * fault.missing_registers)
            return bytes([pdu[0], kept]) + pdu[2 : 2 + kept]
    return pdu


def _transaction_id(request: Adu, active: Sequence[AnyFault]) -> int | None:
    wrong = (fault.transaction_id for fault in active if isinstance(fault, WrongTransactionId))
    return next(wrong, request.transaction)


def _meaningless(length: int, poll: int) -> bytes:
    return np.random.default_rng(poll).bytes(length)
