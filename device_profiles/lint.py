"""What can be wrong with a profile whose shape is right (pure): every finding."""

from collections import Counter
from collections.abc import Iterable, Iterator

from device_profiles.dialects import dialect_of
from device_profiles.errors import (
    CitationError,
    DuplicateChannelError,
    LimitError,
    ParameterError,
    ProfileError,
)
from device_profiles.model import Channel, DeviceProfile
from device_profiles.nearest import nearest
from device_profiles.phrase import Words


def profile_findings(profile: DeviceProfile, where: str) -> Iterator[ProfileError]:
    """Every finding of a profile that has the shape of the schema, file `where`."""
    yield from _names(profile, where)
    for channel in profile.channels:
        yield from _channel(profile, channel, where, f"channels[{channel.name}]")
    yield from dialect_of(profile).findings(profile, where)


def _names(profile: DeviceProfile, where: str) -> Iterator[ProfileError]:
    for name in _repeated(channel.name for channel in profile.channels):
        yield DuplicateChannelError(
            where, key=f"channels[{name}].name", limit=Words("unique", "不重复")
        )
    keys = Counter(source.key for source in profile.sources)
    for channel in profile.channels:
        if channel.cites is not None and keys[channel.cites] != 1:
            key = f"channels[{channel.name}].cites"
            yield CitationError(where, key=key, found=channel.cites, limit=", ".join(keys))
    for name in _repeated(keys.elements()):
        yield CitationError(
            where, key=f"sources[{name}].key", found=name, limit=Words("unique", "不重复")
        )


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _channel(
    profile: DeviceProfile, channel: Channel, where: str, place: str
) -> Iterator[ProfileError]:
    yield from _factors(profile, channel, where, place)
    if channel.plausible is not None and channel.plausible[0] >= channel.plausible[1]:
        found = f"[{channel.plausible[0]}, {channel.plausible[1]}]"
        yield LimitError(where, key=f"{place}.plausible", found=found, limit="low < high")


def _factors(
    profile: DeviceProfile, channel: Channel, where: str, place: str
) -> Iterator[ProfileError]:
    if channel.scale == 0:
        yield LimitError(where, key=f"{place}.scale", found=0, limit=Words("not 0", "非 0"))
    for name in channel.multiply_by:
        if name not in profile.parameters or channel.multiply_by.count(name) > 1:
            yield ParameterError(
                where,
                key=f"{place}.multiply_by",
                what=f"parameter '{name}' is not declared, or applied twice",
                what_zh=f"参数 '{name}' 未声明或重复使用",
                limit=Words("declared, once", "已声明，且一次"),
                nearest=nearest(name, profile.parameters) or "-",
            )
