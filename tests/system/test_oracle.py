"""The oracle sees what is lost, doubled, swapped or altered, and is content with the rest."""

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from collector.errors import LedgerError
from evidence.errors import EvidenceError
from tests.system.kills import begun, flowing, mosquitto
from tests.system.meters import METER
from tests.system.oracle import Kept, complaints, log_of
from tests.system.programs import require_mosquitto

SERVED = {(unit, n): n * 1_000_000_000 for unit in (1, 2) for n in range(1, 8)}
KEPT = [
    Kept(device=f"meter-{unit}", sequence=n - 1, at_ms=n * 1000 + 3, shown=unit * METER + n)
    for n in range(1, 7)
    for unit in (1, 2)
]
COUNTERS = {"meter-1": 6, "meter-2": 6}
MISSED = replace(KEPT[4], shown=None)


def swapped(one: int, other: int) -> list[Kept]:
    """The kept polls, two of their values exchanged."""
    found = list(KEPT)
    found[one] = replace(KEPT[one], shown=KEPT[other].shown)
    found[other] = replace(KEPT[other], shown=KEPT[one].shown)
    return found


def test_the_oracle_is_content_with_what_is_whole() -> None:
    assert complaints(KEPT, COUNTERS, SERVED, KEPT[:3]) == []
    assert complaints([*KEPT[:4], MISSED, *KEPT[5:]], COUNTERS, SERVED) == []


@pytest.mark.parametrize(
    "kept",
    [
        KEPT[:-1],
        KEPT[:5] + KEPT[6:],
        [*KEPT[:5], KEPT[4], *KEPT[5:]],
        [*KEPT[2:], *KEPT[:2]],
        swapped(2, 4),
        swapped(2, 3),
        [*KEPT[:2], replace(KEPT[2], shown=METER + 7), *KEPT[3:]],
        [*KEPT[:2], replace(KEPT[2], shown=METER + 99), *KEPT[3:]],
        [*KEPT[:2], replace(KEPT[2], at_ms=KEPT[4].at_ms), *KEPT[3:]],
    ],
    ids=["last", "inner", "doubled", "order", "swapped", "meters", "other", "invented", "stamp"],
)
def test_the_oracle_sees_what_is_lost_doubled_swapped_or_altered(kept: list[Kept]) -> None:
    assert complaints(kept, COUNTERS, SERVED) != []


def test_the_oracle_sees_a_committed_poll_that_is_another_one_in_the_ledger() -> None:
    assert complaints([*KEPT[:4], MISSED, *KEPT[5:]], COUNTERS, SERVED, [KEPT[4]]) != []


CUTS = (
    "DELETE FROM leaves WHERE position = 1",
    "UPDATE leaves SET sequence = sequence + 1 WHERE position = (SELECT max(position) FROM leaves)",
    "UPDATE leaves SET leaf = (SELECT leaf FROM leaves WHERE position = 2) WHERE position = 3",
    "UPDATE logs SET receipt = x''",
)


def test_the_oracle_sees_a_ledger_that_was_cut_or_has_lost_its_receipt(
    require: Callable[[str, str], None], tmp_path: Path
) -> None:
    require_mosquitto(require)
    with flowing(tmp_path, mosquitto(tmp_path)) as works:
        begun(works, 0).arrived(5)
        works.drain()
        works.check()
        assert works.collector.end() == 0
    for number, cut in enumerate(CUTS):
        state = tmp_path / f"cut-{number}"
        shutil.copytree(works.collector_dir / "state", state)
        db = sqlite3.connect(state / "ledger.db", isolation_level=None)
        db.execute(cut)
        db.close()
        with pytest.raises((AssertionError, LedgerError, EvidenceError)):
            log_of(state, works.agent_key, works.collector_key)
