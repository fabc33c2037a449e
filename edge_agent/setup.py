"""What holds for the readings of a device: kept beside them, until they are in a batch.

A reading that was committed before a restart belongs to the configuration it was read under,
not to the one the agent came back with; so each stored poll names its setup by digest.
"""

import hashlib

import msgspec

from calibration.measurand import Measurand
from calibration.timeline import Installed


class ChannelSetup(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One channel of a device.

    Args:
        name: in the profile.
        channel: `<site>/<device>/<channel>`.
        resolution: stated by the site; None where the profile's holds.
        rollover, rated_rate: of a register, in its unit (per hour).
    """

    name: str
    channel: str
    measurand: Measurand
    resolution: float | None = None
    rollover: float | None = None
    rated_rate: float | None = None


class DeviceSetup(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One device as configured.

    Args:
        device: its name in the configuration.
        profile: SHA-256 of the profile's exact bytes.
        period_ms: between polls.
        installed: the instruments that stood and stand here, first one first.
        channels: in the order by which stored readings number them.
        parameters: of the profile, as the site gives them.
    """

    device: str
    profile: str
    period_ms: int
    installed: tuple[Installed, ...]
    channels: tuple[ChannelSetup, ...]
    parameters: dict[str, float] = {}

    @property
    def nameplate_mpe_relative(self) -> float | None:
        """Maximum permissible error of the class on the name-plate."""
        return self.installed[0].nameplate_mpe_relative


def stored_form(setup: DeviceSetup) -> bytes:
    """The bytes under which a setup is stored (MessagePack)."""
    return msgspec.msgpack.encode(setup)


def setup_digest(setup: DeviceSetup) -> bytes:
    """16 bytes that name a setup."""
    return hashlib.sha256(stored_form(setup)).digest()[:16]
