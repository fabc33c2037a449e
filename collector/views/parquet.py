"""The lake: sealed days of readings and of hours as Parquet files, made from the ledger."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from collector.ledger_read import LedgerReader
from collector.store import SCHEMA_VERSION, Store
from collector.views.parquet_errors import LakeChangedError, LakeLedgerError
from collector.views.parquet_gather import Wanted, day_number, day_text, gather, sealed
from collector.views.parquet_hours import Key, hour_tables
from collector.views.parquet_list import (
    MANIFEST,
    Cursor,
    Listing,
    digest_of,
    read_manifest,
    write_manifest,
)
from collector.views.parquet_runs import RUN_ROWS, Runs
from collector.views.parquet_schema import DATASETS, HOURS, READINGS, SegmentName, is_segment
from collector.views.parquet_seal import NS_PER_DAY, Seal, seals, turn
from collector.views.parquet_write import WORK, Segment, coded, sync_folder, write_segment
from collector.views.rows import JudgedLeaf, judged_leaves
from evidence.errors import Words

_OTHERWISE: Final = 2**62
"""More hours than a day has: those of a store of another version are made again."""
Breathe = Callable[[], None]
"""Called for each leaf: may wait, so that others come to run, or raise to end."""


def _go_on() -> None:
    """Does not wait."""


@dataclass(slots=True, kw_only=True)
class Lake:
    """One lake, written by one thread at a time.

    Args:
        folder: of the lake; `open_lake` makes it.
        listing: its segments and its cursor.
        ledger: what it is made from.
        store: what was judged.
        breathe: called for each leaf.
        run_rows: how many rows are held in memory.
    """

    folder: Path
    listing: Listing
    ledger: LedgerReader
    store: Store
    breathe: Breathe = _go_on
    run_rows: int = RUN_ROWS
    _at: Cursor = field(init=False)
    _listed: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._at = self.listing.cursor()

    @property
    def next(self) -> int:
        """Position of the next leaf to be looked at."""
        return self._at.next

    @property
    def segments(self) -> int:
        """How many segments were listed or replaced since it was opened."""
        return self._listed

    def catch_up(self) -> int:
        """Seals what became due since the last time; how many readings and misses that gave.

        Raises:
            LakeError: it cannot be written; what was not listed is made again.
            LakeLedgerError: it was made from another ledger.
            LedgerError: the ledger cannot be read.
        """
        self._require_ledger()
        count = 0
        for leaf in self.received(self._at.next):
            for seal in seals([leaf], self._at.turn):
                count += self._seal(seal)
            self._at = replace(self._at, next=leaf[0] + 1, turn=turn(leaf[1]))
        return count

    def received(self, position: int) -> Iterator[tuple[int, int]]:
        """Position and instant of commit of the judged leaves from `position` on."""
        judged = self.store.cursor()
        return takewhile(lambda leaf: leaf[0] < judged, self.ledger.received(position))

    def _require_ledger(self) -> None:
        root = self.ledger.root_at(self._at.size)
        if self._at.size and (root is None or root.hex() != self._at.root):
            what = Words(
                f"its first {self._at.size} leaves are other ones",
                f"其前 {self._at.size} 个叶与生成时不同",
            )
            raise LakeLedgerError(str(self.folder), what=what)

    def root_at(self, seal: Seal) -> str:
        """Root of the ledger before a seal, hexadecimal."""
        return (self.ledger.root_at(seal.position) or b"").hex()

    def leaves(self, position: int) -> Iterator[JudgedLeaf]:
        """The judged leaves from a position on, a breath before each."""
        for leaf in judged_leaves(self.ledger, self.store, position):
            self.breathe()
            yield leaf

    def _seal(self, seal: Seal) -> int:
        """Writes and lists what a seal closes; how many readings and misses."""
        listed = self.listing.current(READINGS)
        root = self.root_at(seal)
        with self.runs() as runs:
            low = self.gather(seal, self._at.low, through_of(listed), runs, lambda _: True)
            made = [
                write_segment(self.folder, name, tables)
                for name, tables in sealed(runs, seal, root, numbers_of(listed))
            ]
        added, gone = self._hours(seal, root)
        moved = replace(
            self._at,
            next=seal.position + 1,
            low=low,
            turn=turn(seal.received_ns),
            size=seal.position,
            root=root,
        )
        self.list([*made, *added], gone, moved)
        self._at = moved
        return sum(each.rows for each in made)

    def gather(
        self, seal: Seal, low: int, through: Mapping[int, int], runs: Runs, wanted: Wanted
    ) -> int:
        """As `parquet_gather.gather`, of the ledger's leaves from `low` on.

        Raises:
            LakeError: a run cannot be written.
        """
        with coded(self.folder):
            return gather(self.leaves(low), seal, through, runs, wanted)

    def _hours(self, seal: Seal, root: str) -> tuple[list[Segment], list[Segment]]:
        """Segments of hours of sealed days that were not listed; and those that they replace."""
        listed = self.listing.current(HOURS)
        known: Counter[int] = Counter()
        for each in listed:
            known[day_number(each.name.day)] += each.rows
        if self.listing.derived() != SCHEMA_VERSION:
            known = Counter(dict.fromkeys(known, _OTHERWISE))
        made: list[Segment] = []
        gone: list[Segment] = []
        for day, count in self.store.lookup.hours_by_day().items():
            if day >= seal.open_days.start or count == known[day]:
                continue
            before = [each for each in listed if each.name.day == day_text(day)]
            if count < known[day]:  # the store was made anew, otherwise or with fewer versions
                gone, before = [*gone, *before], []
            self.breathe()
            made.append(self.write_hours(day, len(before) + 1, seal.position, root, before))
        return made, gone

    def write_hours(
        self, day: int, number: int, through: int, root: str, before: list[Segment]
    ) -> Segment:
        """A day's hours without those that stand in segments `before`."""
        name = SegmentName(
            dataset=HOURS,
            day=day_text(day),
            number=number,
            from_position=0,
            through_position=through,
            ledger_root=root,
        )
        hours = self.store.lookup.hours(day * NS_PER_DAY, (day + 1) * NS_PER_DAY)
        keys = frozenset(key for each in before for key in self._keys(each))
        return write_segment(self.folder, name, hour_tables(hours, keys))

    def _keys(self, segment: Segment) -> Iterator[Key]:
        """The hours and versions in a segment."""
        path = self.folder / segment.path
        if digest_of(path) != segment.sha256:
            found = Words("gone or changed", "缺失或已改变")
            raise LakeChangedError(str(path), what=found, limit=segment.sha256[:16])
        with coded(path):
            table = pq.read_table(
                path, columns=["channel", "hour_start", "version"], partitioning=None
            )
        starts = table.column("hour_start").cast("int64").to_pylist()
        channels, versions = (
            table.column("channel").to_pylist(),
            table.column("version").to_pylist(),
        )
        yield from zip(channels, starts, versions, strict=True)

    def list(self, made: list[Segment], gone: list[Segment], cursor: Cursor | None) -> None:
        """Makes segments current, and others not, in one step; then tells strangers."""
        with self.listing.transaction():
            for each in gone:
                self.listing.replace(each)
            for each in made:
                self.listing.add(each)
            if cursor is not None:
                self.listing.move(cursor, SCHEMA_VERSION)
        self._listed += len(made) + len(gone)
        write_manifest(self.folder, self.listing.lines())
        remain = {each.path for name in DATASETS for each in self.listing.current(name)}
        with coded(self.folder):
            for each in gone:
                if each.path not in remain:
                    (self.folder / each.path).unlink(missing_ok=True)

    def runs(self) -> "_Runs":
        """Runs whose files are gone when the context ends."""
        return _Runs(self.folder / WORK, self.run_rows)


