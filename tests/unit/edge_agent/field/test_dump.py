"""`dump` and `diff`: registers in a file, and what changed."""

import json
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.field.cli import diff, dump
from edge_agent.field.dump import read_dump
from edge_agent.field.errors import FieldError
from tests.unit.edge_agent.field.served import on_network, place_of, served

BEFORE = {"volume_flow": 12.25, "velocity": 1.75, "volume_positive": 1000.5}
AFTER = {"volume_flow": 13.5, "velocity": 1.75, "volume_positive": 1002.25}


def dumped(folder: Path) -> tuple[str, str]:
    """Two dumps of the same meter, an hour apart as it were."""
    lines = (
        on_network("a", {1: place_of("tuf-2000m", BEFORE)}),
        on_network("b", {1: place_of("tuf-2000m", AFTER)}),
    )
    with served(*lines) as found:
        for name in ("a", "b"):
            where = ["--tcp", f"127.0.0.1:{found[name]}", "--ranges", "3:0-19"]
            assert dump([*where, "--out", str(folder / name)]) == 1  # 16 to 19 are refused
    return str(folder / "a"), str(folder / "b")


def test_a_dump_says_what_was_told_and_what_was_refused(tmp_path: Path) -> None:
    first, _ = dumped(tmp_path)
    found = read_dump(Path(first))
    assert {address for _, address in found.words} == set(range(16))
    ((refused,),) = (found.refused,)
    assert (refused.first, refused.last, refused.code) == (16, 19, "E_MODBUS_ILLEGAL_BLOCK")
    assert (found.unit, found.at[-1]) == (1, "Z")


def test_what_changed_between_two_dumps_is_shown_in_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = dumped(tmp_path)
    capsys.readouterr()
    assert diff([first, second, "--profile", "tuf-2000m", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {each["address"] for each in found["changed"]} <= {0, 1, 8, 9, 10, 11}
    numbers = [
        (each["before"], each["after"])
        for each in found["numbers"]
        if (each["address"], each["format"], each["order"]) == (0, "float32", "CDAB")
    ]
    assert numbers == [(12.25, 13.5)]
    channels = {each["channel"]: (each["before"], each["after"]) for each in found["channels"]}
    assert channels == {"volume_flow": (12.25, 13.5), "volume_positive": (1000.5, 1002.25)}


def test_the_same_dump_differs_in_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _ = dumped(tmp_path)
    capsys.readouterr()
    assert diff([first, first, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["changed"] == found["numbers"] == []


def test_a_dump_is_read_by_a_profile_and_what_is_missing_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _ = dumped(tmp_path)
    capsys.readouterr()
    assert diff([first, "--profile", "tuf-2000m", "--json"]) == 0
    points = {each["name"]: each for each in json.loads(capsys.readouterr().out)["points"]}
    assert points["volume_flow"]["number"] == 12.25
    assert diff([first, "--profile", "abb-b23"]) == 1
    assert "not in the dump" in capsys.readouterr().out


def test_a_dump_goes_to_standard_output_where_no_file_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with served(on_network("a", {1: place_of("tuf-2000m", BEFORE)})) as found:
        assert dump(["--tcp", f"127.0.0.1:{found['a']}", "--ranges", "3:0-15"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "registers"


def test_two_dumps_or_a_profile_are_needed(tmp_path: Path) -> None:
    first, _ = dumped(tmp_path)
    assert diff([first]) == 2
    assert diff([first, "--profile", "dlt645-1997"]) == 78
    assert diff([str(tmp_path / "none"), first]) == 69
    assert diff(["/dev/null", first]) == 2
    assert dump(["--tcp", "h", "--ranges", "3:9-1"]) == 2
    assert dump(["--serial", "p", "--protocol", "dlt645"]) == 2


@given(st.binary(max_size=200))
def test_any_bytes_are_a_dump_or_refused(content: bytes) -> None:
    with NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        with suppress(FieldError):
            read_dump(Path(file.name))
