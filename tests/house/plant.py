"""The house as a pure pipe, for statistics: truth in, activity data out, nothing left out.

A laboratory with its own standard calibrates two meters and issues certificates as TOML;
the meters drift, warm up and truncate; their registers are written as Modbus words; from
there on the product's own code runs: readout, cycle, calibration, batch bytes, judge,
hourly windows, activity data.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from calibration.load import SourceFile, kind_of, register_of
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.timeline import Installed
from calibration.window import Window
from device_profiles.load import LoadedProfile, load_profile
from device_profiles.write import write_words
from edge_agent.batcher import BatchHead, Packed, Place, packed_batches, packed_documents
from edge_agent.calibrations import calibrations_of
from edge_agent.cycle import PolledDevice, plan_of, poll_of
from edge_agent.documents import DocumentFile
from edge_agent.driver import Reply
from edge_agent.line import Outcome
from edge_agent.poll import Poll, pending_bytes
from edge_agent.setup import ChannelSetup, DeviceSetup, setup_digest
from edge_agent.tick import Tick
from edge_agent.waiting import waiting_as
from evidence.judging.judge import Judge
from evidence.judging.judgement import Position
from evidence.log.batch import ClockState
from evidence.log.envelope import decompress
from simulators.certificate import CalibrationCertificate, InstrumentIdentity, Laboratory
from simulators.confirm import Period, Requirement, confirm
from simulators.instrument import (
    InstrumentSpec,
    InstrumentTruth,
    RegisterState,
    advance,
    draw_instrument,
    indicated_rate,
    indicated_total,
)
from simulators.issue import issue, issue_confirmation
from simulators.laboratory import CalibrationOrder, Standard, calibrate, draw_standard
from simulators.process import ConstantProcess, Process, ScaledProcess, replayed_process

HOUR_NS: Final = 3_600_000_000_000
STEP_NS: Final = HOUR_NS // 2
MONTH_NS: Final = 30 * 24 * HOUR_NS
START_NS: Final = int(dt.datetime(2026, 3, 1, tzinfo=dt.UTC).timestamp()) * 1_000_000_000
CALIBRATED: Final = dt.datetime(2025, 9, 1, tzinfo=dt.UTC)
CALIBRATED_NS: Final = int(CALIBRATED.timestamp()) * 1_000_000_000
AGENT, EPOCH, SITE = "line-1", "0" * 32, "works"
CLOCK = ClockState(standard_uncertainty_s=0.0, simulated=True)
HALL_Cel: Final = 33.0
PROFILE: Final[LoadedProfile] = load_profile("abb-b23")
ENERGY, POWER = "active_energy_import", "active_power"


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What the certificates and confirmations say, as far as a control may take it away."""

    drift_per_year: float = 0.002
    temperature_per_K: float = 5e-5


