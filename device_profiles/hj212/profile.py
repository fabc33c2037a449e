"""What a data logger says of which factors: data, see `device_profiles.model` for the rest."""

from collections.abc import Iterator
from datetime import timedelta, timezone
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from device_profiles.errors import ProfileError, ProtocolError, SourceError
from device_profiles.model import Channel, DeviceProfile, named
from device_profiles.scalars import NOTHING_FOLLOWS

FactorCode = Annotated[str, Meta(pattern=r"^[A-Za-z0-9]{1,12}" + NOTHING_FOLLOWS)]
"""The code of a factor as packets have it: a21026, or 02 in 2005 style."""
Command = Literal["2011", "2051", "2061", "2031"]
"""What brings values: real-time, minute, hour and day data."""
Offset = Annotated[str, Meta(pattern=r"^[+-](0[0-9]|1[0-4]):[0-5][0-9]" + NOTHING_FOLLOWS)]
"""How far local time is ahead of UTC: +08:00."""
SystemCode = Annotated[str, Meta(pattern=r"^[!-+\--:<>-~]{2}" + NOTHING_FOLLOWS)]
Field = Literal["Rtd", "Min", "Avg", "Max", "Cou", "ZsRtd", "ZsMin", "ZsAvg", "ZsMax"]


class FactorSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one number stands.

    Args:
        factor: its code.
        also: codes under which other loggers send the same; the first that is there counts.
        field: the sub-field that holds the number.
        command: CN of the data that bring it; None takes the profile's.
    """

    factor: FactorCode
    also: Annotated[tuple[FactorCode, ...], Meta(max_length=4)] = ()
    field: Field = "Rtd"
    command: Command | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """All its codes, the preferred one first."""
        return (self.factor, *self.also)


class FactorChannel(Channel, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A channel that a factor carries."""

    source: FactorSource


class Hj212Traits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the logger reports.

    Args:
        command: CN of the data that bring the values.
        st: kind of system, as table 5 has it.
        utc_offset: of the local time in which it stamps.
    """

    command: Command = "2011"
    st: SystemCode = "31"
    utc_offset: Offset = "+08:00"

    @property
    def zone(self) -> timezone:
        """The zone of its stamps."""
        sign = -1 if self.utc_offset.startswith("-") else 1
        hours, minutes = int(self.utc_offset[1:3]), int(self.utc_offset[4:6])
        return timezone(sign * timedelta(hours=hours, minutes=minutes))


class Hj212Profile(DeviceProfile, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one kind of data logger reports."""

    protocol: Literal["hj212"]
    hj212: Hj212Traits = Hj212Traits()
    channels: Annotated[tuple[FactorChannel, ...], Meta(min_length=1, max_length=1000)]

    def channel(self, name: str) -> FactorChannel:
        """The channel of that name.

        Raises:
            UnknownChannelError: the profile has none.
        """
        return named(self.id, self.channels, name)

    def command_of(self, channel: FactorChannel) -> Command:
        """CN of the data that bring `channel`."""
        return channel.source.command or self.hj212.command

    @property
    def commands(self) -> tuple[Command, ...]:
        """CN of all data that bring a channel, in the order of the channels."""
        return tuple(dict.fromkeys(self.command_of(each) for each in self.channels))


def hj212_of(profile: DeviceProfile) -> Hj212Profile:
    """`profile`, which is one of HJ 212.

    Raises:
        ProtocolError: it is of another protocol.
    """
    if not isinstance(profile, Hj212Profile):
        raise ProtocolError(profile.id, key="protocol", found=profile.protocol, limit="hj212")
    return profile


_INSTANT = frozenset(("Rtd", "ZsRtd"))


def factor_findings(profile: Hj212Profile, where: str) -> Iterator[ProfileError]:
    """Every finding about a profile's factors, file `where`."""
    for channel in profile.channels:
        source, place = channel.source, f"channels[{channel.name}].source"
        command = profile.command_of(channel)
        if (source.field in _INSTANT) != (command == "2011"):
            what = f"command {command} brings no {source.field}"
            what_zh = f"命令 {command} 不含 {source.field}"
            limit = "Rtd and ZsRtd of 2011, the others of 2051, 2061, 2031"
            yield SourceError(where, key=f"{place}.field", limit=limit, what=what, what_zh=what_zh)
        if len(set(source.codes)) < len(source.codes):
            what, what_zh = "a code twice", "因子编码重复"
            yield SourceError(where, key=f"{place}.also", limit="once", what=what, what_zh=what_zh)
