"""What can be wrong with a Modbus profile's registers (pure): every finding."""

from collections.abc import Collection, Iterator, Sequence

from device_profiles.errors import (
    AddressError,
    LimitError,
    OverlapError,
    ProfileError,
    SourceError,
    SpanError,
)
from device_profiles.formats import is_integer, word_count
from device_profiles.phrase import Words
from device_profiles.plan import (
    declared_registers,
    extent,
    function_of,
    limit_of,
    longest_gap,
    spans_of,
)
from device_profiles.register_model import (
    ModbusProfile,
    RegisterChannel,
    RegisterSource,
    weight_of,
)

Location = tuple[int, int]
"""Function code and 0-based address."""


def register_findings(profile: ModbusProfile, where: str) -> Iterator[ProfileError]:
    """Every finding about where a profile's numbers lie, file `where`."""
    declared = declared_registers(profile)
    for channel in profile.channels:
        place = f"channels[{channel.name}].source"
        if any(weight_of(term) == 0 for term in channel.terms):
            yield LimitError(where, key=place, found="weight 0", limit="not 0")
        yield from _span(profile, channel, declared, where)
        for index, source in enumerate(channel.terms):
            inner = f"[{index}]" if isinstance(channel.source, tuple) else ""
            yield from _source(profile, source, where, f"{place}{inner}")
    yield from _overlaps(profile, where)


def _span(
    profile: ModbusProfile, channel: RegisterChannel, declared: Collection[Location], where: str
) -> Iterator[ProfileError]:
    """One value is one read: one function, not too long, no gap the device forbids."""
    whole, traits = extent(channel, profile.modbus), profile.modbus
    key, most = f"channels[{channel.name}].source", limit_of(whole.function, traits)
    if any(function_of(term, traits) != whole.function for term in channel.terms):
        yield _misfit(where, key, "one function", "terms have several functions", "各项功能码不同")
    elif whole.count > most:
        found = Words(f"{whole.count} registers", f"{whole.count} 个寄存器")
        yield SpanError(where, key=key, found=found, limit=f"max_registers {most}")
    elif (gap := longest_gap(whole, declared)) > traits.gap_registers:
        limit = f"gap_registers {traits.gap_registers}"
        yield SpanError(where, key=key, found=Words(f"a gap of {gap}", f"间隔 {gap}"), limit=limit)


def _source(
    profile: ModbusProfile, source: RegisterSource, where: str, place: str
) -> Iterator[ProfileError]:
    width = word_count(source.format)
    last = source.address + width - 1
    if last > 0xFFFF:
        yield AddressError(where, key=f"{place}.address", found=last, limit="0..65535")
    for pattern in source.sentinels:
        if len(bytes.fromhex(pattern)) != 2 * width:
            what = f"sentinel '{pattern}' has another length"
            limit, zh = f"{width} registers", f"'{pattern}' 长度不符"
            yield _misfit(where, f"{place}.sentinels", limit, what, zh)
    yield from _fitting(profile, source, where, place)


def _fitting(
    profile: ModbusProfile, source: RegisterSource, where: str, place: str
) -> Iterator[ProfileError]:
    """Keys of one source that do not go together."""
    reads_bits = function_of(source, profile.modbus) in {1, 2}
    if reads_bits != (source.format == "bit"):
        what, zh = (
            "functions 1 and 2 read bits, 3 and 4 registers",
            "功能码 1、2 读位，3、4 读寄存器",
        )
        yield _misfit(where, f"{place}.format", "bit for 1, 2", what, zh)
    scaled = source.scale_factor_address is not None
    if scaled and (not is_integer(source.format) or source.counts is not None):
        what, zh = "a scale factor goes with a plain integer", "比例因子只用于整数格式"
        yield _misfit(where, f"{place}.scale_factor_address", "integer formats", what, zh)
    if source.counts is None:
        return
    if not is_integer(source.format) or source.counts.low == source.counts.high:
        what, zh = "counts need an integer format and a span", "counts 需要整数格式和非零跨度"
        yield _misfit(where, f"{place}.counts", "low != high", what, zh)


def _misfit(where: str, key: str, limit: str, what: str, what_zh: str) -> SourceError:
    return SourceError(where, key=key, limit=limit, what=what, what_zh=what_zh)


def _overlaps(profile: ModbusProfile, where: str) -> Iterator[ProfileError]:
    """Registers claimed by two values; only scale factors may be shared, among themselves."""
    owners: dict[Location, tuple[str, bool]] = {}
    for channel in profile.channels:
        for term in channel.terms:
            for index, (start, end) in enumerate(spans_of(term)):
                function, mine = function_of(term, profile.modbus), (channel.name, index == 1)
                places = [(function, address) for address in range(start, end)]
                clash = [place for place in places if _conflict(owners.get(place), mine)]
                owners.update({place: owners.get(place, mine) for place in places})
                if clash:
                    yield _overlap(where, channel.name, clash, owners[clash[0]][0])


def _conflict(owner: tuple[str, bool] | None, mine: tuple[str, bool]) -> bool:
    return owner is not None and not (owner[1] and mine[1])


def _overlap(where: str, name: str, clash: Sequence[Location], other: str) -> OverlapError:
    (function, first), (_, last) = clash[0], clash[-1]
    found = Words(
        f"{first}..{last} of function {function}", f"{first}..{last}（功能码 {function}）"
    )
    key = f"channels[{name}].source.address"
    return OverlapError(
        where,
        key=key,
        found=found,
        other=other,
        limit=Words("one value a register", "每个寄存器一个值"),
    )
