"""Zero and span checks that are found in minute readings, and what is said of them."""

import datetime as dt

import msgspec
import pytest

from calibration.errors import CalibrationError, UnitMismatchError
from calibration.gas_check.check import GasCheck, emission_readings
from calibration.gas_check.errors import GasCheckError
from calibration.gas_check.gas import CheckGas, gas_of
from calibration.gas_check.rules import CheckReading, Scheduled
from calibration.load import parse_certificate
from tests.unit.calibration.gas_check.minutes import (
    GASES,
    HJ75,
    NITROGEN,
    NS_PER_MIN,
    PART75,
    RULES,
    SPAN,
    SPAN_MINUTES,
    START_NS,
    USUAL,
    ZERO_MINUTES,
    found,
    minutes,
)

replace = msgspec.structs.replace


def span_only(values: list[float]) -> tuple[GasCheck, ...]:
    return found(minutes(("measuring", [12.4] * 3), ("span", values)))


def test_a_zero_and_a_span_check_are_found_by_the_analysers_own_state() -> None:
    zero, span = found(USUAL)
    assert (zero.point, zero.start_ns, zero.end_ns) == (
        "zero",
        START_NS + 5 * NS_PER_MIN,
        START_NS + 10 * NS_PER_MIN,
    )
    assert span.indication == pytest.approx(16.2)
    assert span.reference == 16.0
    assert span.deviation == pytest.approx(0.2)
    assert span.percent_of_span == pytest.approx(1.0)
    assert (span.outcome, span.findings) == ("pass", ())
    assert span.gas == SPAN
    assert (span.id, span.influence) == (
        "span-20260301T021100Z",
        "span:CO2-1/span-20260301T021100Z",
    )
    assert span.limits.id == "hj75-2017"


def test_purge_is_left_out_of_the_mean_and_the_response_time_is_told() -> None:
    """From 0.1 to 16.2: 90 % is 14.59, between 12.0 after one minute and 15.8 after two."""
    zero, span = found(USUAL)
    assert zero.settled is not None
    assert zero.settled.count == 4
    assert zero.settled.mean == pytest.approx(0.1)
    assert span.response_time_s == pytest.approx(60.0 + 60.0 * (14.59 - 12.0) / 3.8)


def test_readings_of_a_check_and_of_the_way_back_are_never_emissions() -> None:
    kept = emission_readings(USUAL, found(USUAL), RULES)
    assert [each.value for each in kept] == [12.4] * 10
    later = replace(RULES, recovery_s=240.0)
    assert len(emission_readings(USUAL, found(USUAL), later)) == 8


@pytest.mark.parametrize(
    ("shown", "hj", "part75"),
    [
        (16.5, "pass", "pass"),  # 2.5 % of full scale; 0.5 % CO2
        (16.6, "adjust", "adjust"),
        (17.0, "adjust", "adjust"),
        (17.1, "adjust", "out_of_control"),  # 1.1 % CO2
        (18.0, "adjust", "out_of_control"),  # 10 % of full scale
        (18.1, "out_of_control", "out_of_control"),
        (13.9, "out_of_control", "out_of_control"),
    ],
)
def test_the_verdict_is_by_the_limits_of_the_scheme(shown: float, hj: str, part75: str) -> None:
    readings = minutes(("measuring", [12.4] * 3), ("span", [14.0, *[shown] * 6]))
    for limits, outcome in ((HJ75, hj), (PART75, part75)):
        (check,) = found(readings, limits=limits)
        assert check.outcome == outcome
        assert check.criteria


@pytest.mark.parametrize(("shown", "outcome"), [(1.0, "adjust"), (1.1, "out_of_control")])
def test_zero_has_limits_of_its_own(shown: float, outcome: str) -> None:
    (check,) = found(minutes(("measuring", [12.4] * 3), ("zero", [4.0, *[shown] * 6])))
    assert check.outcome == outcome


def test_drift_may_count_from_the_reading_that_it_began_with() -> None:
    began = replace(RULES, began_with={"/span": 16.2})
    assert found(USUAL, rules=began)[1].deviation == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("day", "outcome", "findings"),
    [
        (dt.date(2026, 3, 1), "pass", ()),  # the last day counts
        (dt.date(2026, 2, 28), "not_valid", ("cylinder_expired",)),
    ],
)
def test_a_cylinder_that_expired_before_the_day_leaves_no_pass(
    day: dt.date, outcome: str, findings: tuple[str, ...]
) -> None:
    check = found(USUAL, gases=(NITROGEN, replace(SPAN, expires_on=day)))[1]
    assert (check.outcome, check.findings) == (outcome, findings)


