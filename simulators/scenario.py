"""Scenarios: which instruments stand in a simulated factory, and what happens to them."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal, TypeAlias

import msgspec

from evidence.errors import Words
from simulators.certificate import CertificateKind, FunctionForm, Instant, ResultKind
from simulators.confirm import Requirement
from simulators.errors import (
    ScenarioFileError,
    ScenarioFormError,
    ScenarioReferenceError,
    ScenarioTwiceError,
)
from simulators.form import Name, NotNegative, Positive, ScenarioForm, StandingForm
from simulators.instrument import InstrumentSpec
from simulators.laboratory_form import InstituteForm, LaboratoryForm, StandardForm
from simulators.stack.form import OutletForm, StackForm
from simulators.stack.spec import TRUE_QUANTITIES


class ConstantForm(ScenarioForm, frozen=True, kw_only=True, tag="constant", tag_field="kind"):
    """A quantity that does not change."""

    id: Name
    value: float


class SeededForm(ScenarioForm, frozen=True, kw_only=True, tag="seeded", tag_field="kind"):
    """A load with a daily pattern and a variation drawn from the scenario's seed."""

    id: Name
    base: Positive
    daily_amplitude: NotNegative = 0.0
    slow_amplitude: NotNegative = 0.0
    peak_hour: float = 14.0
    weekend_share: NotNegative = 1.0
    utc_offset_h: float = 0.0


class ReplayedForm(ScenarioForm, frozen=True, kw_only=True, tag="replayed", tag_field="kind"):
    """A recording; `file` lies beside the scenario. `repeats_from` moves it and repeats it."""

    id: Name
    file: str
    column: str
    interval_s: Positive
    time_column: str = ""
    zone: str = "UTC"
    factor: float = 1.0
    repeats_from: Instant | None = None


ProcessForm: TypeAlias = ConstantForm | SeededForm | ReplayedForm


ProcessName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$")]
"""The id of a process; or `stack:quantity`, what is true of a stack."""
LineKind = Literal["modbus-tcp", "modbus-udp", "serial-tcp", "pty", "opcua", "hj212"]


class LineForm(ScenarioForm, frozen=True, kw_only=True):
    """One line: a TCP or UDP port, 0 lets the machine choose, or a pseudo terminal.

    Attributes:
        kind: `serial-tcp` and `pty` carry bare bytes, on which devices of all protocols stand
            side by side; `opcua` is a server with the nodes of all its devices; the instruments
            of `hj212` are data loggers that connect to a centre; the others carry Modbus in
            frames of its own.
        framing: of Modbus on a line of bytes.
        host: of the centre; empty takes the host that the simulation is started with.
        port: of the centre, or of the line itself.
        interval_s: between real-time data of data loggers; the standard has 30 to 3600.
    """

    id: Name
    kind: LineKind = "modbus-tcp"
    framing: Literal["rtu", "ascii"] = "rtu"
    host: str = ""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0
    interval_s: Annotated[float, msgspec.Meta(ge=0.05, le=3600)] = 30.0


class CarriedChannel(ScenarioForm, frozen=True, kw_only=True):
    """A channel that shows the process; `factor` is channel unit over process unit."""

    channel: str
    factor: Positive = 1.0


class CalibrationForm(ScenarioForm, frozen=True, kw_only=True):
    """How the instrument is calibrated before it is installed; see `CalibrationOrder`."""

    standard: Name
    channel: str
    points: tuple[float, ...]
    argument_unit: str
    repeatability: NotNegative
    performed_on: date
    repeats: Annotated[int, msgspec.Meta(ge=2)] = 5
    kind: CertificateKind = "calibration"
    result: ResultKind = "relative_error"
    form: FunctionForm = "polynomial"
    degree: Annotated[int, msgspec.Meta(ge=0, le=6)] = 1
    valid_days: Annotated[int, msgspec.Meta(ge=1)] = 365


class AsFoundForm(ScenarioForm, frozen=True, kw_only=True):
    """The laboratory calibrates what was taken down, as it finds it; its certificate comes in."""

    performed_on: date
    received_at: Instant


class ExchangeForm(ScenarioForm, frozen=True, kw_only=True):
    """Another instrument of the same type takes over, with a register of its own.

    Attributes:
        as_found: what becomes of the one that stood there.
    """

    at: Instant
    serial: Name
    register_start: NotNegative = 0.0
    performed_on: date | None = None
    as_found: AsFoundForm | None = None


class InstrumentForm(StandingForm, frozen=True, kw_only=True):
    """One place in the factory where an instrument stands.

    Attributes:
        process: id of the process that `carries` show.
        ambient: id of the process that is the ambient temperature in degrees Celsius.
        register_start: what the register holds at the scenario's beginning, process unit.
        step_s: step in which the register counts, at one load each; of UTC.
    """

    process: ProcessName
    carries: Annotated[tuple[CarriedChannel, ...], msgspec.Meta(min_length=1)]
    ambient: ProcessName | None = None
    spec: InstrumentSpec = InstrumentSpec()
    register_start: NotNegative = 0.0
    step_s: Positive = 900.0
    calibration: CalibrationForm | None = None
    requirement: Requirement | None = None
    exchange: ExchangeForm | None = None


