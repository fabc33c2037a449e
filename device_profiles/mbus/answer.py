"""The device's side, for simulators: what a slave answers to each frame it hears (pure)."""

from dataclasses import dataclass, replace

from device_profiles.mbus.frame import (
    ACKNOWLEDGEMENT,
    ANSWERED_BY_ALL,
    HEARD_BY_ALL,
    SELECTED,
    LongFrame,
    ShortFrame,
    decode,
    encode,
)
from device_profiles.mbus.header import Header
from device_profiles.mbus.record import Record
from device_profiles.mbus.selection import SELECT, selection_of
from device_profiles.mbus.variable import VARIABLE_DATA, Telegram, user_data
from device_profiles.wire_errors import WireError

_RSP_UD = 0x08
_LARGEST_RECORDS = 252 - 12 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Slave:
    """A device as it stands on the line.

    Attributes:
        address: its primary address, 0 to 250.
        header: who it is; its access number is counted up with each new answer.
        telegrams: the records of each telegram, one telegram or more.
    """

    address: int
    header: Header
    telegrams: tuple[tuple[Record, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaveState:
    """What a device remembers between frames.

    Attributes:
        count_bit: frame count bit of the last request; None after a reset.
        at: which telegram that request got.
        answers: how many new answers it has given.
        is_selected: True while its secondary address is selected.
    """

    count_bit: bool | None = None
    at: int = 0
    answers: int = 0
    is_selected: bool = False


def telegrams_of(records: tuple[Record, ...]) -> tuple[tuple[Record, ...], ...]:
    """`records` in as few telegrams as hold them in order, at least one."""
    filled: list[list[Record]] = [[]]
    size = 0
    for record in records:
        if filled[-1] and size + len(record.raw) > _LARGEST_RECORDS:
            filled.append([])
            size = 0
        filled[-1].append(record)
        size += len(record.raw)
    return tuple(tuple(each) for each in filled)


def answer(slave: Slave, state: SlaveState, heard: bytes) -> tuple[bytes, SlaveState]:
    """What a device answers to a frame, b"" for silence, and what it remembers afterwards.

    A frame that is not sound is met with silence, as the standard demands. A request whose
    frame count bit is not toggled gets the last telegram again.
    """
    try:
        frame = decode(heard)
    except WireError:
        return b"", state
    if isinstance(frame, LongFrame):
        return _to_user_data(slave, state, frame)
    if isinstance(frame, ShortFrame):
        return _to_short(slave, state, frame)
    return b"", state


def _is_meant(slave: Slave, state: SlaveState, address: int) -> bool:
    own = address in {slave.address, ANSWERED_BY_ALL, HEARD_BY_ALL}
    return own or (address == SELECTED and state.is_selected)


def _spoken(address: int, reply: bytes) -> bytes:
    return b"" if address == HEARD_BY_ALL else reply


def _to_user_data(slave: Slave, state: SlaveState, frame: LongFrame) -> tuple[bytes, SlaveState]:
    if frame.kind != "SND_UD":
        return b"", state
    if frame.address == SELECTED and frame.information == SELECT:
        return _to_selection(slave, state, frame)
    if not _is_meant(slave, state, frame.address):
        return b"", state
    return _spoken(frame.address, ACKNOWLEDGEMENT), state


def _to_selection(slave: Slave, state: SlaveState, frame: LongFrame) -> tuple[bytes, SlaveState]:
    asked = selection_of(frame.data)
    if asked is None or not asked.means(slave.header):
        return b"", replace(state, is_selected=False)
    return ACKNOWLEDGEMENT, replace(state, is_selected=True, count_bit=None)


def _to_short(slave: Slave, state: SlaveState, frame: ShortFrame) -> tuple[bytes, SlaveState]:
    if not _is_meant(slave, state, frame.address):
        return b"", state
    if frame.kind == "SND_NKE":
        stays = state.is_selected and frame.address != SELECTED
        reset = replace(state, count_bit=None, is_selected=stays)
        return _spoken(frame.address, ACKNOWLEDGEMENT), reset
    if frame.kind == "REQ_UD1":  # no alarm data
        return _spoken(frame.address, ACKNOWLEDGEMENT), state
    state = _advanced(slave, state, count_bit=frame.frame_count_bit)
    return _spoken(frame.address, _response(slave, state)), state


def _advanced(slave: Slave, state: SlaveState, *, count_bit: bool) -> SlaveState:
    if count_bit == state.count_bit:
        return state
    at = 0 if state.count_bit is None else (state.at + 1) % len(slave.telegrams)
    return replace(state, count_bit=count_bit, at=at, answers=state.answers + 1)


def _response(slave: Slave, state: SlaveState) -> bytes:
    access = (slave.header.access + state.answers - 1) % 256
    telegram = Telegram(
        header=replace(slave.header, access=access),
        records=slave.telegrams[state.at],
        more_follows=state.at + 1 < len(slave.telegrams),
    )
    frame = LongFrame(
        control=_RSP_UD,
        address=slave.address,
        information=VARIABLE_DATA,
        data=user_data(telegram),
    )
    return encode(frame)
