"""What an IEC 62056-21 meter says under which codes: data, see `device_profiles.model`."""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from device_profiles.errors import ProfileError
from device_profiles.model import Channel, DeviceProfile, named
from device_profiles.scalars import NOTHING_FOLLOWS

Code = Annotated[str, Meta(pattern=r"^[!-'*-~]{1,32}" + NOTHING_FOLLOWS)]
"""An identification code as the meter writes it, e.g. 1.8.0; no brackets, no blanks."""


class CodeSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The value group of a data set that carries the number.

    Args:
        code: as the meter writes it; a register of a past period has another one.
        unit: as the meter writes it, e.g. kWh; empty where it writes none. Under another unit
            it has no value.
        group: which value group of the data set, from 0.
    """

    code: Code
    unit: Annotated[str, Meta(max_length=16)] = ""
    group: Annotated[int, Meta(ge=0, le=15)] = 0


class CodeChannel(Channel, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A channel that a data set carries."""

    source: CodeSource


class Iec62056Traits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the meter is spoken to.

    Args:
        baud: the baud character of a simulated meter's identification, 0 to 6.
        manufacturer: the three letters of its identification.
        parity_in_bytes: the serial server in between hands the parity bit on as bit 7.
    """

    baud: Annotated[str, Meta(pattern=r"^[0-6]" + NOTHING_FOLLOWS)] = "5"
    manufacturer: Annotated[str, Meta(pattern=r"^[A-Z]{3}" + NOTHING_FOLLOWS)] = "SIM"
    parity_in_bytes: bool = False


class Iec62056Profile(DeviceProfile, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One type of meter that is read in mode C."""

    protocol: Literal["iec62056-21"]
    iec62056: Iec62056Traits = Iec62056Traits()
    channels: Annotated[tuple[CodeChannel, ...], Meta(min_length=1, max_length=1000)]

    def channel(self, name: str) -> CodeChannel:
        """The channel of that name.

        Raises:
            UnknownChannelError: the profile has none.
        """
        return named(self.id, self.channels, name)


def code_findings(profile: Iec62056Profile, where: str) -> Iterator[ProfileError]:
    """Every finding about a profile's codes: there is nothing that two of them could claim."""
    del profile, where
    yield from ()
