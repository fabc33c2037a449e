"""M-Bus as profiles need it, and how it is spoken on a line.

A primary address is 0 to 250; eight digits are a secondary one, by which the device is selected
among others of its maker, version and medium.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec

from device_profiles.conversation import Conversation
from device_profiles.dialect import Contents, Device, Dialect, Lies, LineDialect, Reader, Values
from device_profiles.errors import ProfileError
from device_profiles.finish import finished, unfinished
from device_profiles.formats import NotAvailable, Number
from device_profiles.indicated import Decoding, Impaired, Indicated, Interpretation
from device_profiles.item_errors import DeviceAddressError, NoSuchItemError
from device_profiles.mbus.answer import Slave, SlaveState, answer, telegrams_of
from device_profiles.mbus.ask import read, read_selected
from device_profiles.mbus.frame import ANSWERED_BY_ALL, LongFrame, cut, encode
from device_profiles.mbus.header import Header
from device_profiles.mbus.profile import MbusProfile, RecordChannel, record_findings, sample
from device_profiles.mbus.record import Record, compose, read_record
from device_profiles.mbus.selection import SecondaryAddress
from device_profiles.mbus.variable import VARIABLE_DATA, Telegram, telegrams, user_data
from device_profiles.one_question import requests_of_one
from device_profiles.parameters import parameters_of
from device_profiles.phrase import Words
from device_profiles.register_errors import FitError
from device_profiles.scaling import over
from device_profiles.status_model import Condition
from device_profiles.wire_errors import WireError

_LAST_PRIMARY: Final = 250
_RSP_UD: Final = 0x08
_SECONDARY_DIGITS: Final = 8
_PERMANENT, _TEMPORARY, _POWER_LOW = 0x08, 0x10, 0x04


class AllRecords(msgspec.Struct, frozen=True):
    """The one question: all values of a device (REQ_UD2, as often as more follow)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReader:
    """The channels of a device by the heads of their records."""

    interpretations: tuple[tuple[bytes, Interpretation], ...]

    def held(self, request: Hashable) -> range:
        """The places of the channels that the answer to `request` brings: all of them."""
        return range(len(self.interpretations) if isinstance(request, AllRecords) else 0)

    def places(self, request: Hashable, content: bytes) -> Iterator[tuple[int, bytes, Indicated]]:
        """What the channels indicate; a record that the answer lacks is not available.

        Raises:
            WireError: `content` is none of whole frames.
        """
        del request
        found: dict[bytes, tuple[Record, int]] = {}
        for telegram in telegrams(content):
            for record in telegram.records:
                found.setdefault(record.head, (record, telegram.header.status))
        for place, (head, interpret) in enumerate(self.interpretations):
            if head not in found:
                yield place, b"", NotAvailable()
                continue
            record, status = found[head]
            yield place, record.raw, _under(status, interpret(record.raw))


def _under(status: int, indicated: Indicated) -> Indicated:
    """The indication of a device with this status byte."""
    if not isinstance(indicated, int | float) or not status & (
        _PERMANENT | _TEMPORARY | _POWER_LOW
    ):
        return indicated
    condition = Condition.FAULT if status & _PERMANENT else Condition.WARNING
    return Impaired(number=indicated, condition=condition)


def _reader(
    profile: MbusProfile, names: Sequence[str], parameters: Mapping[str, float] | None
) -> Reader[Hashable]:
    factors = parameters_of(profile, parameters)
    channels = [profile.channel(name) for name in names]
    return RecordReader(
        interpretations=tuple(
            (each.source.head_bytes, finished(_number, each, factors)) for each in channels
        )
    )


def _decoding(profile: MbusProfile, name: str) -> Decoding:
    profile.channel(name)
    return _number


def _number(raw: bytes) -> Number | NotAvailable:
    """The number in a record's bytes."""
    try:
        record, end = read_record(raw, 0)
    except WireError:
        return NotAvailable(reason="digits")
    value = record.value
    if isinstance(value, NotAvailable):
        return value
    number = isinstance(value, int | float) and end == len(raw)
    return value if number and not isinstance(value, str | bytes) else NotAvailable(reason="digits")


def _compose(
    profile: MbusProfile,
    request: Hashable,
    values: Values,
    parameters: Mapping[str, float] | None,
) -> bytes:
    """The frames of the answer; channels that are not available are left out."""
    if not isinstance(request, AllRecords):
        raise NoSuchItemError(
            profile.id, key="request", found=request, limit=Words("all records", "全部记录")
        )
    records = _records(profile, values, parameters)
    parts = telegrams_of(records)
    return b"".join(
        _frame(profile, part, more_follows=number + 1 < len(parts))
        for number, part in enumerate(parts)
    )


def _frame(profile: MbusProfile, records: tuple[Record, ...], *, more_follows: bool) -> bytes:
    telegram = Telegram(header=header_of(profile, ""), records=records, more_follows=more_follows)
    return encode(
        LongFrame(control=_RSP_UD, address=0, information=VARIABLE_DATA, data=user_data(telegram))
    )