def test_an_expired_cylinder_does_not_mend_a_failure() -> None:
    expired = (NITROGEN, replace(SPAN, expires_on=dt.date(2026, 1, 1)))
    (check,) = found(minutes(("span", [18.5] * 8)), gases=expired)
    assert check.outcome == "out_of_control"


def test_a_check_that_still_moves_is_not_settled() -> None:
    (check,) = span_only([4.0, 8.0, 11.0, 13.0, 14.5, 15.5])
    assert ("unsettled" in check.findings, check.outcome) == (True, "not_valid")


def test_a_check_whose_response_time_is_longer_than_its_purge_is_not_settled() -> None:
    """Slow to rise, flat at the end: the halves agree, the mean began before 90 % was reached."""
    slow = replace(RULES, purge_s=0.0, averaging_s=600.0, settled_percent=100.0)
    readings = minutes(("measuring", [2.0] * 3), ("span", [4.0, 8.0, 12.0, 16.0, 16.0, 16.0]))
    (check,) = found(readings, rules=slow)
    assert check.findings == ("unsettled",)


def test_a_check_of_a_plant_that_stands_still_has_no_response_time() -> None:
    """What is in the duct is what zero gas is: the course between is noise, and settled."""
    readings = minutes(("measuring", [0.15] * 3), ("zero", [0.1, 0.12, 0.09, 0.1, 0.1, 0.1]))
    (check,) = found(readings)
    assert (check.response_time_s, check.outcome, check.findings) == (None, "pass", ())


@pytest.mark.parametrize(("count", "findings"), [(4, ("too_short",)), (5, ())])
def test_a_check_needs_three_readings_after_the_purge(
    count: int, findings: tuple[str, ...]
) -> None:
    (check,) = span_only([14.0, 16.0, 16.0, 16.0, 16.0][:count])
    assert check.findings == findings
    assert (check.settled is None) == bool(findings)


def test_a_full_scale_reading_says_nothing_of_the_analyser() -> None:
    (check,) = found(minutes(("span", [20.0] * 8)), gases=(replace(SPAN, value=19.6),))
    assert ("over_range" in check.findings, check.outcome) == (True, "not_valid")


def test_a_gas_beyond_the_range_is_a_finding() -> None:
    (check,) = found(minutes(("span", [19.0] * 8)), gases=(replace(SPAN, value=21.0),))
    assert check.findings == ("over_range",)


def test_without_a_cylinder_there_is_no_reference_and_no_verdict() -> None:
    zero, span = found(USUAL, gases=(NITROGEN,))
    assert (zero.outcome, span.outcome) == ("pass", "not_valid")
    assert (span.findings, span.reference) == (("cylinder_unknown",), None)
    assert span.indication == pytest.approx(16.2)


def test_the_cylinder_is_the_one_that_was_connected_when_the_check_began() -> None:
    changed = START_NS + 11 * NS_PER_MIN
    old = replace(SPAN, disconnected_ns=changed)
    new = replace(SPAN, cylinder="C-8", value=15.9, connected_ns=changed)
    assert found(USUAL, gases=(NITROGEN, old, new))[1].gas == new
    later = changed + 1
    pair = (replace(SPAN, disconnected_ns=later), replace(new, connected_ns=later))
    assert found(USUAL, gases=(NITROGEN, *pair))[1].gas == pair[0]


def test_a_check_belongs_to_the_range_that_it_was_made_in() -> None:
    low = replace(SPAN, cylinder="C-low", value=4.0, measuring_range="low")
    high = replace(SPAN, measuring_range="high")
    rules = replace(RULES, full_scale={"low": 5.0, "high": 20.0})
    (check,) = found(minutes(("span", [4.1] * 8), name="low"), (low, high), rules)
    assert (check.measuring_range, check.gas) == ("low", low)
    assert check.percent_of_span == pytest.approx(2.0)
    assert check.id == "span-low-20260301T020000Z"
    (other,) = found(minutes(("span", [4.1] * 8), name="third"), (low, high), rules)
    assert other.findings == ("cylinder_unknown", "full_scale_unknown")


