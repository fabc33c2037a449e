"""The view written from the ledger: on from its cursor, or some hours of it again."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from calibration.increment import NS_PER_HOUR
from collector.ledger_read import LedgerReader
from collector.lookup import Place
from collector.store import Store
from collector.views.influx_config import InfluxSection
from collector.views.influx_hours import Counted, Key
from collector.views.influx_lines import Point, Unwritten, points, told_series
from collector.views.influx_series import Beyond, SeriesRoom
from collector.views.influx_server import Server
from collector.views.influx_state import Aside, Cursor, InfluxState
from collector.views.influx_syntax import restored
from collector.views.influx_writing import MOST_LINES, put
from collector.views.rows import JudgedLeaf, StreamRows, judged_leaf, judged_leaves
from evidence.judging.stream import NS_PER_MS

ALL_PLACES: Final = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What the view is written from."""

    ledger: LedgerReader
    store: Store


@dataclass(slots=True)
class Portion:
    """Points of some leaves; what they come to once they are written.

    Attributes:
        points: To be written.
        written: What the hours come to.
        aside: What is not taken.
        beyond: What is left out for want of room, by agent and channel.
    """

    points: list[Point] = field(default_factory=list)
    written: dict[Key, Counted] = field(default_factory=dict)
    aside: list[Aside] = field(default_factory=list)
    beyond: dict[tuple[str, str], Beyond] = field(default_factory=dict)

    def leave_out(self, streams: Iterable[StreamRows]) -> None:
        """Counts streams whose series are beyond an agent's room."""
        for each in streams:
            place, key = each.place, (each.place.agent, each.channel)
            polls = len(each.at_ns) + len(each.missed)
            first = Beyond(place.agent, each.channel, place.epoch, place.sequence, 0)
            known = self.beyond.get(key, first)
            self.beyond[key] = known._replace(polls=known.polls + polls)

    def take(self, found: Point | Unwritten) -> None:
        """Adds one; what has no line is set aside at once."""
        if isinstance(found, Point):
            self.points.append(found)
        else:
            self._set_aside(found, found.why.code, found.why.say("en"))

    def write(self, server: Server, name: str) -> int:
        """Writes the points and counts them; how many were taken.

        Raises:
            InfluxError: they have to be written again.
        """
        refused = {each.point.line: each for each in put(server, self.points, name)}
        for point in self.points:
            wrong = refused.get(point.line)
            if wrong is not None:
                self._set_aside(point, wrong.why.code, wrong.why.say("en"))
                continue
            key = _hour(point)
            self.written[key] = self.written.get(key, Counted()).with_poll(point.value)
        taken = len(self.points) - len(refused)
        self.points = []
        return taken

    def _set_aside(self, found: Point | Unwritten, code: str, message: str) -> None:
        key = _hour(found)
        told = self.written.get(key, Counted())
        self.written[key] = told._replace(aside=told.aside + 1)
        agent, epoch, leaf, poll = found.place
        self.aside.append(Aside(agent, epoch, leaf, poll, *key, code, message))


def _hour(found: Point | Unwritten) -> Key:
    return found.channel, found.at_ns - found.at_ns % NS_PER_HOUR


