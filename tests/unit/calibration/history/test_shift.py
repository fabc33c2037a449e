import datetime as dt
import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.errors import CertificateError
from calibration.history.bridge import bridged
from calibration.history.shift import Shift, calibrations, shifts
from calibration.history.suspect import effect, suspects
from calibration.laboratory import StandardUsed
from calibration.measurand import KindOfQuantity
from calibration.register import CalibrationRegister
from tests.unit.calibration.examples import polynomial
from tests.unit.calibration.history.years import (
    FIRST,
    SECOND,
    SERIAL,
    YEARS,
    calibrated,
    checked,
    energy,
    withdrawn,
)

replace = msgspec.structs.replace
ACTIVE = KindOfQuantity.ACTIVE_ENERGY
WHOLE = (dt.date(2025, 1, 1), dt.date(2026, 1, 1))


def _only(register: CalibrationRegister) -> Shift:
    (found,) = shifts(register, SERIAL, ACTIVE)
    return found


def test_a_shift_is_as_found_less_as_left_at_the_points_of_the_later_certificate() -> None:
    found = _only(YEARS)
    assert (found.before, found.after) == ("C-2025", "C-2026")
    assert [point.at for point in found.points] == [5.0, 100.0]
    assert [point.shift for point in found.points] == pytest.approx([0.0005, 0.004])
    assert [point.is_significant for point in found.points] == [False, True]


def test_the_share_of_a_standard_that_both_used_does_not_count_in_the_difference() -> None:
    own = 0.0005**2 - 0.0003**2  # U/k without the standard's stated share
    assert _only(YEARS).points[0].standard_uncertainty == pytest.approx(math.sqrt(2.0 * own))
    other = StandardUsed(influence="std:NIM/REF-8", relative_standard_uncertainty=0.0003)
    elsewhere = replace(SECOND, standards=(other,))
    apart = _only(CalibrationRegister(certificates=(FIRST, elsewhere)))
    assert apart.points[0].standard_uncertainty == pytest.approx(math.sqrt(2.0) * 0.0005)


def test_functions_without_points_are_compared_evenly_where_both_hold() -> None:
    one = replace(energy(), function=polynomial(0.001, covariance=[[1e-8]], interval=(5.0, 60.0)))
    other = replace(one, function=polynomial(0.003, covariance=[[1e-8]]), condition="as_found")
    first = calibrated("C-1", "2025-01-01", replace(one, measuring_interval=(5.0, 60.0)))
    found = _only(CalibrationRegister(certificates=(first, calibrated("C-2", "2026-01-01", other))))
    assert [point.at for point in found.points] == pytest.approx(list(np.linspace(5.0, 60.0, 11)))
    assert {round(point.shift, 12) for point in found.points} == {0.002}


def test_what_was_not_adjusted_was_left_as_it_was_found() -> None:
    same = calibrated("C-2026", "2026-01-01", energy((5.0, 0.0015), (100.0, 0.006)))
    found = _only(CalibrationRegister(certificates=(FIRST, same)))
    assert found.points[1].as_found == 0.006


def test_an_adjustment_without_as_found_results_tells_no_shift() -> None:
    blind = calibrated("C-2026", "2026-01-01", energy((5.0, 0.0)), adjustment="gain trimmed")
    assert shifts(CalibrationRegister(certificates=(FIRST, blind)), SERIAL, ACTIVE) == ()


def test_a_withdrawn_certificate_and_an_old_version_are_left_out() -> None:
    register = replace(YEARS, events=(withdrawn("C-2025", "2026-02-01"),))
    assert shifts(register, SERIAL, ACTIVE) == ()
    corrected = calibrated("C-2025", "2025-01-01", energy((5.0, 0.0), (100.0, 0.0)))
    later = replace(corrected, recorded_at=SECOND.recorded_at)
    register = replace(YEARS, certificates=(later, *YEARS.certificates))
    assert calibrations(register, SERIAL) == (later, SECOND)


@pytest.mark.parametrize("change", [{"argument_unit": "W"}, {"unit": "MW.h"}])
def test_certificates_in_different_units_are_refused_by_name(change: dict[str, str]) -> None:
    found, left = SECOND.results
    other = replace(SECOND, results=(replace(found, **change), left))
    with pytest.raises(CertificateError, match="C-2025 and C-2026"):
        shifts(CalibrationRegister(certificates=(FIRST, other)), SERIAL, ACTIVE)


def test_certificates_whose_intervals_do_not_meet_are_refused() -> None:
    found, left = SECOND.results
    other = replace(SECOND, results=(replace(found, measuring_interval=(200.0, 300.0)), left))
    with pytest.raises(CertificateError, match="do not meet"):
        shifts(CalibrationRegister(certificates=(FIRST, other)), SERIAL, ACTIVE)


