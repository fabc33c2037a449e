"""What an M-Bus device says in which records: data, see `device_profiles.model`."""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from device_profiles.errors import LimitError, ProfileError
from device_profiles.mbus.record import Record, compose
from device_profiles.model import Channel, DeviceProfile, named
from device_profiles.scalars import NOTHING_FOLLOWS
from device_profiles.wire_errors import WireError

Head = Annotated[str, Meta(pattern=r"^[0-9A-F]{2}( [0-9A-F]{2}){1,31}" + NOTHING_FOLLOWS)]
"""A record's bytes before its value, DIF to the last VIFE, two hex digits each: 0C 16."""


class RecordSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The record that carries the number: a device always gives a value under the same head.

    Args:
        head: DIF, DIFE, VIF, VIFE; they say function, storage, tariff, subunit, quantity and
            unit. The channel's unit is that of the head where the channel's scale is 1.
    """

    head: Head

    @property
    def head_bytes(self) -> bytes:
        """The head as it travels."""
        return bytes.fromhex(self.head)


class RecordChannel(Channel, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A channel that a record carries."""

    source: RecordSource


class MbusTraits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who the device says it is, in the header of each telegram.

    Args:
        manufacturer: three letters.
        medium: what is metered, 0 to 255.
        version: its generation, 0 to 255; None where it does not matter.
    """

    manufacturer: Annotated[str, Meta(pattern=r"^[A-Z]{3}" + NOTHING_FOLLOWS)]
    medium: Annotated[int, Meta(ge=0, le=255)]
    version: Annotated[int, Meta(ge=0, le=255)] | None = None


class MbusProfile(DeviceProfile, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One type of M-Bus device."""

    protocol: Literal["mbus"]
    mbus: MbusTraits
    channels: Annotated[tuple[RecordChannel, ...], Meta(min_length=1, max_length=1000)]

    def channel(self, name: str) -> RecordChannel:
        """The channel of that name.

        Raises:
            UnknownChannelError: the profile has none.
        """
        return named(self.id, self.channels, name)


def record_findings(profile: MbusProfile, where: str) -> Iterator[ProfileError]:
    """Every finding about a profile's records, file `where`."""
    for channel in profile.channels:
        key = f"channels[{channel.name}].source.head"
        record = sample(channel.source.head_bytes)
        if record is None:
            limit = "DIF, DIFE, VIF, VIFE of a number"
            yield LimitError(where, key=key, found=channel.source.head, limit=limit)
        elif channel.scale == 1 and record.what.unit != channel.unit:
            limit = f"unit {record.what.unit or 'unknown'}, or a scale"
            yield LimitError(where, key=key, found=f"unit {channel.unit}", limit=limit)


def sample(head: bytes) -> Record | None:
    """A record under a head, with 0 for its value; None where the head is none of a number."""
    try:
        record = compose(head, 0)
    except (WireError, ProfileError):
        return None
    return None if record.what.is_date else record
