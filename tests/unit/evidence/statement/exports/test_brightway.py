"""Exchanges, taken by stats_arrays, whose numbering of uncertainty types Brightway uses."""

import math
from typing import Any

import jsonschema
import msgspec
import numpy as np
import pytest
from msgspec.structs import replace
from stats_arrays import UncertaintyBase, uncertainty_choices
from stats_arrays.errors import InvalidParamsError

from calibration.measurand import ReferenceConditions
from evidence.errors import PeriodError
from evidence.statement.covariance import covariance
from evidence.statement.datum import ActivityData, Period
from evidence.statement.exports.brightway import BrightwayFile, Shape, brightway_file, exchange
from evidence.statement.exports.errors import (
    ExportDistributionError,
    ExportNumberError,
    SampleSizeError,
)
from tests.unit.evidence.statement.entered.notebook import POWER, Notebook, billed
from tests.unit.evidence.statement.examples import datum, part
from tests.unit.evidence.statement.exports.rows import (
    EXACT,
    GAS,
    KNOWN,
    METERED,
    ROWS,
    STANDARD,
    TIED,
    UNKNOWN_ROW,
    A,
    B,
    with_digest,
)


def published(each: object) -> dict[str, Any]:
    """As it stands in the file."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(each))
    return found


def admitted(*exchanges: dict[str, Any]) -> Any:  # noqa: ANN401 - a structured array
    """The exchanges as parameters, each validated by the distribution that it names."""
    params = UncertaintyBase.from_dicts(*exchanges)
    for number in range(len(params)):
        one = params[number : number + 1]
        uncertainty_choices[int(one["uncertainty_type"][0])].validate(one)
    return params


@pytest.mark.parametrize("shape", ["normal", "lognormal"])
def test_every_row_is_admitted_by_stats_arrays_and_has_the_mean_and_u_that_were_stated(
    shape: Shape,
) -> None:
    params = admitted(*(published(exchange(each, shape)) for each in ROWS))
    for each, one in zip(ROWS, params.reshape(-1, 1), strict=True):
        kind = uncertainty_choices[int(one["uncertainty_type"][0])]
        drawn = kind.random_variables(one, 200_000, np.random.RandomState(7))
        u = each.standard_uncertainty or 0.0
        assert np.mean(drawn) == pytest.approx(each.value, rel=2e-3)
        assert np.std(drawn) == pytest.approx(u, rel=1e-2)


def test_expanded_uncertainty_in_the_place_of_u_is_seen() -> None:
    """The commonest mistake: scale is u, not U."""
    wrong = published(exchange(A)) | {"scale": A.expanded_uncertainty}
    (one,) = admitted(wrong).reshape(-1, 1)
    drawn = uncertainty_choices[3].random_variables(one, 200_000, np.random.RandomState(7))
    assert np.std(drawn) > 1.9 * (A.standard_uncertainty or 0.0)


@pytest.mark.parametrize(
    "change", [{"scale": 0.0}, {"scale": None}, {"loc": None}, {"uncertainty type": 300}]
)
def test_a_wrong_row_is_refused_by_stats_arrays(change: dict[str, Any]) -> None:
    wrong = {**published(exchange(A)), **change}
    with pytest.raises(InvalidParamsError):
        admitted({name: value for name, value in wrong.items() if value is not None})


def test_no_uncertainty_and_an_unknown_one_are_not_the_same() -> None:
    none, unknown = published(exchange(EXACT)), published(exchange(UNKNOWN_ROW))
    assert (none["uncertainty type"], unknown["uncertainty type"]) == (1, 0)
    assert "scale" not in none
    assert "scale" not in unknown
    assert unknown["carbonmeter"]["u_basis"] == "unknown"
    assert "u is unknown" in unknown["comment"]


def test_what_people_entered_is_not_said_to_be_measured_and_nobody_is_named() -> None:
    notes = Notebook()
    notes.enter(billed("2026-01-01", "2026-01-22", 3_010.0))
    said = exchange(notes.told(POWER, "2026-01-01", "2026-01-29")).comment
    span = "entered by people for 2026-01-01T00:00:00Z to 2026-01-29T00:00:00Z"
    assert said.startswith(f"{span}; u by stated; 75 % of hours; statement ")
    assert "Wang" not in said
    assert exchange(METERED).comment.startswith("measured ")
    assert " % of polls; " in exchange(METERED).comment


def test_the_lognormal_is_that_of_the_worked_example() -> None:
    """x = 48210, U = 1930, k = 2: loc 10.7831214555, scale 0.0200145895."""
    row = exchange(datum(48210.0, part(STANDARD, 965.0)), "lognormal")
    assert row.uncertainty_type == 2
    assert row.loc == pytest.approx(10.7831214555, abs=5e-11)
    assert row.scale == pytest.approx(0.0200145895, abs=5e-11)
    assert row.amount == 48210.0


def test_a_negative_amount_keeps_its_sign_in_a_lognormal() -> None:
    row = published(exchange(GAS, "lognormal"))
    assert (row["negative"], row["amount"]) == (True, -3.5)


def test_zero_with_an_uncertainty_has_no_lognormal() -> None:
    with pytest.raises(ExportDistributionError, match="E_EXPORT_DISTRIBUTION"):
        exchange(datum(0.0, part(STANDARD, 1.0)), "lognormal")


def test_a_value_that_is_no_number_is_refused() -> None:
    with pytest.raises(ExportNumberError):
        exchange(replace(A, value=math.inf))


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (None, "cubic meter"),
        ((273.15, 101325.0), "normal cubic meter"),
        ((293.15, 101325.0), "m3"),
    ],
)
def test_a_gas_of_another_state_is_no_cubic_meter_of_a_database(
    state: tuple[float, float] | None, name: str
) -> None:
    conditions = state and ReferenceConditions(
        temperature_K=state[0], pressure_Pa=state[1], wet=False
    )
    gas = replace(GAS, measurand=replace(GAS.measurand, reference_conditions=conditions or None))
    assert exchange(gas).unit == name
    assert exchange(A).unit == "kilowatt hour"


def test_samples_deviate_together_as_the_components_say() -> None:
    found = brightway_file(KNOWN, samples=50_000, seed=11)
    assert isinstance(found.samples, msgspec.Struct)
    drawn = np.array(found.samples.values)
    stated = covariance(KNOWN)
    u = np.sqrt(np.diag(stated.matrix))
    exact = u == 0.0
    assert np.all(drawn[exact] == EXACT.value)
    assert np.cov(drawn)[~exact][:, ~exact] == pytest.approx(
        stated.matrix[~exact][:, ~exact], abs=0.02 * float(np.max(u)) ** 2
    )
    assert np.corrcoef(drawn)[0, 1] == pytest.approx(stated.correlation[0, 1], abs=0.02)
    assert stated.correlation[0, 1] == pytest.approx(6.0 / math.sqrt(26.0 * 30.0))


def rows_of(*data: ActivityData, seed: int = 5) -> tuple[tuple[float, ...], ...]:
    found = brightway_file(data, samples=500, seed=seed).samples
    assert isinstance(found, msgspec.Struct)
    return found.values


def test_files_asked_for_apart_with_one_seed_deviate_together() -> None:
    both = rows_of(A, B)
    assert (rows_of(A)[0], rows_of(B)[0]) == both
    assert rows_of(A, seed=6)[0] != both[0]


def test_what_is_new_in_each_reading_is_drawn_for_each_row() -> None:
    later = Period(start=A.period.end, end="2027-01-01T00:00:00Z")
    first, second = (np.array(row) for row in rows_of(A, with_digest(replace(A, period=later))))
    assert np.std(second - first) == pytest.approx(math.sqrt(2.0), rel=0.1)


def test_samples_of_an_unknown_uncertainty_are_refused() -> None:
    with pytest.raises(PeriodError, match="unknown"):
        brightway_file([A, UNKNOWN_ROW], samples=10)


@pytest.mark.parametrize(("samples", "seed"), [(500_001, 0), (-1, 0), (10, -1), (10, 2**63)])
def test_too_many_samples_and_what_is_no_seed_are_refused(samples: int, seed: int) -> None:
    with pytest.raises(SampleSizeError, match="E_EXPORT_SAMPLES"):
        brightway_file([A, B], samples=samples, seed=seed)


def test_standards_of_unstated_share_are_named_where_they_tie_rows() -> None:
    assert brightway_file([A, TIED]).unstated_standards == (STANDARD,)
    assert brightway_file([A, B]).unstated_standards == ()


def test_the_file_fits_its_schema_and_a_wrong_type_does_not() -> None:
    schema = msgspec.json.schema(BrightwayFile)
    found = published(brightway_file(KNOWN, samples=3))
    jsonschema.validate(found, schema)
    found["exchanges"][0]["scale"] = "4.0"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, schema)
