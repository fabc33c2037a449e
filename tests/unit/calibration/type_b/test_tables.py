"""The class tables: what they must say of themselves, and how a limit is looked up."""

import math
import subprocess
import sys
from importlib.resources import files

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.distribution import Distribution
from calibration.type_b.errors import (
    ClassConditionError,
    ClassMarkError,
    ClassPointError,
    ClassUnknownError,
    NoLimitError,
    TableFileError,
    TypeBNumberError,
)
from calibration.type_b.limit import StatedLimit, arithmetic_sum, larger, root_sum_square
from calibration.type_b.load import _converted, class_of, class_tables, orifice_rule
from calibration.type_b.lookup import conditions_of, limit_at
from calibration.type_b.point import OperatingPoint, bound_parts
from calibration.type_b.source import Source, Status
from calibration.type_b.table import ClassTable, LimitRow

TABLES = {table.id: table for table in class_tables()}
SMALL = """\
schema = 1
id = "own"
standard = "own"
edition = "1"
title = "own"
kind = "meter"
evaluates = ["deviation"]
reference = "In"
status = "K"
confidence = "none"
[[rows]]
of = "deviation"
where = { load = ["full", "half"] }
zones = [{ of = "current", from = "0.1 In", below = "Imax" }]
limits = { 1 = 1.0 }
"""


def small(text: str = SMALL) -> ClassTable:
    return _converted(text.encode(), "own.toml", ClassTable, TableFileError)


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_a_table_tells_standard_edition_and_how_sure_we_are(table: ClassTable) -> None:
    assert table.standard
    assert table.edition.isdigit()
    assert table.confidence
    assert table.omitted
    assert table.classes


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_what_was_seen_tells_where_and_what_was_recalled_does_not(table: ClassTable) -> None:
    for line in table.lines:
        source = table.source(line)
        seen = source.status == Status.SEEN
        assert bool(source.seen_in) == bool(source.seen_as) == seen


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_class_has_a_limit_of_what_an_evaluation_consists_of(table: ClassTable) -> None:
    of = table.evaluates[0]
    for grade in table.classes:
        assert any(line.of == of and grade in line.limits for line in table.lines)


def test_ids_and_aliases_name_one_table_each() -> None:
    names = [name for table in TABLES.values() for name in (table.id, *table.aliases)]
    assert len(set(names)) == len(names)
    assert class_of("gbt17215.322-2008/0.5S") == class_of("iec62053-22/0.5S")


def test_a_file_of_the_package_is_named_after_its_table() -> None:
    folder = files("calibration.type_b") / "data"
    stems = {each.name.removesuffix(".toml") for each in folder.iterdir()}
    assert stems == {*TABLES, orifice_rule().id}


def _sampled(row: LimitRow, share: float) -> tuple[dict[str, float], dict[str, float]]:
    """A point within a row's zones, with every mark it names stated."""
    marks = {"Ist": 0.02, "Imin": 0.25, "Itr": 0.5, "Imax": 60.0, "In": 5.0, "Ib": 10.0}
    marks |= {"Ur": 100.0, "Q1": 0.02, "Q2": 0.04, "Q4": 5.0, "Qmin": 1.0, "Qt": 10.0}
    marks |= {"Qmax": 100.0, "qi": 0.006, "qp": 0.6, "qs": 1.2, "dTmin": 3.0, "dTmax": 150.0}

    def number(bound: str | float | None) -> float:
        if isinstance(bound, str):
            factor, name = bound_parts(bound)
            return factor * marks[name]
        assert bound is not None
        return float(bound)

    quantities = {}
    for zone in row.zones:
        low = number(zone.at_least if zone.above is None else zone.above)
        high = number(zone.up_to if zone.below is None else zone.below)
        quantities[zone.of] = low + (high - low) * share
    return quantities, marks


ROWS = [
    pytest.param(table, row, id=f"{table.id}-{index}")
    for table in TABLES.values()
    for index, row in enumerate(table.rows)
]


@pytest.mark.parametrize(("table", "row"), ROWS)
@settings(max_examples=10)
@given(share=st.floats(0.001, 0.999))
def test_within_a_row_no_other_row_states_another_limit(
    table: ClassTable, row: LimitRow, share: float
) -> None:
    quantities, marks = _sampled(row, share)
    conditions = {name: texts[0] for name, texts in row.where.items()}
    point = OperatingPoint(quantities=quantities, marks=marks, conditions=conditions)
    for grade in row.limits:
        found = limit_at(table, grade, row.of, point)
        assert found.notes == ()
        assert found.half_width > 0.0
        assert found.source.clause == row.clause


def test_zones_end_where_they_say() -> None:
    point = OperatingPoint(quantities={"current": 0.1}, marks={"Imax": 1.2})
    assert _at(small(), point, load="full").half_width == 0.01
    for current in (0.0999, 1.2, 2.0):
        with pytest.raises(NoLimitError, match=r"load = full/half, 0\.1 In <= current < Imax"):
            _at(
                small(),
                msgspec.structs.replace(point, quantities={"current": current}),
                load="full",
            )


