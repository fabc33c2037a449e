"""The meter's side, for simulators: what it answers to each message it hears (pure)."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from device_profiles.iec62056.frame import (
    FIRST_SPEED_BIT_S,
    SPEEDS_BIT_S,
    Block,
    Command,
    Identification,
    Message,
    Option,
    Repeat,
    SignOn,
    decode,
    encode,
)
from device_profiles.iec62056.readout import data_sets
from device_profiles.wire_errors import WireError

_END: Final = b"!\r\n"
_UNKNOWN_ITEM: Final = b"(ER01)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A meter as it stands on the line.

    Attributes:
        identification: what it answers to a sign-on; its baud character is one of mode C.
        address: the one it listens to besides the empty one.
        lines: its data lines, each with CR LF, without the closing `!`.
    """

    identification: Identification
    address: str
    lines: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Where a talk stands, and the speed at which the meter listens."""

    stage: Literal["idle", "identified", "programming"] = "idle"
    speed_bit_s: int = FIRST_SPEED_BIT_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the meter sends, nothing for silence, and at which speed."""

    sends: bytes = b""
    speed_bit_s: int = FIRST_SPEED_BIT_S


IDLE: Final = Session()


def answer(meter: Meter, session: Session, heard: bytes) -> tuple[Reply, Session]:
    """What a meter answers to a message, and where the talk stands then.

    What is not sound is met with silence, in programming mode with NAK.
    """
    try:
        message = decode(heard)
    except WireError:
        return _not_understood(session)
    if isinstance(message, SignOn):
        return _signed_on(meter, message)
    if isinstance(message, Option) and session.stage == "identified":
        return _chosen(meter, message)
    if session.stage == "programming":
        return _commanded(meter, session, message)
    return Reply(), session


def _not_understood(session: Session) -> tuple[Reply, Session]:
    if session.stage != "programming":
        return Reply(), session
    return Reply(sends=encode(Repeat()), speed_bit_s=session.speed_bit_s), session


def _signed_on(meter: Meter, message: SignOn) -> tuple[Reply, Session]:
    asked = message.address.lstrip("0 ")
    if message.address and asked != meter.address.lstrip("0 "):
        return Reply(), IDLE
    return Reply(sends=encode(meter.identification)), replace(IDLE, stage="identified")


def _chosen(meter: Meter, option: Option) -> tuple[Reply, Session]:
    """A readout or programming mode at the speed chosen; anything else as no option at all."""
    speed = SPEEDS_BIT_S.get(option.baud)
    agreed = option.baud == meter.identification.baud and option.mode in {"0", "1"}
    if speed is None or not agreed:
        return Reply(), IDLE
    if option.mode == "0":
        return Reply(sends=encode(Block(data=meter.lines + _END)), speed_bit_s=speed), IDLE
    question = encode(Command(code="P0", data=f"({meter.address})".encode("ascii")))
    programming = Session(stage="programming", speed_bit_s=speed)
    return Reply(sends=question, speed_bit_s=speed), programming


def _commanded(meter: Meter, session: Session, message: Message) -> tuple[Reply, Session]:
    if not isinstance(message, Command):
        return _not_understood(session)
    if message.code == "B0":
        return Reply(speed_bit_s=session.speed_bit_s), IDLE
    if message.code not in {"R1", "R5"}:
        return Reply(sends=encode(Block(data=b"(ER02)")), speed_bit_s=session.speed_bit_s), session
    item = _item(meter, message.data)
    return Reply(sends=encode(Block(data=item)), speed_bit_s=session.speed_bit_s), session


def _item(meter: Meter, asked: bytes) -> bytes:
    wanted = asked.partition(b"(")[0].decode("ascii")
    found = [each.raw for each in data_sets(meter.lines) if each.identifier == wanted]
    return found[0] if found else _UNKNOWN_ITEM
