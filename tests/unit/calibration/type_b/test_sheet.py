"""Data sheets: how their figures are combined, and what is refused."""

import math
from pathlib import Path

import pytest

from calibration.basis import UncertaintyBasis
from calibration.distribution import Distribution
from calibration.errors import CalibrationError
from calibration.type_b.errors import ClassPointError, NoLimitError, SheetFileError
from calibration.type_b.evaluation import TypeBEvaluation
from calibration.type_b.load import read_data_sheet
from calibration.type_b.reading import sheet_evaluations, with_ambient
from calibration.type_b.source import Status
from tests.unit.calibration.type_b.sheets import CORIOLIS, PRESSURE

NAMEPLATE = UncertaintyBasis.NAMEPLATE


def evaluated(
    folder: Path, text: str, at: float, *changes: tuple[str, str]
) -> dict[str, TypeBEvaluation]:
    """Evaluations by influence id."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "sheet.toml"
    path.write_text(text, "utf-8")
    found = sheet_evaluations(read_data_sheet(path), at, "C1", NAMEPLATE)
    return {each.influence.id: each for each in found}


@pytest.mark.parametrize(("at", "expected"), [(40.0, 0.2), (200.0, 0.2), (500.0, 0.5)])
def test_of_two_figures_the_larger_counts(tmp_path: Path, at: float, expected: float) -> None:
    """0.1 % of the reading or 0.2 kg/h."""
    found = evaluated(tmp_path, CORIOLIS, at)["inst:C1/class"]
    assert found.limit.half_width == pytest.approx(expected)
    assert found.acts == "absolute"
    assert found.limit.notes == (("larger_of_several",) if at != 200.0 else ())


@pytest.mark.parametrize(("how", "expected"), [("sum", 0.7), ("rss", math.hypot(0.5, 0.2))])
def test_of_two_figures_the_sum_or_the_root_of_squares(
    tmp_path: Path, how: str, expected: float
) -> None:
    found = evaluated(tmp_path, CORIOLIS, 500.0, ('"larger"', f'"{how}"'))
    assert found["inst:C1/class"].limit.half_width == pytest.approx(expected)


def test_figures_of_one_name_are_added_where_nothing_else_is_said(tmp_path: Path) -> None:
    found = evaluated(tmp_path, CORIOLIS, 500.0, ('accuracy = "larger"', ""))
    assert found["inst:C1/class"].limit.half_width == pytest.approx(0.7)
    assert found["inst:C1/class"].limit.notes == ("arithmetic_sum",)


def test_what_is_per_cent_of_the_reading_is_relative(tmp_path: Path) -> None:
    found = evaluated(tmp_path, CORIOLIS, 40.0)["inst:C1/drift"]
    assert found.acts == "relative"
    assert found.contribution == pytest.approx(0.001 * 2.0 / 5.0 / math.sqrt(3.0))
    assert found.component(40.0).contribution == pytest.approx(40.0 * found.contribution)
    at_zero = evaluated(tmp_path, CORIOLIS, 0.0)["inst:C1/drift"]
    assert at_zero.contribution == pytest.approx(found.contribution)


def test_half_a_digit_is_the_resolution(tmp_path: Path) -> None:
    found = evaluated(tmp_path, CORIOLIS, 40.0)["inst:C1.resolution/class"]
    assert found.standard_uncertainty == pytest.approx(0.1 / math.sqrt(12.0))


def test_what_scatters_anew_is_fresh_and_an_expanded_figure_is_divided(tmp_path: Path) -> None:
    found = evaluated(tmp_path, CORIOLIS, 40.0)["fresh:C1/repeatability"]
    assert not found.influence.shared
    assert found.limit.distribution == Distribution.NORMAL
    assert found.standard_uncertainty == pytest.approx(0.0005 / 2.0)


def test_a_temperature_effect_has_a_mean_and_a_swing(tmp_path: Path) -> None:
    """0.02 % of 1000 kg/h per 10 K; 10 .. 45 Cel about a reference of 23 Cel, arcsine."""
    found = evaluated(tmp_path, CORIOLIS, 40.0)
    per_K = 0.02 / math.sqrt(3.0)
    assert found["inst:C1/temperature"].contribution == pytest.approx(per_K * 4.5)
    swing = found["inst:C1.swing/temperature"].contribution
    assert swing == pytest.approx(per_K * 17.5 / math.sqrt(2.0))


def test_another_ambient_interval_can_be_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "sheet.toml"
    path.write_text(CORIOLIS, "utf-8")
    sheet = with_ambient(read_data_sheet(path), 23.0, 23.0)
    ids = [each.influence.id for each in sheet_evaluations(sheet, 40.0, "C1", NAMEPLATE)]
    assert not any("temperature" in each for each in ids)


def test_a_registers_figures_are_relative_at_the_rate(tmp_path: Path) -> None:
    found = evaluated(tmp_path, CORIOLIS, 40.0, ("unit =", 'acts_on = "register"\nunit ='))
    assert {each.acts for each in found.values()} == {"relative"}
    zero_point = found["inst:C1/class"].limit
    assert (zero_point.half_width, zero_point.unit) == pytest.approx((0.2 / 40.0, "1"))
    with pytest.raises(ClassPointError, match="register"):
        evaluated(tmp_path, CORIOLIS, 0.0, ("unit =", 'acts_on = "register"\nunit ='))


def test_turndown_counts_by_the_upper_range_limit(tmp_path: Path) -> None:
    """0.04 % of a span of 50 kPa + 0.005 % of an upper range limit of 500 kPa."""
    found = evaluated(tmp_path, PRESSURE, 20.0)["inst:C1/class"]
    assert found.limit.half_width == pytest.approx(0.02 + 0.025)
    assert found.limit.source.status == Status.SEEN


def test_parts_of_an_instrument_have_influences_of_their_own(tmp_path: Path) -> None:
    found = evaluated(tmp_path, PRESSURE, 20.0)
    assert list(found) == ["inst:C1/class", "inst:C1.static_pressure/class", "inst:C1/drift"]


@pytest.mark.parametrize("at", [-0.1, 1000.1])
def test_a_reading_outside_the_measuring_interval_has_no_limit(tmp_path: Path, at: float) -> None:
    with pytest.raises(NoLimitError, match="0 <= reading <= 1000"):
        evaluated(tmp_path, CORIOLIS, at)


@pytest.mark.parametrize(
    ("text", "change", "name"),
    [
        (CORIOLIS, ("resolution = 0.1\n", ""), "resolution"),
        (PRESSURE, ("upper_range_limit = 500.0\n", ""), "upper_range_limit"),
        (CORIOLIS, (CORIOLIS[CORIOLIS.index("[ambient]") : CORIOLIS.index("[[terms]]")], ""), "am"),
    ],
)
def test_what_a_figure_depends_on_must_be_stated(
    tmp_path: Path, text: str, change: tuple[str, str], name: str
) -> None:
    with pytest.raises(ClassPointError, match=name):
        evaluated(tmp_path, text, 40.0, change)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("schema = 1", "schema = 2", "E_SHEET_FILE"),
        ("schema = 1", "schema =", "E_SHEET_FILE"),
        ("schema = 1", "schema = 1\nsigma = 1", "E_SHEET_FILE"),
        ('unit = "kg/h"', 'unit = "kilos"', "E_UNIT_UNKNOWN"),
        ("[0.0, 1000.0]", "[1000.0, 0.0]", "E_TYPE_B_NUMBER"),
        ("[0.0, 1000.0]", "[0.0, nan]", "E_TYPE_B_NUMBER"),
        ("[0.0, 1000.0]", "[0.0, 1e308]", "E_TYPE_B_NUMBER"),
        ("[0.0, 1000.0]", "[0.0]", "E_SHEET_FILE"),
        ("percent = 0.1", "percent = -0.1", "E_TYPE_B_NUMBER"),
        ("percent = 0.1", "percent = inf", "E_TYPE_B_NUMBER"),
        ("percent = 0.1", 'percent = "0.1"', "E_SHEET_FILE"),
        ("percent = 0.1", f"percent = {'9' * 5000}", "E_SHEET_FILE"),
        ("percent = 0.1", f"percent = {'9' * 380}", "E_SHEET_FILE"),
        ("percent = 0.1", "percent = 0.1\nabsolute = 1.0", "E_TYPE_B_NUMBER"),
        ('of = "reading"\npercent = 0.1', "percent = 0.1", "E_TYPE_B_NUMBER"),
        ('of = "reading"\npercent = 0.1', 'of = "reading"', "E_TYPE_B_NUMBER"),
        ('of = "reading"\n', 'of = "weight"\n', "E_SHEET_FILE"),
        ("per_K = 10", "per_K = 0", "E_TYPE_B_NUMBER"),
        ("per_K = 10", "per_K = 10\nper_year = 1", "E_TYPE_B_NUMBER"),
        ("coverage_factor = 2", "", "E_TYPE_B_NUMBER"),
        ("coverage_factor = 2", "coverage_factor = nan", "E_TYPE_B_NUMBER"),
        ("absolute = 0.2", 'absolute = 0.2\nscatter = "fresh"', "E_TYPE_B_NUMBER"),
        ("absolute = 0.2", 'absolute = 0.2\ndistribution = "u"', "E_SHEET_FILE"),
        ('accuracy = "larger"', 'accurate = "larger"', "E_TYPE_B_NUMBER"),
        ('accuracy = "larger"', 'accuracy = "mean"', "E_SHEET_FILE"),
        ('name = "drift"', 'name = "Drift 1"', "E_SHEET_FILE"),
        ("low_Cel = 10.0", "low_Cel = 100.0", "E_TYPE_B_NUMBER"),
        ('distribution = "arcsine"', 'distribution = "normal"', "E_TYPE_B_NUMBER"),
        ("years_since_calibration = 2.0", "years_since_calibration = -1", "E_TYPE_B_NUMBER"),
    ],
)
def test_bad_sheets_are_refused_by_code(tmp_path: Path, old: str, new: str, code: str) -> None:
    with pytest.raises(CalibrationError) as wrong:
        evaluated(tmp_path, CORIOLIS, 40.0, (old, new))
    assert wrong.value.code == code
    assert len(wrong.value.say("zh")) < 700


def test_files_that_are_no_text_or_too_long(tmp_path: Path) -> None:
    path = tmp_path / "sheet.toml"
    dotted = b"a." * 30_000 + b"b = 1"
    for data in (b"\xff\xfe", b"# x\n" * 30_000, b"a = " + b"[\n" * 5_000, dotted):
        path.write_bytes(data)
        with pytest.raises(SheetFileError, match=r"E_SHEET_FILE sheet\.toml"):
            read_data_sheet(path)
    with pytest.raises(SheetFileError):
        read_data_sheet(tmp_path)


def test_a_sheet_without_figures_states_no_uncertainty(tmp_path: Path) -> None:
    """No figure is not an uncertainty of 0; and nobody prints hundreds."""
    head = PRESSURE.partition("[[terms]]")[0]
    for terms in (
        "terms = []",
        "\n".join(f'[[terms]]\nname = "a{k}"\ndigits = 1' for k in range(201)),
    ):
        with pytest.raises(SheetFileError, match="terms"):
            evaluated(tmp_path, f"{head}\n{terms}\n", 20.0)


@pytest.mark.parametrize("at", [math.nan, math.inf, 1e308])
def test_readings_that_are_none_are_refused(tmp_path: Path, at: float) -> None:
    with pytest.raises(CalibrationError, match="E_TYPE_B_NUMBER"):
        evaluated(tmp_path, CORIOLIS, at)


def test_a_register_at_a_rate_near_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match="E_TYPE_B_NUMBER"):
        evaluated(tmp_path, CORIOLIS, 5e-324, ("unit =", 'acts_on = "register"\nunit ='))