SPEC: Final = InstrumentSpec(
    bias_standard_deviation=0.004,
    slope_standard_deviation=2e-5,
    drift_standard_deviation_per_year=0.002,
    temperature_standard_deviation_per_K=5e-5,
    load_centre=50.0,
    register_resolution=0.01,
)
POWER_SPEC: Final = InstrumentSpec(
    bias_standard_deviation=0.004,
    drift_standard_deviation_per_year=0.002,
    temperature_standard_deviation_per_K=5e-5,
    load_centre=40_000.0,
    noise=40.0,
    rate_resolution=100.0,
)
STANDARD_u: Final = 0.002
LABORATORY: Final = Laboratory(name="SIMLAB", accreditation="none", scope="AC energy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A meter at a measuring point: what is true of it, and what is documented of it."""

    name: str
    channel: str
    truth: InstrumentTruth
    process: Process
    documents: tuple[SourceFile, ...]

    @property
    def serial(self) -> str:
        """Its serial number."""
        return f"SN-{self.name}"

    @property
    def id(self) -> str:
        """Its channel's full name."""
        return f"{SITE}/{self.name}/{self.channel}"


def load_kW(rng: np.random.Generator) -> Process:
    """A plant's load over the month: days and nights, and another level every half hour."""
    halves = np.arange(MONTH_NS // STEP_NS + 8)
    daily = 12.0 * np.cos(2.0 * np.pi * (halves / 48.0 - 0.6))
    power_kW = 50.0 + daily + 4.0 * rng.uniform(-1.0, 1.0, len(halves))
    return replayed_process(START_NS, STEP_NS, (power_kW / 2.0).tolist())


def energy_meter(
    name: str, process: Process, standard: Standard, belief: Belief, rng: np.random.Generator
) -> Meter:
    """A meter drawn from its type, calibrated with `standard`."""
    truth = draw_instrument(SPEC, CALIBRATED_NS, ConstantProcess(value=HALL_Cel), rng)
    order = _order(name, "active_energy", "kW.h", "kW", (20.0, 35.0, 50.0, 65.0, 80.0), 0.001)
    certificate = calibrate(order, truth, standard, LABORATORY, rng)
    return Meter(
        name=name,
        channel=ENERGY,
        truth=truth,
        process=process,
        documents=_documents(certificate, belief),
    )


def power_meter(
    name: str, process: Process, standard: Standard, belief: Belief, rng: np.random.Generator
) -> Meter:
    """A meter's power channel, calibrated by relative error against its own indication."""
    truth = draw_instrument(POWER_SPEC, CALIBRATED_NS, ConstantProcess(value=HALL_Cel), rng)
    points = (20_000.0, 40_000.0, 60_000.0)
    order = _order(name, "active_power", "W", "W", points, 0.001)
    certificate = calibrate(order, truth, standard, LABORATORY, rng)
    text = issue(certificate).replace(
        'argument = "load"', f'repeatability = {POWER_SPEC.noise}\nargument = "indication"'
    )
    documents = _documents(certificate, belief)
    return Meter(
        name=name,
        channel=POWER,
        truth=truth,
        process=ScaledProcess(process=process, factor=1000.0),
        documents=(SourceFile(name=f"{name}-c.toml", data=text.encode()), documents[1]),
    )


def _order(
    name: str, kind: str, unit: str, load_unit: str, points: tuple[float, ...], scatter: float
) -> CalibrationOrder:
    return CalibrationOrder(
        certificate=f"C-{name}",
        instrument=InstrumentIdentity(maker="ABB", model="B23", serial=f"SN-{name}"),
        kind_of_quantity=kind,
        unit=unit,
        argument_unit=load_unit,
        points=points,
        repeats=3,
        repeatability=scatter,
        performed_on=CALIBRATED.date(),
        recorded_at=CALIBRATED,
    )


def _documents(certificate: CalibrationCertificate, belief: Belief) -> tuple[SourceFile, ...]:
    name = certificate.id
    requirement = Requirement(
        text="class 1",
        mpe_relative=0.05,
        drift_per_year=belief.drift_per_year,
        temperature_per_K=belief.temperature_per_K,
        reference_Cel=SPEC.reference_Cel,
        operating_Cel=HALL_Cel,
    )
    period = Period(
        effective_from=CALIBRATED,
        due_on=dt.date(2027, 9, 1),
        due_reason="two years",
        recorded_at=CALIBRATED,
    )
    confirmation = confirm(f"MC-{name}", certificate, requirement, period, "works")
    return (
        SourceFile(name=f"{name}.toml", data=issue(certificate).encode()),
        SourceFile(name=f"{name}-mc.toml", data=issue_confirmation(confirmation).encode()),
    )


def standard_of(rng: np.random.Generator) -> Standard:
    """The laboratory's standard, its deviation drawn once."""
    return draw_standard("std:SIMLAB/STD-1", "STD-1", STANDARD_u, rng)


def shown(meter: Meter, instants_ns: Sequence[int]) -> list[float]:
    """What the meter shows at each instant."""
    if meter.channel == POWER:
        return [indicated_rate(meter.truth, meter.process, at_ns) for at_ns in instants_ns]
    state = RegisterState(at_ns=instants_ns[0], total=1234.567)
    found = []
    for at_ns in instants_ns:
        state = advance(state, meter.truth, meter.process, at_ns, STEP_NS)
        found.append(indicated_total(meter.truth, state.total))
    return found


def device_of(meter: Meter, period_ns: int) -> PolledDevice:
    """A meter's measuring point as the agent is configured for it."""
    return device(meter.name, meter.channel, meter.serial, period_ns)


def device(name: str, shows: str, serial: str, period_ns: int, most: float = 200.0) -> PolledDevice:
    """A measuring point; `most` is the rated rate of an energy register in kW."""
    power = shows == POWER
    channel = ChannelSetup(
        name=shows,
        channel=f"{SITE}/{name}/{shows}",
        measurand=Measurand(
            kind_of_quantity=KindOfQuantity("active_power" if power else "active_energy"),
            unit="W" if power else "kW.h",
            subject=name,
            accumulation=Accumulation.RATE if power else Accumulation.REGISTER,
        ),
        resolution=POWER_SPEC.rate_resolution if power else None,
        rated_rate=None if power else most,
    )
    setup = DeviceSetup(
        device=name,
        profile=PROFILE.sha256,
        period_ms=period_ns // 1_000_000,
        installed=(Installed(from_ns=0, serial=serial),),
        channels=(channel,),
    )
    return PolledDevice(
        setup=setup,
        digest=setup_digest(setup),
        plan=plan_of(PROFILE.profile, (shows,), {}),
        period_ns=period_ns,
        phase_ns=0,
    )


def leaves(meters: Sequence[Meter], instants_ns: Sequence[int]) -> list[Packed]:
    """The exact bytes that the agent logs for these polls of these meters."""
    period_ns = instants_ns[1] - instants_ns[0]
    series = [(device_of(meter, period_ns), shown(meter, instants_ns)) for meter in meters]
    return logged(series, instants_ns, [file for meter in meters for file in meter.documents])


def logged(
    series: Sequence[tuple[PolledDevice, Sequence[float]]],
    instants_ns: Sequence[int],
    documents: Sequence[SourceFile],
) -> list[Packed]:
    """The leaves for devices that show a value each at these instants."""
    register = register_of(documents)
    calibrations = calibrations_of(
        (device.setup for device, _ in series), {PROFILE.sha256: PROFILE.profile}, register
    )
    profile = DocumentFile(kind="profile", name="abb-b23.toml", content=PROFILE.content)
    packed = packed_documents(
        [profile, *(_file(document) for document in documents)],
        Place(agent=AGENT, epoch=EPOCH, sequence=0),
        b"s" * 32,
    )
    polls = [
        _poll(device, value, Tick(sequence=k, at_ns=at_ns))
        for device, values in series
        for k, (at_ns, value) in enumerate(zip(instants_ns, values, strict=True))
    ]
    polls.sort(key=lambda poll: poll.at_ms)
    for first in range(0, len(polls), 200):
        head = BatchHead(software="test", clock=CLOCK, closed_ms=0, seed=b"s" * 32)
        place = Place(agent=AGENT, epoch=EPOCH, sequence=len(packed))
        waiting = [
            waiting_as(n, each, pending_bytes(each))
            for n, each in enumerate(polls[first : first + 200])
        ]
        packed += packed_batches(waiting, calibrations, head, place)
    return packed


def _file(document: SourceFile) -> DocumentFile:
    return DocumentFile(
        kind=kind_of(document.data, document.name),
        name=document.name,
        content=document.data,
    )


def _poll(device: PolledDevice, value: float, tick: Tick) -> Poll:
    """The poll in which the meter's registers hold `value`."""
    (channel,) = device.setup.channels
    read = device.asks[0].wholes[0]
    written = write_words(device.profile, {channel.name: value})
    raw = b"".join(written[read.function, at].to_bytes(2) for at in range(read.address, read.end))
    reply = Reply(content=raw, raw=raw, requested_at_ns=tick.at_ns, answered_at_ns=tick.at_ns)
    outcome = Outcome(device=device.name, planned=read, request=read, answer=reply)
    return poll_of(device, (outcome,), tick)


def windows_of(packed: Sequence[Packed]) -> dict[str, list[Window]]:
    """Hourly windows by channel, as the collector makes them of the logged bytes."""
    judge = Judge({AGENT: SITE}, accept_simulated=True)
    found: dict[str, list[Window]] = {}
    for number, leaf in enumerate(packed):
        position = Position(
            position=number, agent=AGENT, epoch=EPOCH, sequence=number, received_ns=2**62
        )
        judgement = judge.judge(decompress(leaf.frame), position)
        assert not judgement.faults, judgement.faults
        for window in judgement.windows:
            found.setdefault(window.channel, []).append(window)
    return found
