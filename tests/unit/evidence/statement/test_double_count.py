"""Meter and check meter, two routes, a main meter and its sub-meters: never added by accident."""

import msgspec
import pytest

from evidence.statement.activity import activity_data
from evidence.statement.datum import ActivityData
from evidence.statement.double_count import DoubleCount, double_counts
from tests.unit.evidence.statement.examples import POWER, flow, hours


def stated(channel: str, *groups: str) -> ActivityData:
    return activity_data(
        [flow(channel=channel)],
        POWER,
        hours(1),
        software="test",
        double_count_groups=groups,
    )


MAIN = stated("a/main/power", "hall")
CHECK = stated("a/check/power", "hall")
ONE, TWO = (stated(f"a/sub-{n}/power", "hall#sub-meters") for n in (1, 2))
BESIDE = stated("a/other/power")
LINE_CHECK = stated("a/sub-1-check/power", "hall#checks", "line 1")


@pytest.mark.parametrize(
    ("data", "factors", "twice"),
    [
        ((MAIN, CHECK), (1, 1), {"hall": (CHECK, MAIN)}),
        ((MAIN, CHECK), (1, -1), {}),
        ((MAIN, CHECK), (-1, -2), {"hall": (CHECK, MAIN)}),
        ((MAIN, BESIDE), (1, 1), {}),
        ((ONE, TWO), (1, 1), {}),
        ((MAIN, ONE, TWO), (1, -1, -1), {}),
        ((MAIN, ONE), (1, 1), {"hall": (MAIN, ONE)}),
        ((MAIN, ONE, CHECK), (1, -1, 1), {"hall": (CHECK, MAIN)}),
        ((ONE, LINE_CHECK), (1, 1), {"hall": (LINE_CHECK, ONE)}),
        ((TWO, BESIDE, LINE_CHECK), (1, 1, -1), {}),
    ],
)
def test_what_a_sum_counts_twice_is_named_by_group(
    data: tuple[ActivityData, ...],
    factors: tuple[float, ...],
    twice: dict[str, tuple[ActivityData, ...]],
) -> None:
    assert double_counts(data, factors) == tuple(
        DoubleCount(group=group, channels=tuple(sorted(each.channel for each in found)))
        for group, found in twice.items()
    )


def test_a_datum_of_no_group_has_the_digest_that_it_had_before() -> None:
    bare = msgspec.to_builtins(BESIDE)
    assert not {"settings", "double_count_groups"} & bare.keys()
    assert stated("a/other/power", "hall").digest != BESIDE.digest
