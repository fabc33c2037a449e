"""A device profile: what a device measures, and where that is documented.

Everything here is data, and holds for every protocol. How a protocol says it, where a number
stands and how it is coded, is in the protocol's own model (`register_model` for Modbus).
"""

from collections.abc import Iterable
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from device_profiles.errors import UnknownChannelError
from device_profiles.identity_model import Accuracies
from device_profiles.nearest import nearest
from device_profiles.scalars import Identifier, Name, Positive, Text, UnitCode
from device_profiles.speed import Speed


class Title(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the device is, in one line per language."""

    en: Text
    zh: Text


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document that the profile was transcribed from.

    Args:
        key: how channels cite it; the first source is cited by default.
        document: title or file, with edition or commit.
        page: page, section or path within it.
        grade: A vendor's page seen, B maintained open-source driver, C third-party list.
            What is known from memory only (D) is refused.
        note: what a reader should know about it.
    """

    key: Name
    document: Text
    page: Text
    grade: Literal["A", "B", "C"]
    note: Text | None = None


class Parameter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A factor that the site knows and the registers do not contain, e.g. a CT ratio.

    Args:
        default: the value where the site says nothing; finite, > 0.
        unit: UCUM code, "1" for a ratio.
        meaning: what to look up, and where.
    """

    default: Positive = 1.0
    unit: UnitCode = "1"
    meaning: Text


class Channel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One quantity the device indicates: indication = (number · scale + offset) · parameters.

    Where its number comes from is the matter of its protocol: each has a channel of its own.

    Args:
        name: unique within the profile.
        kind_of_quantity: a name of the closed vocabulary of the calibration room.
        unit: UCUM code of the indication.
        accumulation: "register" counts since the device's start, "rate" is the value at
            an instant, "interval" the amount of an interval.
        scale, offset: from the number to the channel's unit.
        multiply_by: names of parameters; CT and VT ratios are applied here and only here.
        resolution: step of the indication, in the channel's unit with all parameters 1.
        rollover: modulus at which a register starts again, in the same unit.
        plausible: (low, high) in the same unit; outside, the indication is out of range.
        required: a device that does not answer it is not the device of this profile.
        phase, subject: of what, where the kind of quantity does not say it.
        cites: key of the source; None: the profile's first.
        note: what a reader should know.
    """

    name: Name
    kind_of_quantity: Name
    unit: UnitCode
    accumulation: Literal["register", "rate", "interval"]
    scale: float = 1.0
    offset: float = 0.0
    multiply_by: Annotated[tuple[Name, ...], Meta(max_length=4)] = ()
    resolution: Positive | None = None
    rollover: Positive | None = None
    plausible: tuple[float, float] | None = None
    required: bool = False
    phase: Literal["L1", "L2", "L3", "N", "L1-L2", "L2-L3", "L3-L1"] | None = None
    subject: Text | None = None
    cites: Name | None = None
    note: Text | None = None


class DeviceProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One type of device, transcribed from named documents.

    Every protocol has a profile of its own that adds how the device behaves on its line.

    Args:
        schema: version of this layout.
        id: unique; the file of a shipped profile is `<id>.toml`.
        sources: at least one; the first is the default citation.
        speed: factory setting of its serial line, where it has one and a document says so.
        parameters: factors only the site knows, by name.
        accuracy: what documents state about it.
        channels: at least one; of the protocol's own kind.
    """

    schema: Literal[1] = 1
    id: Identifier
    maker: Text
    model: Text
    protocol: str
    title: Title
    sources: Annotated[tuple[Source, ...], Meta(min_length=1, max_length=20)]
    speed: Speed | None = None
    parameters: dict[Name, Parameter] = {}
    accuracy: Accuracies = ()
    channels: Annotated[tuple[Channel, ...], Meta(min_length=1, max_length=1000)]

    def channel(self, name: str) -> Channel:
        """The channel of that name.

        Raises:
            UnknownChannelError: the profile has none.
        """
        return named(self.id, self.channels, name)

    def citation(self, channel: Channel) -> Source:
        """The source that `channel` was transcribed from."""
        cited = (source for source in self.sources if source.key == channel.cites)
        return next(cited, self.sources[0])


ChannelT = TypeVar("ChannelT", bound=Channel)


def named(profile_id: str, channels: Iterable[ChannelT], name: str) -> ChannelT:
    """The one of `channels` that has the name.

    Raises:
        UnknownChannelError: none has.
    """
    names = []
    for channel in channels:
        if channel.name == name:
            return channel
        names.append(channel.name)
    limit = f"{len(names)} channels"
    raise UnknownChannelError(profile_id, key=name, limit=limit, nearest=nearest(name, names))
