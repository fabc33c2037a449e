"""DL/T 645 as profiles need it, and how it is spoken on a line."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Final

import msgspec

from device_profiles.conversation import Conversation
from device_profiles.cost import LineCost
from device_profiles.dialect import Dialect, Lies, LineDialect, Reader, Values
from device_profiles.dlt645.answer import (
    NO_SUCH_DATA,
    OTHER_ERROR,
    Request,
    address_reply,
    refusal,
    request_for,
    value_reply,
)
from device_profiles.dlt645.ask import read_item
from device_profiles.dlt645.frame import (
    ANY,
    SHAPE,
    Frame,
    cut_request,
    decode,
    encode,
    with_33,
    without_33,
)
from device_profiles.dlt645.item import write_value
from device_profiles.dlt645.profile import Dlt645Profile, ItemChannel, ItemSource, item_findings
from device_profiles.errors import ProfileError
from device_profiles.finish import finished, unfinished
from device_profiles.formats import NotAvailable, Number
from device_profiles.frame_68 import require_address
from device_profiles.indicated import Decoding
from device_profiles.item_errors import NoSuchItemError
from device_profiles.item_reader import ItemReader, Pick
from device_profiles.packed_bcd import read_number
from device_profiles.parameters import parameters_of
from device_profiles.phrase import Words
from device_profiles.wire_errors import WireError, WireValueError

_LEAST_IN_BLOCK: Final = 2
"""From so many channels on, one block is cheaper than its items one by one."""


class ItemRequest(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One item, or one block of them; no address, so that one plan serves every meter of a type."""

    di: str


def _requests(profile: Dlt645Profile, names: Sequence[str], cost: LineCost) -> tuple[Hashable, ...]:
    """Blocks where they bring two channels or more, items for the rest, in the profile's order."""
    del cost
    return tuple(_held(profile, names))


def _held(profile: Dlt645Profile, names: Sequence[str]) -> dict[ItemRequest, list[int]]:
    """The places among `names` by the request that brings them."""
    sources = [profile.channel(name).source for name in names]
    blocks: dict[str, int] = defaultdict(int)
    for source in sources:
        if source.block is not None:
            blocks[source.block] += 1
    held: dict[ItemRequest, list[int]] = defaultdict(list)
    for place, source in enumerate(sources):
        whole = source.block is not None and blocks[source.block] >= _LEAST_IN_BLOCK
        held[ItemRequest(di=source.block if whole and source.block else source.di)].append(place)
    return held


def _reader(
    profile: Dlt645Profile, names: Sequence[str], parameters: Mapping[str, float] | None
) -> Reader[Hashable]:
    factors = parameters_of(profile, parameters)

    def pick(place: int, request: ItemRequest) -> Pick:
        channel = profile.channel(names[place])
        interpret = finished(_decoding_of(channel.source), channel, factors)
        return Pick(place=place, cut=_cut(channel.source, request), interpret=interpret)

    return ItemReader(
        picks={
            request: tuple(pick(place, request) for place in places)
            for request, places in _held(profile, names).items()
        }
    )


def _cut(source: ItemSource, request: ItemRequest) -> Callable[[bytes], bytes | None]:
    begin = source.length * source.element if request.di == source.block else 0
    return partial(_part, begin, begin + source.length)


def _part(begin: int, end: int, content: bytes) -> bytes | None:
    return content[begin:end] if len(content) >= end else None


def _decoding(profile: Dlt645Profile, name: str) -> Decoding:
    return _decoding_of(profile.channel(name).source)


def _decoding_of(source: ItemSource) -> Decoding:
    """The number in an item's bytes as they travelled, 33h still added."""

    def decode_item(raw: bytes) -> Number | NotAvailable:
        plain = without_33(raw)
        if len(plain) != source.length:
            return NotAvailable(reason="digits")
        try:
            return read_number(plain, source.decimals, signed=source.signed)
        except WireValueError:
            return NotAvailable(reason="digits")

    return decode_item


def _compose(
    profile: Dlt645Profile,
    request: Hashable,
    values: Values,
    parameters: Mapping[str, float] | None,
) -> bytes:
    """The data after the DI, as it travels; elements of a block that nothing shows are FF."""
    factors = parameters_of(profile, parameters)
    found = [each for each in profile.channels if _brings(request, each.source)]
    if not found:
        raise NoSuchItemError(
            profile.id,
            key="request",
            found=request,
            limit=Words("the profile's items", "配置中的数据项"),
        )
    single = isinstance(request, ItemRequest) and request.di == found[0].source.di
    if single:
        return with_33(_shown(found[0], values, factors))
    count = max(each.source.element for each in found) + 1
    elements = [b"\xff" * found[0].source.length] * count
    for channel in found:
        elements[channel.source.element] = _shown(channel, values, factors)
    return with_33(b"".join(elements))


def _brings(request: Hashable, source: ItemSource) -> bool:
    return isinstance(request, ItemRequest) and request.di in {source.di, source.block}


def _shown(channel: ItemChannel, values: Values, factors: Mapping[str, float]) -> bytes:
    value = values.get(channel.name, NotAvailable())
    if not isinstance(value, NotAvailable):
        value = unfinished(channel, value, factors)
    return write_value(channel.source.part, value)


def _where(profile: Dlt645Profile, name: str) -> tuple[Lies, ...]:
    source = profile.channel(name).source
    block = f" ({source.block}[{source.element}])" if source.block else ""
    sign = ", signed" if source.signed else ""
    coding = f"BCD {source.length} bytes, {source.decimals} decimals{sign}"
    return (Lies(place=f"DI {source.di}{block}", coding=coding),)


DLT645: Final = Dialect(
    profile=Dlt645Profile,
    findings=item_findings,
    requests=_requests,
    reader=_reader,
    decoding=_decoding,
    compose=_compose,
    where=_where,
)


def _ask(profile: Dlt645Profile, address: str, request: Hashable) -> Conversation:
    if not isinstance(request, ItemRequest):
        raise NoSuchItemError(
            profile.id, key="request", found=request, limit=Words("an item", "一个数据项")
        )
    return read_item(address or ANY, int(request.di, 16), profile.edition)


def _answer(
    profile: Dlt645Profile, address: str, heard: bytes, content: Callable[[Hashable], bytes]
) -> bytes | None:
    try:
        asked = request_for(address, decode(heard))
    except WireError:
        return None
    return None if asked is None else encode(_reply(profile, address, asked, content))


def _reply(
    profile: Dlt645Profile, address: str, asked: Request, content: Callable[[Hashable], bytes]
) -> Frame:
    if asked.kind == "address":
        return address_reply(address)
    if asked.kind == "other" or asked.edition is not profile.edition:
        return refusal(address, asked)
    try:
        raw = content(ItemRequest(di=asked.edition.di_text(asked.di)))
    except NoSuchItemError:
        return refusal(address, asked, NO_SUCH_DATA)
    except ProfileError:
        return refusal(address, asked, OTHER_ERROR)
    return value_reply(address, asked, without_33(raw))


def _check_address(profile: Dlt645Profile, address: str) -> None:
    require_address(profile.id, address, SHAPE, "12 digits")


DLT645_SPOKEN: Final = LineDialect(
    ask=_ask,
    cut_request=cut_request,
    device=lambda profile, address: partial(_answer, profile, address),
    check_address=_check_address,
    lone_address="000000000001",
)
