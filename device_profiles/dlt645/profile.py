"""What a DL/T 645 meter says in which items: data, see `device_profiles.model` for the rest."""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from device_profiles.dlt645.edition import EDITION_1997, EDITION_2007, Edition
from device_profiles.dlt645.item import Part
from device_profiles.errors import LimitError, ProfileError, SourceError
from device_profiles.model import Channel, DeviceProfile, named
from device_profiles.scalars import NOTHING_FOLLOWS

Identifier = Annotated[str, Meta(pattern=r"^([0-9A-F]{4}){1,2}" + NOTHING_FOLLOWS)]
"""A data identifier as it is printed: DI3 DI2 DI1 DI0, or DI1 DI0 in the 1997 edition."""


class ItemSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one number lies and how it is coded.

    Args:
        di: data identifier of the item by itself.
        length: bytes of its value, 1 to 8.
        decimals: digits after the point, 0 to 15.
        signed: bit 7 of the most significant byte is the sign.
        block: data identifier of a block that holds it too.
        element: its place in the block, from 0; the elements before it are as long as it.
    """

    di: Identifier
    length: Annotated[int, Meta(ge=1, le=8)]
    decimals: Annotated[int, Meta(ge=0, le=15)] = 0
    signed: bool = False
    block: Identifier | None = None
    element: Annotated[int, Meta(ge=0, le=62)] = 0

    @property
    def part(self) -> Part:
        """How the value is coded."""
        return Part(form="number", length=self.length, decimals=self.decimals, signed=self.signed)


class ItemChannel(Channel, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A channel that an item carries."""

    source: ItemSource


class Dlt645Traits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the meter is spoken to.

    Args:
        edition: of the protocol.
    """

    edition: Literal["2007", "1997"] = "2007"


class Dlt645Profile(DeviceProfile, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One type of DL/T 645 meter."""

    protocol: Literal["dlt645"]
    dlt645: Dlt645Traits
    channels: Annotated[tuple[ItemChannel, ...], Meta(min_length=1, max_length=1000)]

    @property
    def edition(self) -> Edition:
        """The edition that the meter speaks."""
        return EDITION_1997 if self.dlt645.edition == "1997" else EDITION_2007

    def channel(self, name: str) -> ItemChannel:
        """The channel of that name.

        Raises:
            UnknownChannelError: the profile has none.
        """
        return named(self.id, self.channels, name)


def item_findings(profile: Dlt645Profile, where: str) -> Iterator[ProfileError]:
    """Every finding about a profile's items, file `where`."""
    digits = 2 * profile.edition.di_bytes
    for channel in profile.channels:
        source, place = channel.source, f"channels[{channel.name}].source"
        for key, di in (("di", source.di), ("block", source.block)):
            if di is not None and len(di) != digits:
                limit = f"{digits} hexadecimal digits in the {profile.dlt645.edition} edition"
                yield LimitError(where, key=f"{place}.{key}", found=di, limit=limit)
        if source.element and source.block is None:
            what, what_zh = "an element needs its block", "element 需要同时给出 block"
            yield SourceError(
                where, key=f"{place}.element", limit="block", what=what, what_zh=what_zh
            )
