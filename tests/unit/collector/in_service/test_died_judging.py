"""A collector that dies at any statement of its judging goes on as if nothing had been."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from collector import judging as room
from collector.judging import Judging
from collector.store import Store
from tests.unit.collector.api.plant import (
    FILES,
    GAS,
    LINE_1,
    TEMPERATURE,
    Plant,
    batch,
    confirmation,
    energy_certificate,
    stream,
)
from tests.unit.collector.in_service.operator import METERS, any_point, leaves, told_stream

POLLS: Final = 64
TABLES: Final = ("window", "mean", "cursor", "fault", "document", "record", "channel")


class DiedError(BaseException):
    """The process is no more."""


class Mortal(sqlite3.Connection):
    """A connection of a process that dies before a statement, and does nothing afterwards."""

    left: float = float("inf")

    def execute(self, sql: str, given: Any = ()) -> sqlite3.Cursor:  # noqa: ANN401 - as it is
        """One statement, or death."""
        self._live()
        return super().execute(sql, given)

    def executemany(self, sql: str, given: Any) -> sqlite3.Cursor:  # noqa: ANN401
        """Several, or death."""
        self._live()
        return super().executemany(sql, given)

    def _live(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise DiedError


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plant]:
    monkeypatch.setattr(room, "PORTION", 2)  # so that there is much to die between
    built = Plant(tmp_path)
    yield built
    built.close()


def born(plant: Plant, statements: float) -> None:
    """A new process, which dies after so many statements, or has judged all there is."""
    plant.store.close()
    made: list[Mortal] = []

    def connect() -> sqlite3.Connection:
        made.append(sqlite3.connect(plant.folder / "derived.db", factory=Mortal))
        made[-1].left = statements
        return made[-1]

    try:
        plant.store = Store(connect)
        plant.judging = Judging(plant.ledger, plant.store, plant.sites)
        plant.judging.catch_up()
    except DiedError:
        made[-1].close()  # what was not committed is gone
    else:
        made[-1].left = float("inf")


def fill(plant: Plant, random: Random) -> None:
    """A register whose meters are swapped, an interval meter, a temperature; late papers."""
    plant.log_file(plant.gw1, *FILES[-1])
    papers = [(meter, number) for number, meter in enumerate(METERS, start=1)]
    point, missed = any_point(random, POLLS)
    for told in leaves(point, random):
        streams = [stream(each, told.polls[0], len(told.polls)) for each in (GAS, TEMPERATURE)]
        streams.append(told_stream(point, told, missed))
        plant.take(plant.gw1, batch(plant.gw1, streams, told.records))
        if papers and random.random() < 0.4:
            log_papers(plant, *papers.pop(random.randrange(len(papers))))
        if random.random() < 0.6:
            born(plant, random.choice((5, 40, 150, 400, 1000)))


def log_papers(plant: Plant, meter: str, number: int) -> None:
    paper = energy_certificate(f"E-{number}", meter)
    valid = confirmation(f"K-{number}", f"E-{number}", meter, "2027-01-06")
    plant.log_file(plant.gw1, "certificate", f"e-{number}.toml", paper)
    plant.log_file(plant.gw1, "confirmation", f"k-{number}.toml", valid)


def held(store: Store) -> dict[str, list[Any]]:
    """All that is derived; of hours the version that counts."""
    rows = {name: store._db.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}  # noqa: S608
    for name in ("window", "mean"):
        hours = {(channel, start) for channel, start, *_ in rows[name]}
        rows[name] = [(*hour, store.lookup.latest(name, *hour)) for hour in hours]
        rows[name] = [(channel, start, row and row[1]) for channel, start, row in rows[name]]
    reopened = store.opened()
    return {**{name: sorted(each) for name, each in rows.items()}, "opened": [reopened]}


def undisturbed(plant: Plant) -> dict[str, list[Any]]:
    """The same of a collector that judges everything and never dies."""
    store = Store(lambda: sqlite3.connect(plant.folder / "undisturbed.db"))
    judging = Judging(plant.ledger, store, plant.sites)
    judging.catch_up()
    judging.judge_again()
    try:
        return held(store)
    finally:
        store.close()


@pytest.mark.parametrize("seed", range(6))
def test_whenever_it_dies_the_same_follows_in_the_end(plant: Plant, seed: int) -> None:
    fill(plant, Random(seed))
    born(plant, float("inf"))
    expected, found = undisturbed(plant), held(plant.store)
    for name, rows in expected.items():
        assert found[name] == rows, name
    assert {channel for channel, *_ in found["window"]} == {LINE_1, GAS}
    assert plant.judging.judge_again() == 0


def test_what_counts_as_judged_before_it_is_leaves_hours_as_they_were(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: that hours are not yet what follows is forgotten too early."""
    again = Judging.judge_again

    def hasty(judging: Judging) -> int:
        judging._store._db.execute("UPDATE cursor SET late=0")
        return again(judging)

    monkeypatch.setattr(Judging, "judge_again", hasty)
    fill(plant, Random(0))
    born(plant, float("inf"))
    assert held(plant.store)["window"] != undisturbed(plant)["window"]
