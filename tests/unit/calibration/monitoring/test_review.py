"""What can be said of monitoring plans: each outcome, where it is and where it is not."""

import datetime as dt
import string
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.load import parse_certificate, parse_event, parse_plan
from calibration.monitoring.connected import Span, gaps
from calibration.monitoring.outcome import _SAID, CODES, PlanOutcome
from calibration.monitoring.plan import ConnectedGas, GasChecks, MonitoringPlan
from calibration.monitoring.review import plan_outcomes
from calibration.register import CalibrationRegister
from tests.unit.calibration.monitoring.texts import CYLINDER, PLAN, ZERO

replace = msgspec.structs.replace
DAY = dt.timedelta(days=1)
ONE = parse_plan(PLAN.encode(), "plan.toml")
FROM = ONE.effective_from
CERTIFICATES = tuple(parse_certificate(each.encode(), "c.toml") for each in (CYLINDER, ZERO))
REGISTER = CalibrationRegister(certificates=CERTIFICATES)
NOTE = "analyser_without_checks"


def codes(
    *plans: MonitoringPlan, register: CalibrationRegister = REGISTER, on: dt.date | None = None
) -> list[str]:
    return [each.code for each in plan_outcomes(plans, register, on) if each.code != NOTE]


def edited(*changes: tuple[str, str]) -> MonitoringPlan:
    text = PLAN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse_plan(text.encode(), "plan.toml")


def test_a_plan_that_fits_has_only_the_note_on_what_is_not_checked() -> None:
    (found,) = plan_outcomes([ONE], REGISTER)
    assert (found.code, found.weight, found.analyser) == (NOTE, "note", "works/cems/velocity")


def test_a_later_plan_supersedes_and_a_later_recording_corrects() -> None:
    later = replace(ONE, effective_from=FROM + 30 * DAY, recorded_at=FROM + 29 * DAY)
    assert codes(later, ONE) == ["superseded"]
    corrected = replace(ONE, recorded_at=FROM - DAY, reason="typing error")
    assert codes(corrected, ONE) == ["corrected"]
    elsewhere = replace(later, plan="works/stack-2/co2")
    assert codes(ONE, elsewhere) == []


def test_two_that_differ_and_were_recorded_together_contradict_each_other() -> None:
    assert codes(ONE, replace(ONE, rules="mrr")) == ["contradiction"]
    assert codes(ONE, ONE) == []


def test_a_plan_that_was_recorded_after_its_begin_is_late() -> None:
    assert codes(replace(ONE, recorded_at=FROM)) == []
    assert codes(replace(ONE, recorded_at=FROM + DAY)) == ["recorded_late"]


def test_a_gas_needs_a_certificate_of_that_property_in_a_unit_of_that_kind() -> None:
    assert codes(ONE, register=CalibrationRegister()) == ["gas_unknown", "gas_unknown"]
    assert codes(edited(('"CO2"', '"SO2"'))) == ["gas_property_unknown"] * 2
    assert codes(edited(('unit = "%"', 'unit = "mg/m3"'))) == ["gas_unit"] * 2


def test_ranges_that_nothing_tells_of_are_told() -> None:
    two = edited(('{ "" = 20.0 }', "{ low = 20.0, high = 40.0 }"))
    assert codes(two) == ["ranges_untold"]
    sign = 'ranges = { channel = "works/cems/range", shows = { low = 1, high = 2 } }'
    told = edited(('{ "" = 20.0 }', "{ low = 20.0, high = 40.0 }"), ("kinds =", f"{sign}\nkinds ="))
    assert codes(told) == []


def test_a_certificate_that_was_withdrawn_is_told() -> None:
    withdrawal = parse_event(
        b'schema = 1\nevent = "certificate_withdrawn"\ncertificate = "GBW-N2"\n'
        b'at = 2026-04-01T00:00:00Z\nrecorded_at = 2026-04-01T00:00:00Z\nrecorded_by = "Q. Ma"\n',
        "w.toml",
    )
    known = replace(REGISTER, events=(withdrawal,))
    assert codes(ONE, register=known) == ["gas_withdrawn"]


