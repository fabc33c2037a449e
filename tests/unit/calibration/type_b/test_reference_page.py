"""docs/reference/type-b.md: its example is read by the code it documents, its numbers come out."""

import re
from pathlib import Path

import pytest

from calibration.cli import calibration
from calibration.type_b.load import class_tables, orifice_rule
from calibration.type_b.orifice import OrificeRule
from calibration.type_b.table import ClassTable

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "type-b.md").read_text("utf-8")


def shown(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert calibration(["type-b", *options]) in {0, 1}
    return capsys.readouterr().out


def test_the_first_command_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    command = re.search(r"type-b (--class .*?)\ncarbonmeter", PAGE, re.DOTALL)
    assert command is not None
    out = shown(capsys, *command[1].replace("\\\n", " ").split())
    rows = [row for row in re.findall(r"^\| (.*) \|$", PAGE, re.MULTILINE) if "inst:" in row][:5]
    printed = [re.split(r"\s{2,}", line.strip()) for line in out.splitlines()[1:6]]
    for row, line in zip(rows, printed, strict=True):
        cells = [cell.strip("` ") for cell in row.split("|")]
        assert cells == [line[0], line[1], line[3], line[4], line[5], line[-1]]
    assert "0.7021 %" in out
    assert "0.7021 %" in PAGE


def test_the_sheet_gives_the_numbers_below_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    path = tmp_path / "sheet.toml"
    path.write_text(block, "utf-8")
    out = shown(capsys, str(path), "--at", "40")
    for number in ("0.1155 kg/h", "0.02887 kg/h", "0.02309 %", "0.05196 kg/h", "0.1429 kg/h"):
        assert number in out
        assert number in PAGE.replace("\n", " ")


def test_every_table_stands_on_the_page_with_its_status() -> None:
    tables: tuple[ClassTable | OrificeRule, ...] = (*class_tables(), orifice_rule())
    for table in tables:
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{table.id}/"))
        assert row.split("|")[3].strip() == table.status.value
        assert table.standard.partition(" ")[0] in row
        assert table.edition in row
