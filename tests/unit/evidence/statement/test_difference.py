"""Versions of a statement: what both rest on cancels in their difference."""

import math

import pytest
from msgspec.structs import replace

from calibration.errors import UnitMismatchError
from calibration.window import UnstatedStandard
from evidence.errors import PeriodError
from evidence.statement.datum import ActivityData
from evidence.statement.difference import Change, difference
from evidence.statement.under_plan import PlanAmount, unknown_amount, unknown_estimate
from tests.unit.evidence.statement.entered.notebook import POWER, Notebook, billed
from tests.unit.evidence.statement.examples import datum, part
from tests.unit.evidence.statement.exports.rows import GAS, UNKNOWN_ROW, fresh, with_digest
from tests.unit.evidence.statement.planned import UNDER_PLAN

READ = "read:jinan/a/power/01234567.0"


def version(value: float, certificate: str, u: float, nu: float | None = None) -> ActivityData:
    """The month under one certificate: its own deviation, and a reading that stays the same."""
    made = datum(value, part(f"cert:{certificate}/0", u, nu), part(READ, 0.5))
    return with_digest(replace(made, certificates=(certificate,), uncorrected_value=1_000.0))


def test_another_certificate_moves_the_value_and_the_readings_cancel() -> None:
    before, after = version(998.0, "C-1", 2.0), version(995.0, "C-2", 1.5)
    found = difference(before, after)
    assert found.difference == -3.0
    assert found.relative_difference == pytest.approx(-3.0 / 998.0)
    assert found.uncertainty is not None
    assert found.uncertainty.standard_uncertainty == pytest.approx(math.hypot(2.0, 1.5))
    assert (found.before.digest, found.after.digest) == (before.digest, after.digest)
    assert found.changes == (Change(what="certificates", removed=("C-1",), added=("C-2",)),)


def test_what_is_new_in_each_reading_is_not_new_in_each_version() -> None:
    """Of the same readings it is the same; of more readings only that of the new ones is left."""
    before, after = (
        replace(datum(value, fresh("jinan/a/power", u)), uncorrected_value=1_000.0)
        for value, u in ((998.0, 5.0), (994.0, 4.99))
    )
    found = difference(before, after).uncertainty
    assert found is not None
    assert found.standard_uncertainty == pytest.approx(0.01)
    more = replace(
        datum(1_100.0, fresh("jinan/a/power", 13.0)), uncorrected_value=1_104.0, digest="0"
    )
    for pair in ((before, more), (more, before)):
        found = difference(*pair).uncertainty
        assert found is not None
        assert found.standard_uncertainty == pytest.approx(12.0)


def test_one_deviation_described_anew_cancels_in_part_and_is_no_conflict() -> None:
    """A corrected certificate of the same number: contributions 2.0 and 2.5 of one deviation."""
    found = difference(version(998.0, "C-1", 2.0, 9.0), version(995.0, "C-1", 2.5, 12.0))
    assert found.uncertainty is not None
    assert found.uncertainty.standard_uncertainty == pytest.approx(0.5)
    assert found.uncertainty.effective_degrees_of_freedom == pytest.approx(12.0)
    assert found.changes == ()


@pytest.mark.parametrize(
    ("unit", "common", "factor"),
    [("kW.h", "kW.h", 1.0), ("MW.h", "kW.h", 1e3), ("GJ", "kW.h", 1e9 / 3.6e6), ("kg", "t", 1e-3)],
)
def test_the_difference_is_told_in_kilowatt_hours_or_tonnes(
    unit: str, common: str, factor: float
) -> None:
    one, other = (replace(version(x, c, 2.0), unit=unit) for x, c in ((5.0, "C-1"), (7.0, "C-2")))
    found = difference(one, other).in_common_unit
    assert found is not None
    assert found.unit == common
    assert found.value == pytest.approx(2.0 * factor)
    assert found.standard_uncertainty == pytest.approx(math.hypot(2.0, 2.0) * factor)
    assert found.expanded_uncertainty == pytest.approx(1.96 * math.hypot(2, 2) * factor, rel=1e-4)


def test_of_a_volume_there_is_no_common_unit() -> None:
    assert difference(GAS, GAS).in_common_unit is None


def test_where_one_uncertainty_is_unknown_that_of_the_difference_is() -> None:
    found = difference(UNKNOWN_ROW, replace(UNKNOWN_ROW, value=650.0))
    assert (found.difference, found.uncertainty) == (10.0, None)
    assert found.in_common_unit is not None
    assert found.in_common_unit.standard_uncertainty is None


def test_all_that_changed_is_named() -> None:
    before = version(998.0, "C-1", 2.0)
    after = replace(
        before,
        completeness=replace(before.completeness, present=59),
        unstated_standards=(UnstatedStandard(standard="std:NIM/R", certificate="C-1"),),
        software="test 2",
    )
    assert [each.what for each in difference(before, after).changes] == [
        "unstated_standards",
        "completeness",
        "software",
    ]


def test_a_corrected_entry_is_told_by_the_numbers_of_both() -> None:
    notes = Notebook()
    wrong = notes.enter(billed("2026-01-01", "2026-02-01", 3_010.0))
    before = notes.told(POWER, "2026-01-01", "2026-02-01")
    right = notes.enter(billed("2026-01-01", "2026-02-01", 3_100.0), corrects=wrong)
    found = difference(before, notes.told(POWER, "2026-01-01", "2026-02-01"))
    assert found.difference == 90.0
    # 1 % of either, and one and the same deviation of the supplier's meter
    assert found.uncertainty is not None
    assert found.uncertainty.standard_uncertainty == pytest.approx(0.9)
    assert Change(what="entered", removed=(str(wrong),), added=(str(right),)) in found.changes


def test_what_are_no_versions_of_one_statement_is_refused() -> None:
    before = version(998.0, "C-1", 2.0)
    with pytest.raises(PeriodError, match="no versions"):
        difference(before, replace(before, channel="jinan/b/power"))
    with pytest.raises(UnitMismatchError):
        difference(before, replace(before, unit="MW.h"))


def test_a_compliance_value_that_is_unknown_now_has_no_difference() -> None:
    """Before, 0 stood for it; between two that are unknown there is nothing to tell."""
    bare = version(998.0, "C-1", 2.0)
    nought = PlanAmount(value=0.0, hours_without=744, substituted=0.0, substituted_share=0.0)
    old, now = (
        replace(
            bare,
            under_plan=replace(UNDER_PLAN, compliance=amount, best_estimate=unknown_estimate(744)),
        )
        for amount in (nought, unknown_amount(744))
    )
    found = difference(old, now)
    assert found.compliance is not None
    assert (found.compliance.before, found.compliance.after) == (0.0, None)
    assert (found.compliance.difference, found.compliance.in_common_unit) == (None, None)
    assert found.changes == (Change(what="under_plan.compliance", removed=("0.0 t",), added=()),)
    assert difference(now, now).compliance is None
