"""What is reckoned from a ledger about the instants around kills."""

from dataclasses import replace

import pytest

from tests.faults.crash_points import RELOG
from tests.system.kills import (
    Life,
    Passage,
    flow,
    require_each,
    require_flow,
    returns,
)
from tests.system.meters import METER
from tests.system.oracle import Kept
from tests.system.salvage_kills import JUMP, renumbered_from_0

MS = 1_000_000
S = 1000 * MS
PASSAGES = [Passage(closed_ns=n * 50 * MS, received_ns=n * 50 * MS + 10 * MS) for n in range(100)]
LIFE = Life(start_ns=1 * S, end_ns=4 * S + 5 * MS)
"""It ends while the batch of 4.0 s is on its way."""


def test_only_the_last_second_of_a_life_counts_as_its_flow() -> None:
    assert flow([LIFE], PASSAGES) == {
        "flow_batches": 20,
        "flow_ms": 1000,
        "kills_in_flow": 1,
        "kills_with_batches_under_way": 1,
    }


def test_a_life_that_ends_before_leaves_come_or_with_none_on_the_way_is_seen_as_that() -> None:
    early = replace(LIFE, end_ns=1 * S + 5 * MS)
    assert flow([early], PASSAGES) == {}
    assert returns([early], PASSAGES) == {}
    quiet = replace(LIFE, end_ns=4 * S + 30 * MS)
    assert flow([quiet], PASSAGES)["kills_with_batches_under_way"] == 0
    assert returns([Life(start_ns=9 * S, end_ns=10 * S)], PASSAGES) == {}


def test_a_return_is_from_the_start_to_the_next_leaf() -> None:
    gap = [each for each in PASSAGES if not 1 * S < each.closed_ns < 1 * S + 700 * MS]
    assert returns([LIFE], gap) == {
        "starts": 1,
        "starts_over_10_s": 0,
        "most_ms_to_the_next_leaf": 10,
    }
    late = replace(LIFE, start_ns=1 * S + 11 * MS)
    assert returns([late], gap)["most_ms_to_the_next_leaf"] == 699


GOOD = {
    "flow_batches": 100,
    "flow_ms": 9000,
    "kills_with_batches_under_way": 1,
    "starts": 10,
    "starts_over_10_s": 0,
}


def test_a_thin_flow_a_quiet_one_and_late_returns_do_not_close() -> None:
    require_flow(GOOD)
    for wrong in (
        {"flow_batches": 89},
        {"flow_ms": 0},
        {"kills_with_batches_under_way": 0},
        {"starts_over_10_s": 1},
    ):
        with pytest.raises(AssertionError):
            require_flow(GOOD | wrong)


def test_a_point_that_was_hit_too_seldom_does_not_close() -> None:
    hit = {f"at {point.name}": 5 for point in RELOG}
    require_each(RELOG, hit)
    with pytest.raises(AssertionError, match="relogged"):
        require_each(RELOG, hit | {"at relogged": 4})


def test_numbers_go_on_from_those_before_the_jump_and_what_lacks_still_lacks() -> None:
    def kept(*numbers: int) -> list[Kept]:
        return [
            Kept(device="meter-1", sequence=n, at_ms=n, shown=METER + n % JUMP) for n in numbers
        ]

    def found(*numbers: int) -> list[int]:
        return [each.sequence for each in renumbered_from_0(kept(*numbers))]

    assert found(0, 1, 2, JUMP + 7, JUMP + 8) == [0, 1, 2, 3, 4]
    assert found(0, 2, JUMP + 7, JUMP + 9) == [0, 2, 2, 4]
