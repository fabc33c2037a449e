"""The minimal verifier, which shares no code with ours, says the same of good and bad bundles."""

import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest
from msgspec.structs import replace

from evidence.bundle.outcome import Check
from evidence.errors import CodedError
from evidence.judging.stream import NS_PER_MS
from evidence.log.column import progression
from tests.unit.collector.api.plant import (
    FILES,
    GAS,
    LINE_1,
    LINE_2,
    PERIOD_MS,
    POWER,
    START_NS,
    Plant,
    batch,
    stream,
)
from tests.unit.evidence.bundle.invoiced import january
from tests.unit.evidence.bundle.journaled import with_journal
from tests.unit.evidence.bundle.made import Made, bundle_of, failed, written
from tests.unit.evidence.bundle.test_each_check import TABLE

PATH: Final = Path(__file__).parents[4] / "docs" / "reference" / "minimal_verifier.py"
FIRST_DAY: Final = "start=2026-03-30&end=2026-03-31"


def _loaded() -> ModuleType:
    about = importlib.util.spec_from_file_location("minimal_verifier", PATH)
    assert about is not None
    assert about.loader is not None
    module = importlib.util.module_from_spec(about)
    about.loader.exec_module(module)
    return module


MINIMAL: Final = _loaded()
SHARED: Final = {Check(number) for number in MINIMAL.CHECKS} - {Check.VALUE}


def minimal(data: bytes) -> set[Check]:
    """The checks that fail by the minimal verifier."""
    return {Check(number) for number, (ok, _) in MINIMAL.outcomes(data).items() if ok is False}


def test_it_is_one_file_of_less_than_400_lines_without_our_code() -> None:
    text = PATH.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 400
    imported = {
        line.split()[1] for line in text.splitlines() if line.startswith(("import", "from"))
    }
    assert {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names} == {
        "cryptography.exceptions",
        "cryptography.hazmat.primitives.asymmetric.ed25519",
    }


@pytest.mark.parametrize("channel", [LINE_2, POWER, GAS])
def test_both_agree_on_good_bundles(one: Made, channel: str) -> None:
    data = bundle_of(one.plant, channel, FIRST_DAY)
    assert failed(data) == minimal(data) == set()


