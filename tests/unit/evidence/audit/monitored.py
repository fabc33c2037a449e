"""What a plan makes of the sound channel: its hours by the rules, or some without a value."""

from dataclasses import replace

import msgspec

from calibration.increment import NS_PER_HOUR
from calibration.load import parse_plan
from evidence.audit.failed import FailedTest
from evidence.audit.material import Material, Told
from evidence.audit.said import said
from evidence.clock import parse_utc
from evidence.statement.doubt import Doubt
from evidence.statement.monitoring.load import pack_named
from evidence.statement.monitoring.monitored import Material as Hours
from evidence.statement.monitoring.monitored import Monitored, monitored
from tests.unit.evidence.audit.whole import CHANNEL, SPAN, material, window

PLAN = f"""schema = 1
plan = "{CHANNEL}"
rules = "meters"
effective_from = 2026-03-01T00:00:00Z
recorded_at = 2026-03-01T00:00:00Z
decided_by = "Q. Ma"
reason = "monitoring plan"
quantity = "energy"
"""


def told(hours: range, now_ns: int | None = None) -> Monitored:
    plan = parse_plan(PLAN.encode(), "plan.toml")
    pack = pack_named(plan.rules, plan.plan)
    windows = [window(each) for each in hours]
    return monitored(
        plan,
        Hours(
            windows=windows, signs=[], analysers=[], pack=pack, closed=now_ns is None, now_ns=now_ns
        ),
        SPAN,
    )


def under_plan() -> Material:
    plan = parse_plan(PLAN.encode(), "plan.toml")
    return replace(material(), plan=plan, told=Told(monitored=told(range(24))))


def running(measured: int, over: int) -> Material:
    """The same while the day runs: so many hours were measured, and are over."""
    now_ns = SPAN[0] + over * NS_PER_HOUR
    return replace(under_plan(), told=Told(monitored=told(range(measured), now_ns)))


def in_doubt() -> Material:
    """The same with hours before a span check that failed, and behind it."""
    whole = under_plan()
    doubt = Doubt(
        serial="CO2-1",
        because="intermediate_check",
        start="2026-04-01T00:00:00Z",
        end="2026-04-01T07:00:00Z",
        value=700.0,
        checks=("2026-04-01T06:30:00Z",),
    )
    failed = FailedTest(
        serial="CO2-1",
        failed_ns=at("06:30"),
        good_ns=at("00:30"),
        passed_ns=at("08:10"),
        before=tuple(at(f"{hour:02d}:00") for hour in range(6)),
        after=tuple(at(f"{hour:02d}:00") for hour in range(6, 9)),
    )
    told = replace(whole.told, kept=material().told.kept, doubts=(doubt,), failed=(failed,))
    return replace(whole, told=told)


def at(time: str) -> int:
    """A time of the first day, UTC ns."""
    return parse_utc(f"2026-04-01T{time}:00Z")


def refused() -> Material:
    """The same where the plan could not be applied."""
    return replace(under_plan(), told=Told(refused=said("no rule", "无规则")))


def without_value() -> Material:
    """The same with two hours for which no rule gave a value."""
    whole = under_plan()
    found = whole.told.monitored
    assert found is not None
    totals = found.determination.totals
    compliance = msgspec.structs.replace(totals.compliance, without=2)
    determination = msgspec.structs.replace(
        found.determination, totals=msgspec.structs.replace(totals, compliance=compliance)
    )
    return replace(
        whole, told=Told(monitored=msgspec.structs.replace(found, determination=determination))
    )