def test_a_gas_is_good_through_its_last_day_utc() -> None:
    """The cylinders' last day is 2027-01-19."""
    assert codes(ONE, on=dt.date(2027, 1, 19)) == []
    assert codes(ONE, on=dt.date(2027, 1, 20)) == ["gas_expired"] * 2
    assert codes(ONE) == []  # whether it still is connected, nobody asked
    begin = "connected_at = 2026-02-28T00:00:00Z"
    good, late = "2027-01-20T00:00:00Z", "2027-01-20T00:00:01Z"
    assert "gas_expired" not in codes(edited((begin, f"{begin}\ndisconnected_at = {good}")))
    assert "gas_expired" in codes(edited((begin, f"{begin}\ndisconnected_at = {late}")))


def test_a_gas_is_judged_for_the_time_that_its_plan_holds() -> None:
    later = replace(ONE, effective_from=dt.datetime(2027, 1, 1, tzinfo=dt.UTC), analysers=())
    assert codes(ONE, later, on=dt.date(2028, 1, 1)) == ["superseded"]


def test_a_time_without_a_gas_is_told_with_its_ends() -> None:
    begin = "connected_at = 2026-02-28T00:00:00Z"
    found = plan_outcomes(
        [edited((begin, begin.replace("02-28T00", "03-02T00")))], REGISTER, dt.date(2026, 4, 1)
    )
    holes = [each for each in found if each.code == "gas_gap"]
    assert [(each.point, each.since, each.what) for each in holes] == [
        ("zero", FROM, "2026-03-02T00:00:00+00:00"),
        ("span", FROM, "2026-03-02T00:00:00+00:00"),
    ]


def test_each_range_needs_its_gases() -> None:
    two = edited(
        ('{ "" = 20.0 }', "{ low = 2.0, high = 20.0 }"),
        ('point = "span"', 'point = "span"\nmeasuring_range = "high"'),
    )
    (hole,) = [each for each in plan_outcomes([two], REGISTER) if each.code == "gas_gap"]
    assert (hole.analyser, hole.point, hole.what) == ("works/cems/co2 (low)", "span", "-")


Connected = Sequence[tuple[int, int | None]]
DAYS = st.lists(
    st.tuples(st.integers(0, 30), st.none() | st.integers(1, 20)).map(
        lambda pair: (pair[0], None if pair[1] is None else pair[0] + pair[1])
    ),
    max_size=5,
)


@given(DAYS, st.integers(0, 20), st.none() | st.integers(1, 30))
def test_an_hour_is_in_a_gap_or_has_a_gas_and_never_both(
    connected: Connected, begins: int, lasts: int | None
) -> None:
    def at(day: int) -> dt.datetime:
        return FROM + day * DAY

    held = Span(since=at(begins), until=None if lasts is None else at(begins + lasts))
    found = gaps(_checks(connected), "zero", "", held)
    for day in range(60):
        inside = begins <= day and (lasts is None or day < begins + lasts)
        served = any(a <= day and (b is None or day < b) for a, b in connected)
        noon = at(day) + DAY / 2
        in_gap = sum(
            each.since <= noon and (each.until is None or noon < each.until) for each in found
        )
        assert in_gap == int(inside and not served)


def _checks(connected: Connected) -> GasChecks:
    (checks,) = [each.checks for each in ONE.analysers if each.checks is not None]
    gases = tuple(
        ConnectedGas(
            point="zero",
            certificate="GBW-N2",
            property="CO2",
            connected_at=FROM + a * DAY,
            disconnected_at=None if b is None else FROM + b * DAY,
        )
        for a, b in connected
    )
    return replace(checks, gases=gases)


@pytest.mark.parametrize("code", CODES)
def test_both_languages_state_the_same_facts(code: str) -> None:
    weight, *texts = _SAID[code]
    named = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in texts]
    assert named[0] == named[1]
    assert weight in {"note", "finding"}
    told = PlanOutcome(
        code=code,
        plan="works/stack-1/co2",
        since=FROM,
        what="W",
        analyser="A",
        certificate="C",
        point="span",
    )
    assert "span" not in told.say("zh")
    assert told.say("en") != told.say("zh")