def test_a_schedule_finds_the_checks_of_an_analyser_that_tells_nothing() -> None:
    silent = [replace(each, state="measuring") for each in USUAL]
    schedule = (
        Scheduled(point="zero", start_ns=START_NS + 5 * NS_PER_MIN, duration_s=360.0),
        Scheduled(point="span", start_ns=START_NS + 11 * NS_PER_MIN, duration_s=360.0),
    )
    zero, span = found(silent, schedule=schedule)
    assert zero.indication == pytest.approx(0.1)
    assert span.indication == pytest.approx(16.2)
    kept = emission_readings(silent, (zero, span), RULES)  # two minutes after the end are not yet
    assert [each.value for each in kept] == [12.4] * 9
    assert found([], schedule=schedule) == ()


def test_the_analysers_own_state_goes_before_the_schedule() -> None:
    wrong = (Scheduled(point="zero", start_ns=START_NS + 12 * NS_PER_MIN, duration_s=120.0),)
    assert found(USUAL, schedule=wrong) == found(USUAL)


def test_calibrating_without_saying_which_gas_is_taken_apart_by_the_nearest_one() -> None:
    readings = minutes(("measuring", [12.4] * 3), ("calibrating", ZERO_MINUTES + SPAN_MINUTES))
    zero, span = found(readings)
    assert (zero.point, span.point) == ("zero", "span")
    assert zero.findings == span.findings == ("gas_inferred",)
    assert span.indication == pytest.approx(16.2)
    assert found(readings, gases=()) == ()
    (short,) = found(minutes(("calibrating", [16.0, 16.1])))
    assert short.findings == ("too_short", "gas_inferred")


def test_a_long_gap_ends_a_check_and_gives_no_response_time() -> None:
    late = [replace(each, at_ns=each.at_ns + 3600 * 10**9) for each in USUAL[11:]]
    checks = found([*USUAL[:11], *late])
    assert [each.point for each in checks] == ["zero", "span"]
    assert checks[1].response_time_s is None


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_readings_that_are_no_numbers_or_not_in_order_are_refused(value: float) -> None:
    with pytest.raises(GasCheckError, match="finite, and later"):
        found([replace(USUAL[0], value=value)])
    with pytest.raises(GasCheckError, match="finite, and later"):
        found([USUAL[1], USUAL[0]])


def test_a_gas_in_another_unit_is_converted_and_one_of_another_kind_refused() -> None:
    ppm = replace(SPAN, value=160_000.0, standard_uncertainty=800.0, unit="[ppm]")
    check = found(USUAL, gases=(NITROGEN, ppm))[1]
    assert check.reference == pytest.approx(16.0)
    assert check.reference_standard_uncertainty == pytest.approx(0.08)
    with pytest.raises(UnitMismatchError):
        found(USUAL, gases=(NITROGEN, replace(SPAN, unit="kg")))


CYLINDER = """\
schema = 1
id = "CRM-7"
kind = "reference_material"
performed_on = 2025-12-20
recorded_at = 2026-01-02T00:00:00Z
valid_until = 2026-12-31
instrument = { maker = "NIM", model = "GBW(E)060166", serial = "C-7" }
laboratory = { name = "NIM" }
[[certified]]
name = "CO2"
kind_of_quantity = "amount_fraction"
unit = "%"
value = 16.0
expanded_uncertainty = 0.16
"""


def test_a_gas_is_read_from_the_certificate_of_its_cylinder() -> None:
    certificate = parse_certificate(CYLINDER.encode(), "crm.toml")
    assert gas_of(certificate, "CO2", "span") == SPAN
    assert SPAN.influence == "crm:GBW(E)060166/C-7"
    with pytest.raises(GasCheckError, match="one of CO2"):
        gas_of(certificate, "SO2", "span")


@pytest.mark.parametrize(
    "field",
    [{"full_scale": {"": 0.0}}, {"least_readings": 1}, {"purge_s": -1.0}, {"response_share": 1.0}],
)
def test_rules_that_cannot_be_are_refused(field: dict[str, object]) -> None:
    with pytest.raises(CalibrationError):
        replace(RULES, **field)
    with pytest.raises(GasCheckError):
        Scheduled(point="zero", start_ns=0, duration_s=0.0)
    with pytest.raises(CalibrationError):
        replace(NITROGEN, standard_uncertainty=-1.0)


def test_an_analyser_that_never_checks_has_no_checks() -> None:
    assert found(minutes(("measuring", [12.4] * 30))) == ()
    assert emission_readings([CheckReading(at_ns=0, value=1.0, state="other")], (), RULES) == ()
    assert isinstance(GASES[0], CheckGas)
