"""`probe --opcua`: what a server shows, and what it must not claim."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge_agent.field.cli import probe
from tests.unit.edge_agent.opcua.bench import SHOWN, URI_NODE, Bench

PROFILE = """
schema = 1
id = "site-plc"
maker = "Site"
model = "PLC"
protocol = "opcua"
title = { en = "Flow", zh = "流量" }
sources = [{ key = "list", document = "point list of the site", page = "1", grade = "A" }]
[[channels]]
name = "volume_flow"
kind_of_quantity = "volume_flow"
unit = "m3/h"
accumulation = "rate"
source = { node = "nsu=urn:maker:meter;i=7" }
required = true
"""


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """Whoever asks changes nothing; to start a server takes two seconds of CPU."""
    with Bench() as running:
        yield running


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = probe([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_all_variables_are_shown_with_values_types_and_states(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    code, seen = told(capsys, "--opcua", bench.endpoint().url, "--count", "1000")
    nodes = [each["node"] for each in seen["variables"]]
    shown = {each["node"]: each for each in seen["variables"] if not each["node"].startswith("i=")}
    assert code == 0
    assert seen["more"] is False
    assert len(shown) == len(SHOWN)
    assert len(nodes) == len(set(nodes))
    assert shown[URI_NODE]["value"] == 7
    assert shown[URI_NODE]["type"] == "UInt32"
    assert shown[URI_NODE]["path"]
    assert {each["status"] for each in shown.values()} >= {"Good", "BadSensorFailure"}


def test_what_is_not_shown_is_said_to_be_there(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    _, seen = told(capsys, "--opcua", bench.endpoint().url, "--count", "3")
    assert len(seen["variables"]) == 3
    assert seen["more"] is True


def test_a_search_can_begin_at_a_node_and_knows_when_there_is_none(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--opcua", bench.endpoint().url]
    code, seen = told(capsys, *where, "--address", "i=2260")
    assert code == 0
    assert any(each["path"] == "ProductName" for each in seen["variables"])
    assert probe([*where, "--address", "nsu=urn:nowhere;i=1"]) == 78
    assert "E_PROFILE_NODE" in capsys.readouterr().err
    assert probe([*where, "--address", "ns=2;s=nothing"]) == 69
    assert "BadNodeId" in capsys.readouterr().err


def test_a_profile_of_the_site_is_read_and_its_stanza_written(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "site.toml").write_text(PROFILE, encoding="utf-8")
    where = ["--opcua", bench.endpoint().url]
    assert probe([*where, "--profile", str(tmp_path / "site.toml")]) == 0
    assert probe([*where, "--profile", "abb-b23"]) == 2
    shown = capsys.readouterr()
    assert "volume_flow  7" in shown.out
    assert f'opcua = {{ url = "{bench.endpoint().url}"' in shown.err


@pytest.mark.parametrize(
    "words",
    [
        ["--opcua", "http://127.0.0.1:4840"],
        ["--opcua", "opc.tcp://127.0.0.1:1", "--protocol", "modbus"],
        ["--tcp", "127.0.0.1", "--protocol", "opcua"],
        ["--opcua", "opc.tcp://127.0.0.1:1", "--capture", "x"],
    ],
)
def test_options_that_contradict_each_other_are_refused(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert probe(words) == 2
    assert "E_FIELD_USAGE" in capsys.readouterr().err


def test_a_server_that_is_not_there_is_unreachable(capsys: pytest.CaptureFixture[str]) -> None:
    assert probe(["--opcua", "opc.tcp://127.0.0.1:1"]) == 69
    assert "opc.tcp://127.0.0.1:1" in capsys.readouterr().err