def beside_the_grid(
    folder: Path, channel: str, first: int, share: float, zone: str = "Asia/Shanghai"
) -> bytes:
    """A bundle of a day, each of whose polls is up to a share of the period too late, or early."""
    plant, chance = Plant(folder), random.Random(1)
    for file in FILES:
        plant.log_file(plant.gw1, *file)
    plant.log_profile()
    grid = range(START_NS // NS_PER_MS + first * PERIOD_MS, 2**53, PERIOD_MS)
    at_ms = [at + int(chance.random() * share * PERIOD_MS) for at in grid[: 192 - first]]
    read = replace(stream(channel, first, 192 - first), at_ms=progression(at_ms))
    plant.take(plant.gw1, batch(plant.gw1, [read]))
    plant.judging.catch_up()
    data = bundle_of(plant, channel, f"{FIRST_DAY}&tz={zone}")
    plant.close()
    return data


@pytest.mark.parametrize("share", [0.01, 0.03, 0.3, -0.01, -0.03, -0.3])
@pytest.mark.parametrize("first", [0, 3], ids=["from the hour on", "from within an hour"])
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Kolkata"])
def test_both_place_a_register_s_readings_that_lie_beside_the_hours_alike(
    tmp_path: Path, share: float, first: int, zone: str
) -> None:
    """Within 2 % of the period a reading stands for the hour; else it lies between two."""
    data = beside_the_grid(tmp_path, LINE_1, first, share, zone)
    assert failed(data) == minimal(data) == set()
    _, words = MINIMAL.outcomes(data)[Check.VALUE]
    assert float(words).is_integer() is (abs(share) < 0.02)


@pytest.mark.parametrize("share", [0.01, 0.3, -0.01, -0.3])
@pytest.mark.parametrize("channel", [POWER, GAS], ids=["rate", "interval"])
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Kolkata"])
def test_both_place_other_polls_that_lie_beside_the_hours_alike(
    tmp_path: Path, channel: str, share: float, zone: str
) -> None:
    data = beside_the_grid(tmp_path, channel, 0, share, zone)
    assert failed(data) == minimal(data) == set()


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Kolkata"])
@pytest.mark.parametrize("read", [19, 47, 48, 49, 51])
@pytest.mark.parametrize("channel", [LINE_1, POWER, GAS])
def test_both_agree_on_a_period_that_is_not_over(
    tmp_path: Path, channel: str, read: int, zone: str
) -> None:
    """A register has counted what it grew by in full hours, until the last one that it was read."""
    plant = Plant(tmp_path)
    for file in FILES:
        plant.log_file(plant.gw1, *file)
    plant.log_profile()
    plant.take(plant.gw1, batch(plant.gw1, [stream(channel, 1, read)]))
    plant.judging.catch_up()
    for days in ("start=2026-03-30&end=2026-03-31", "start=2026-03-30&end=2026-04-02"):
        data = bundle_of(plant, channel, f"{days}&tz={zone}")
        assert failed(data) == minimal(data) == set()
        assert MINIMAL.outcomes(data)[Check.VALUE][0] is (True if channel == LINE_1 else None)
    plant.close()


def test_both_agree_on_a_bundle_with_entries_of_a_journal(one: Made) -> None:
    data = written(with_journal(one.choice))
    assert failed(data) == minimal(data) == set()


@pytest.mark.parametrize("check", list(TABLE), ids=lambda check: check.name)
def test_both_agree_on_each_change_that_both_look_at(one: Made, check: Check) -> None:
    data = TABLE[check](one)
    assert failed(data) & SHARED == minimal(data) & SHARED


def test_a_register_that_shows_something_else_is_found_by_both(one: Made) -> None:
    data = TABLE[Check.VALUE](one)
    assert failed(data) == {Check.VALUE}
    _, words = MINIMAL.outcomes(data)[Check.VALUE]
    assert words == "2398.0"


def test_what_it_does_not_make_it_says_is_not_checked(
    one: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each check of the page, and none is passed over in silence."""
    (tmp_path / "day.zip").write_bytes(one.data)
    (tmp_path / "invoice.zip").write_bytes(written(january()))
    told = [_states(tmp_path / name, capsys) for name in ("day.zip", "invoice.zip")]
    for lines in told:
        assert [*lines] == [*map(int, Check)]
    day, invoice = told
    assert {number for number, state in day.items() if state == "ok"} == {*MINIMAL.CHECKS}
    assert {number for number, state in invoice.items() if state == "ok"} == {1, 2, 3}
    assert {*day.values(), *invoice.values()} == {"ok", "not checked"}


def _states(path: Path, capsys: pytest.CaptureFixture[str]) -> dict[int, str]:
    assert MINIMAL.main(path) == 0
    lines = capsys.readouterr().out.splitlines()
    return {int(line[:3]): line[5:16].strip() for line in lines}


def test_what_fails_is_printed_as_failed(
    one: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "small.zip"
    path.write_bytes(TABLE[Check.PLACE](one))
    assert MINIMAL.main(path) == 1
    assert "  7  failed       places: " in capsys.readouterr().out


def told(verifier: str, data: bytes) -> bool:
    try:
        return bool(failed(data) if verifier == "ours" else minimal(data))
    except (CodedError, MINIMAL.Wrong):
        return True


def test_both_find_random_mutations(one: Made) -> None:
    data, chance = one.data, random.Random(11)
    for _ in range(60):
        changed = bytearray(data)
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        assert told("ours", bytes(changed))
        assert told("minimal", bytes(changed))