def _at(table: ClassTable, point: OperatingPoint, **conditions: str) -> StatedLimit:
    return limit_at(table, "1", "deviation", point.with_conditions(**conditions))


def test_what_decides_and_is_not_stated_is_asked_for() -> None:
    with pytest.raises(ClassConditionError, match="full, half"):
        _at(small(), OperatingPoint(quantities={"current": 0.5}))
    with pytest.raises(ClassConditionError, match="'empty'"):
        _at(small(), OperatingPoint(quantities={"current": 0.5}), load="empty")
    with pytest.raises(ClassPointError, match="'current'"):
        _at(small(), OperatingPoint(), load="full")
    with pytest.raises(ClassMarkError, match="--mark Imax="):
        _at(small(), OperatingPoint(quantities={"current": 0.5}), load="full")


def test_what_is_stated_decides_where_another_row_asks_for_more() -> None:
    """A water meter's lower zone does not depend on the water's temperature."""
    table, grade = class_of("oiml-r49/2")
    marks = {"Q1": 0.02, "Q2": 0.04, "Q4": 5.0}
    low = OperatingPoint(quantities={"flow": 0.03}, marks=marks)
    assert limit_at(table, grade, "relative_error", low).half_width == 0.05
    high = OperatingPoint(quantities={"flow": 1.0}, marks=marks)
    with pytest.raises(ClassPointError, match="'temperature'"):
        limit_at(table, grade, "relative_error", high)


def test_a_mark_that_cannot_change_the_answer_is_not_asked_for() -> None:
    with pytest.raises(NoLimitError):
        _at(small(), OperatingPoint(quantities={"current": 0.05}), load="full")


def test_the_conditions_of_a_deviation_are_those_of_its_rows() -> None:
    assert conditions_of(small(), "load", "deviation") == ("full", "half")
    assert conditions_of(small(), "load", "other") == ()


@pytest.mark.parametrize("name", ["", "iec62053-22", "iec62053-22/0.5", "iec/1", "x" * 5_000])
def test_an_unknown_class_tells_the_known_ones(name: str) -> None:
    with pytest.raises(ClassUnknownError, match="iec62053-22") as wrong:
        class_of(name)
    assert len(str(wrong.value)) < 500


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("schema = 1", "schema = 2"),
        ("schema = 1", "schema ="),
        ('kind = "meter"', 'kind = "thing"'),
        ('of = "deviation"', 'off = "deviation"'),
        ('"0.1 In"', '"a tenth"'),
        ("limits = { 1 = 1.0 }", 'limits = { 1 = "one" }'),
        ('status = "K"', 'status = "?"'),
        ("limits = { 1 = 1.0 }", f"limits = {{ 1 = 1{'0' * 5000} }}"),
    ],
)
def test_a_damaged_table_is_refused_by_code(old: str, new: str) -> None:
    assert old in SMALL
    with pytest.raises(TableFileError, match=r"E_CLASS_TABLE own\.toml"):
        small(SMALL.replace(old, new, 1))


def test_a_curve_needs_a_limit_for_each_of_its_points() -> None:
    text = SMALL.partition("[[rows]]")[0] + (
        '[[curves]]\nof = "deviation"\nquantity = "current"\nmark = "In"\nat = [0.1, 0.05]\n'
        "limits = { 1 = [1.0, 2.0] }\n"
    )
    with pytest.raises(TableFileError, match="ascends"):
        small(text)


def test_numbers_that_no_point_has_are_refused() -> None:
    for value in (math.nan, math.inf, 1e308):
        with pytest.raises(TypeBNumberError):
            OperatingPoint(quantities={"current": value})
    for value in (0.0, -1.0, math.nan):
        with pytest.raises(TypeBNumberError):
            OperatingPoint(marks={"In": value})


def stated(half_width: float, status: Status = Status.SEEN) -> StatedLimit:
    source = Source(standard="own", status=status)
    return StatedLimit(name="deviation", half_width=half_width, unit="1", source=source)


def test_a_whole_is_not_better_confirmed_than_its_parts() -> None:
    parts = [stated(3.0), stated(4.0, Status.RECALLED)]
    assert arithmetic_sum(parts, "whole").half_width == 7.0
    assert root_sum_square(parts, "whole").half_width == 5.0
    assert arithmetic_sum(parts, "whole").source.status == Status.RECALLED


def test_a_single_part_is_no_sum() -> None:
    assert arithmetic_sum([stated(3.0)], "deviation") == stated(3.0)
    assert larger([stated(3.0), stated(3.0)]).notes == ()
    assert larger([stated(3.0), stated(4.0)]).notes == ("larger_of_several",)


def test_a_normal_limit_needs_its_coverage_factor() -> None:
    for factor in (None, 0.0, math.nan):
        with pytest.raises(TypeBNumberError, match="coverage_factor"):
            msgspec.structs.replace(
                stated(1.0), distribution=Distribution.NORMAL, coverage_factor=factor
            )
    with pytest.raises(TypeBNumberError):
        stated(-1.0)


def test_nothing_of_it_imports_scipy() -> None:
    code = "import sys, calibration.type_b.cli; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
    code = "import sys, calibration.type_b.options; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
