"""Which calibration every channel applies, stacked so that a batch takes one numpy pass."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from calibration.apply import Applied, CalibrationTable, stack
from calibration.basis import InstrumentCalibration
from calibration.measurand import Accumulation
from calibration.register import CalibrationRegister
from calibration.timeline import Timeline, timeline_of
from calibration.unit import conversion_factor
from device_profiles.model import DeviceProfile
from edge_agent.setup import ChannelSetup, DeviceSetup, setup_digest

ChannelKey = tuple[bytes, int]
"""Digest of a setup, and the place of a channel in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrations:
    """What the channels of all known setups apply over time.

    Attributes:
        setups: By digest.
        profiles: By SHA-256.
        timelines: Of every channel.
        table: All calibrations of rate and interval channels, stacked.
        first_row: Of a channel's calibrations in the table.
    """

    setups: Mapping[bytes, DeviceSetup]
    profiles: Mapping[str, DeviceProfile]
    timelines: Mapping[ChannelKey, Timeline]
    table: CalibrationTable
    first_row: Mapping[ChannelKey, int]

    def channel(self, key: ChannelKey) -> ChannelSetup:
        """The channel's own setup."""
        return self.setups[key[0]].channels[key[1]]


def calibrations_of(
    setups: Iterable[DeviceSetup],
    profiles: Mapping[str, DeviceProfile],
    register: CalibrationRegister,
) -> Calibrations:
    """The calibrations of all channels of `setups`, from the register's certificates.

    Raises:
        CalibrationError: a certificate or a unit cannot be used.
    """
    known = {setup_digest(setup): setup for setup in setups}
    timelines = {
        (digest, place): _timeline(setup, channel, register)
        for digest, setup in known.items()
        for place, channel in enumerate(setup.channels)
    }
    first_row: dict[ChannelKey, int] = {}
    applied: list[Applied] = []
    for key, timeline in timelines.items():
        if known[key[0]].channels[key[1]].measurand.accumulation != Accumulation.REGISTER:
            first_row[key] = len(applied)
            applied += [Applied(calibration=c, unit=timeline.unit) for c in timeline.calibrations]
        _ = timeline.table  # a register's certificate is used by the collector: refused here
    return Calibrations(
        setups=known,
        profiles=profiles,
        timelines=timelines,
        table=stack(applied),
        first_row=first_row,
    )


def _timeline(setup: DeviceSetup, channel: ChannelSetup, register: CalibrationRegister) -> Timeline:
    measurand = channel.measurand
    return timeline_of(register, setup.installed, measurand.kind_of_quantity, measurand.unit)


def repeatability_in(calibration: InstrumentCalibration, unit: str) -> float:
    """The certificate's repeatability, in a channel's unit.

    Raises:
        UnitMismatchError: the units are of different kinds.
    """
    if calibration.result is None or calibration.repeatability == 0.0:
        return 0.0
    return calibration.repeatability * conversion_factor(calibration.result.unit, unit)
