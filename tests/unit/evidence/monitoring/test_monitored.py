"""Two weeks of a stack under its plan: what counts, what stands for the rest, what is in doubt."""

import msgspec
import pytest

from calibration.basis import UncertaintyBasis
from calibration.monitoring.plan import MonitoringPlan
from calibration.monitoring.record import TestRecord
from calibration.slots import SlotState
from evidence.errors import EvidenceError
from evidence.statement.hours.finding import FindingKind
from evidence.statement.hours.hour import HourState
from evidence.statement.monitoring.load import limits_named, pack_named, scheme_named
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.standing.standing import Standing
from tests.unit.evidence.monitoring.fortnight import (
    DAY_NS,
    DAYS,
    HOUR_NS,
    START_NS,
    checks,
    hour,
    hours,
    local,
    papers,
    plan,
    told,
    velocity,
)

AGED = {4: 15.6, 5: 17.6, 6: 17.6, 7: 17.6}
"""The span gas is shown 4 % high, then 17 % high on three days, then rightly: it was repaired."""
OUT = range(24 * 5 + 2, 24 * 8 + 2)
"""Hours from the check that failed to the one that passed again."""
PROPORTIONAL = "proportional = true"


def states(found: Monitored) -> list[HourState]:
    return [each.state for each in found.determination.hours]


def test_hours_between_a_failed_check_and_the_next_good_one_do_not_count() -> None:
    found = told(hours(), checks(AGED))
    assert [n for n, state in enumerate(states(found)) if state == HourState.SUBSTITUTED] == [*OUT]
    (quality,) = found.analysers
    assert quality.hours == {"in_control": 24 * DAYS - 2 - len(OUT), "no_test": 2} | {
        "out_of_control": len(OUT)
    }
    assert quality.tests == {"daily_check/failed": 3, "daily_check/passed": 11}
    spell = quality.spells[-1]
    assert (spell.standing, spell.start, spell.end) == (
        Standing.OUT_OF_CONTROL,
        "2026-03-05T18:00:00Z",
        "2026-03-08T18:00:00Z",
    )
    assert spell.record == quality.failed[0].record


def test_every_hour_counts_where_nobody_looks_at_the_checks() -> None:
    """The control: without its standing the same data are all valid."""
    bare = msgspec.structs.replace(
        plan().analysers[0], scheme="iso10012-2003", kinds=(), checks=None
    )
    found = told(hours(), checks(AGED), planned=msgspec.structs.replace(plan(), analysers=(bare,)))
    assert set(states(found)) == {HourState.MEASURED}


def test_the_compliance_value_stands_beside_the_best_estimate() -> None:
    """12 t/h were the most before: the rule takes these, the best estimate what lies around."""
    found = told(hours({30: hour(30, 12.0)}), checks(AGED)).determination.totals
    measured = 10.0 * (24 * DAYS - len(OUT) - 2) + 2.0
    assert found.compliance.value == pytest.approx(measured + 12.0 * len(OUT))
    assert found.compliance.without == 2
    assert found.best_estimate.value == pytest.approx(10.0 * 24 * DAYS + 2.0)
    assert found.best_estimate.substituted_share == pytest.approx(740.0 / 3362.0)
    assert found.substituted_share_of_hours == pytest.approx((len(OUT) + 2) / (24 * DAYS))


def test_a_failed_check_throws_doubt_back_to_the_last_good_one_in_tonnes() -> None:
    """Between +3.9 % and +17.2 %: the day's 240 t are 11 t too much, give or take 13."""
    found = told(hours(), checks({**AGED, 4: 15.02}), planned=plan(PROPORTIONAL))
    (doubt,) = found.doubts
    assert (doubt.serial, doubt.start, doubt.end) == (
        "A7731",
        "2026-03-04T18:00:00Z",
        "2026-03-05T18:00:00Z",
    )
    assert doubt.value == pytest.approx(240.0)
    assert doubt.correction is not None
    error = 17.6 / 15.02 - 1.0
    assert -240.0 * error < doubt.correction < 0.0
    assert doubt.correction == pytest.approx(-240.0 * error / 2.0, rel=0.15)
    assert doubt.expanded_uncertainty == pytest.approx(240.0 * error / 12**0.5 * 2.0, rel=0.3)


def test_a_doubt_has_no_size_where_the_amount_is_not_proportional() -> None:
    (doubt,) = told(hours(), checks(AGED)).doubts
    assert doubt.value == pytest.approx(240.0)
    assert doubt.correction is None
    assert doubt.expanded_uncertainty is None


