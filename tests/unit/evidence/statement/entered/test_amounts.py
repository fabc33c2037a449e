"""Amounts of invoices: they tile a period, lack in it, or cross its ends."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.basis import UncertaintyBasis
from evidence.statement.entered.spread import divided_entry
from evidence.statement.total import total
from tests.unit.evidence.statement.entered.notebook import POWER, Notebook, billed, contributions

DAYS = [f"2026-02-{day:02d}" for day in range(1, 29)]


def billed_by_month(**more: object) -> Notebook:
    notes = Notebook()
    for start, end, value in (
        ("2026-01-01", "2026-02-01", 3_100.0),
        ("2026-02-01", "2026-03-01", 2_800.0),
        ("2026-03-01", "2026-04-01", 6_200.0),
    ):
        notes.enter(billed(start, end, value, **more))
    return notes


def test_invoices_that_tile_a_quarter_add_up_to_it() -> None:
    quarter = billed_by_month().told(POWER, "2026-01-01", "2026-04-01")
    assert quarter.value == 12_100.0
    assert quarter.completeness.ratio == 1.0
    assert quarter.quality.value == "good"
    assert quarter.u_basis == UncertaintyBasis.STATED
    # one meter at the grid: 1 % of the whole, since it is off alike each month
    assert quarter.standard_uncertainty == pytest.approx(121.0)
    assert quarter.entered.sources == (  # type: ignore[union-attr]
        "invoice 2026-01-01",
        "invoice 2026-02-01",
        "invoice 2026-03-01",
    )
    assert (quarter.opening, quarter.closing) == (None, None)


def test_weighings_that_are_off_each_on_its_own_add_in_quadrature() -> None:
    quarter = billed_by_month(deviation="new").told(POWER, "2026-01-01", "2026-04-01")
    assert quarter.standard_uncertainty == pytest.approx(math.hypot(31.0, 28.0, 62.0))


def test_a_month_without_an_invoice_lacks() -> None:
    notes = Notebook()
    notes.enter(billed("2026-01-01", "2026-02-01", 3_100.0))
    notes.enter(billed("2026-03-01", "2026-04-01", 6_200.0))
    quarter = notes.told(POWER, "2026-01-01", "2026-04-01")
    assert quarter.value == 9_300.0
    assert quarter.completeness.missing == {"not_entered": 28 * 24}
    assert notes.states(POWER, "2026-02-01", "2026-03-01") is None


def test_an_invoice_across_a_boundary_is_divided_by_time_with_its_own_uncertainty() -> None:
    notes = Notebook()
    notes.enter(billed("2026-01-22", "2026-02-22", 3_100.0))
    january = notes.told(POWER, "2026-01-01", "2026-02-01")
    assert january.value == pytest.approx(1_000.0)
    found = contributions(january)
    chord = math.sin(math.pi * 10.0 / 31.0) / math.pi
    assert spread_of(found) == pytest.approx(3_100.0 / math.sqrt(3.0) * chord)
    assert found["inst:works%2F~grid%2Fenergy/bias"] == pytest.approx(10.0)
    assert list(map(divided_entry, sorted(found))) == [None, (POWER, "10"), (POWER, "10")]
    assert january.completeness.present == 10 * 24
    assert january.quality.value == "interpolated"


@given(st.lists(st.sampled_from(DAYS[1:]), min_size=1, max_size=5, unique=True))
def test_however_it_is_divided_the_parts_give_the_amount_back(cuts: list[str]) -> None:
    notes = Notebook()
    notes.enter(billed("2026-02-01", "2026-03-01", 2_800.0))
    edges = ["2026-02-01", *sorted(cuts), "2026-03-01"]
    parts = [notes.told(POWER, *pair) for pair in itertools.pairwise(edges)]
    whole = notes.told(POWER, "2026-02-01", "2026-03-01")
    found = total(parts)
    assert found.value == pytest.approx(whole.value, rel=1e-12)
    assert found.uncertainty.standard_uncertainty == pytest.approx(28.0, rel=1e-9)


def spread_of(found: dict[str, float]) -> float:
    return math.hypot(*(u for name, u in found.items() if name.startswith("substitution:")))


@pytest.mark.parametrize("day", range(1, 25))
def test_a_day_of_24_deviates_by_what_the_rate_may_wherever_it_lies(day: int) -> None:
    notes = Notebook()
    notes.enter(billed("2026-02-01", "2026-02-25", 12.5))
    part = notes.told(POWER, f"2026-02-{day:02d}", f"2026-02-{day + 1:02d}")
    assert part.value == pytest.approx(12.5 / 24.0)
    # between 0 and twice the mean; the rest has to make up for it, which takes 3 in 1,000
    rule = 12.5 / 24.0 / math.sqrt(3.0)
    assert 0.997 * rule < spread_of(contributions(part)) <= rule


@pytest.mark.parametrize(("until", "share"), [("08", 0.25), ("15", 0.5), ("22", 0.75)])
def test_a_part_deviates_by_no_more_than_itself_or_the_rest_may(until: str, share: float) -> None:
    notes = Notebook()
    notes.enter(billed("2026-02-01", "2026-03-01", 2_800.0))
    part = notes.told(POWER, "2026-02-01", f"2026-02-{until}")
    rule = 2_800.0 * min(share, 1.0 - share) / math.sqrt(3.0)
    assert 0.6 * rule < spread_of(contributions(part)) <= rule


def test_an_absolute_uncertainty_is_shared_out_and_an_unknown_one_stays_unknown() -> None:
    stated = billed_by_month(relative_standard_uncertainty=None, standard_uncertainty=5.0)
    quarter = stated.told(POWER, "2026-01-01", "2026-04-01")
    assert quarter.standard_uncertainty == pytest.approx(15.0)
    unknown = billed_by_month(relative_standard_uncertainty=None)
    found = unknown.told(POWER, "2026-01-01", "2026-04-01")
    assert (found.u_basis, found.standard_uncertainty) == (UncertaintyBasis.UNKNOWN, None)


def test_a_class_is_bounded_so_its_interval_is_narrower_than_two_u() -> None:
    notes = billed_by_month(relative_standard_uncertainty=None, mpe_relative=0.005, serial="T-1")
    quarter = notes.told(POWER, "2026-01-01", "2026-04-01")
    assert quarter.u_basis == UncertaintyBasis.NAMEPLATE
    assert quarter.standard_uncertainty == pytest.approx(12_100.0 * 0.005 / math.sqrt(3.0))
    assert quarter.coverage_factor == pytest.approx(0.95 * math.sqrt(3.0), rel=1e-3)