def _records(
    profile: MbusProfile, values: Values, parameters: Mapping[str, float] | None
) -> tuple[Record, ...]:
    factors = parameters_of(profile, parameters)
    found = ((each, values.get(each.name, NotAvailable())) for each in profile.channels)
    return tuple(
        _shown(each, value, factors) for each, value in found if not isinstance(value, NotAvailable)
    )


def _shown(channel: RecordChannel, value: Number, factors: Mapping[str, float]) -> Record:
    head = channel.source.head_bytes
    record = sample(head)
    exponent = 0 if record is None else record.what.exponent
    number = over(unfinished(channel, value, factors), 10.0**exponent)
    try:
        return compose(head, round(number) if _is_whole(head) else float(number))
    except FitError as wrong:
        raise FitError(channel.name, **{**wrong.facts, "found": value}) from None


def _is_whole(head: bytes) -> bool:
    """Whether a record under this head carries whole numbers: all but field 5, a float."""
    return head[0] & 0x0F != 0x05


def header_of(profile: MbusProfile, secondary: str) -> Header:
    """Who a simulated device says it is."""
    traits = profile.mbus
    return Header(
        identification=secondary or "00000001",
        manufacturer=traits.manufacturer,
        version=traits.version or 0,
        medium=traits.medium,
    )


def _where(profile: MbusProfile, name: str) -> tuple[Lies, ...]:
    source = profile.channel(name).source
    record = sample(source.head_bytes)
    if record is None:
        return (Lies(place=source.head, coding="-"),)
    which, what = record.which, record.what
    parts: list[str] = [which.function if which.function != "instantaneous" else ""]
    parts += [f"storage {which.storage}" if which.storage else ""]
    parts += [f"tariff {which.tariff}" if which.tariff else ""]
    parts += [f"subunit {which.subunit}" if which.subunit else ""]
    told = ", ".join(part for part in parts if part)
    place = f"{source.head} ({told})" if told else source.head
    return (Lies(place=place, coding=f"{what.quantity}, 1E{what.exponent} {what.unit}"),)


MBUS: Final = Dialect(
    profile=MbusProfile,
    findings=record_findings,
    requests=requests_of_one(AllRecords()),
    reader=_reader,
    decoding=_decoding,
    compose=_compose,
    where=_where,
)


def _ask(profile: MbusProfile, address: str, request: Hashable) -> Conversation:
    if not isinstance(request, AllRecords):
        raise NoSuchItemError(
            profile.id, key="request", found=request, limit=Words("all records", "全部记录")
        )
    if len(address) == _SECONDARY_DIGITS:
        return read_selected(_secondary(profile, address))
    return read(int(address) if address else ANSWERED_BY_ALL)


def _secondary(profile: MbusProfile, address: str) -> SecondaryAddress:
    traits = profile.mbus
    return SecondaryAddress(
        identification=address,
        manufacturer=traits.manufacturer,
        version=traits.version,
        medium=traits.medium,
    )


def _device(profile: MbusProfile, address: str) -> Device:
    """A device that remembers its frame count bit and whether it is selected."""
    secondary = address if len(address) == _SECONDARY_DIGITS else ""
    header, primary = header_of(profile, secondary), 0 if secondary else int(address or 0)
    return partial(_hear, _Memory(), header, primary)


class _Memory:
    """What a simulated device remembers between frames."""

    def __init__(self) -> None:
        self.state = SlaveState()


def _hear(
    memory: _Memory, header: Header, primary: int, frame: bytes, contents: Contents
) -> bytes | None:
    bare = Slave(address=primary, header=header, telegrams=((),))
    reply, state = answer(bare, memory.state, frame)
    if reply[:1] == b"\x68":  # values are asked, of this device
        whole = Slave(address=primary, header=header, telegrams=_parts(contents))
        reply, state = answer(whole, memory.state, frame)
    memory.state = state
    return reply or None


def _parts(contents: Contents) -> tuple[tuple[Record, ...], ...]:
    try:
        found = tuple(each.records for each in telegrams(contents(AllRecords())))
    except ProfileError:
        return ((),)
    return found or ((),)


def _check_address(profile: MbusProfile, address: str) -> None:
    primary = address.isdecimal() and len(address) <= 3 and int(address) <= _LAST_PRIMARY
    secondary = len(address) == _SECONDARY_DIGITS and address.isdecimal()
    if address and not (primary or secondary):
        limit = f"0..{_LAST_PRIMARY}, or the 8 digits of a secondary address"
        raise DeviceAddressError(profile.id, key="address", found=address, limit=limit)


MBUS_SPOKEN: Final = LineDialect(
    ask=_ask,
    cut_request=cut,
    device=_device,
    check_address=_check_address,
    lone_address="1",
)
