"""A factory as wide as it may be: 200 agents, 10,000 channels, 10,000 certificates, a year behind.

Eight channels are read for a year by the code of every day (`benchmarks/year.py`); forty have the
hours of that year under other names, all others those of its last days. Then every agent logs a
leaf of fifty channels for each of the last two hours, and these are admitted and judged as in life.
All certificates cite one standard; confirmations are due on days before and after the end.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import rmtree
from typing import Final

import numpy as np

from benchmarks.factory import Documented, Factory, corrected, timeline_for
from benchmarks.processes import SCRATCH
from benchmarks.wide_people import fill_journal, save_boundaries
from benchmarks.year import (
    DAYS,
    MADE,
    OF_AN_AGENT,
    PERIOD_MS,
    POLLS_A_DAY,
    SEED,
    START_MS,
    agent_name,
    channel_name,
    copy,
    head_of,
    log_documents,
    log_readings,
    papers,
)
from calibration.load import SourceFile, register_of
from collector.store import SCHEMA_VERSION
from evidence.clock import SteppedClock
from evidence.log.batch import Stream
from evidence.log.column import progression
from tests.unit.collector.api.plant import STANDARD, raw_of

CHANNELS, WHOLE, RECENT_DAYS, HOURS = 10_000, 48, 2, 2
STANDARD_CERTIFICATE: Final = "E-17"
POLLS_AN_HOUR: Final = 3_600_000 // PERIOD_MS
END_MS: Final = START_MS + (DAYS + 1) * POLLS_A_DAY * PERIOD_MS + HOURS * 3_600_000
"""When the last hour is over."""
_DONE: Final = "whole"
_BOUNDED: Final = "bounded"
_STANDARD: Final = f"""schema = 1
id = "{STANDARD_CERTIFICATE}"
kind = "calibration"
performed_on = 2025-11-05
recorded_at = 2025-11-06T08:00:00+08:00
[instrument]
maker = "Fluke"
model = "6105A"
serial = "E-17"
[laboratory]
name = "SDIM"
accreditation = "CNAS L0001"
""".encode()


def wide() -> Path:
    """The folder of the factory; made at the first call, which takes some minutes."""
    folder = SCRATCH / f"wide-{CHANNELS}-{DAYS}-{SEED}-{SCHEMA_VERSION}"
    if not (folder / _DONE).exists():
        rmtree(folder, ignore_errors=True)
        with Factory(folder, agents=CHANNELS // OF_AN_AGENT) as factory:
            factory.log_documents([("certificate", "standard.toml", _STANDARD)], agent_name(0))
            log_documents(factory, CHANNELS, _papers)
            counts = log_readings(factory, DAYS)
            factory.judging.catch_up()
            copy(factory, range(MADE, WHOLE))
            last_ns = (END_MS - RECENT_DAYS * POLLS_A_DAY * PERIOD_MS) * 1_000_000
            copy(factory, range(WHOLE, CHANNELS), last_ns)
            _log_last_hours(factory, counts)
            factory.judging.catch_up()
            while factory.judging.fold_days():
                pass
            fill_journal(folder, factory.clock)
        (folder / _DONE).touch()
    if not (folder / _BOUNDED).exists():
        save_boundaries(folder, SteppedClock(END_MS * 1_000_000))
        (folder / _BOUNDED).touch()
    return folder


def _papers(number: int) -> list[Documented]:
    """The papers of a channel that cite the standard's certificate, and when they are due."""
    cited = f'influence = "{STANDARD}"\ncertificate = "{STANDARD_CERTIFICATE}"'.encode()
    bare = f'influence = "{STANDARD}"'.encode()
    due_on = "2028-01-06" if number < WHOLE else _due_on(number).isoformat()
    found = papers(number, due_on)
    return [(kind, name, data.replace(bare, cited)) for kind, name, data in found]


def _due_on(number: int) -> dt.date:
    """From forty days before the end to a year after it."""
    end = dt.datetime.fromtimestamp(END_MS / 1000, tz=dt.UTC).date()
    return end + dt.timedelta(days=number % 405 - 40)


def _log_last_hours(factory: Factory, counts: np.ndarray) -> None:
    random = np.random.default_rng(SEED)
    shown = [_shown(random, number, counts) for number in range(CHANNELS)]
    for hour in range(HOURS):
        closed_ms = END_MS - (HOURS - 1 - hour) * 3_600_000
        factory.clock.set_to(closed_ms * 1_000_000)
        for first in range(0, CHANNELS, OF_AN_AGENT):
            own = range(first, first + OF_AN_AGENT)
            factory.take([list(_streams(own, shown, hour))], closed_ms, agent_name(first))


def _shown(random: np.random.Generator, number: int, counts: np.ndarray) -> np.ndarray:
    """What a channel shows in the last hours."""
    load = 60 + 10 * (number % MADE) + random.normal(0, 3, HOURS * POLLS_AN_HOUR)
    if number % 2 == 0:
        return np.round(load, 1)
    shown: np.ndarray = counts[number % MADE] + np.cumsum(load) * PERIOD_MS / 3_600_000
    return np.round(shown, 2)


def _streams(own: range, shown: Sequence[np.ndarray], hour: int) -> Iterator[Stream]:
    """An hour of an agent's channels."""
    register = register_of(
        SourceFile(name=name, data=data) for number in own for _, name, data in _papers(number)
    )
    begin = (DAYS + 1) * POLLS_A_DAY + hour * POLLS_AN_HOUR
    polls = range(begin, begin + POLLS_AN_HOUR)
    for number in own:
        part = shown[number][hour * POLLS_AN_HOUR :][:POLLS_AN_HOUR]
        indication = tuple(part.tolist())
        head = head_of(number)
        bare = Stream(
            head=head,
            rows=len(polls),
            sequence=progression(polls),
            at_ms=progression([START_MS + poll * PERIOD_MS for poll in polls]),
            raw=raw_of(indication),
            indication=indication,
        )
        is_rate = channel_name(number).endswith("power")
        yield corrected(bare, timeline_for(head, register)) if is_rate else bare


if __name__ == "__main__":
    print(wide())
