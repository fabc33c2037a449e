"""The page docs/reference/performance-of-analysers.md, held against the code it documents."""

import argparse
import re
from pathlib import Path

import msgspec
import pytest

from calibration.cli import COMMANDS
from calibration.performance.criterion import MEASURES, Criterion, Grade, Rule
from calibration.performance.load import known_limits, read_limits

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "performance-of-analysers.md"
TEXT = PAGE.read_text("utf-8")
NAMES = ("rata", "drift", "linearity", "response-time", "velocity-field", "qal2", "ast", "qal3")
(BLOCK,) = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def options(command: str) -> list[str]:
    commands = argparse.ArgumentParser().add_subparsers()
    COMMANDS[command].add(commands, argparse.ArgumentParser(add_help=False))
    actions = commands.choices[command]._actions
    return [name for each in actions for name in each.option_strings if name.startswith("--")]


def test_the_example_of_limits_is_a_file_of_limits(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(BLOCK, "utf-8")
    limits, _ = read_limits(str(tmp_path / "own.toml"))
    assert limits.rule("accuracy", "co2", "%").grades[0].next_test_quarters == 4


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_its_options_stand_on_the_page(name: str) -> None:
    assert f"| `{name}` |" in TEXT
    assert all(each in TEXT for each in options(name) if each != "--help")


def test_every_file_of_limits_and_every_measure_stands_on_the_page() -> None:
    assert all(f"`{name}`" in TEXT for name in known_limits())
    assert all(name in TEXT for names in MEASURES.values() for name in names)


@pytest.mark.parametrize("kind", [Criterion, Grade])
def test_every_key_of_a_limit_stands_on_the_page(kind: type[msgspec.Struct]) -> None:
    for field in msgspec.structs.fields(kind):
        assert re.search(rf"\b{field.encode_name}\b", TEXT), field.encode_name


def test_the_rare_keys_of_a_rule_are_those_of_authorities() -> None:
    absent = {each.encode_name for each in msgspec.structs.fields(Rule)} - set(
        re.findall(r"\w+", TEXT)
    )
    assert absent <= {"least_pairs", "largest_low_emitter_factor"}
