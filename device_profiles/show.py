"""A profile as people read it: a heading and a table of channels (pure)."""

from collections.abc import Iterator
from typing import Final

from device_profiles.formats import word_count
from device_profiles.model import Channel, DeviceProfile, RegisterSource, weight_of
from device_profiles.plan import function_of, plan_reads
from device_profiles.word_source import AnySource
from device_profiles.words import place_of

COLUMNS: Final = (
    "channel", "fc", "address", "format", "order", "scale",
    "unit", "kind of quantity", "counts", "req", "source", "grade",
)  # fmt: skip


def heading(profile: DeviceProfile, language: str) -> Iterator[str]:
    """The lines above the table: what the device is, how it is read, what was consulted."""
    title = profile.title.zh if language == "zh" else profile.title.en
    reads, traits = plan_reads(profile), profile.modbus
    yield f"{profile.id}: {profile.maker} {profile.model}, {title}"
    yield (
        f"modbus unit {traits.unit_id}, {len(profile.channels)} channels in {len(reads)} reads"
        f" of at most {max(read.count for read in reads)} registers"
    )
    for name, parameter in profile.parameters.items():
        yield f"parameter {name} = {parameter.default:g} [{parameter.unit}]: {parameter.meaning}"
    for source in profile.sources:
        note = f" ({source.note})" if source.note else ""
        yield f"source {source.key} [{source.grade}] {source.document}, {source.page}{note}"
    yield from _words(profile)


def _words(profile: DeviceProfile) -> Iterator[str]:
    """What the device says about itself, a line each."""
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


def _at(profile: DeviceProfile, source: AnySource) -> str:
    place = place_of(source, profile.modbus)
    return f"function {place.function} address {place.address}"


def channel_rows(profile: DeviceProfile) -> list[list[str]]:
    """One row a register source, in the order of the profile; a sum's further terms as "+"."""
    return [
        _row(profile, channel, source, first=index == 0)
        for channel in profile.channels
        for index, source in enumerate(channel.terms)
    ]


def _row(
    profile: DeviceProfile, channel: Channel, source: RegisterSource, *, first: bool
) -> list[str]:
    citation = profile.citation(channel)
    return [
        channel.name if first else f"  + {weight_of(source):g} x",
        str(function_of(source, profile.modbus)),
        _place(source),
        source.format,
        source.word_order or profile.modbus.word_order,
        " ".join([f"{channel.scale:g}", *(f"x {name}" for name in channel.multiply_by)]),
        channel.unit,
        channel.kind_of_quantity,
        channel.accumulation,
        "yes" if channel.required else "",
        citation.key,
        citation.grade,
    ]


def _place(source: RegisterSource) -> str:
    """The frame address in both notations, with the number of registers."""
    return f"{source.address} (0x{source.address:04X}) {word_count(source.format)}r"