class Scenario(ScenarioForm, frozen=True, kw_only=True):
    """A simulated factory.

    Attributes:
        seed: everything drawn is a function of this, and of the id of what it is drawn for.
        begins_at: when registers begin to count and confirmations take effect.
        factory: who confirms.
        stacks: with instruments of their own.
        outlets: devices that show what those indicate.
    """

    schema: Literal[1]
    id: Name
    title: str = ""
    seed: Annotated[int, msgspec.Meta(ge=0)]
    begins_at: Instant
    factory: str = "Simulated factory"
    laboratory: LaboratoryForm = LaboratoryForm()
    institute: InstituteForm = InstituteForm()
    standards: tuple[StandardForm, ...] = ()
    processes: tuple[ProcessForm, ...] = ()
    lines: Annotated[tuple[LineForm, ...], msgspec.Meta(min_length=1)]
    instruments: tuple[InstrumentForm, ...] = ()
    stacks: tuple[StackForm, ...] = ()
    outlets: tuple[OutletForm, ...] = ()

    @property
    def standing(self) -> tuple[InstrumentForm | OutletForm, ...]:
        """All devices, instruments first."""
        return (*self.instruments, *self.outlets)

    @property
    def serials(self) -> tuple[str, ...]:
        """All serial numbers, exchanged instruments included."""
        later = (place.exchange.serial for place in self.instruments if place.exchange)
        return (*(place.serial for place in self.standing), *later)


def parse_scenario(content: bytes, where: str) -> Scenario:
    """The scenario in the bytes of a TOML file that messages call `where`.

    Raises:
        SimulatorError: a coded error E_SCENARIO_*.
    """
    try:
        scenario = msgspec.toml.decode(content, type=Scenario)
    except msgspec.ValidationError as fault:
        raise ScenarioFormError(where, what=str(fault)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise ScenarioFileError(
            where, what=Words(f"no TOML ({fault})", f"不是有效的 TOML（{fault}）")
        ) from None
    if not scenario.standing:
        raise ScenarioFormError(
            where, what=Words("there is no instrument and no outlet", "没有仪表，也没有输出端")
        )
    _check_unique(scenario, where)
    _check_references(scenario, where)
    _check_order(scenario, where)
    return scenario


def _check_unique(scenario: Scenario, where: str) -> None:
    _once(where, "standard", (standard.id for standard in scenario.standards))
    _once(where, "process", (process.id for process in scenario.processes))
    _once(where, "line", (line.id for line in scenario.lines))
    _once(where, "port", (str(line.port) for line in scenario.lines if line.port))
    _once(where, "serial", scenario.serials)
    _once(where, "unit id", (_standing(place) for place in scenario.standing))
    _once(where, "stack", (stack.id for stack in scenario.stacks))


def _standing(place: StandingForm) -> str:
    return f"{place.address or place.unit_id} on {place.line}"


def _once(where: str, kind: str, names: Iterable[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise ScenarioTwiceError(where, kind=kind, name=name)


def _check_references(scenario: Scenario, where: str) -> None:
    standards = [standard.id for standard in scenario.standards]
    processes = [process.id for process in scenario.processes]
    true = [f"{one.id}:{name}" for one in scenario.stacks for name in TRUE_QUANTITIES]
    known = [*processes, *true]
    lines = [line.id for line in scenario.lines]
    for place in scenario.instruments:
        at = f"{where} {place.serial}"
        _known(at, "process", place.process, known)
        _known(at, "process", place.ambient or place.process, known)
        if place.calibration:
            _known(at, "standard", place.calibration.standard, standards)
    for standing in scenario.standing:
        _known(f"{where} {standing.serial}", "line", standing.line, lines)
    _check_stacks(scenario, where, processes)


def _check_stacks(scenario: Scenario, where: str, processes: list[str]) -> None:
    for stack in scenario.stacks:
        for driven in (stack.fuel, stack.carbon):
            if driven is not None:
                _known(f"{where} {stack.id}", "process", driven, processes)
    stacks = [stack.id for stack in scenario.stacks]
    for outlet in scenario.outlets:
        _known(f"{where} {outlet.serial}", "stack", outlet.stack, stacks)


def _known(where: str, kind: str, name: str, known: list[str]) -> None:
    if name not in known:
        raise ScenarioReferenceError(where, kind=kind, name=name, known=", ".join(known))


def _check_order(scenario: Scenario, where: str) -> None:
    for place in scenario.instruments:
        at = f"{where} {place.serial}"
        if place.exchange and place.exchange.at <= scenario.begins_at:
            raise ScenarioFormError(
                at,
                what=Words(
                    "exchange.at must be later than begins_at", "exchange.at 必须晚于 begins_at"
                ),
            )
        later = place.exchange and place.exchange.as_found
        if later and place.exchange and later.received_at <= place.exchange.at:
            raise ScenarioFormError(
                at,
                what=Words(
                    "as_found.received_at must be later than exchange.at",
                    "as_found.received_at 必须晚于 exchange.at",
                ),
            )
        if later and place.calibration is None:
            raise ScenarioFormError(
                at,
                what=Words(
                    "as_found needs a calibration, which it repeats",
                    "as_found 需要有校准，它重复该校准",
                ),
            )
        if place.calibration and place.requirement is None:
            raise ScenarioFormError(
                at,
                what=Words(
                    "calibration needs requirement, to be confirmed",
                    "有校准时须有 requirement，以便确认",
                ),
            )
