"""The command `carbonmeter collector declaration`: from a file, listed, withdrawn."""

from pathlib import Path

import msgspec
import pytest

from carbonmeter.cli import main
from collector.ledger import open_ledger
from tests.unit.collector.test_activity_command import TABLE
from tests.unit.evidence.statement.entered.notebook import POWER

LINE = f"""of = "{POWER}"
product = "billets"
effective_from = "2026-01-01T00:00:00+08:00"
[rating]
time = 1
scale = "pedigree matrix"
best = 1
derivation = "by hand"
"""
BY = ("--by", "Q. Wang", "--reason", "asked by CQC")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert main(["collector", "init", "--id", "plant-3"]) == 0
    open_ledger(tmp_path / "state").close()
    (tmp_path / "bills.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "line.toml").write_text(LINE, encoding="utf-8")
    assert main(["activity", "enter", "bills.csv", *BY]) == 0
    return tmp_path


def declaration(*arguments: str) -> int:
    return main(["collector", "declaration", *arguments])


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_something_is_declared_listed_and_withdrawn(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys)
    assert declaration("add", "line.toml", *BY) == 0
    (entry,) = told(capsys)
    assert declaration("list") == 0
    (line,) = told(capsys)
    assert line.split("\t")[0] == entry
    assert line.split("\t")[2:4] == ["Q. Wang", POWER]
    assert msgspec.json.decode(line.split("\t")[4])["effective_from"] == "2025-12-31T16:00:00Z"
    (folder / "line.json").write_bytes(
        msgspec.json.encode({**msgspec.toml.decode(LINE), "product": "slabs"})
    )
    assert declaration("add", "line.json", *BY) == 2
    assert "E_DECLARATION_CHANGED" in capsys.readouterr().err
    assert declaration("add", "line.json", "--replaces", entry, *BY) == 0
    assert declaration("withdraw", POWER, *BY) == 0
    told(capsys)
    assert (declaration("list"), told(capsys)) == (0, [])
    assert declaration("list", "--all", "--json") == 0
    found = msgspec.json.decode(told(capsys)[0])["declarations"]
    assert [each["told"] and each["told"]["product"] for each in found] == [
        "billets", "slabs", None
    ]  # fmt: skip
    assert declaration("list", "--all") == 0
    assert told(capsys)[-1].endswith("\twithdrawn\tasked by CQC")
    assert main(["collector", "journal", "list"]) == 0
    assert f"\tdeclaration-withdrawn\tQ. Wang (host)\tworks {POWER}\t" in told(capsys)[-1]
    assert main(["collector", "journal", "check"]) == 0


def test_what_can_be_no_declaration_ends_with_two_and_says_why(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for text, code in (
        (LINE.replace(POWER, "works/~none"), "E_CHANNEL_UNKNOWN"),
        (LINE.replace(POWER, "0" * 64).replace("effective_from", "#"), "E_STATEMENT_UNKNOWN"),
        (LINE.replace("time = 1", "time = 7"), "E_DECLARATION_VALUE"),
        (LINE.replace("2026-01-01T", "2026-01-99T"), "E_TIME_TEXT"),
        ("= 7", "E_DECLARATION_VALUE"),
    ):
        (folder / "line.toml").write_text(text, encoding="utf-8")
        assert declaration("add", "line.toml", *BY) == 2
        assert code in capsys.readouterr().err
    assert declaration("withdraw", "works", *BY) == 2
    assert "E_DECLARATION_UNKNOWN" in capsys.readouterr().err
