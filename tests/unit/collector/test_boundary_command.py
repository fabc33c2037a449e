"""The command `carbonmeter collector boundary`: saved from a file, listed, withdrawn."""

from pathlib import Path

import msgspec
import pytest

from carbonmeter.cli import main
from collector.ledger import open_ledger
from tests.unit.collector.test_activity_command import TABLE
from tests.unit.evidence.statement.entered.notebook import POWER

LINE = f"""id = "works/line-2"
name = "Line 2"
line = "Line 2"
terms = [{{ channel = "{POWER}", factor = "0.50" }}]
"""
BY = ("--by", "Q. Wang", "--reason", "as drawn in P-7")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert main(["collector", "init", "--id", "plant-3"]) == 0
    open_ledger(tmp_path / "state").close()
    (tmp_path / "bills.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "line.toml").write_text(LINE, encoding="utf-8")
    assert main(["activity", "enter", "bills.csv", "--reason", "bills"]) == 0
    return tmp_path


def boundary(*arguments: str) -> int:
    return main(["collector", "boundary", *arguments])


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_a_boundary_is_saved_listed_and_withdrawn(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys)
    assert boundary("add", "line.toml", *BY) == 0
    (entry,) = told(capsys)
    assert boundary("list") == 0
    (line,) = told(capsys)
    assert line.split("\t")[0] == entry
    assert line.split("\t")[2:] == [
        "Q. Wang", "works/line-2", "Line 2", "Line 2", "-", f"0.5*{POWER}"
    ]  # fmt: skip
    (folder / "line.json").write_bytes(
        msgspec.json.encode({**msgspec.toml.decode(LINE), "name": "Line two"})
    )
    assert boundary("add", "line.json", *BY) == 2
    assert "E_BOUNDARY_CHANGED" in capsys.readouterr().err
    assert boundary("add", "line.json", "--replaces", entry, *BY) == 0
    assert boundary("withdraw", "works/line-2", *BY) == 0
    told(capsys)
    assert (boundary("list"), told(capsys)) == (0, [])
    assert boundary("list", "--all", "--json") == 0
    found = msgspec.json.decode(told(capsys)[0])["boundaries"]
    assert [each["boundary"] and each["boundary"]["name"] for each in found] == [
        "Line 2", "Line two", None
    ]  # fmt: skip
    assert boundary("list", "--all") == 0
    assert told(capsys)[-1].endswith("\twithdrawn\tas drawn in P-7")
    assert main(["collector", "journal", "list"]) == 0
    assert "\tboundary-withdrawn\tQ. Wang (host)\tworks works/line-2\t" in told(capsys)[-1]
    assert main(["collector", "journal", "check"]) == 0


def test_what_can_be_no_boundary_ends_with_two_and_says_why(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for text, code in (
        (LINE.replace("0.50", "0"), "E_BOUNDARY_VALUE"),
        (LINE.replace(POWER, "works/~none/energy"), "E_CHANNEL_UNKNOWN"),
        ("terms = 7", "E_BOUNDARY_VALUE"),
        ("= 7", "E_BOUNDARY_VALUE"),
    ):
        (folder / "line.toml").write_text(text, encoding="utf-8")
        assert boundary("add", "line.toml", *BY) == 2
        assert code in capsys.readouterr().err
    assert boundary("withdraw", "works/none", *BY) == 2
    assert "E_BOUNDARY_UNKNOWN" in capsys.readouterr().err
