import msgspec
import pytest

from calibration.uncertainty import Influence, UncertaintyComponent
from evidence.statement.hours.determine import determine
from evidence.statement.hours.errors import HoursOptionError, RuleMissingError
from evidence.statement.hours.load import rule_pack
from evidence.statement.hours.observed import in_a_row, observed_of
from evidence.statement.hours.point import HourlyRecord, PointState
from evidence.statement.hours.settings import Alternative, Bridge
from tests.unit.evidence.hours.series import DEFAULTS, Told, at, determined, kinds, told_at

MRR, METERS = DEFAULTS["mrr"], DEFAULTS["meters"]
DAY = [float(10 + (k % 24)) for k in range(24)]


def test_a_substitute_of_the_mrr_changes_with_the_period_and_is_issued_anew() -> None:
    first = determined([10.0, 12.0, None, 11.0], "mrr")
    again = msgspec.structs.replace(MRR, issue=2, supersedes=first.digest, closed=True)
    second = determined([10.0, 12.0, None, 11.0, 19.0], "mrr", again)
    assert (first.provisional, first.issue, first.supersedes) == (True, 1, None)
    assert (second.provisional, second.issue, second.supersedes) == (False, 2, first.digest)
    before, after = told_at(first, 2).compliance, told_at(second, 2).compliance
    assert before == pytest.approx(13.0)
    assert after is not None
    assert after > 13.0
    assert first.digest != second.digest


def test_the_mean_of_the_mrr_is_of_the_calendar_year_whichever_hours_are_asked_for() -> None:
    """By the plant's clock, two hours behind UTC, the first two hours are of the year before."""
    settings = msgspec.structs.replace(MRR, from_ns=at(4), until_ns=at(5), offset_s=-7200)
    found = determined([90.0, 90.0, 10.0, 12.0, None, 11.0], "mrr", settings)
    assert [each.start_ns for each in found.hours] == [at(4)]
    assert told_at(found, 4).compliance == pytest.approx(13.0)


def test_one_valid_hour_has_no_standard_deviation() -> None:
    found = determined([10.0, None], "mrr")
    hour = told_at(found, 1)
    assert (hour.state.value, hour.method, hour.compliance) == ("missing", "none", None)
    assert "no_substitute" in kinds(found)


@pytest.mark.parametrize(("hours", "told"), [(120, False), (121, True)])
def test_more_than_five_days_without_a_break_are_to_be_notified(hours: int, *, told: bool) -> None:
    found = determined([10.0, 12.0, *[None] * hours, 11.0], "mrr")
    assert ("notify" in kinds(found)) == told


def test_a_value_by_hand_is_no_value_where_the_scheme_does_not_know_it() -> None:
    records = [HourlyRecord(at_ns=at(k), value=10.0 + k) for k in range(4)]
    records[2] = HourlyRecord(at_ns=at(2), value=99.0, state=PointState.MANUAL)
    found = determine(in_a_row(map(observed_of, records)), rule_pack("mrr"), MRR)
    hour = told_at(found, 2)
    assert (hour.method, hour.because, hour.best_estimate) == ("mean-plus-2s", "manual", 12.0)


def test_flow_of_the_mrr_is_not_substituted_from_its_own_hours() -> None:
    with pytest.raises(RuleMissingError, match="concentration"):
        determined([1.0], "mrr", msgspec.structs.replace(MRR, quantity="flow"))


@pytest.mark.parametrize("supersedes", [None, "00"])
def test_an_issue_after_the_first_names_the_one_before(supersedes: str | None) -> None:
    with pytest.raises(HoursOptionError, match="issue"):
        msgspec.structs.replace(MRR, issue=1 if supersedes else 2, supersedes=supersedes)


def test_a_register_bridges_a_gap_exactly() -> None:
    told: list[Told] = [*DAY, None, None, None, 13.0]
    registers = {at(23): 1000.0, at(27): 1050.5}
    settings = msgspec.structs.replace(METERS, registers=registers)
    found = determined(told, "meters", settings)
    hours = [told_at(found, k) for k in (24, 25, 26)]
    assert {each.method for each in hours} == {"totaliser"}
    assert sum(each.compliance or 0.0 for each in hours) == pytest.approx(37.5, rel=1e-14)
    assert sum(each.best_estimate or 0.0 for each in hours) == pytest.approx(37.5, rel=1e-14)
    assert found.gaps[0].standard_uncertainty == 0.0
    assert found.totals.standard_uncertainty == 0.0


def test_a_register_that_falls_bridges_nothing_and_is_told() -> None:
    registers = {at(23): 1000.0, at(25): 900.0}
    settings = msgspec.structs.replace(METERS, registers=registers)
    found = determined([*DAY, None, 11.0], "meters", settings)
    assert "bridge_refused" in kinds(found)
    assert told_at(found, 24).method == "same-hours"


def test_an_invoice_carries_its_own_uncertainty_over_the_gap() -> None:
    part = UncertaintyComponent(influence=Influence(id="factor:invoice"), contribution=0.6)
    bridge = Bridge(
        statistic="invoice", start_ns=at(24), end_ns=at(26), total=30.0, components=(part,)
    )
    settings = msgspec.structs.replace(METERS, bridges=(bridge,))
    found = determined([*DAY, None, None, 11.0], "meters", settings)
    assert told_at(found, 24).method == "invoice"
    assert found.totals.standard_uncertainty == pytest.approx(0.6, rel=1e-14)


@pytest.mark.parametrize("policy", ["check_meter", "balance"])
def test_another_meter_stands_in_with_its_own_components(policy: str) -> None:
    part = UncertaintyComponent(influence=Influence(id="inst:check/class"), contribution=0.2)
    other = {at(24): Alternative(value=17.0, components=(part,))}
    changes: dict[str, dict[int, Alternative]] = {policy: other}
    found = determined([*DAY, None, 11.0], "meters", msgspec.structs.replace(METERS, **changes))
    hour = told_at(found, 24)
    assert (hour.method, hour.compliance, hour.best_estimate) == (
        policy.replace("_", "-"),
        17.0,
        17.0,
    )
    assert hour.components == (part,)


def test_for_a_week_the_same_hours_of_the_days_around_stand_in_then_mean_plus_2_s() -> None:
    told: list[Told] = [*DAY, *[None] * 24, *[each + 2 for each in DAY]]
    found = determined(told, "meters")
    assert [told_at(found, 24 + k).compliance for k in range(24)] == [x + 1 for x in DAY]
    assert told_at(found, 24).method == "same-hours"
    long = determined([*DAY, *[None] * 169, *DAY], "meters")
    assert told_at(long, 24).method == "mean-plus-2s"