@pytest.mark.parametrize(("begins", "ends"), [(0.0, 1.0), (0.2, 0.7), (0.5, 0.5), (0.9, 1.0)])
def test_the_bridge_is_that_of_a_jump_at_an_instant_nobody_knows(
    begins: float, ends: float
) -> None:
    """Against 200,000 drawn instants: the mean of the step over the period, and its scatter."""
    found = _only(YEARS)
    days = [WHOLE[0] + dt.timedelta(days=round(365 * share)) for share in (begins, ends)]
    a, b = (found.share_of_time(each) for each in days)
    jump = np.random.default_rng(7).uniform(size=200_000)
    moved = np.clip((b - jump) / (b - a), 0.0, 1.0) if b > a else (jump < a).astype(float)
    at = bridged(found, 100.0, days[0], days[1])
    assert at.deviation == pytest.approx(0.004 * moved.mean(), abs=3e-5)
    assert at.bridge == pytest.approx(0.004 * moved.std(), abs=3e-5)
    certificates = at.deviation / 0.004 * found.points[1].standard_uncertainty
    assert at.standard_uncertainty == pytest.approx(math.hypot(at.bridge, certificates))


@given(st.integers(0, 365), st.integers(0, 365))
def test_at_the_ends_nothing_is_bridged_and_between_it_is_half_the_shift_at_most(
    one: int, other: int
) -> None:
    found = _only(YEARS)
    begins, ends = (WHOLE[0] + dt.timedelta(days=each) for each in sorted((one, other)))
    at = bridged(found, 100.0, begins, ends)
    assert 0.0 <= at.deviation <= 0.004 * (1.0 + 1e-12)
    assert 0.0 <= at.bridge <= 0.002 * (1.0 + 1e-12)
    for day in WHOLE:
        assert bridged(found, 100.0, day, day).bridge == 0.0


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(CertificateError, match="exchange"):
        bridged(_only(YEARS), 100.0, WHOLE[1], WHOLE[0])


def test_the_effect_on_an_amount_is_that_of_the_mean_deviation() -> None:
    """1 GWh at full load: e was 0.002 and became 0.006, 0.004 on the mean."""
    found = effect(_only(YEARS), 1e6, 100.0, *WHOLE)
    assert found.correction == pytest.approx(1e6 * (1.002 / 1.004 - 1.0))
    sensitivity = 1e6 * 1.002 / 1.004**2
    assert found.bridge == pytest.approx(sensitivity * 0.004 / math.sqrt(12.0))
    assert found.standard_uncertainty > found.bridge


def test_a_shift_of_a_value_has_no_effect_on_an_amount_by_itself() -> None:
    shift = replace(_only(YEARS), result="value")
    with pytest.raises(CertificateError, match="do not scale an amount"):
        effect(shift, 1e6, 100.0, *WHOLE)


def test_a_shift_beyond_its_u_makes_the_time_since_the_last_calibration_suspect() -> None:
    (period,) = suspects(YEARS, SERIAL, ACTIVE)
    assert (period.because, period.begins, period.ends) == ("shift", *WHOLE)


def test_a_check_that_passed_shortens_the_doubt_and_one_that_failed_does_not() -> None:
    good, bad = checked("2025-06-01", 100.05), checked("2025-09-01", 100.4)
    (period,) = suspects(replace(YEARS, events=(good,)), SERIAL, ACTIVE)
    assert period.begins == dt.date(2025, 6, 1)
    late = checked("2025-10-01", 100.0)  # after one that failed a good check proves nothing
    (period,) = suspects(replace(YEARS, events=(good, bad, late)), SERIAL, ACTIVE)
    assert period.begins == dt.date(2025, 6, 1)
    assert period.events == (bad,)


def test_a_shift_within_its_u_makes_nothing_suspect() -> None:
    calm = calibrated("C-2026", "2026-01-01", energy((5.0, 0.0012), (100.0, 0.0022)))
    assert suspects(CalibrationRegister(certificates=(FIRST, calm)), SERIAL, ACTIVE) == ()


def test_a_failed_check_after_the_last_certificate_leaves_the_doubt_open() -> None:
    events = (checked("2026-03-01", 100.0), checked("2026-05-01", 101.0))
    period = suspects(replace(YEARS, events=events), SERIAL, ACTIVE)[-1]
    assert (period.because, period.begins, period.ends) == (
        "intermediate_check",
        dt.date(2026, 3, 1),
        None,
    )
