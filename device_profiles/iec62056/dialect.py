"""IEC 62056-21 as profiles need it, and how it is spoken on a line."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import Final

import msgspec

from device_profiles.conversation import Conversation
from device_profiles.dialect import Contents, Device, Dialect, Lies, LineDialect, Reader, Values
from device_profiles.errors import LimitError, ProfileError
from device_profiles.finish import unfinished
from device_profiles.formats import NotAvailable, Number
from device_profiles.iec62056.answer import IDLE, Meter, answer
from device_profiles.iec62056.ask import readout
from device_profiles.iec62056.cut import cut
from device_profiles.iec62056.frame import Identification
from device_profiles.iec62056.parity import EIGHT_BITS, SEVEN_BITS
from device_profiles.iec62056.profile import CodeSource, Iec62056Profile, code_findings
from device_profiles.iec62056.readout import DataSet, Exact, data_sets
from device_profiles.indicated import Decoding
from device_profiles.item_errors import DeviceAddressError, NoSuchItemError
from device_profiles.item_reader import Cut
from device_profiles.one_question import reader_of_one, requests_of_one
from device_profiles.parameters import parameters_of
from device_profiles.phrase import Words
from device_profiles.wire_errors import WireError

_STX: Final = b"\x02"


class Readout(msgspec.Struct, frozen=True):
    """The one question: the whole readout."""


def _reader(
    profile: Iec62056Profile, names: Sequence[str], parameters: Mapping[str, float] | None
) -> Reader[Hashable]:
    def item(name: str) -> tuple[Cut, Decoding]:
        return partial(_cut, profile.channel(name).source.code), _decoding(profile, name)

    return reader_of_one(profile, names, parameters, Readout(), item)


def _cut(code: str, content: bytes) -> bytes | None:
    """The data set of a code; the first, as meters repeat codes in lists of past periods."""
    return next((each.raw for each in data_sets(content) if each.identifier == code), None)


def _decoding(profile: Iec62056Profile, name: str) -> Decoding:
    return partial(_number, profile.channel(name).source)


def _number(source: CodeSource, raw: bytes) -> Number | NotAvailable:
    try:
        found = [each for each in data_sets(raw) if each.identifier == source.code]
    except WireError:
        return NotAvailable(reason="digits")
    return _of(found[0], source) if found else NotAvailable(reason="digits")


def _of(found: DataSet, source: CodeSource) -> Number | NotAvailable:
    if source.group >= len(found.groups):
        return NotAvailable()
    group = found.groups[source.group]
    if group.unit != source.unit:
        return NotAvailable(reason="unit")
    return group.exact.number if isinstance(group.exact, Exact) else NotAvailable(reason="digits")


def _compose(
    profile: Iec62056Profile,
    request: Hashable,
    values: Values,
    parameters: Mapping[str, float] | None,
) -> bytes:
    """The data lines; a value that is not available stands as dashes, as meters print it."""
    if not isinstance(request, Readout):
        raise NoSuchItemError(
            profile.id, key="request", found=request, limit=Words("the readout", "整份读出")
        )
    factors = parameters_of(profile, parameters)
    groups: dict[str, dict[int, str]] = defaultdict(dict)
    for channel in profile.channels:
        value = values.get(channel.name, NotAvailable())
        shown = (
            "-" if isinstance(value, NotAvailable) else _digits(unfinished(channel, value, factors))
        )
        unit = f"*{channel.source.unit}" if channel.source.unit else ""
        groups[channel.source.code][channel.source.group] = f"({shown}{unit})"
    lines = (f"{code}{_filled(its)}\r\n" for code, its in groups.items())
    return "".join(lines).encode("ascii")


def _filled(groups: Mapping[int, str]) -> str:
    return "".join(groups.get(place, "()") for place in range(max(groups) + 1))


def _digits(number: Number) -> str:
    """The number in digits, without an exponent."""
    return str(number) if isinstance(number, int) else f"{number:.15f}".rstrip("0").rstrip(".")


def _where(profile: Iec62056Profile, name: str) -> tuple[Lies, ...]:
    source = profile.channel(name).source
    group = f" group {source.group}" if source.group else ""
    return (Lies(place=f"{source.code}{group}", coding=f"text in {source.unit or '-'}"),)


IEC62056: Final = Dialect(
    profile=Iec62056Profile,
    findings=code_findings,
    requests=requests_of_one(Readout()),
    reader=_reader,
    decoding=_decoding,
    compose=_compose,
    where=_where,
)


def _ask(profile: Iec62056Profile, address: str, request: Hashable) -> Conversation:
    if not isinstance(request, Readout):
        raise NoSuchItemError(
            profile.id, key="request", found=request, limit=Words("the readout", "整份读出")
        )
    return readout(address, mask=SEVEN_BITS if profile.iec62056.parity_in_bytes else EIGHT_BITS)


def _device(profile: Iec62056Profile, address: str) -> Device:
    """A meter that remembers where its talk stands."""
    traits, session = profile.iec62056, IDLE
    text = profile.id.upper()[:16]
    said = Identification(manufacturer=traits.manufacturer, baud=traits.baud, text=text)

    def hear(frame: bytes, contents: Contents) -> bytes | None:
        nonlocal session
        bare = Meter(identification=said, address=address, lines=b"")
        reply, after = answer(bare, session, frame)
        if reply.sends[:1] == _STX:  # values are asked, of this meter
            meter = Meter(identification=said, address=address, lines=_lines(contents))
            reply, after = answer(meter, session, frame)
        session = after
        return reply.sends or None

    return hear


def _lines(contents: Contents) -> bytes:
    try:
        return contents(Readout())
    except ProfileError:
        return b""


def _check_address(profile: Iec62056Profile, address: str) -> None:
    try:
        next(readout(address))
    except LimitError as wrong:
        limit = wrong.facts["limit"]
        raise DeviceAddressError(profile.id, key="address", found=address, limit=limit) from None


IEC62056_SPOKEN: Final = LineDialect(
    ask=_ask,
    cut_request=cut,
    device=_device,
    check_address=_check_address,
    lone_address="1",
)
