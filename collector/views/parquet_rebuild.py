"""The lake made again from the ledger: the same ledger gives the same bytes."""

from dataclasses import dataclass, field
from typing import Final

from collector.views.parquet import Lake
from collector.views.parquet_gather import day_number, sealed
from collector.views.parquet_list import Cursor
from collector.views.parquet_schema import DATASETS
from collector.views.parquet_seal import Seal, seals, turn
from collector.views.parquet_write import Segment, write_segment

_FIRST: Final = 0
_LAST: Final = 50_000
"""A day after 2099: no stamp is later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """UTC days from the one through the other, counted from 1970; both included."""

    first: int = _FIRST
    last: int = _LAST

    @property
    def all(self) -> bool:
        """Whether no day is left out."""
        return self.first <= _FIRST and self.last >= _LAST

    def hold(self, day: int) -> bool:
        """Whether a day is one of them."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What a rebuild found.

    Attributes:
        same: segments that came out byte for byte as listed.
        added: segments that were not listed.
        replaced: listed segments that came out otherwise, or not at all.
    """

    same: int
    added: int
    replaced: int


@dataclass(slots=True)
class _Replay:
    """The seals of a ledger from its first leaf on, and what they gave."""

    low: int = 0
    last: Seal | None = None
    root: str = ""
    through: dict[int, int] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    closed: dict[int, tuple[int, str]] = field(default_factory=dict)
    """By day with hours: position and root of the seal that closed it."""
    made: list[Segment] = field(default_factory=list)


def rebuild(lake: Lake, days: Days) -> Rebuilt:
    """Writes all segments of `days` again; what comes out otherwise replaces what is listed.

    Readings follow from the ledger alone. Hours follow from the derived store: all versions
    that it holds of a day's hours become one segment. Other days are not touched.

    Raises:
        LakeError: it cannot be written; the listed segments stand.
        LedgerError: the ledger cannot be read.
    """
    replay = _Replay()
    hours = [day for day in lake.store.lookup.hours_by_day() if days.hold(day)]
    for seal in seals(lake.received(0), None):
        _again(lake, seal, days, replay)
        for day in hours:
            if day < seal.open_days.start:
                replay.closed.setdefault(day, (seal.position, replay.root))
    for day, (position, root) in sorted(replay.closed.items()):
        replay.made.append(lake.write_hours(day, 1, position, root, []))
    return _listed(lake, days, replay)


def _again(lake: Lake, seal: Seal, days: Days, replay: _Replay) -> None:
    """Writes what one seal gave."""
    replay.last, replay.root = seal, lake.root_at(seal)
    with lake.runs() as runs:
        replay.low = lake.gather(seal, replay.low, replay.through, runs, days.hold)
        for name, tables in sealed(runs, seal, replay.root, replay.numbers):
            replay.made.append(write_segment(lake.folder, name, tables))
            day = day_number(name.day)
            replay.through[day], replay.numbers[day] = seal.position, name.number


def _listed(lake: Lake, days: Days, replay: _Replay) -> Rebuilt:
    """Lists what was made, and what it replaces."""
    before = {
        (each.path, each.sha256): each
        for dataset in DATASETS
        for each in lake.listing.current(dataset)
        if days.hold(day_number(each.name.day))
    }
    made = {(each.path, each.sha256): each for each in replay.made}
    gone = [each for key, each in before.items() if key not in made]
    lake.list(replay.made, gone, _cursor(days, replay))
    return Rebuilt(
        same=len(before.keys() & made.keys()),
        added=len(made.keys() - before.keys()),
        replaced=len(gone),
    )


def _cursor(days: Days, replay: _Replay) -> Cursor | None:
    """Where the lake goes on; None, where it was, if days were left out."""
    seal = replay.last
    if not days.all:
        return None
    if seal is None:
        return Cursor()
    return Cursor(
        next=seal.position + 1,
        low=replay.low,
        turn=turn(seal.received_ns),
        size=seal.position,
        root=replay.root,
    )
