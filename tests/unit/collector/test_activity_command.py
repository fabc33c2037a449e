"""The command `carbonmeter activity`: entries from tables, corrections, releases, locks."""

from pathlib import Path

import msgspec
import pytest

from carbonmeter.cli import main
from collector.journal_read import read_journal
from collector.opening import open_store
from tests.unit.evidence.statement.entered.notebook import POWER
from tests.unit.evidence.statement.exports.rows import A

TABLE = (
    "entered,channel,kind_of_quantity,unit,start,end,value,source\n"
    f"amount,{POWER},active_energy,kW.h,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,3010,bill 1\n"
    f"amount,{POWER},active_energy,kW.h,2026-02-01T00:00:00Z,2026-03-01T00:00:00Z,2800,bill 2\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert main(["collector", "init", "--id", "plant-3"]) == 0
    (tmp_path / "bills.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_a_table_is_entered_corrected_and_listed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys)
    assert main(["activity", "enter", "bills.csv", "--by", "Q. Wang", "--reason", "bills"]) == 0
    first, second = told(capsys)
    one = TABLE.splitlines()[0] + "\n" + TABLE.splitlines()[1].replace("3010", "3100")
    (folder / "right.csv").write_text(one, encoding="utf-8")
    arguments = ["--by", "Q. Wang", "--reason", "digits exchanged"]
    assert main(["activity", "correct", first, "right.csv", *arguments]) == 0
    (third,) = told(capsys)
    assert main(["activity", "withdraw", second, *arguments]) == 0
    told(capsys)
    assert main(["activity", "list"]) == 0
    (line,) = told(capsys)
    assert line.startswith(f"{third} for {first}\t")
    assert line.endswith("3100 kW.h\tbill 1")
    assert main(["activity", "list", "--all", "--json"]) == 0
    found = msgspec.json.decode(told(capsys)[0])["entries"]
    assert [each["corrects"] for each in found] == [None, None, int(first), int(second)]
    with read_journal(folder / "state", "plant-3") as journal:
        acts = [each.entry for each in journal.entries(int(first))]
    assert {(each.who, each.role) for each in acts} == {("Q. Wang", "host")}
    assert [each.site for each in acts] == ["works"] * 4


def test_what_cannot_stand_ends_with_two_and_says_why(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "wrong.csv").write_text(TABLE.replace("2800", '"2,800"'), encoding="utf-8")
    assert main(["activity", "enter", "wrong.csv", "--reason", "bills"]) == 2
    said = capsys.readouterr().err
    assert "E_ENTRY_CSV row 3 value" in said
    assert "不是 1234.5 形式的数" in said
    assert main(["activity", "enter", "nothing.csv", "--reason", "bills"]) == 2
    assert main(["activity", "withdraw", "99", "--reason", "none"]) == 2
    assert "E_ENTRY_CORRECTS" in capsys.readouterr().err
    assert main(["activity", "list"]) == 0
    assert told(capsys) == []


def test_a_statement_is_released_and_locked_at_the_machine(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(folder / "state")
    with store.transaction():
        store.state_activity(A, 1)
    store.close()
    why = ["--by", "Q. Wang", "--reason", "year end"]
    assert main(["activity", "lock", A.digest, *why]) == 2
    assert "E_LOCK" in capsys.readouterr().err
    for what in ("release", "lock", "unlock"):
        assert main(["activity", what, A.digest, *why]) == 0
    assert main(["activity", "release", "0" * 64, *why]) == 78
