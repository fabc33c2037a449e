"""The page on stacks shows the demo's own files, and the command in it says what it says."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from calibration.model.cli import model
from carbonmeter.demo_config import PERIOD_s
from carbonmeter.demo_stack import stack_devices, write_derivation
from edge_agent.config_lines import CheckSettings
from simulators.load import load_plant, shipped
from simulators.plant import Plant
from simulators.stack.build import first_documents

PAGE = (Path(__file__).parents[3] / "docs/how-to/measure-a-stack.md").read_text("utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def plant() -> Plant:
    return load_plant(shipped(Path("factory")))


def plain(text: str) -> str:
    """Without the last digits, in which machines differ, and the digests that follow from them."""
    text = re.sub(r"\b[0-9a-f]{64}\b", "SHA-256", text)
    return re.sub(r"\d+\.\d{7,}", lambda found: f"{float(found[0]):.6g}", text)


def test_each_document_on_the_page_is_one_of_the_demo(plant: Plant, tmp_path: Path) -> None:
    shown = [block for block in BLOCKS if block.startswith("schema")]
    derivation = write_derivation(tmp_path, "works", "boiler", plant).read_text("utf-8")
    issued = {plain(text) for text in (*first_documents(plant).values(), derivation)}
    assert len(shown) == 3
    assert {plain(block) for block in shown} <= issued


def test_each_device_on_the_page_is_one_of_the_demo(plant: Plant) -> None:
    configured = tomllib.loads("[[lines]]\n" + stack_devices(plant, "stack", PERIOD_s))
    (line,) = configured["lines"]
    shown = [
        device
        for block in BLOCKS
        if "[[lines.devices]]" in block
        for lines in tomllib.loads(_with_line(block))["lines"]
        for device in lines["devices"]
    ]
    assert len(shown) == 4
    assert all(device in line["devices"] for device in shown)


def test_the_checks_on_the_page_are_what_an_agent_takes() -> None:
    (block,) = (each for each in BLOCKS if each.startswith("[[lines.devices.checks]]"))
    (table,) = tomllib.loads(block)["lines"]["devices"]["checks"]
    assert msgspec.convert(table, CheckSettings).channels == ("co2",)


def _with_line(block: str) -> str:
    return block if block.startswith("[[lines]]") else f"[[lines]]\n{block}"


def test_the_hour_by_hand_gives_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    (command,) = re.findall(r"cems model (HJ75-CO2.*?)```", PAGE, re.DOTALL)
    words = [word.strip("'") for word in command.replace("\\\n", " ").split()]
    assert model(words) == 0
    assert re.search(r"value +116\.415\d", capsys.readouterr().out)
