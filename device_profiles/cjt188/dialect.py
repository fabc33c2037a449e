"""CJ/T 188 as profiles need it, and how it is spoken on a line."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

import msgspec

from device_profiles.cjt188.answer import payload_reply, refusal, request_for
from device_profiles.cjt188.ask import METERING_DATA, read_data
from device_profiles.cjt188.frame import ANY, SHAPE, cut_request, decode, encode
from device_profiles.cjt188.layout import Field, pieces, split
from device_profiles.cjt188.profile import Cjt188Profile, FieldChannel, FieldSource, field_findings
from device_profiles.cjt188.units import METER_UNITS
from device_profiles.conversation import Conversation
from device_profiles.dialect import Dialect, Lies, LineDialect, Reader, Values
from device_profiles.errors import ProfileError
from device_profiles.finish import unfinished
from device_profiles.formats import NotAvailable, Number
from device_profiles.frame_68 import require_address
from device_profiles.indicated import Decoding
from device_profiles.item_errors import NoSuchItemError
from device_profiles.item_reader import Cut
from device_profiles.one_question import reader_of_one, requests_of_one
from device_profiles.packed_bcd import read_number, write_number
from device_profiles.parameters import parameters_of
from device_profiles.phrase import Words
from device_profiles.wire_errors import WireError, WireValueError


class MeteringData(msgspec.Struct, frozen=True):
    """The one question: all metering data of a meter."""


def _reader(
    profile: Cjt188Profile, names: Sequence[str], parameters: Mapping[str, float] | None
) -> Reader[Hashable]:
    def item(name: str) -> tuple[Cut, Decoding]:
        return partial(_cut, profile, profile.channel(name).source), _decoding(profile, name)

    return reader_of_one(profile, names, parameters, MeteringData(), item)


def _cut(profile: Cjt188Profile, source: FieldSource, content: bytes) -> bytes | None:
    """The bytes of a field, with its unit; none in a payload of another length than the layout's.

    Every field after the first that is missing would stand in the wrong place.
    """
    if len(content) != profile.layout.size:
        return None
    return next(raw for field, raw in pieces(profile.layout, content) if field.name == source.field)


def _field(profile: Cjt188Profile, source: FieldSource) -> Field:
    return next(field for field in profile.layout.fields if field.name == source.field)


def _decoding(profile: Cjt188Profile, name: str) -> Decoding:
    source = profile.channel(name).source
    field = _field(profile, source)
    exponent = _exponent(source)

    def decode_field(raw: bytes) -> Number | NotAvailable:
        if len(raw) != field.size:
            return NotAvailable(reason="digits")
        plain, code = split(field, raw)
        if code != source.unit_code:
            return NotAvailable(reason="unit")
        try:
            return read_number(plain, field.decimals, exponent=exponent)
        except WireValueError:
            return NotAvailable(reason="digits")

    return decode_field


def _exponent(source: FieldSource) -> int:
    unit = METER_UNITS.get(-1 if source.unit_code is None else source.unit_code)
    return 0 if unit is None else unit.exponent


def _compose(
    profile: Cjt188Profile,
    request: Hashable,
    values: Values,
    parameters: Mapping[str, float] | None,
) -> bytes:
    """The payload; fields that no channel shows are 0, clock and status too."""
    if not isinstance(request, MeteringData):
        raise NoSuchItemError(
            profile.id, key="request", found=request, limit=Words("metering data", "计量数据")
        )
    return b"".join(_composed(profile, values, parameters_of(profile, parameters)))


def _composed(
    profile: Cjt188Profile, values: Values, factors: Mapping[str, float]
) -> Iterator[bytes]:
    channels = {channel.source.field: channel for channel in profile.channels}
    for field in profile.layout.fields:
        channel = channels.get(field.name)
        yield bytes(field.size) if channel is None else _shown(field, channel, values, factors)


def _shown(
    field: Field, channel: FieldChannel, values: Values, factors: Mapping[str, float]
) -> bytes:
    value = values.get(channel.name, NotAvailable())
    if not isinstance(value, NotAvailable):
        value = unfinished(channel, value, factors)
    raw = write_number(value, field.length, field.decimals, exponent=_exponent(channel.source))
    code = b"" if channel.source.unit_code is None else bytes([channel.source.unit_code])
    return code + raw if field.unit_byte == "before" else raw + code


def _where(profile: Cjt188Profile, name: str) -> tuple[Lies, ...]:
    source = profile.channel(name).source
    field = _field(profile, source)
    unit = f", unit byte {field.unit_byte}" if field.unit_byte != "none" else ""
    code = "" if source.unit_code is None else f" 0x{source.unit_code:02X}"
    coding = f"BCD {field.length} bytes, {field.decimals} decimals{unit}{code}"
    return (Lies(place=f"{profile.cjt188.di} {source.field}", coding=coding),)


CJT188: Final = Dialect(
    profile=Cjt188Profile,
    findings=field_findings,
    requests=requests_of_one(MeteringData()),
    reader=_reader,
    decoding=_decoding,
    compose=_compose,
    where=_where,
)


def _ask(profile: Cjt188Profile, address: str, request: Hashable) -> Conversation:
    if not isinstance(request, MeteringData):
        raise NoSuchItemError(
            profile.id, key="request", found=request, limit=Words("metering data", "计量数据")
        )
    traits = profile.cjt188
    return read_data(traits.type, address or ANY, bytes.fromhex(traits.di))


def _answer(
    profile: Cjt188Profile, address: str, heard: bytes, content: Callable[[Hashable], bytes]
) -> bytes | None:
    try:
        asked = request_for(profile.cjt188.type, address, decode(heard))
    except WireError:
        return None
    if asked is None:
        return None
    own = profile.cjt188.type, address
    if asked.kind == "address":
        return encode(payload_reply(*own, asked))
    if asked.kind == "other" or asked.identifier != frozenset(METERING_DATA):
        return encode(refusal(*own, asked))
    try:
        return encode(payload_reply(*own, asked, content(MeteringData())))
    except ProfileError:
        return encode(refusal(*own, asked))


def _check_address(profile: Cjt188Profile, address: str) -> None:
    require_address(profile.id, address, SHAPE, "14 digits: maker's 4, then the meter's 10")


CJT188_SPOKEN: Final = LineDialect(
    ask=_ask,
    cut_request=cut_request,
    device=lambda profile, address: partial(_answer, profile, address),
    check_address=_check_address,
    lone_address="00000000000001",
)
