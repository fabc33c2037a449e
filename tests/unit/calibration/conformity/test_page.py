"""What docs/reference/conformity-and-intervals.md shows, done."""

import re
import shlex
from pathlib import Path

import msgspec
import pytest

from calibration.cli import calibration
from calibration.conformity.assessment import Specific
from calibration.conformity.guard import parse_guard_band
from calibration.conformity.load import COLUMNS
from calibration.conformity.points import Point, Sheet
from calibration.interval import history
from calibration.toml import MOST_PARTS

PAGE = (Path(__file__).parents[4] / "docs/reference/conformity-and-intervals.md").read_text("utf-8")


def test_its_file_is_read_and_decided(tmp_path: Path) -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    (tmp_path / "points.toml").write_text(block, "utf-8")
    assert calibration(["conformity", str(tmp_path / "points.toml")]) == 0


def test_its_first_command_line_works() -> None:
    (line,) = re.findall(r"^carbonmeter calibration (conformity --value.*)$", PAGE, re.MULTILINE)
    assert calibration(shlex.split(line)) == 0


@pytest.mark.parametrize("kind", [Point, Sheet, Specific])
def test_every_key_stands_on_it(kind: type[msgspec.Struct]) -> None:
    for field in msgspec.structs.fields(kind):
        assert re.search(rf"\b{field.encode_name}\b", PAGE), field.encode_name


def test_every_column_and_word_stands_on_it() -> None:
    for name in (*COLUMNS, *history.COLUMNS, *history.WORDS):
        assert f"`{name}`" in PAGE, name


def test_every_guard_band_on_it_is_read() -> None:
    for text in ("0.08", "1U", "specific:0.05", "global:0.001"):
        assert f"`{text}`" in PAGE
        assert parse_guard_band(text).number > 0.0


def test_the_longest_line_it_names_is_the_longest_taken() -> None:
    assert f"at most {MOST_PARTS} dotted parts" in PAGE
