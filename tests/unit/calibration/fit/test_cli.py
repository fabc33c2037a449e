"""The command `carbonmeter calibration fit`: files in, one document or tables out."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.cli import calibration
from calibration.curves import Exponential, Power
from calibration.form import Form, Polynomial
from calibration.load import parse_certificate

BOTH = (
    "x,y,ux,uy\n1.2,3.4,0.2,0.2\n1.9,4.4,0.2,0.2\n2.9,7.2,0.2,0.2\n"
    "4.0,8.5,0.2,0.4\n4.7,10.8,0.2,0.4\n5.9,13.5,0.2,0.4\n"
)
PLAIN = "# a remark\n X , Y \n1,3.3\n2,5.6\n3,7.1\n\n4,9.3\n5,10.7\n6,12.1\n"
KEYS = {
    "coefficients",
    "covariance",
    "standard_uncertainties",
    "residual_standard_deviation",
    "degrees_of_freedom",
    "chi_squared",
    "chi_squared_lower_tail",
    "chi_squared_upper_tail",
    "maximum_weighted_deviation",
    "measuring_interval",
}


BARE = """schema = 1
id = "C-1"
kind = "calibration"
performed_on = 2026-03-09
recorded_at = 2026-03-10T02:30:00Z
instrument = { maker = "Example", model = "NDIR-20", serial = "B1009" }
laboratory = { name = "Gas laboratory" }
[[results]]
kind_of_quantity = "amount_fraction"
unit = "%"
result = "value"
argument = "indication"
argument_unit = "%"
measuring_interval = [2.07, 17.02]
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    path.write_text(BOTH, "utf-8")
    return path


def fitted(capsys: pytest.CaptureFixture[str], path: Path, *options: str) -> dict[str, Any]:
    assert calibration(["fit", str(path), "--json", *options]) in {0, 1}
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def refused(capsys: pytest.CaptureFixture[str], path: Path, *options: str) -> str:
    assert calibration(["fit", str(path), *options]) == 78
    return capsys.readouterr().err


def test_the_document_has_the_fit_and_what_speaks_for_it(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = fitted(capsys, data)
    assert found.keys() >= KEYS
    assert (found["form"], found["method"]) == ("polynomial", "eiv")
    assert found["coefficients"] == pytest.approx([0.5788221221495, 2.1596565673993], rel=1e-11)
    assert found["measuring_interval"] == [1.2, 5.9]
    assert found["findings"] == []


@pytest.mark.parametrize(
    ("options", "method"),
    [
        ((), "eiv"),
        (("--method", "wls"), "wls"),
        (("--method", "ols"), "ols"),
        (("--method", "eiv", "--convention", "implicit"), "eiv"),
    ],
)
def test_a_method_uses_no_more_than_it_takes(
    data: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], method: str
) -> None:
    found = fitted(capsys, data, *options)
    assert found["method"] == method
    assert (found["chi_squared"] is None) is (method == "ols")


def test_remarks_blank_lines_and_capitals_are_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plain.csv").write_text("\ufeff" + PLAIN, "utf-8")
    found = fitted(capsys, tmp_path / "plain.csv")
    assert found["method"] == "ols"
    assert found["coefficients"] == pytest.approx([1.866666666667, 1.757142857143], rel=1e-11)


