"""A restart does not make a clock look better."""

from pathlib import Path

import pytest

from edge_agent.clock_memory import NAME, SELDOM_NS, ClockMemory
from evidence.clock import NS_PER_S
from evidence.clock_standing import Heard

WALL_NS = 1_767_225_600 * NS_PER_S
HEARD = Heard(mono_ns=7, wall_ns=WALL_NS, bound_s=0.02)
DAY_NS = 86_400 * NS_PER_S


def test_what_was_known_is_as_old_after_a_restart_as_it_is(tmp_path: Path) -> None:
    ClockMemory(tmp_path).keep(HEARD)
    found = ClockMemory(tmp_path).recall(WALL_NS + DAY_NS, 5 * NS_PER_S)
    assert found == Heard(mono_ns=5 * NS_PER_S - DAY_NS, wall_ns=WALL_NS, bound_s=0.02)


def test_a_clock_that_shows_less_than_then_remembers_nothing(tmp_path: Path) -> None:
    ClockMemory(tmp_path).keep(HEARD)
    assert ClockMemory(tmp_path).recall(WALL_NS - 1, 0) is None


@pytest.mark.parametrize(
    "data", [b"", b"{}", b'{"wall_ns": 1}', b'{"wall_ns": 1, "bound_s": -1}', b"\xff", b"[1, 2]"]
)
def test_a_file_that_says_nothing_is_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / NAME).write_bytes(data)
    assert ClockMemory(tmp_path).recall(WALL_NS, 0) is None


def test_it_is_written_seldom_and_a_disk_that_fails_does_not_matter(tmp_path: Path) -> None:
    memory = ClockMemory(tmp_path)
    memory.keep(HEARD)
    for later_ns, bound_s in ((SELDOM_NS - 1, 0.02), (SELDOM_NS, 0.5)):
        memory.keep(Heard(mono_ns=7 + later_ns, wall_ns=WALL_NS + later_ns, bound_s=0.5))
        kept = ClockMemory(tmp_path).recall(WALL_NS + DAY_NS, 0)
        assert kept is not None
        assert kept.bound_s == bound_s
    ClockMemory(tmp_path / "nowhere").keep(HEARD)
