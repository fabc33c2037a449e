"""A year of hours of a thousand channels, in a collector's folder: what statements are made of.

Eight channels are read every five minutes for a year, signed, admitted and judged by the code
of every day; about one poll in a thousand gives no value. The hours of the other 992 are those
of one of the eight under another name, instrument and certificate. Twenty agents have logged
the certificates of fifty channels each.
"""

import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from shutil import rmtree
from typing import Final

import msgspec
import numpy as np
from zstandard import ZstdCompressor

from benchmarks.factory import BEGIN_NS, Documented, Factory, corrected, timeline_for
from benchmarks.processes import SCRATCH
from calibration.indication import MissReason
from calibration.load import SourceFile, register_of
from calibration.register import CalibrationRegister
from calibration.timeline import Timeline
from collector.hour_form import Packed, framer, unpacked
from collector.store import SCHEMA_VERSION
from evidence.log.batch import Miss, Stream, StreamHead
from evidence.log.column import progression
from evidence.statement.day import NS_PER_DAY
from tests.unit.collector.api.plant import (
    HEADS,
    LINE_1,
    POWER,
    POWER_CERTIFICATE,
    PROFILE,
    confirmation,
    energy_certificate,
    raw_of,
)

CHANNELS, OF_AN_AGENT, MADE, DAYS = 1000, 50, 8, 365
PERIOD_MS: Final = 300_000
POLLS_A_DAY: Final = 288
START_MS: Final = BEGIN_NS // 1_000_000
MISSING: Final = 0.001
SEED: Final = 20260108
_DONE: Final = "whole"
_Names = tuple[bytes, ...]


