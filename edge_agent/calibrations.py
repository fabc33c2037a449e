"""Which calibration every channel applies, stacked so that a batch takes one numpy pass."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from calibration.basis import InstrumentCalibration
from calibration.measurand import Accumulation, KindOfQuantity
from calibration.register import CalibrationRegister
from calibration.stacked import Applied, CalibrationTable, stack
from calibration.timeline import Timeline, timeline_of
from calibration.unit import conversion_factor
from device_profiles.formats import Number
from device_profiles.model import DeviceProfile
from edge_agent.setup import ChannelSetup, DeviceSetup, setup_digest
from evidence.log.batch import StreamHead

ChannelKey = tuple[bytes, int]
"""Digest of a setup, and the place of a channel in it."""
StepKey = tuple[str, str, tuple[tuple[str, float], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrations:
    """What the channels of all known setups apply over time.

    Attributes:
        setups: By digest.
        profiles: By SHA-256.
        timelines: Of every channel.
        table: All calibrations of rate and interval channels, stacked.
        first_row: Of a channel's calibrations in the table.
        heads: What describes streams, by channel, row and resolution, once it was made.
        steps: What gives a channel's resolution near an indication, by its profile, its name and
            the parameters, once it was asked for.
    """

    setups: Mapping[bytes, DeviceSetup]
    profiles: Mapping[str, DeviceProfile]
    timelines: Mapping[ChannelKey, Timeline]
    table: CalibrationTable
    first_row: Mapping[ChannelKey, int]
    heads: dict[tuple[ChannelKey, int, float], StreamHead] = field(default_factory=dict)
    steps: dict[StepKey, Callable[[Number], float | None]] = field(default_factory=dict)

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
    timelines: dict[ChannelKey, Timeline] = {}
    named = _named_channels(register)
    for digest, setup in known.items():
        shared = _timelines(setup, register, named)
        keys = [(digest, place) for place in range(len(setup.channels))]
        timelines |= zip(
            keys, [shared[_asked(each, named)] for each in setup.channels], strict=True
        )
    table, first_row = _stacked(known, timelines)
    return Calibrations(
        setups=known, profiles=profiles, timelines=timelines, table=table, first_row=first_row
    )


def _stacked(
    setups: Mapping[bytes, DeviceSetup], timelines: Mapping[ChannelKey, Timeline]
) -> tuple[CalibrationTable, dict[ChannelKey, int]]:
    """The table of rate and interval channels; those of one timeline share its rows."""
    applied: list[Applied] = []
    begins: dict[int, int] = {}
    first_row: dict[ChannelKey, int] = {}
    for key, timeline in timelines.items():
        rows = [Applied(calibration=each, unit=timeline.unit) for each in timeline.calibrations]
        if setups[key[0]].channels[key[1]].measurand.accumulation == Accumulation.REGISTER:
            stack(rows)  # a register's certificate is used by the collector: refused here
            continue
        if id(timeline) not in begins:
            begins[id(timeline)] = len(applied)
            applied += rows
        first_row[key] = begins[id(timeline)]
    return stack(applied), first_row


_Asked = tuple[KindOfQuantity, str, str]
"""What a certificate is looked up by: kind of quantity, unit, and a channel if any names it."""


def _asked(channel: ChannelSetup, named: frozenset[str]) -> _Asked:
    measurand = channel.measurand
    name = channel.name if channel.name in named else ""
    return measurand.kind_of_quantity, measurand.unit, name


def _named_channels(register: CalibrationRegister) -> frozenset[str]:
    """The channels for which some certificate has a result of their own."""
    results = (result for each in register.certificates for result in each.results)
    return frozenset(result.channel for result in results if result.channel)


def _timelines(
    setup: DeviceSetup, register: CalibrationRegister, named: frozenset[str]
) -> dict[_Asked, Timeline]:
    """The timelines of a device's channels; those that ask for the same have the same."""
    asked = dict.fromkeys(_asked(channel, named) for channel in setup.channels)
    return {
        (kind, unit, name): timeline_of(register, setup.installed, kind, unit, channel=name)
        for kind, unit, name in asked
    }


def repeatability_in(calibration: InstrumentCalibration, unit: str) -> float:
    """The certificate's repeatability, in a channel's unit.

    Raises:
        UnitMismatchError: the units are of different kinds.
    """
    if calibration.result is None or calibration.repeatability == 0.0:
        return 0.0
    return calibration.repeatability * conversion_factor(calibration.result.unit, unit)
