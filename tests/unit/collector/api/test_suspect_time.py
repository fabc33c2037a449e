"""Over HTTP: a suspect time shows at the reading, in the quarantine, and in the statement."""

from typing import Any

import msgspec
import pytest

from evidence.clock_standing import ClockStanding
from evidence.log.batch import ClockState
from evidence.log.column import progression
from tests.unit.collector.api.plant import (
    LINE_1,
    PERIOD_MS,
    START_NS,
    Asked,
    Plant,
    batch,
    served,
    shown,
    stream,
)
from tests.unit.collector.judged import changed

DAY_MS = 86_400_000
START_MS = START_NS // 1_000_000
DAY = "start=2026-03-30&end=2026-03-31"
MONTHS = "start=2026-04-01T00:00:00Z&end=2026-06-01T00:00:00Z"
LEFT_ALONE = ClockState(
    standard_uncertainty_s=52.0,
    synchronised=False,
    standing=ClockStanding.UNSYNCHRONISED,
    bound_s=90.0,
    since_ms=START_MS - 20 * DAY_MS,
)


@pytest.fixture
def asked(fresh: Plant) -> Asked:
    """An agent whose clock is a month ahead for four polls, then left alone for too long."""
    log = fresh.gw1
    fresh.log_profile()
    stamps = [START_MS + n * PERIOD_MS + 30 * DAY_MS for n in range(2, 6)]
    ahead = msgspec.structs.replace(stream(LINE_1, 2, 4), at_ms=progression(stamps))
    alone = msgspec.to_builtins(LEFT_ALONE)
    fresh.take(log, batch(log, [stream(LINE_1, 0, 2)]))
    fresh.take(log, batch(log, [ahead]))
    fresh.take(log, changed(batch(log, [stream(LINE_1, 6, 91)]), {"clock": alone}))
    fresh.judging.catch_up()
    return served(fresh.parts())


def answered(asked: Asked, path: str) -> Any:  # noqa: ANN401 - JSON
    answer = asked.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_reading_whose_stamp_cannot_be_right_is_shown_as_suspect(asked: Asked) -> None:
    rows = answered(asked, f"readings?channel={LINE_1}&{MONTHS}&limit=9")
    found = [(row["sequence"], row["quality"]) for row in rows["readings"]]
    assert found == [(n, "clock_suspect") for n in range(2, 6)]


def test_it_is_named_among_what_was_set_aside(asked: Asked) -> None:
    (row,) = answered(asked, "quarantine")
    assert (row["subject"], row["code"], row["leaf"]) == (f"clock {LINE_1}", "E_TIME_SUSPECT", 2)
    assert "4 of 4 polls" in row["message"]


def test_the_statement_says_what_it_lacks_and_that_the_clock_was_left_alone(asked: Asked) -> None:
    (datum,) = answered(asked, f"activity-data?channel={LINE_1}&{DAY}")
    assert datum["completeness"]["missing"] == {"clock_suspect": 4}
    assert datum["qualities"] == {
        "clock_unsynchronised": 91,
        "good": 1,
        "interpolated": 1,
    }
    assert datum["quality"] == "clock_unsynchronised"
    assert datum["uncorrected_value"] == pytest.approx(shown(LINE_1, 96) - shown(LINE_1, 0))


def test_the_agent_says_how_its_clock_stands(asked: Asked) -> None:
    (agent, *_) = answered(asked, "agents")
    assert agent["clock"]["standing"] == "unsynchronised"
    assert agent["clock"]["bound_s"] == 90.0


def test_the_channel_shows_the_last_reading_that_counts(asked: Asked) -> None:
    (row,) = answered(asked, "channels")
    assert row["last_at"] == "2026-03-30T16:00:00Z"