def year(channels: int = CHANNELS, days: int = DAYS) -> Path:
    """The folder of the year; made at the first call, which takes some minutes."""
    folder = SCRATCH / f"year-{channels}-{days}-{SEED}-{SCHEMA_VERSION}"
    if not (folder / _DONE).exists():
        rmtree(folder, ignore_errors=True)
        with Factory(folder, agents=-(-channels // OF_AN_AGENT)) as factory:
            log_documents(factory, channels, papers)
            log_readings(factory, days)
            factory.judging.catch_up()
            copy(factory, range(MADE, channels))
            while factory.judging.fold_days():
                pass
        (folder / _DONE).touch()
    return folder


def channel_name(number: int) -> str:
    """Even ones are powers, odd ones energies."""
    return f"jinan/line-{number:04}/{'energy' if number % 2 else 'power'}"


def agent_name(number: int) -> str:
    """Of the agent that reads a channel."""
    return f"gw-{number // OF_AN_AGENT:03}"


def papers(number: int, due_on: str = "2028-01-06") -> list[Documented]:
    """The certificate of a channel's instrument, and its confirmation."""
    serial, own = f"S-{number:04}", f"C-{number:04}"
    power = POWER_CERTIFICATE.replace(b'"P-1"', f'"{own}"'.encode())
    power = power.replace(b'"S-P"', f'"{serial}"'.encode())
    certificate = energy_certificate(own, serial) if number % 2 else power
    confirmed = confirmation(f"K-{number:04}", own, serial, due_on)
    return [
        ("certificate", f"{own}.toml", certificate),
        ("confirmation", f"K-{number:04}.toml", confirmed),
    ]


def log_documents(
    factory: Factory, channels: int, of_channel: Callable[[int], Iterable[Documented]]
) -> None:
    """Each agent's profile, and the papers of its channels."""
    for first in range(0, channels, OF_AN_AGENT):
        own = range(first, min(first + OF_AN_AGENT, channels))
        logged = [paper for number in own for paper in of_channel(number)]
        factory.log_documents([("profile", "meter.toml", PROFILE), *logged], agent_name(first))


def head_of(number: int) -> StreamHead:
    channel = channel_name(number)
    head = HEADS[LINE_1 if number % 2 else POWER]
    subject = channel.rpartition("/")[0]
    return msgspec.structs.replace(
        head,
        channel=channel,
        measurand=msgspec.structs.replace(head.measurand, subject=subject),
        serial=f"S-{number:04}",
        certificate=f"C-{number:04}",
        confirmation=f"K-{number:04}",
        period_ms=PERIOD_MS,
    )


def _register() -> CalibrationRegister:
    own = (paper for number in range(MADE) for paper in papers(number))
    return register_of(SourceFile(name=name, data=data) for _, name, data in own)


def log_readings(factory: Factory, days: int) -> np.ndarray:
    """A leaf of two channels and a day, one day after another; what the registers show then."""
    random, register = np.random.default_rng(SEED), _register()
    heads = [head_of(number) for number in range(MADE)]
    timelines = [timeline_for(head, register) for head in heads]
    counts = np.full(MADE, 1000.0)
    for day in range(days + 1):  # one more closes the last hours
        closed_ms = START_MS + (day + 1) * POLLS_A_DAY * PERIOD_MS
        factory.clock.set_to(closed_ms * 1_000_000)
        streams = []
        for number, (head, timeline) in enumerate(zip(heads, timelines, strict=True)):
            shown = _shown(random, number, counts)
            streams.append(_stream(head, timeline, day, shown, random))
        factory.take([streams[at : at + 2] for at in range(0, MADE, 2)], closed_ms, agent_name(0))
    return counts


def _shown(random: np.random.Generator, number: int, counts: np.ndarray) -> np.ndarray:
    """A day of a power in kW that swings with the shifts, or of the register that counts it."""
    polls = np.arange(POLLS_A_DAY)
    load = 60 + 10 * number + 20 * np.sin(2 * np.pi * polls / POLLS_A_DAY)
    load = load + random.normal(0, 3, POLLS_A_DAY)
    if number % 2 == 0:
        return np.round(load, 1)
    counted = counts[number] + np.cumsum(load) * PERIOD_MS / 3_600_000
    counts[number] = counted[-1]
    rounded: np.ndarray = np.round(counted, 2)
    return rounded


def _stream(
    head: StreamHead,
    timeline: Timeline,
    day: int,
    shown: np.ndarray,
    random: np.random.Generator,
) -> Stream:
    polls = np.arange(day * POLLS_A_DAY, (day + 1) * POLLS_A_DAY)
    missed = random.random(POLLS_A_DAY) < MISSING
    there, indication = polls[~missed].tolist(), tuple(shown[~missed].tolist())
    bare = Stream(
        head=head,
        rows=len(there),
        sequence=progression(there),
        at_ms=progression([START_MS + poll * PERIOD_MS for poll in there]),
        raw=raw_of(indication),
        indication=indication,
        missed=tuple(
            Miss(sequence=poll, at_ms=START_MS + poll * PERIOD_MS, reason=MissReason.TIMEOUT)
            for poll in polls[missed].tolist()
        ),
    )
    return corrected(bare, timeline) if head.channel.endswith("power") else bare


def _names(number: int) -> _Names:
    """All that tells a channel's hours from those of another one of its kind."""
    digits = f"{number:04}".encode()
    named = tuple(first + digits for first in (b"line-", b"S-", b"C-", b"K-"))
    return (*named, agent_name(number).encode())


def _renamed(data: bytes, old: _Names, new: _Names) -> bytes:
    for one, other in zip(old, new, strict=True):
        data = data.replace(one, other)
    return data


def copy(factory: Factory, others: range, from_ns: int = 0) -> None:
    """Gives other channels their hours, an hour of all after another, as they come in life.

    Args:
        factory: that made the first channels.
        others: numbers of the other channels, from a multiple of `MADE` on.
        from_ns: only hours from then on, UTC.
    """
    db = sqlite3.connect(factory.folder / "derived.db")
    made = [_Copied(db, number, others, from_ns) for number in range(MADE)]
    for each in made:
        each.put_channels()
    rows = zip(*(each.rows() for each in made), strict=False)
    while portion := list(islice(rows, 24)):
        for more in (row for of_an_hour in portion for row in of_an_hour):
            db.executemany("INSERT INTO window VALUES (?,?,?,?,?)", more)
        db.commit()
    db.execute(
        "INSERT OR IGNORE INTO day SELECT DISTINCT channel, start_ns / ?1 * ?1, NULL, NULL"
        " FROM window",
        (NS_PER_DAY,),
    )
    db.commit()
    db.close()


class _Copied:
    """One channel that was made, and those that are like it."""

    def __init__(self, db: sqlite3.Connection, number: int, others: range, from_ns: int) -> None:
        self._db, self._number, self._from_ns = db, number, from_ns
        self._others = range(others.start + number, others.stop, MADE)
        self._patterns: dict[tuple[int, int], int] = {}
        self._framers: dict[tuple[int, int], ZstdCompressor] = {}

    def put_channels(self) -> None:
        """The rows of the channels, and their patterns."""
        query = "SELECT * FROM channel WHERE channel=?"
        row = self._db.execute(query, (channel_name(self._number),)).fetchone()
        patterns = self._db.execute(
            "SELECT id, kind, body FROM pattern WHERE channel=?", (channel_name(self._number),)
        ).fetchall()
        for other in self._others:
            head = self._for(other, row[2])
            own = (channel_name(other), agent_name(other), head, *row[3:])
            self._db.execute("INSERT INTO channel VALUES (?,?,?,?,?,?)", own)
            for known, kind, body in patterns:
                query = "INSERT INTO pattern (channel, kind, body) VALUES (?,?,?) RETURNING id"
                named = (channel_name(other), kind, self._for(other, body))
                ((found,),) = self._db.execute(query, named).fetchall()
                self._patterns[other, known] = found

    def _for(self, other: int, data: bytes) -> bytes:
        return _renamed(data, _names(self._number), _names(other))

    def rows(self) -> Iterator[list[tuple[str, int, int, int, bytes]]]:
        """For each hour the rows of all channels that are like this one."""
        query = (
            "SELECT start_ns, pattern, window.body, pattern.body FROM window JOIN pattern ON"
            " id=pattern WHERE window.channel=? AND version=1 AND start_ns>=? ORDER BY start_ns"
        )
        given = channel_name(self._number), self._from_ns
        own = self._db.execute(query, given).fetchall()
        for start_ns, pattern, frame, body in own:
            yield [
                (channel_name(other), start_ns, 1, self._patterns[other, pattern], copied)
                for other, copied in self._frames((frame, pattern, body))
            ]

    def _frames(self, row: Packed) -> Iterator[tuple[int, bytes]]:
        """The frame of each other channel."""
        (hour,) = unpacked([row])
        for other in self._others:
            made = self._framers.get((other, row[1]))
            if made is None:
                made = self._framers[other, row[1]] = framer(self._for(other, row[2]))
            yield other, made.compress(self._for(other, hour))


if __name__ == "__main__":
    print(year(*map(int, sys.argv[1:])))
