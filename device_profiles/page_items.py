"""The tables of a device's page where its protocol has no registers (pure)."""

import msgspec

from device_profiles.dialect import Lies
from device_profiles.dialects import dialect_of, requests_of
from device_profiles.model import Channel, DeviceProfile
from device_profiles.page_words import Language, accumulation, kind, label
from device_profiles.speed import Speed

Rows = list[list[str]]


def item_table(profile: DeviceProfile, language: Language) -> tuple[list[str], Rows]:
    """Heads and rows of the channels, with where each number lies in the protocol's words."""
    words = ("channel", "quantity", "counts", "unit", "where", "format", "scale", "source", "note")
    where = dialect_of(profile).where
    rows = [
        _row(profile, channel, lies, language)
        for channel in profile.channels
        for lies in where(profile, channel.name)
    ]
    return [label(word, language) for word in words], rows


def line_rows(profile: DeviceProfile, language: Language) -> Rows:
    """What is to be known of the line: speed, requests, and the protocol's own traits."""
    names = [channel.name for channel in profile.channels]
    traits = msgspec.to_builtins(getattr(profile, profile.protocol.replace("-", "_"), {}))
    rows = [
        [f"`{name}`", f"`{value}`"] for name, value in traits.items() if value not in (None, [])
    ]
    if profile.speed is not None:
        rows.append([label("speed", language), speed_text(profile.speed)])
    return [*rows, [label("reads", language), str(len(requests_of(profile, names)))]]


def speed_text(speed: Speed) -> str:
    """A speed as people write it: 2400 8E1."""
    return f"{speed.bit_s} {speed.data_bits}{speed.parity[0].upper()}{speed.stop_bits}"


def _row(profile: DeviceProfile, channel: Channel, lies: Lies, language: Language) -> list[str]:
    of = ", ".join(each for each in (channel.subject, channel.phase) if each)
    quantity = kind(channel.kind_of_quantity, language)
    cited = profile.citation(channel)
    return [
        f"`{channel.name}`{'*' if channel.required else ''}",
        f"{quantity} ({of})" if of else quantity,
        accumulation(channel.accumulation, language),
        f"`{channel.unit}`",
        lies.place,
        lies.coding,
        " x ".join([f"{channel.scale:g}", *channel.multiply_by]),
        f"{cited.key} ({cited.grade})",
        channel.note or "",
    ]
