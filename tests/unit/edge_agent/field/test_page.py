"""docs/reference/field-tools.md names what there is."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from device_profiles.traffic import read_passages
from edge_agent.cli import agent
from edge_agent.field import cli
from edge_agent.field.pace import MOST_RATE
from edge_agent.field.protocols import PROTOCOLS
from simulators.cli import simulate

PAGE = (Path(__file__).parents[4] / "docs/reference/field-tools.md").read_text("utf-8")
COMMANDS: tuple[tuple[Callable[[Sequence[str]], int], list[str]], ...] = (
    (cli.probe, []),
    (cli.scan, []),
    (cli.dump, []),
    (cli.diff, []),
    (cli.watch, []),
    (cli.capture, ["show"]),
    (simulate, ["capture"]),
    (agent, ["test"]),
)


def test_every_option_of_the_page_is_one_of_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    for command, words in COMMANDS:
        with pytest.raises(SystemExit):
            command([*words, "--help"])
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert set(re.findall(r"--[a-z][a-z-]+", PAGE)) <= known


def test_the_page_names_the_protocols_and_the_highest_rate() -> None:
    assert all(f"`{name}`" in PAGE for name in PROTOCOLS)
    assert f"at most {MOST_RATE:g}" in PAGE


def test_the_piece_of_a_capture_that_the_page_shows_is_one() -> None:
    (line,) = re.findall(r'^\{"schema".*\}$', PAGE, re.MULTILINE)
    (piece,) = read_passages(line.encode(), "page")
    assert piece.direction == "sent"