class _Runs:
    """Runs in a folder of their own."""

    def __init__(self, work: Path, run_rows: int) -> None:
        self._work, self._run_rows = work, run_rows
        self._folder = Path()

    def __enter__(self) -> Runs:
        with coded(self._work):
            self._folder = Path(tempfile.mkdtemp(prefix="runs-", dir=self._work))
        return Runs(folder=self._folder, run_rows=self._run_rows)

    def __exit__(self, *_exception: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def through_of(segments: list[Segment]) -> Mapping[int, int]:
    """By day, the position before which its rows stand in segments."""
    found: dict[int, int] = {}
    for each in segments:
        day = day_number(each.name.day)
        found[day] = max(found.get(day, 0), each.name.through_position)
    return found


def numbers_of(segments: list[Segment]) -> Mapping[int, int]:
    """How many segments each day has."""
    return Counter(day_number(each.name.day) for each in segments)


def require_own(folder: Path, listing: Listing, ledger: LedgerReader) -> None:
    """Returns if the segments in a folder, if there are any, were made from this ledger.

    Two collectors that were given one folder would remove each other's segments.

    Raises:
        LakeLedgerError: some were made from another one.
        LakeError: the folder cannot be used.
    """
    if not (folder / MANIFEST).exists():
        return
    known = {each.sha256 for each in listing.lines()}
    for each in read_manifest(folder):
        root = ledger.root_at(each.through_position)
        if each.sha256 not in known and (root is None or root.hex() != each.ledger_root):
            what = Words(f"{each.path} is in its folder", f"其目录中有 {each.path}")
            raise LakeLedgerError(str(folder), what=what)


def open_lake(folder: Path, listing: Listing) -> None:
    """Makes the folder if there is none, and removes what was never listed.

    A killed writer leaves files that are not listed; they are made again. Files that are not
    named as segments are somebody else's, and stay.

    Raises:
        LakeError: the folder cannot be used.
    """
    with coded(folder):
        shutil.rmtree(folder / WORK, ignore_errors=True)
        (folder / WORK).mkdir(parents=True, exist_ok=True)
        known = {each.path for name in DATASETS for each in listing.current(name)}
        for dataset in DATASETS:
            (folder / dataset).mkdir(exist_ok=True)
            for path in (folder / dataset).glob("day=*/*.parquet"):
                own = is_segment(path.relative_to(folder).as_posix())
                if own and path.relative_to(folder).as_posix() not in known:
                    path.unlink()
        sync_folder(folder)
    write_manifest(folder, listing.lines())
