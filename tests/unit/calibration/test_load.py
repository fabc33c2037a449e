import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.errors import CalibrationError, CertificateError
from calibration.function import CalibrationFunction
from calibration.load import (
    SourceFile,
    faults_of,
    kind_of,
    parse_certificate,
    parse_confirmation,
    read_file,
    read_folder,
    register_of,
)
from calibration.measurand import KindOfQuantity
from calibration.register import InForce
from calibration.toml import MOST_BYTES
from tests.unit.calibration.documents import CERTIFICATE, CONFIRMATION, spoiled
from tests.unit.calibration.examples import day

FILES = (
    SourceFile(name="certificate.toml", data=CERTIFICATE.encode()),
    SourceFile(name="confirmation.toml", data=CONFIRMATION.encode()),
)


def test_a_certificate_file_says_what_its_certificate_says() -> None:
    certificate = parse_certificate(CERTIFICATE.encode(), "c.toml")
    assert certificate.id == "NIM-2026-0417"
    assert certificate.performed_on == dt.date(2026, 1, 5)
    assert certificate.recorded_at == day("2026-01-09T08:00:00")
    assert certificate.standards[0].relative_standard_uncertainty == 1e-4
    energy, power = certificate.results
    assert [(point.at, point.coverage_factor) for point in energy.points] == [(0.5, 2), (40, 2)]
    assert isinstance(power.function, CalibrationFunction)
    assert power.function.degrees_of_freedom == 9.0


def test_a_function_without_an_interval_has_that_of_its_result() -> None:
    power = parse_certificate(CERTIFICATE.encode(), "c.toml").results[1]
    assert power.function is not None
    assert power.function.measuring_interval == (0.5, 40.0)
    own = spoiled(CERTIFICATE, "centre = 20.0", "centre = 20.0\nmeasuring_interval = [1.0, 30.0]")
    narrowed = parse_certificate(own, "c.toml").results[1].function
    assert narrowed is not None
    assert narrowed.measuring_interval == (1.0, 30.0)


def test_a_confirmation_file_says_what_was_decided() -> None:
    confirmation = parse_confirmation(CONFIRMATION.encode(), "m.toml")
    assert confirmation.certificate == "NIM-2026-0417"
    assert confirmation.effective_from == day("2026-01-10")
    assert confirmation.drift is not None
    assert confirmation.temperature is not None
    assert confirmation.influences[0].influence().distribution == "rectangular"


def test_files_are_told_apart_by_their_content() -> None:
    assert kind_of(CERTIFICATE.encode(), "any.toml") == "certificate"
    assert kind_of(CONFIRMATION.encode(), "any.toml") == "confirmation"
    withdrawal = b'event = "certificate_withdrawn"\ncertificate = "C-1"'
    assert kind_of(withdrawal, "any.toml") == "event"


def test_a_folders_files_make_the_register(tmp_path: Path) -> None:
    for file in FILES:
        (tmp_path / file.name).write_bytes(file.data)
    (tmp_path / "readme.txt").write_text("not read", "utf-8")
    files = read_folder(tmp_path)
    assert files == FILES
    found = register_of(files).in_force(
        "2301-8812", KindOfQuantity.ACTIVE_ENERGY, day("2026-03-01")
    )
    assert isinstance(found, InForce)
    assert found.certificate.id == "NIM-2026-0417"


def test_a_folder_that_does_not_exist_has_no_files(tmp_path: Path) -> None:
    assert read_folder(tmp_path / "none") == ()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CertificateError, match=r"none\.toml: the file cannot be read"):
        read_file(tmp_path / "none.toml")


def test_a_confirmation_without_its_certificate_makes_no_register() -> None:
    with pytest.raises(CertificateError, match="not in the register"):
        register_of(FILES[1:])


def test_a_file_of_attachments_is_too_large() -> None:
    with pytest.raises(CertificateError, match="more than 262144"):
        parse_certificate(b"#" * (MOST_BYTES + 1), "c.toml")


def test_good_files_have_no_faults() -> None:
    assert [faults_of(file) for file in FILES] == [(), ()]


def test_all_faults_of_a_file_are_found_and_not_only_the_first() -> None:
    data = CERTIFICATE
    for old, new in (
        ('serial = "2301-8812"', "serial = 8812"),
        ('unit = "kW.h"', 'unit = "kWh"'),
        ("expanded_uncertainty = 0.002", "expanded_uncertainty = -0.002"),
        ("value = -0.001", "value = nan"),
        ("covariance = [[0.0004, 0.0], [0.0, 0.000001]]", "covariance = [[0.0004]]"),
        ("schema = 1", "schema = 1\ncalibrated_by = 'me'"),
        ('name = "Metrology Centre"\n', ""),
    ):
        data = spoiled(data, old, new).decode()
    found = faults_of(SourceFile(name="c.toml", data=data.encode()))
    assert {(each.code, each.where) for each in found} == {
        ("E_CERT", "c.toml instrument.serial"),
        ("E_CERT", "c.toml results[0].points[0]: points at 0.5"),
        ("E_CERT", "c.toml results[0].points[1]: points"),
        ("E_CERT", "c.toml results[1].function: function"),
        ("E_CERT", "c.toml calibrated_by"),
        ("E_CERT", "c.toml laboratory.name"),
    }


@given(data=st.binary(max_size=200))
def test_foreign_bytes_raise_only_this_rooms_errors(data: bytes) -> None:
    for parse in (parse_certificate, parse_confirmation):
        with pytest.raises(CalibrationError, match=r"x\.toml"):
            parse(data, "x.toml")
    assert faults_of(SourceFile(name="x.toml", data=data))


VALUES = st.sampled_from(
    [
        "nan",
        "inf",
        "-1.0",
        "0",
        "1e400",
        "true",
        '"x"',
        "[]",
        "{}",
        "1" * 400,
        "2026-01-01",
        "[1, 2]",
    ]
)


@given(document=st.sampled_from([CERTIFICATE, CONFIRMATION]), line=st.integers(0, 60), value=VALUES)
def test_any_key_with_any_value_is_read_or_refused_by_name(
    document: str, line: int, value: str
) -> None:
    lines = document.splitlines()
    key, equals, _ = lines[line % len(lines)].partition(" = ")
    lines[line % len(lines)] = f"{key} = {value}" if equals else ""
    data = "\n".join(lines).encode()
    refused = _refused(data, parse_confirmation if document == CONFIRMATION else parse_certificate)
    assert refused is None or "x.toml" in refused.where
    assert refused is None or refused.say("zh").startswith(refused.code)


def _refused(data: bytes, parse: Callable[[bytes, str], object]) -> CalibrationError | None:
    try:
        parse(data, "x.toml")
    except CalibrationError as refused:
        return refused
    return None
