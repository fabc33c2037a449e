"""The commands `carbonmeter calibration import | export`: files in, findings and files out."""

import hashlib
import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from calibration.cli import calibration
from calibration.dcc.document import parse_document
from calibration.dcc.read import read_certificate
from calibration.load import parse_certificate
from tests.unit.calibration.dcc.dcc_documents import (
    INVALID,
    MANIPULATED,
    RANGE,
    SIGNED,
    TEMPERATURES,
    VECTORS,
    WEIGHTS,
    column,
    condition,
    document,
    expanded,
    sample,
    table,
)
from tests.unit.calibration.dcc.signing import authority, xml_signed

LEFT = condition("afterAdjustment")
CAME = ("--recorded-at", "2026-03-01T08:00Z")
SCHEMAS = ("--schema", str(VECTORS / "xsd"))
TRUST = ("--trust", str(VECTORS / "certs"))


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A document that nothing speaks against, and whom to trust."""
    path = tmp_path / "clean.xml"
    path.write_bytes(xml_signed(document(TEMPERATURES, statements=RANGE, measurement=LEFT)))
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / "authority.pem").write_bytes(authority().pem)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = calibration(list(arguments))
    out = capsys.readouterr()
    return code, out.out, out.err


def imported(capsys: pytest.CaptureFixture[str], path: Path, *options: str) -> dict[str, Any]:
    code, out, _ = run(capsys, "import", str(path), *CAME, "--json", *options)
    found: dict[str, Any] = json.loads(out)
    assert code == (1 if found["findings"] else 0)
    return found


def test_a_signed_document_that_nothing_speaks_against_ends_in_0(
    clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = imported(capsys, clean, *SCHEMAS, "--trust", str(clean.parent / "trust"))
    assert found["findings"] == []
    assert found["schema_checked"] is True
    assert found["signature"]["outcome"] == "intact, signer trusted"
    assert found["signature"]["signatures"][0]["signer"] == "CN=Laboratory"
    assert found["certificate"]["results"][0]["points"][0]["value"] == 9.9
    assert found["transcription"]["identifier"] == "CAL-1"
    assert found["written"] is None


def test_without_schema_and_trust_the_findings_say_what_was_not_asked(
    clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = imported(capsys, clean)
    assert [each["code"] for each in found["findings"]] == [
        "F_DCC_TRUST_NOT_ASKED",
        "F_DCC_NO_SCHEMA",
    ]
    assert found["signature"]["outcome"] == "intact, signer untrusted"


def test_the_file_that_is_written_is_read_by_the_register_and_cites_the_document(
    clean: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "certificate.toml"
    found = imported(capsys, clean, "--out", str(out))
    assert found["written"] == str(out)
    certificate = parse_certificate(out.read_bytes(), out.name)
    assert certificate.document_sha256 == hashlib.sha256(clean.read_bytes()).hexdigest()
    assert certificate.recorded_at.isoformat() == "2026-03-01T08:00:00+00:00"
    assert tomllib.loads(out.read_text("utf-8"))["instrument"]["serial"] == "S-1"
    assert run(capsys, "check", str(out))[0] == 0


def test_without_an_instant_the_document_came_when_its_file_was_last_written(
    clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.utime(clean, (1_772_352_000, 1_772_352_000))
    _, out, _ = run(capsys, "import", str(clean), "--json")
    assert json.loads(out)["certificate"]["recorded_at"] == "2026-03-01T08:00:00Z"


def test_nothing_is_written_unless_asked_and_nothing_is_overwritten(
    clean: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(tmp_path.iterdir())
    imported(capsys, clean)
    assert sorted(tmp_path.iterdir()) == before
    taken = tmp_path / "taken.toml"
    taken.write_text("mine", "utf-8")
    code, _, err = run(capsys, "import", str(clean), *CAME, "--out", str(taken))
    assert (code, err[:10]) == (78, "E_DCC_FILE")
    assert taken.read_text("utf-8") == "mine"


def test_the_table_shows_signature_points_and_findings_in_both_languages(
    clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "import", str(clean), *CAME)
    assert code == 1
    assert "intact, signer untrusted" in out
    assert "as_left, 0 to 50 Cel" in out
    assert "F_DCC_NO_SCHEMA: not checked" in out
    assert "2 findings" in out
    assert "仅检查了结构" in run(capsys, "import", str(clean), *CAME, "--language", "zh")[1]


@pytest.mark.parametrize(
    ("name", "code"),
    [(MANIPULATED, "E_DCC_MANIPULATED"), (INVALID, "E_DCC_MISSING")],
)
def test_a_document_that_cannot_be_used_ends_in_78(
    name: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.toml"
    status, _, err = run(capsys, "import", str(VECTORS / name), *CAME, "--out", str(out))
    assert (status, err.split()[0]) == (78, code)
    assert not out.exists()


def test_a_document_that_breaks_its_schema_ends_in_78(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(document(TEMPERATURES).replace(b">S-1<", b"> S-1<"))
    assert imported(capsys, path)["certificate"] is not None
    status, _, err = run(capsys, "import", str(path), *CAME, *SCHEMAS)
    assert (status, err.split()[0]) == (78, "E_DCC_SCHEMA")


@pytest.mark.parametrize("items", [("--item", "1040917"), ()])
def test_a_document_of_which_no_certificate_can_be_made_is_not_written(
    items: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.toml"
    path = VECTORS / WEIGHTS
    code, _, err = run(capsys, "import", str(path), *CAME, *items, "--out", str(out))
    assert (code, err.split()[0]) == (78, "E_DCC_NOTHING")
    assert not out.exists()


def test_a_kind_of_quantity_settles_what_a_unit_leaves_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.xml"
    measured = column("basic_measuredValue", "1 2", r"\kilo\watt")
    error = column("basic_measurementError", "0.5 -0.25", r"\percent", expanded("0.1"))
    path.write_bytes(document(table(measured, error)))
    assert imported(capsys, path)["certificate"]["results"] == []
    found = imported(capsys, path, "--kind", "active_power")
    assert found["certificate"]["results"][0]["kind_of_quantity"] == "active_power"
    code, _, err = run(capsys, "import", str(path), *CAME, "--kind", "colour")
    assert (code, "active_power" in err) == (2, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "missing.xml", *CAME),
        ("export", "missing.toml", "--dcc", "a.xml"),
    ],
)
def test_a_file_that_is_not_there_is_wrong_usage(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, *arguments)[0] == 2


@pytest.mark.parametrize(
    "options",
    [
        ("--recorded-at", "yesterday"),
        ("--recorded-at", "2026-03-01T08:00"),
    ],
)
def test_the_instant_of_the_record_must_be_one(options: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        calibration(["import", str(VECTORS / SIGNED), *options])
    assert ended.value.code == 2


@pytest.mark.parametrize("option", ["--schema", "--trust"])
def test_a_folder_that_is_none_ends_in_78(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "import", str(VECTORS / SIGNED), *CAME, option, "nowhere")
    assert (code, err.split()[0]) == (78, "E_DCC_FILE")


def test_a_certificate_is_exported_and_comes_back(
    clean: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toml, xml, again = (tmp_path / name for name in ("a.toml", "a.xml", "b.toml"))
    imported(capsys, clean, "--out", str(toml))
    code, out, _ = run(capsys, "export", str(toml), "--dcc", str(xml), *SCHEMAS, "--json")
    record = json.loads(out)
    assert (code, record["schema_checked"], record["signature"]) == (0, True, "unsigned")
    assert record["sha256"] == hashlib.sha256(xml.read_bytes()).hexdigest()
    content = read_certificate(parse_document(xml.read_bytes(), "a.xml"), "a.xml")
    assert content.identifier == "transcription-of-CAL-1"
    imported(capsys, xml, "--out", str(again))
    one, two = (tomllib.loads(path.read_text("utf-8")) for path in (toml, again))
    assert one.pop("document_sha256") != two.pop("document_sha256")
    assert one == two


def test_an_export_is_shown_as_fields_and_does_not_overwrite(
    clean: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toml, xml = tmp_path / "a.toml", tmp_path / "a.xml"
    imported(capsys, clean, "--out", str(toml))
    code, out, _ = run(capsys, "export", str(toml), "--dcc", str(xml))
    assert (code, "schema_checked  false" in out) == (0, True)
    code, _, err = run(capsys, "export", str(toml), "--dcc", str(xml))
    assert (code, err.split()[0]) == (78, "E_DCC_FILE")


def test_a_file_that_is_no_certificate_is_not_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(sample(SIGNED)[:1000])
    code, _, err = run(capsys, "export", str(path), "--dcc", str(tmp_path / "a.xml"))
    assert (code, err.split()[0]) == (78, "E_CERT")