def test_a_covariance_of_the_values_or_of_both(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for size, method in ((6, "gls"), (12, "eiv")):
        rows = [",".join(str(0.04 * (i == j)) for j in range(size)) for i in range(size)]
        (tmp_path / "v.csv").write_text("\n".join(rows), "utf-8")
        found = fitted(capsys, data, "--covariance", str(tmp_path / "v.csv"))
        assert found["method"] == ("wls" if method == "gls" else method)  # a diagonal one


CURVED = "x,y,ux,uy\n" + "".join(
    f"{x},{0.05 + 0.86 * x**1.06:.3f},0.01,0.01\n" for x in (2.07, 5.21, 9.83, 13.52, 17.02)
)


@pytest.mark.parametrize("form", ["polynomial", "power", "exponential"])
def test_the_table_that_is_pasted_into_a_certificate_is_the_function(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "curved.csv"
    path.write_text(CURVED, "utf-8")
    document = fitted(capsys, path, "--form", form)
    code = calibration(["fit", str(path), "--form", form, "--toml"])
    table = capsys.readouterr().out
    assert code == (1 if document["findings"] else 0)
    assert table.count("# ") == len(document["findings"])
    certificate = parse_certificate((BARE + table).encode(), "pasted")
    function = certificate.results[0].function
    assert function is not None
    at = np.array([2.07, 9.0, 17.02])
    families: dict[str, Form] = {"power": Power(), "exponential": Exponential()}
    family = families.get(form, Polynomial(1))
    coefficients = np.array(document["coefficients"])
    assert function.value(at) == pytest.approx(family.value(at, coefficients), rel=1e-12)
    assert function.measuring_interval == (2.07, 17.02)


def test_people_get_tables_and_words_for_what_speaks_against_the_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bent.csv").write_text(
        "x,y,uy\n" + "".join(f"{n},{n * n},0.1\n" for n in range(6)), "utf-8"
    )
    assert calibration(["fit", str(tmp_path / "bent.csv"), "--language", "zh"]) == 1
    shown = capsys.readouterr().out
    assert "b0" in shown
    assert "y - f(x)" in shown
    assert "chi_squared_too_large: 测量点的离散超出其不确定度" in shown


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("y\n1\n", (), "E_FIT_COLUMN"),
        ("x,y,x\n1,2,3\n", (), "E_FIT_COLUMN"),
        ("", (), "E_FIT_COLUMN"),
        ("x,y\n1,2\nzwei,3\n", (), "E_FIT_NUMBER data.csv: 'x' of point 2 is 'zwei'"),
        ("x,y\n1,2\n2\n", (), "E_FIT_NUMBER"),
        ("x,y\n1,nan\n2,3\n4,5\n", (), "E_FIT_NUMBER"),
        ('x,y\n"1,2\n', (), "E_FIT_FILE"),
        ("x,y\n1,2\n2,3\n3,4\n", ("--method", "wls"), "E_FIT_METHOD"),
        ("x,y,uy\n1,2,1\n2,3,1\n3,4,1\n", ("--method", "eiv"), "E_FIT_METHOD"),
        ("x,y\n1,2\n2,3\n3,4\n", ("--method", "gls"), "E_FIT_METHOD"),
        ("x,y\n1,2\n2,3\n", (), "E_FIT_COUNT"),
        ("x,y\n1,2\n2,3\n3,4\n", ("--degree", "99"), "E_FIT_DEGREE"),
        ("x,y\n1e308,1\n-1e308,2\n0,3\n", (), "E_FIT_NUMBER"),
        ("x,y,uy\n1,1,1e-200\n2,2,1\n3,3,1\n", (), "E_FIT_NUMBER"),
        ("x,y\n0,1\n1e-320,2\n2e-320,3\n", (), "E_FIT_RANK"),
    ],
)
def test_bad_files_are_refused_by_code(
    data: Path, capsys: pytest.CaptureFixture[str], text: str, options: tuple[str, ...], code: str
) -> None:
    data.write_text(text, "utf-8")
    assert refused(capsys, data, *options).startswith(code)


def test_files_that_are_no_text_or_too_long(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data.write_bytes(b"\xff\xfe\x00x")
    assert refused(capsys, data).startswith("E_FIT_FILE")
    data.write_text("x,y\n" + "1,2\n" * 1_100_000, "utf-8")
    assert refused(capsys, data, "--language", "zh").startswith("E_FIT_FILE data.csv: 无法读取文件")


def test_more_points_than_a_method_takes(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data.write_text("x,y,ux,uy\n" + "".join(f"{n},{n},1,1\n" for n in range(1_001)), "utf-8")
    assert refused(capsys, data).startswith("E_FIT_SIZE data.csv: there are 1001 points")


def test_a_drawing_shows_the_curve_and_every_point(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "fit.svg"
    assert calibration(["fit", str(data), "--plot", str(out)]) == 0
    first = out.read_text("utf-8")
    assert first.startswith("<svg")
    assert first.rstrip().endswith("</svg>")
    assert calibration(["fit", str(data), "--degree", "2", "--plot", str(out)]) in {0, 1}
    assert out.read_text("utf-8") != first


def test_a_drawing_that_cannot_be_written_is_told(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "E_OUTPUT_FILE" in refused(capsys, data, "--plot", str(tmp_path / "no" / "fit.svg"))
