"""A profile as people read it: a heading and a table of channels (pure)."""

from collections.abc import Iterator
from typing import Final

from device_profiles.dialect import Lies
from device_profiles.dialects import dialect_of, requests_of
from device_profiles.model import Channel, DeviceProfile
from device_profiles.register_model import ModbusProfile
from device_profiles.word_source import AnySource
from device_profiles.words import place_of

COLUMNS: Final = (
    "channel", "place", "coding", "scale", "unit", "kind of quantity", "counts", "req", "source",
    "grade",
)  # fmt: skip


def heading(profile: DeviceProfile, language: str) -> Iterator[str]:
    """The lines above the table: what the device is, how it is read, what was consulted."""
    title = profile.title.zh if language == "zh" else profile.title.en
    requests = requests_of(profile, [channel.name for channel in profile.channels])
    yield f"{profile.id}: {profile.maker} {profile.model}, {title}"
    yield f"{profile.protocol}, {len(profile.channels)} channels in {len(requests)} requests"
    for name, parameter in profile.parameters.items():
        yield f"parameter {name} = {parameter.default:g} [{parameter.unit}]: {parameter.meaning}"
    for source in profile.sources:
        note = f" ({source.note})" if source.note else ""
        yield f"source {source.key} [{source.grade}] {source.document}, {source.page}{note}"
    yield from _words(profile)


def _words(profile: DeviceProfile) -> Iterator[str]:
    """What a Modbus device says about itself, a line each."""
    if not isinstance(profile, ModbusProfile):
        return
    for word in profile.status:
        means = ", ".join(sorted({mark.means for mark in word.marks}))
        yield f"status {word.name} {_at(profile, word.source)}: {means}"
    for field in profile.identity:
        source = field.text or field.number
        where = _at(profile, source) if source else f"function 43/14 object {field.object_id}"
        yield f"identity {field.what} {where}"
    for setting in profile.readback:
        must = setting.parameter or " or ".join(f"{each:g}" for each in setting.equals)
        yield f"setting {setting.name} {_at(profile, setting.number)}: {must}"


def _at(profile: ModbusProfile, source: AnySource) -> str:
    place = place_of(source, profile.modbus)
    return f"function {place.function} address {place.address}"


def channel_rows(profile: DeviceProfile) -> list[list[str]]:
    """One row a place, in the order of the profile; a sum's further parts as "+"."""
    where = dialect_of(profile).where
    return [
        _row(profile, channel, lies, first=index == 0)
        for channel in profile.channels
        for index, lies in enumerate(where(profile, channel.name))
    ]


def _row(profile: DeviceProfile, channel: Channel, lies: Lies, *, first: bool) -> list[str]:
    citation = profile.citation(channel)
    return [
        channel.name if first else f"  + {lies.weight:g} x",
        lies.place,
        lies.coding,
        " ".join([f"{channel.scale:g}", *(f"x {name}" for name in channel.multiply_by)]),
        channel.unit,
        channel.kind_of_quantity,
        channel.accumulation,
        "yes" if channel.required else "",
        citation.key,
        citation.grade,
    ]
