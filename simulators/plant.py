"""From a scenario to places that answer: everything drawn is a function of seed and id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import TypeAlias
from zlib import crc32

import msgspec
import numpy as np

from device_profiles.model import Channel, DeviceProfile
from evidence.errors import Words
from simulators.errors import ScenarioServeError
from simulators.instant import instant_ns
from simulators.instrument import InstrumentTruth, RegisterState, draw_instrument
from simulators.laboratory import Standard, draw_standard
from simulators.place import Instrument, Place, Shown
from simulators.process import (
    ConstantProcess,
    DailyPattern,
    Process,
    RepeatedProcess,
    ReplayedProcess,
    ScaledProcess,
    seeded_process,
)
from simulators.register import Register
from simulators.scenario import (
    CarriedChannel,
    ConstantForm,
    InstrumentForm,
    ProcessForm,
    ReplayedForm,
    Scenario,
    SeededForm,
)
from simulators.seat import BYTES, REPORTS, logger_of, of_modbus, seat_of
from simulators.servers.hj212_logger import LoggerSeat
from simulators.servers.spoken_station import SpokenStation
from simulators.stack.build import stack_place, stacks_of
from simulators.stack.process import stack_processes
from simulators.stack.truth import Stack
from simulators.stack.watch import StackWatch
from simulators.standing import answering, channel_of, site_of

NS_PER_S = 1_000_000_000
Profiles: TypeAlias = Mapping[str, DeviceProfile]
Recordings: TypeAlias = Mapping[str, ReplayedProcess]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """A simulated factory that is ready to answer.

    Attributes:
        lines: places by unit id, by line, of lines that frame by themselves.
        seats: places in the scenario's order, by line, of lines of bytes.
        loggers: data loggers in the scenario's order, by line, of lines that report.
        standards: the laboratory's standards by id, with their true errors.
        processes: the true quantities by id.
        of_serial: places by the serial number of the instrument that stands there first.
        stacks: stacks by id, with their truth.
    """

    scenario: Scenario
    lines: Mapping[str, Mapping[int, Place]]
    seats: Mapping[str, Sequence[SpokenStation]]
    standards: Mapping[str, Standard]
    processes: Mapping[str, Process]
    of_serial: Mapping[str, Place]
    loggers: Mapping[str, Sequence[LoggerSeat]] = field(default_factory=dict)
    stacks: Mapping[str, Stack] = field(default_factory=dict)

    @property
    def places(self) -> tuple[Place, ...]:
        """All places, in the scenario's order."""
        return tuple(self.of_serial[form.serial] for form in self.scenario.standing)


def stream(scenario: Scenario, purpose: str, name: str) -> np.random.Generator:
    """The random numbers of one thing in a scenario; others may come and go beside it."""
    return np.random.default_rng([scenario.seed, crc32(purpose.encode()), crc32(name.encode())])


def build(scenario: Scenario, profiles: Profiles, recordings: Recordings) -> Plant:
    """The plant of a scenario.

    Args:
        scenario: a scenario that was parsed.
        profiles: the profiles that it names, by id.
        recordings: the recordings of its replayed processes, by the process's id.

    Raises:
        SimulatorError: a channel that the profile does not have, or a value that it cannot show.
    """
    processes = processes_of(scenario, recordings)
    stacks = stacks_of(scenario, processes)
    for stack in stacks.values():
        processes |= stack_processes(stack)
    lines = {line.id: line for line in scenario.lines}
    frames: dict[str, dict[int, Place]] = {}
    seats: dict[str, list[SpokenStation]] = {}
    loggers: dict[str, list[LoggerSeat]] = {}
    places: dict[str, Place] = {}
    watches: dict[tuple[str, float | None], StackWatch] = {}
    for form in scenario.standing:
        line, profile = lines[form.line], profiles[form.profile]
        if isinstance(form, InstrumentForm):
            place = _place(scenario, form, profile, processes)
        else:
            place = stack_place(scenario, form, profile, stacks[form.stack], watches)
        places[form.serial] = place
        if line.kind in BYTES:
            seats.setdefault(line.id, []).append(seat_of(line, form, place))
        elif line.kind == REPORTS:
            loggers.setdefault(line.id, []).append(logger_of(line, form, place))
        else:
            frames.setdefault(line.id, {})[form.unit_id] = of_modbus(form, place)
    standards = {form.id: _standard(scenario, form.id) for form in scenario.standards}
    return Plant(
        scenario=scenario,
        lines=frames,
        seats=seats,
        loggers=loggers,
        standards=standards,
        processes=processes,
        of_serial=places,
        stacks=stacks,
    )


def processes_of(scenario: Scenario, recordings: Recordings) -> dict[str, Process]:
    """The true quantities of a scenario by id."""
    return {form.id: _process(scenario, form, recordings) for form in scenario.processes}


def _standard(scenario: Scenario, name: str) -> Standard:
    form = next(form for form in scenario.standards if form.id == name)
    return draw_standard(
        f"std:{scenario.laboratory.id}/{name}",
        name,
        form.relative_standard_uncertainty,
        stream(scenario, "standard", name),
    )


