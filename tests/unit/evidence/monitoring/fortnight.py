"""Two weeks of a stack under a plan: 10 t/h, an analyser that is checked at 02:00 each day."""

import datetime as dt
from collections.abc import Iterable, Mapping

from calibration.basis import UncertaintyBasis
from calibration.gas_check.rules import CheckReading
from calibration.load import parse_certificate, parse_plan
from calibration.mean import MeanWindow
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.monitoring.plan import MonitoringPlan
from calibration.register import CalibrationRegister
from calibration.slots import SlotState
from calibration.uncertainty import Influence, UncertaintyComponent
from calibration.window import FlowWindow, Grounds, Tally
from evidence.statement.monitoring.checks import Shown
from evidence.statement.monitoring.load import limits_named, pack_named, scheme_named
from evidence.statement.monitoring.monitored import Material, Monitored, monitored
from evidence.statement.monitoring.ranged import RangesSeen
from evidence.statement.monitoring.tested import AnalyserRules, AnalyserSeen, tested_analyser
from tests.unit.calibration.monitoring.texts import CYLINDER, PLAN, ZERO

HOUR_NS = 3_600_000_000_000
MINUTE_NS = HOUR_NS // 60
DAY_NS = 24 * HOUR_NS
START_NS = 1_772_294_400_000_000_000  # 2026-03-01T00:00:00+08:00, where the plan begins
DAYS = 14
CHANNEL = "works/stack-1/co2"
WHOLE = SlotState.VALID * 60
SPAN_GAS = 15.02
PLANNED = """
[[analysers]]
channel = "works/cems/velocity"
scheme = "hj75-2017"
"""
GROUNDS = Grounds(basis=UncertaintyBasis.CALIBRATION)


def plan(more: str = "", checks: str = "", full_scale: str = '"" = 20.0') -> MonitoringPlan:
    """The plan with the CO2 analyser alone, which must have its daily checks."""
    text = PLAN.replace(PLANNED, "").replace('["daily_check", "rata"]', '["daily_check"]')
    text = text.replace("kinds =", f"{more}\nkinds =")
    text = text.replace('"" = 20.0', full_scale)
    text = text.replace("averaging_s = 180.0", f"averaging_s = 180.0\n{checks}")
    return parse_plan(text.encode(), "plan.toml")


def papers() -> CalibrationRegister:
    certificates = (
        parse_certificate(text.encode(), "cylinder.toml")
        for text in (CYLINDER.replace("2026-02-01", "2026-01-25"), ZERO)
    )
    return CalibrationRegister(certificates=tuple(certificates))


def hour(number: int, value: float = 10.0, states: str = WHOLE) -> FlowWindow:
    """An hour of so many tonnes an hour, over its valid minutes."""
    valid, start_ns = states.count(SlotState.VALID), START_NS + number * HOUR_NS
    amount = value * valid / 60
    influence = Influence(id="inst:A7731/drift")
    return FlowWindow(
        channel=CHANNEL,
        start_ns=start_ns,
        end_ns=start_ns + HOUR_NS,
        unit="t",
        uncorrected=amount,
        value=amount,
        components=(UncertaintyComponent(influence=influence, contribution=0.02 * amount),),
        fresh_variance=0.0,
        tally=Tally(expected=60, present=valid, states=states),
        grounds=GROUNDS,
    )


def hours(changed: Mapping[int, FlowWindow | None] | None = None) -> list[FlowWindow]:
    """Two weeks of them; some others, some not there."""
    given = changed or {}
    every = (given.get(number, hour(number)) for number in range(24 * DAYS))
    return [each for each in every if each is not None]


def velocity(number: int, value: float) -> MeanWindow:
    """An hour's mean of the channel that tells whether the plant runs."""
    start_ns = START_NS + number * HOUR_NS
    return MeanWindow(
        channel="works/cems/velocity",
        start_ns=start_ns,
        end_ns=start_ns + HOUR_NS,
        measurand=Measurand(
            kind_of_quantity=KindOfQuantity.VELOCITY,
            unit="m/s",
            subject="stack",
            accumulation=Accumulation.RATE,
        ),
        uncorrected=value,
        value=value,
        components=(),
        tally=Tally(expected=60, present=60),
        grounds=GROUNDS,
    )


def check(day: int, span: float = SPAN_GAS, zero: float = 0.0, at_min: int = 120) -> list[Shown]:
    """What is shown in a check at 02:00 of a day: seven minutes of each gas."""
    first_ns = START_NS + day * DAY_NS + at_min * MINUTE_NS
    values = [12.4, *[zero] * 7, *[span] * 7]
    return [
        Shown(
            reading=CheckReading(
                at_ns=first_ns + (number - 1) * MINUTE_NS,
                value=value,
                state="calibrating" if number else "measuring",
            ),
            received_ns=first_ns + HOUR_NS,
        )
        for number, value in enumerate(values)
    ]


def checks(
    spans: Mapping[int, float] | None = None, days: Iterable[int] = range(-1, DAYS)
) -> list[Shown]:
    """One on each day; on some days another reading of the span gas."""
    given = spans or {}
    return [each for day in days for each in check(day, given.get(day, SPAN_GAS))]


def told(
    windows: list[FlowWindow] | list[MeanWindow],
    shown: list[Shown],
    *,
    planned: MonitoringPlan | None = None,
    signs: list[MeanWindow] | None = None,
    register: CalibrationRegister | None = None,
    span: tuple[int, int] = (START_NS, START_NS + DAYS * DAY_NS),
    known_at_ns: int | None = None,
    ranges: RangesSeen | None = None,
) -> Monitored:
    """What two weeks come to."""
    rules = plan() if planned is None else planned
    (analyser,) = rules.analysers
    named = AnalyserRules(
        scheme=scheme_named(analyser.scheme, "plan"), limits=limits_named("hj75-2017", "plan")
    )
    own = papers() if register is None else register
    seen = AnalyserSeen(serial="A7731", shown=shown, ranges=ranges)
    tested = tested_analyser(analyser, seen, own, named, rules.utc_offset_s)
    material = Material(
        windows=windows,
        signs=signs or (),
        analysers=[tested],
        pack=pack_named(rules.rules, "plan"),
        as_known_at_ns=known_at_ns,
        closed=True,
    )
    return monitored(rules, material, span)


def local(text: str) -> dt.datetime:
    """An instant by the plant's clock."""
    return dt.datetime.fromisoformat(f"{text}+08:00")
