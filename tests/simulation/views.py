"""The derived store against the ledger: judged as it came, it says what judging all of it says."""

import math
import sqlite3
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

import msgspec

from calibration.window import RegisterWindow, Window
from collector.judging import Judging
from collector.ledger_read import LedgerReader
from collector.opening import open_store
from collector.store import Store
from evidence.errors import LeafContentError
from evidence.log.batch import Batch, decode
from tests.simulation.works import Works

TIME_SUSPECT: Final = "E_TIME_SUSPECT"
FOREIGN: Final = LeafContentError.code
_TABLES: Final = {
    "channels": "SELECT channel, agent, head, last_ms, last_value, last_quality FROM channel",
    "index": "SELECT * FROM reading_index",
    "faults": "SELECT agent, epoch, sequence, subject, code FROM fault",
    "records": "SELECT agent, epoch, sequence, place, at_ms, body FROM record",
    "documents": "SELECT agent, epoch, sequence, kind, name, sha256 FROM document",
}


def check_views(works: Works, ledger: LedgerReader) -> Iterator[str]:
    """What the derived store says that the ledger does not, and the other way round."""
    fresh = Store(lambda: sqlite3.connect(":memory:"))
    store = open_store(works.centre.state)
    try:
        Judging(ledger, fresh, works.centre.sites).catch_up()
        for name, query in _TABLES.items():
            yield from _unlike(name, _rows(store, query), _rows(fresh, query))
        yield from _unlike("windows", _windows(store), _windows(fresh))
        yield from _faults(works, store)
        yield from _uncounted(works, store)
        yield from _unmet(store)
    finally:
        store.close()
        fresh.close()


def _rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    return sorted(tuple(row) for row in store._db.execute(query).fetchall())


def _windows(store: Store) -> list[tuple[Any, ...]]:
    """Channel, start and content of the last version of each hour."""
    last = {(each.channel, each.start_ns): each for _, each in store.lookup.hours(0, 2**62)}
    return [(*key, msgspec.msgpack.encode(last[key])) for key in sorted(last)]


def _unlike(name: str, found: list[tuple[Any, ...]], due: list[tuple[Any, ...]]) -> Iterator[str]:
    for row in due:
        if row not in found:
            yield f"views, {name}: {str(row)[:300]} follows from the ledger, and is not there"
            return
    for row in found:
        if row not in due:
            yield f"views, {name}: {str(row)[:300]} does not follow from the ledger"
            return


def _faults(works: Works, store: Store) -> Iterator[str]:
    """Nothing is found wrong but a clock that was set, and an agent that is of another site."""
    last = works.gateways[-1].agent_id if works.terms.foreign_site else ""
    for place, fault in store.lookup.faults(1000):
        suspect = fault.code == TIME_SUSPECT and works.world.tally["clock set"] > 0
        foreign = place.agent == last and fault.code == FOREIGN
        if not suspect and not foreign:
            yield f"judged wrong: {place} {fault}"


def _uncounted(works: Works, store: Store) -> Iterator[str]:
    """Every reading of the ledger is in the index, unless it was found wrong."""
    wrong = {(a, e, s, subject) for a, e, s, subject in store.lookup.faulty()}
    due: Counter[tuple[str, str, str, int]] = Counter()
    for agent, epoch, sequence in works.book.order:
        leaf = decode(works.book.held[agent, epoch][sequence])
        for stream in leaf.streams if isinstance(leaf, Batch) else ():
            channel = stream.head.channel
            if (agent, epoch, sequence, channel) not in wrong:
                due[channel, agent, epoch, sequence] += 1
    found = store._db.execute(
        "SELECT channel, agent, epoch, sequence FROM reading_index"
    ).fetchall()
    if set(found) != set(due):
        yield f"views, index: {len(set(found) ^ set(due))} leaves differ from the ledger"


def _unmet(store: Store) -> Iterator[str]:
    """An hour's growth is what its ends say, and each opens where the one before closed."""
    decoder = msgspec.msgpack.Decoder(Window)
    by_channel: dict[str, list[RegisterWindow]] = {}
    for channel, _, body in _windows(store):
        window = decoder.decode(body)
        assert isinstance(window, RegisterWindow)
        by_channel.setdefault(channel, []).append(window)
    for channel, windows in by_channel.items():
        for window in windows:
            grown = window.closing.value - window.opening.value
            if not window.findings and not math.isclose(window.uncorrected, grown, abs_tol=1e-6):
                found = window.uncorrected
                yield f"views, {channel}: {window.start_ns} grew by {found}, not {grown}"
        for one, other in pairwise(windows):
            if one.closing != other.opening and not other.follows_break:
                yield f"views, {channel}: {other.start_ns} does not open where the last one closed"
