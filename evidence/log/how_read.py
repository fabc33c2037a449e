"""How a logged device profile reads a channel: where its number lies, what is made of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from device_profiles.dialects import dialect_of, interpreter
from device_profiles.errors import ProfileError
from device_profiles.formats import NotAvailable
from device_profiles.indicated import Impaired, Indicated, OutOfRange
from device_profiles.model import DeviceProfile, Source
from device_profiles.page_words import kind
from device_profiles.parameters import parameters_of
from evidence.errors import LeafContentError, Words
from evidence.log.leaf import Number

__all__ = ["HowRead", "Part", "ReadAgain", "Source", "how_read", "quantity_words", "read_again"]
_LIMIT = Words("a channel of the profile", "配置文件中的通道")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Where a part of a channel's number lies, how it is coded there, and its factor in the sum."""

    place: str
    coding: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HowRead:
    """A channel as its profile reads it: indication = (number * scale + offset) * factors.

    Attributes:
        profile, maker, model, protocol: of the device.
        title_en, title_zh: what it is.
        parts: where the number lies; the sum of several.
        factors: by name, as the site gives them or by default.
        unit: of the indication.
        resolution, rollover, plausible: in the unit, without the factors; None where not stated.
        note: what a reader should know; "" for nothing.
        cited: the source of this channel.
        sources: all of the profile.
    """

    profile: str
    maker: str
    model: str
    protocol: str
    title_en: str
    title_zh: str
    parts: tuple[Part, ...]
    scale: float
    offset: float
    factors: Mapping[str, float]
    unit: str
    resolution: float | None
    rollover: float | None
    plausible: tuple[float, float] | None
    note: str
    cited: Source
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAgain:
    """What raw bytes say under a profile.

    Attributes:
        number: that is indicated; None where there is none.
        counted: the number in the bytes, before scale, offset and factors; None where there is
            none.
        remark: "" of a plain number; else what is the matter with it.
        condition: of a device that says something of itself; "" else.
    """

    number: Number | None
    counted: Number | None = None
    remark: Literal["", "not_available", "out_of_range", "impaired", "unreadable"] = ""
    condition: str = ""


def how_read(profile: DeviceProfile, channel: str, parameters: Mapping[str, float]) -> HowRead:
    """How a channel is read.

    Args:
        profile: that the reading cites.
        channel: `<site>/<device>/<channel>`.
        parameters: of the site.

    Raises:
        LeafContentError: the profile has no such channel, or no such parameter.
    """
    name = channel.rpartition("/")[2]
    try:
        found = profile.channel(name)
        factors = parameters_of(profile, parameters)
        lies = dialect_of(profile).where(profile, name)
    except ProfileError as wrong:
        raise LeafContentError(channel, what=wrong.say("en"), limit=_LIMIT) from wrong
    return HowRead(
        profile=profile.id,
        maker=profile.maker,
        model=profile.model,
        protocol=profile.protocol,
        title_en=profile.title.en,
        title_zh=profile.title.zh,
        parts=tuple(
            Part(place=each.place, coding=each.coding, weight=each.weight) for each in lies
        ),
        scale=found.scale,
        offset=found.offset,
        factors={each: factors[each] for each in found.multiply_by},
        unit=found.unit,
        resolution=found.resolution,
        rollover=found.rollover,
        plausible=found.plausible,
        note=found.note or "",
        cited=profile.citation(found),
        sources=profile.sources,
    )


def read_again(
    profile: DeviceProfile, channel: str, parameters: Mapping[str, float], raw: str
) -> ReadAgain:
    """What raw bytes say.

    Args:
        profile: that the reading cites.
        channel: `<site>/<device>/<channel>`.
        parameters: of the site.
        raw: hexadecimal.

    Raises:
        LeafContentError: the profile has no such channel, or no such parameter.
    """
    name = channel.rpartition("/")[2]
    try:
        decode = dialect_of(profile).decoding(profile, name)
        interpret = interpreter(profile, name, parameters)
    except ProfileError as wrong:
        raise LeafContentError(channel, what=wrong.say("en"), limit=_LIMIT) from wrong
    try:
        data = bytes.fromhex(raw)
        return replace(_said(interpret(data)), counted=_said(decode(data)).number)
    except (ProfileError, ValueError):
        return ReadAgain(number=None, remark="unreadable")


def _said(found: Indicated) -> ReadAgain:
    if isinstance(found, Impaired):
        inner = _said(found.number)
        return ReadAgain(number=inner.number, remark="impaired", condition=found.condition.value)
    if isinstance(found, NotAvailable):
        return ReadAgain(number=None, remark="not_available")
    if isinstance(found, OutOfRange):
        return ReadAgain(number=found.number, remark="out_of_range")
    return ReadAgain(number=found)


def quantity_words(name: str, language: str) -> str:
    """A kind of quantity as people call it, in "en" or "zh"."""
    return kind(name, "zh" if language == "zh" else "en")
