"""A measuring point whose meters are swapped, and the people who tell their agent of it, or not.

Everything that an agent would log is made here, and by hand what may be counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from random import Random
from typing import Final, Literal

import msgspec

from calibration.indication import MissReason
from evidence.log.batch import Miss, Record, Stream
from tests.unit.collector.api.plant import LINE_1, PERIOD_MS, START_NS, raw_of, stream
from tests.unit.collector.judged import exchange

How = Literal["recorded", "unrecorded", "repaired", "misdated"]
START_MS: Final = START_NS // 1_000_000
METERS: Final = ("S-1", "S-2", "S-3", "S-4")


@dataclass(frozen=True, kw_only=True)
class Swap:
    """Another meter, put in half a poll before the poll `at`.

    Attributes:
        how: `recorded`: the exchange is written down `late` polls afterwards, and the configuration
            names the new meter from then on. `unrecorded`: the configuration names the new one from
            its first poll on, and nobody writes the exchange down. `repaired`: the same, but
            somebody writes it down so many polls later; `misdated`: with an instant in between.
    """

    at: int
    meter: str
    how: How
    late: int


@dataclass(frozen=True, kw_only=True)
class Told:
    """A leaf of an agent: its polls, what its head names, and exchanges that it records."""

    polls: range
    serial: str
    records: tuple[Record, ...]


@dataclass(frozen=True, kw_only=True)
class Exchanged:
    at: float
    old: str
    new: str
    closing: float
    opening: float

    def record(self) -> Record:
        facts = {"closing": self.closing, "opening": self.opening}
        return exchange(self.at, facts, serials=(self.old, self.new))


@dataclass(kw_only=True)
class Point:
    """What is physically there, poll by poll, and what was swapped."""

    swaps: Sequence[Swap]
    polls: int
    growth: Sequence[float]
    shows: list[tuple[str, float]] = field(default_factory=list)
    exchanged: dict[int, Exchanged] = field(default_factory=dict)

    def __post_init__(self) -> None:
        register = {name: 1000.0 * (place + 1) for place, name in enumerate(METERS)}
        meter, swaps = METERS[0], {each.at: each for each in self.swaps}
        for poll in range(self.polls):
            half = self.growth[poll] / 2
            register[meter] += half
            if poll in swaps:
                self.exchanged[poll] = Exchanged(
                    at=poll - 0.5,
                    old=meter,
                    new=swaps[poll].meter,
                    closing=register[meter],
                    opening=register[swaps[poll].meter],
                )
                meter = swaps[poll].meter
            register[meter] += half
            self.shows.append((meter, register[meter]))

    def counted(self, missed: frozenset[int]) -> float:
        """What may be counted: growth between readings, but for those about which nobody knows."""
        read = [poll for poll in range(self.polls) if poll not in missed]
        return sum(self._grown(before, after) for before, after in pairwise(read))

    def _grown(self, before: int, after: int) -> float:
        """What is known to have been counted between two readings that follow each other."""
        (old, closing), (new, opening) = self.shows[before], self.shows[after]
        told = [each for each in self.told() if before < each.at <= after]
        grown, meter, shown = 0.0, old, closing
        for each in told:
            if each.old != meter:
                return 0.0
            grown, meter, shown = grown + each.closing - shown, each.new, each.opening
        return grown + opening - shown if meter == new else 0.0

    def told(self) -> list[Exchanged]:
        """The exchanges that somebody writes down sooner or later, in order of time."""
        found = []
        for swap in self.swaps:
            true = self.exchanged[swap.at]
            if swap.how != "unrecorded":
                found.append(replace(true, at=misdated(swap)) if swap.how == "misdated" else true)
        return sorted(found, key=lambda each: each.at)


def misdated(swap: Swap) -> float:
    """The instant that somebody wrote down, in polls."""
    return swap.at + max(1, swap.late) - 0.5


def leaves(point: Point, random: Random) -> list[Told]:
    """What the agent logs: it starts anew whenever its configuration is edited."""
    found: list[Told] = []
    starts = _edits(point)
    for (first, serial, chain, new), (end, *_) in zip(
        starts, [*starts[1:], (point.polls, "", (), ())], strict=True
    ):
        records = tuple(each.record() for each in new)
        for polls in _parts(range(first, end), chain, random):
            found.append(Told(polls=polls, serial=_named(serial, chain, polls[0]), records=records))
            records = ()
    return found


_Edit = tuple[int, str, tuple[Exchanged, ...], tuple[Exchanged, ...]]


def _edits(point: Point) -> list[_Edit]:
    """(first poll, serial, exchanges, those that are new) of each configuration."""
    edits: list[_Edit] = [(0, METERS[0], (), ())]
    for swap in point.swaps:
        true, (_, serial, chain, _) = point.exchanged[swap.at], edits[-1]
        if swap.how != "recorded":
            edits.append((swap.at, swap.meter, (), ()))
        if swap.how == "unrecorded":
            continue
        told = replace(true, at=misdated(swap)) if swap.how == "misdated" else true
        edits.append((swap.at + swap.late + 1, serial, (*chain, told), (told,)))
    return edits


def _named(serial: str, chain: Sequence[Exchanged], poll: int) -> str:
    begun = [each.new for each in chain if each.at <= poll]
    return begun[-1] if begun else serial


def _parts(polls: range, chain: Sequence[Exchanged], random: Random) -> list[range]:
    """The leaves of a run: a stream is of one head."""
    cuts = {polls.start, polls.stop}
    cuts |= {each for each in polls if _named("", chain, each) != _named("", chain, each - 1)}
    cuts |= {each for each in polls if random.random() < 0.3}
    ordered = sorted(cuts)
    return [range(a, b) for a, b in pairwise(ordered)]


def told_stream(point: Point, told: Told, missed: frozenset[int]) -> Stream:
    """The stream of a leaf."""
    lost = [poll for poll in told.polls if poll in missed]
    read = [poll for poll in told.polls if poll not in missed]
    values = tuple(point.shows[poll][1] for poll in read)
    bare = stream(LINE_1, told.polls[0], len(told.polls), lost if read else ())
    return msgspec.structs.replace(
        bare,
        head=msgspec.structs.replace(
            bare.head, serial=told.serial, certificate="", confirmation=""
        ),
        rows=len(read),
        raw=raw_of(values),
        indication=values,
        missed=tuple(
            Miss(sequence=poll, at_ms=START_MS + poll * PERIOD_MS, reason=MissReason.TIMEOUT)
            for poll in lost
        ),
    )


def any_point(random: Random, polls: int) -> tuple[Point, frozenset[int]]:
    """Some swaps, told in any way, and some polls that gave nothing."""
    swaps: list[Swap] = []
    at, meter = random.randint(3, 12), METERS[0]
    while at < polls - 12:
        meter = random.choice([each for each in METERS if each != meter])
        how: How = random.choice(("recorded", "unrecorded", "repaired", "misdated"))
        late = random.choice((0, 0, 1, 2, 5))
        swaps.append(Swap(at=at, meter=meter, how=how, late=late))
        at += late + random.randint(3, 14)
    lost = random.choice((0.0, 0.1, 0.4))
    missed = frozenset(poll for poll in range(polls) if random.random() < lost)
    growth = [float(random.randint(8, 40)) for _ in range(polls)]
    return Point(swaps=swaps, polls=polls, growth=growth), missed