def test_what_was_not_yet_known_did_not_count_then() -> None:
    """The check of the sixth day was received an hour after it began."""
    failed_ns = START_NS + 5 * DAY_NS + 2 * HOUR_NS
    before = told(hours(), checks(AGED), known_at_ns=failed_ns + HOUR_NS - 1)
    after = told(hours(), checks(AGED), known_at_ns=failed_ns + HOUR_NS)
    assert before.doubts == ()
    assert len(after.doubts) == 1
    (one,), (other,) = before.analysers, after.analysers
    assert one.spells[-1].because == "expired"
    assert other.spells[-1].because == "failed"
    assert before.digest != after.digest


def test_a_recorded_test_counts_like_a_check() -> None:
    """A RATA that failed, of the same serial; of another one it says nothing."""
    record = TestRecord(
        schema=1,
        test="rata",
        id="RATA-1",
        channel="works/cems/co2",
        serial="A7731",
        at=local("2026-03-10T12:00:00"),
        outcome="failed",
        recorded_at=local("2026-03-11T00:00:00"),
        recorded_by="Q. Ma",
        document="report",
    )
    register = msgspec.structs.replace(papers(), tests=(record,))
    (quality,) = told(hours(), checks(), register=register).analysers
    assert quality.hours["out_of_control"] == 24 * DAYS - (9 * 24 + 12)
    other = msgspec.structs.replace(record, serial="A7732")
    register = msgspec.structs.replace(papers(), tests=(other,))
    (quality,) = told(hours(), checks(), register=register).analysers
    assert "out_of_control" not in quality.hours


def test_a_check_with_a_cylinder_of_which_nothing_is_known_proves_nothing() -> None:
    register = msgspec.structs.replace(papers(), certificates=papers().certificates[:1])
    (quality,) = told(hours(), checks(), register=register).analysers
    assert quality.tests == {}
    assert quality.hours == {"no_test": 24 * DAYS}


def test_hours_in_which_the_plant_stands_still_are_no_gap() -> None:
    signs = [velocity(n, 0.3 if 48 <= n < 72 else 12.0) for n in range(24 * DAYS)]
    found = told(hours(), checks(), signs=signs)
    assert states(found).count(HourState.SHUTDOWN) == 24
    assert found.determination.totals.compliance.value == pytest.approx(10.0 * (24 * 13 - 2))


@pytest.mark.parametrize(("valid", "state"), [(45, "measured"), (44, "substituted")])
def test_an_hour_needs_45_valid_minutes(valid: int, state: str) -> None:
    letters = SlotState.VALID * valid + SlotState.BLOW_BACK * (60 - valid)
    found = told(hours({200: hour(200, states=letters)}), checks())
    assert found.determination.hours[200].state == state


def test_an_hour_that_never_came_is_substituted() -> None:
    found = told(hours({200: None}), checks())
    each = found.determination.hours[200]
    assert (each.state, each.because) == (HourState.SUBSTITUTED, "no_record")


@pytest.mark.parametrize(
    "read",
    [
        lambda: pack_named("no-such", "works/stack/co2"),
        lambda: pack_named("../../etc/passwd", "works/stack/co2"),
        lambda: scheme_named("/etc/passwd", "works/stack/co2"),
        lambda: limits_named("hj75", "works/stack/co2"),
    ],
)
def test_rules_are_those_of_the_package_alone(read: object) -> None:
    assert callable(read)
    with pytest.raises(EvidenceError, match="E_MONITORED_RULES works/stack/co2"):
        read()


def test_a_plan_may_say_when_which_gas_flows() -> None:
    assert isinstance(plan(), MonitoringPlan)
    with pytest.raises(Exception, match="E_PLAN_VALUE"):
        plan(checks="schedule = [{ point = 'zero', at = 02:00:00, every_h = 7, duration_s = 9.0 }]")


def test_an_hour_of_unknown_uncertainty_leaves_that_of_the_sum_unknown() -> None:
    """The parts that are known are not all of it, and unknown is not 0."""
    known = told(hours(), checks())
    assert known.standard_uncertainty == known.determination.totals.standard_uncertainty
    assert known.expanded_uncertainty is not None
    doubtful = hour(200)
    grounds = msgspec.structs.replace(doubtful.grounds, basis=UncertaintyBasis.UNKNOWN)
    one = msgspec.structs.replace(doubtful, grounds=grounds)
    found = told(hours({200: one}), checks())
    assert found.determination.totals.best_estimate == known.determination.totals.best_estimate
    assert (found.standard_uncertainty, found.expanded_uncertainty) == (None, None)
    kinds = {each.kind for each in found.determination.findings}
    assert FindingKind.UNCERTAINTY_UNSTATED in kinds