def _process(scenario: Scenario, form: ProcessForm, recordings: Recordings) -> Process:
    if isinstance(form, ConstantForm):
        return ConstantProcess(value=form.value)
    if isinstance(form, SeededForm):
        numbers = {key: getattr(form, key) for key in form.__struct_fields__ if key != "id"}
        return seeded_process(DailyPattern(**numbers), stream(scenario, "process", form.id))
    return ScaledProcess(process=_recorded(form, recordings[form.id]), factor=form.factor)


def _recorded(form: ReplayedForm, recorded: ReplayedProcess) -> Process:
    if form.repeats_from is None:
        return recorded
    return RepeatedProcess(recorded=recorded, begins_at_ns=instant_ns(form.repeats_from))


def _place(
    scenario: Scenario,
    form: InstrumentForm,
    profile: DeviceProfile,
    processes: Mapping[str, Process],
) -> Place:
    site = site_of(scenario, form, profile)
    shown = tuple(_shown(form, profile, carried) for carried in form.carries)
    _check_calibrated(form, profile)
    installed = [_instrument(scenario, form, shown, processes)]
    if form.exchange is not None:
        installed.append(_instrument(scenario, _exchanged(form), shown, processes))
    return answering(scenario, form, lambda: Place(site, installed))


def _check_calibrated(form: InstrumentForm, profile: DeviceProfile) -> None:
    if form.calibration is None:
        return
    channel_of(form, profile, form.calibration.channel)
    factors = {carried.channel: carried.factor for carried in form.carries}
    if form.calibration.result == "value" and factors.get(form.calibration.channel) != 1:
        raise ScenarioServeError(
            form.serial,
            what=Words(
                "a calibration of values needs a carried channel with factor 1",
                "参考值校准需要系数为 1 的承载通道",
            ),
            remedy=Words("state the process in the channel's unit", "请以该通道的单位给出过程量"),
        )


def _exchanged(form: InstrumentForm) -> InstrumentForm:
    """The form of the instrument that takes over; `exchange` stays to say when."""
    later = form.exchange
    if later is None:
        return form
    return msgspec.structs.replace(
        form,
        serial=later.serial,
        register_start=later.register_start,
        calibration=form.calibration
        and msgspec.structs.replace(
            form.calibration, performed_on=later.performed_on or form.calibration.performed_on
        ),
    )


def installed_at(scenario: Scenario, form: InstrumentForm) -> datetime:
    """When the instrument of that serial number is installed."""
    taken_over = form.exchange is not None and form.exchange.serial == form.serial
    return form.exchange.at if form.exchange and taken_over else scenario.begins_at


def forms(scenario: Scenario) -> tuple[InstrumentForm, ...]:
    """The form of every instrument, exchanged ones included, in the order of `serials`."""
    later = (_exchanged(form) for form in scenario.instruments if form.exchange)
    return (*scenario.instruments, *later)


def _instrument(
    scenario: Scenario,
    form: InstrumentForm,
    shown: tuple[Shown, ...],
    processes: Mapping[str, Process],
) -> Instrument:
    truth = _truth(scenario, form, processes)
    process = processes[form.process]
    begun_ns = instant_ns(installed_at(scenario, form))
    opening = RegisterState(at_ns=begun_ns, total=form.register_start)
    return Instrument(
        serial=form.serial,
        installed_at_ns=begun_ns,
        truth=truth,
        process=process,
        register=Register(opening, truth, process, round(form.step_s * NS_PER_S)),
        shown=shown,
    )


def _truth(
    scenario: Scenario, form: InstrumentForm, processes: Mapping[str, Process]
) -> InstrumentTruth:
    calibrated = scenario.begins_at
    if form.calibration is not None:
        calibrated = datetime.combine(form.calibration.performed_on, time(0), UTC)
    ambient = ConstantProcess(value=form.spec.reference_Cel)
    temperature = processes[form.ambient] if form.ambient else ambient
    rng = stream(scenario, "instrument", form.serial)
    return draw_instrument(form.spec, instant_ns(calibrated), temperature, rng)


def _shown(form: InstrumentForm, profile: DeviceProfile, carried: CarriedChannel) -> Shown:
    channel = channel_of(form, profile, carried.channel)
    if channel.accumulation == "interval":
        raise ScenarioServeError(
            form.serial,
            what=Words(
                f"channel '{channel.name}' shows interval amounts, which no process carries",
                f"通道 '{channel.name}' 显示时段量，没有过程承载",
            ),
            remedy=Words("carry a register or a rate", "请承载累计量或瞬时量"),
        )
    ratio = _ratio(form, profile, channel)
    spec = form.spec
    return Shown(
        channel=channel.name,
        counts=channel.accumulation == "register",
        factor=carried.factor,
        resolution=spec.register_resolution * carried.factor or (channel.resolution or 0.0) * ratio,
        rollover=spec.rollover_modulus * carried.factor or (channel.rollover or 0.0) * ratio,
    )


def _ratio(form: InstrumentForm, profile: DeviceProfile, channel: Channel) -> float:
    """The product of the channel's parameters, as the site sets them."""
    ratio = 1.0
    for name in channel.multiply_by:
        ratio *= form.parameters.get(name, profile.parameters[name].default)
    return ratio
