"""The hours that the collector keeps say what each minute was, and are judged by rules as such."""

import sqlite3
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

import msgspec
import pytest

from calibration.indication import MissReason, Quality
from calibration.mean import MeanWindow
from calibration.window import RegisterWindow, Window
from collector.store import SCHEMA_VERSION, Store
from evidence.judging.judgement import Judgement, Position
from evidence.log.batch import Miss, Stream
from evidence.log.column import progression
from evidence.statement.hours.load import rule_pack
from evidence.statement.hours.of_windows import observed_hour
from tests.unit.collector.api.plant import (
    HEADS,
    POWER,
    START_NS,
    TEMPERATURE,
    calibrated,
    raw_of,
    stream,
)
from tests.unit.collector.judged import HOUR_NS, Judged

PERIOD: Final = (START_NS, START_NS + 2 * HOUR_NS)
START_MS: Final = START_NS // 1_000_000
MINUTE_MS: Final = 60_000
LATE_MS: Final = 250
"""What a reading is stamped after its turn."""
_OF_MINUTES = (
    (range(3, 7), MissReason.CALIBRATING),
    (range(7, 9), MissReason.BLOW_BACK),
    (range(9, 10), MissReason.STANDBY),
    (range(10, 11), MissReason.SENTINEL),
    (range(11, 12), MissReason.OUT_OF_RANGE),
    (range(12, 14), MissReason.CHECKSUM),
)
REASONS: Final = {minute: reason for minutes, reason in _OF_MINUTES for minute in minutes}
STATES: Final = "vvv" + "cccc" + "bb" + "s" + "f" + "o" + "ll" + "v" * 46


def minutes(
    channel: str, first: int, last: int, reasons: Mapping[int, MissReason] | None = None
) -> Stream:
    """Polls of a minute from `first` up to `last`; a device that calibrates shows its gas."""
    gone = REASONS if reasons is None else reasons
    there = [minute for minute in range(first, last) if minute not in gone]
    indication = tuple(100.0 + minute % 7 for minute in there)
    bare = Stream(
        head=msgspec.structs.replace(HEADS[channel], period_ms=MINUTE_MS),
        rows=len(there),
        sequence=progression(there),
        at_ms=progression([START_MS + minute * MINUTE_MS + LATE_MS for minute in there]),
        raw=raw_of(indication),
        indication=indication,
        missed=tuple(
            missed(minute, reason) for minute, reason in gone.items() if first <= minute < last
        ),
    )
    return calibrated(bare) if channel == POWER else bare


def missed(minute: int, reason: MissReason) -> Miss:
    shown = reason == MissReason.CALIBRATING
    return Miss(
        sequence=minute,
        at_ms=START_MS + minute * MINUTE_MS + LATE_MS,
        reason=reason,
        raw=raw_of([40.0])[0] if shown else "",
        indication=40.0 if shown else None,
    )


def kept(store: Store, channel: str) -> list[Window | MeanWindow]:
    return [*store.lookup.windows(channel, *PERIOD), *store.lookup.means(channel, *PERIOD)]


@pytest.mark.parametrize("channel", [TEMPERATURE, POWER])
@pytest.mark.parametrize("cuts", [(), (12,), (1, 2, 5, 30, 59)])
def test_what_each_minute_was_is_kept_however_it_came_in_batches(
    channel: str, cuts: tuple[int, ...]
) -> None:
    judged = Judged().files()
    edges = [0, *cuts, 61]
    for first, last in pairwise(edges):
        assert judged.batch(minutes(channel, first, last)).faults == []
    (hour,) = kept(judged.store, channel)
    assert hour.tally.states == STATES
    assert (hour.tally.expected, hour.tally.present) == (60, 49)
    assert hour.tally.missed == {"calibrating": 4, "blow_back": 2, "checksum": 2} | dict.fromkeys(
        ("standby", "sentinel", "out_of_range"), 1
    )


def test_minutes_that_nobody_told_of_are_unknown_and_those_of_a_suspect_clock_are_lost() -> None:
    judged = Judged()
    quality = tuple(
        Quality.CLOCK_SUSPECT if 20 <= minute < 25 else Quality.GOOD for minute in range(40)
    )
    before, after = minutes(TEMPERATURE, 0, 40, {}), minutes(TEMPERATURE, 50, 90, {})
    judged.batch(msgspec.structs.replace(before, quality=quality))
    judged.batch(after)
    (hour,) = kept(judged.store, TEMPERATURE)
    assert hour.tally.states == "v" * 20 + "l" * 5 + "v" * 15 + "u" * 10 + "v" * 10


@pytest.mark.parametrize("channel", [TEMPERATURE, POWER])
@pytest.mark.parametrize(
    ("lacking", "state"), [(11, "measured"), (15, "measured"), (16, "invalid")]
)
def test_an_hour_of_the_store_is_valid_by_its_minutes(
    channel: str, lacking: int, state: str
) -> None:
    judged = Judged().files()
    more = dict.fromkeys(range(14, 14 + lacking - len(REASONS)), MissReason.DEVICE_FAULT)
    judged.batch(minutes(channel, 0, 61, {**REASONS, **more}))
    (hour,) = kept(judged.store, channel)
    assert not isinstance(hour, RegisterWindow)
    observed = observed_hour(hour, rule_pack("hj75").pack.valid_hour)
    assert observed.state == state
    assert (observed.counts["valid"], observed.counts["calibrating"]) == (60 - lacking, 6)
    lost = {*REASONS, *more}
    mean = sum(100.0 + minute % 7 for minute in range(60) if minute not in lost) / (60 - lacking)
    expected = mean if channel == TEMPERATURE else 0.5 + 0.998 * mean  # kW, not 3/4 of it
    assert observed.value == (pytest.approx(expected, rel=1e-12) if state == "measured" else None)


def test_hours_of_a_version_that_kept_no_states_are_derived_again(tmp_path: Path) -> None:
    path = tmp_path / "derived.sqlite"
    judgement = Judged().files().batch(stream(POWER, 0, 5), stream(TEMPERATURE, 0, 5))
    where = Position(position=0, agent="gw-1", epoch="0" * 32, sequence=0, received_ns=1)
    store = Store(lambda: sqlite3.connect(path))
    with store.transaction():
        store.keep(without_states(judgement), where)
    older = kept(store, POWER) + kept(store, TEMPERATURE)
    assert [each.tally.states for each in older] == ["", ""]
    store.close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version=2")
    db.close()
    again = Store(lambda: sqlite3.connect(path))
    assert (again.cursor(), kept(again, POWER), kept(again, TEMPERATURE)) == (0, [], [])
    with again.transaction():
        again.keep(judgement, where)
    newer = kept(again, POWER) + kept(again, TEMPERATURE)
    assert [each.tally.states for each in newer] == ["vvvv", "vvvv"]
    again.close()
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    db.close()


def without_states(judgement: Judgement) -> Judgement:
    """The hours as bytes of version 2 of the store give them: without the field."""

    def older(hour: Window | MeanWindow) -> object:
        fields = msgspec.msgpack.decode(msgspec.msgpack.encode(hour))
        del fields["tally"]["states"]
        return fields

    return Judgement(
        windows=[msgspec.convert(older(each), Window) for each in judgement.windows],
        means=[msgspec.convert(older(each), MeanWindow) for each in judgement.means],
        streams=judgement.streams,
    )