class Following:
    """Keeps a database abreast of what was judged.

    Args:
        sources: ledger and derived store.
        state: the view's memory.
        section: of the configuration: what is written to, and how many series.
    """

    def __init__(self, sources: Sources, state: InfluxState, section: InfluxSection) -> None:
        self._sources = sources
        self._state = state
        self._target = section.target
        self._name = section.database
        self._room = SeriesRoom(state.series, section.series_per_agent)
        self.since_ns = 0
        """Readings before it are not written: the database would not keep them."""
        self.rest: Callable[[], object] = lambda: None
        """Called between the portions of what is written again: it may be a whole day."""

    def cursor(self) -> Cursor:
        """How far the view is; 0 if the ledger is not the one that it was written from."""
        cursor = self._state.cursor(self._target)
        if cursor.next and self._sources.ledger.root_at(cursor.next) != cursor.root:
            self._state.forget(self._target)
            cursor = Cursor(0, b"")
        if not cursor.next:
            self._room.forget()
        return cursor

    def lag(self) -> int:
        """Judged leaves that are not written yet."""
        return max(0, self._sources.store.cursor() - self._state.next(self._target))

    def write_next(self, server: Server) -> int | None:
        """Writes a portion of leaves; how many points were taken, None if there is no leaf.

        The cursor moves behind it only when all are taken or refused by name. A kill before
        that has them written again, and that makes no point more.

        Raises:
            InfluxError: the portion is to be written again.
            LedgerError: a leaf cannot be read.
        """
        before = self.cursor()
        portion, end = Portion(), before.next
        for leaf in judged_leaves(self._sources.ledger, self._sources.store, before.next):
            own, others = self._parted(leaf)
            portion.leave_out(others)
            for found in self._of(own):
                portion.take(found)
            end = leaf.position + 1
            if len(portion.points) >= MOST_LINES or end - before.next >= MOST_LINES:
                break
        if end == before.next:
            return None
        self._room.keep()
        taken = portion.write(server, self._name)
        after = Cursor(end, self._sources.ledger.root_at(end) or b"")
        self._keep(before, after, portion)
        return taken

    def _keep(self, before: Cursor, after: Cursor, portion: Portion) -> None:
        self._state.move_on(before, after, portion.written, portion.aside, portion.beyond)

    def _parted(self, leaf: JudgedLeaf) -> tuple[JudgedLeaf, list[StreamRows]]:
        """A leaf with the streams for whose series there is room, and the others."""
        own: list[StreamRows] = []
        others: list[StreamRows] = []
        for each in leaf.streams:
            (own if self._has_room(each) else others).append(each)
        return (replace(leaf, streams=tuple(own)) if others else leaf), others

    def _has_room(self, stream: StreamRows) -> bool:
        series = told_series(stream)  # what has no line is set aside by name, reading by reading
        return series is None or self._room.admits(stream.place.agent, series)

    def _of(self, leaf: JudgedLeaf) -> Iterator[Point | Unwritten]:
        return (each for each in points(leaf) if each.at_ns >= self.since_ns)

    def write_again(self, server: Server, hours: Collection[Key]) -> int | None:
        """Writes hours of channels once more, all of each; how many points were taken.

        None if another process moved the cursor meanwhile: they are to be written again.

        Args:
            server: to write to.
            hours: channels, as tags say them, and starts of hours, UTC ns.

        Raises:
            InfluxError, LedgerError: they are to be written again.
        """
        wanted, at, taken = set(hours), self.cursor(), 0
        portion = Portion(written=dict.fromkeys(wanted, Counted()))
        for leaf in self._leaves(wanted):
            if leaf.position >= at.next:
                continue  # it is written in its turn
            for found in self._of(self._parted(leaf)[0]):
                if _hour(found) in wanted:
                    portion.take(found)
            if len(portion.points) >= MOST_LINES:
                self._room.keep()
                taken += portion.write(server, self._name)
                self.rest()
        self._room.keep()
        taken += portion.write(server, self._name)
        noted = self._state.rewritten(at, portion.written, portion.aside)
        return taken if noted else None

    def _leaves(self, hours: Iterable[Key]) -> Iterator[JudgedLeaf]:
        """The judged leaves that hold readings of these hours, each once."""
        places: dict[Place, None] = {}
        lookup = self._sources.store.lookup
        for channel, start_ns in sorted(hours):
            first = start_ns // NS_PER_MS
            last = first + NS_PER_HOUR // NS_PER_MS
            found = lookup.places(restored(channel), first, last, ALL_PLACES)
            places.update(dict.fromkeys(found))
        for place in places:
            leaf = self._sources.ledger.leaf(place.agent, place.epoch, place.sequence)
            yield judged_leaf(leaf, lookup)
