"""Saved boundaries that can be chosen: by product line, and for which period. Pure."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from collector.activity.acts import Known
from collector.api.bounded import require_known
from collector.api.period import By
from collector.api.security import Reader
from collector.web.activity.asked import Chosen
from collector.web.activity.spans import around, day_of
from collector.web.look import Look
from evidence.statement.boundary.book import Boundaries, Version
from evidence.statement.boundary.content import Boundary
from evidence.statement.boundary.errors import BoundaryWithdrawnError

MOST_OFFERED: Final = 200
"""In one list; of more, those of one line are offered once it is chosen."""
_PERIOD: Final = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")
_BACK: Final = ((By.YEAR, 3), (By.QUARTER, 9), (By.MONTH, 13))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A product line of a site with its boundaries, by name.

    Attributes:
        site, name: "" is the name of what belongs to no line.
        called: its name in the language of whoever asks.
        boundaries: That are not withdrawn.
    """

    site: str
    name: str
    called: str
    boundaries: Sequence[Boundary]

    @property
    def key(self) -> str:
        """What an address calls it."""
        return f"{self.site}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A year, a quarter or a month that can be chosen.

    Attributes:
        text: As an address says it: 2026, 2026-Q1, 2026-03.
        start, end: Its first day, and the first one behind it.
    """

    by: By
    text: str
    start: str
    end: str

    @property
    def year(self) -> str:
        """Its year."""
        return self.text[:4]

    @property
    def number(self) -> str:
        """Which quarter or month of it; "" of a year."""
        return self.text[5:].lstrip("Q")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the lists offer.

    Attributes:
        lines: All.
        shown: Those whose boundaries are offered.
        line: Key of the one that is chosen; "" for none.
        periods: The latest first of each kind.
        period: Text of the one that is looked at; "" for another range.
        versions: Of the boundary that is looked at, the last one first.
    """

    lines: Sequence[Line]
    shown: Sequence[Line]
    line: str
    periods: Sequence[Period]
    period: str
    versions: Sequence[Version] = field(default_factory=tuple)


def lines_of(boundaries: Boundaries, reader: Reader, language: str) -> list[Line]:
    """The lines that a reader may see; what belongs to none comes last of its site."""
    seen = [each for _, each in boundaries.standing() if reader.sees(each.site)]
    seen.sort(key=lambda each: (each.site, not each.line, each.line, each.id))
    return [
        _line(site, name, tuple(group), language)
        for (site, name), group in groupby(seen, key=lambda each: (each.site, each.line))
    ]


def boundaries_with(boundaries: Boundaries, reader: Reader, channel: str) -> list[Boundary]:
    """The boundaries that a reader may see and that have a channel, by name."""
    seen = (each for _, each in boundaries.standing() if reader.sees(each.site))
    return [each for each in seen if channel in each.channels]


def _line(site: str, name: str, boundaries: Sequence[Boundary], language: str) -> Line:
    """A line, called as the first of its boundaries says that has words of the language."""
    told = (each.told("line", language) for each in boundaries)
    called = next((each for each in told if each != name), name)
    return Line(site=site, name=name, called=called, boundaries=boundaries)


def choices(
    known: Known, reader: Reader, chosen: Chosen, wanted: str, look: Look, now_ns: int
) -> Choices:
    """The lists of a page.

    Args:
        known: What the journal says.
        reader: Who asks.
        chosen: What is looked at.
        wanted: Key of a line, of an address that names one.
        look: In whose language, and whose days count.
        now_ns: The instant, UTC ns.
    """
    lines = lines_of(known.boundaries, reader, look.language)
    own = next((each.key for each in lines if _has(each, chosen.boundary)), wanted)
    line = own if own in {each.key for each in lines} else ""
    is_short = sum(len(each.boundaries) for each in lines) <= MOST_OFFERED
    narrow = wanted if is_short else line
    periods = offered_periods(now_ns, look.zone)
    looked_at = (chosen.start, chosen.end)
    seen = bool(chosen.boundary) and reader.sees(chosen.boundary.partition("/")[0])
    return Choices(
        lines=lines,
        shown=[each for each in lines if (not narrow and is_short) or each.key == narrow],
        line=line,
        periods=periods,
        period=next((each.text for each in periods if (each.start, each.end) == looked_at), ""),
        versions=known.boundaries.of(chosen.boundary)[::-1] if seen else (),
    )


def _has(line: Line, boundary: str) -> bool:
    return boundary != "" and any(each.id == boundary for each in line.boundaries)


def settled(query: Mapping[str, str], lines: Sequence[Line]) -> dict[str, str] | None:
    """The parameters that the lists of a form lead to; None where nothing was chosen in them.

    Whoever chooses another boundary gets it; else whoever chooses another line gets its boundary,
    if it has one alone, or else its list.
    """
    if not {"period", "line", "was"} & set(query):
        return None
    found = {name: text for name, text in query.items() if name not in ("period", "was") and text}
    period = period_of(query.get("period", ""))
    if period is not None:
        found |= {"start": period.start, "end": period.end}
        found.pop("by", None)
    boundary, line = query.get("boundary", ""), query.get("line", "")
    own = next((each for each in lines if _has(each, boundary)), None)
    if line and boundary == query.get("was", "") and (own is None or own.key != line):
        of_line = [b.id for each in lines if each.key == line for b in each.boundaries]
        found["boundary"] = of_line[0] if len(of_line) == 1 else ""
    if found.get("boundary"):
        found = {name: text for name, text in found.items() if name not in _OF_CHANNELS}
    kept = {name: text for name, text in found.items() if text}
    return None if kept == dict(query) else kept


_OF_CHANNELS: Final = ("line", "channels", "less", "allow", "from", "q", "page", "cursor", "hours")


def period_of(text: str) -> Period | None:
    """The period that a text names; None where it names none."""
    found = _PERIOD.fullmatch(text)
    if found is None or not 1970 <= int(found[1]) < 2200:
        return None
    year, quarter, month = found[1], found[2], found[3]
    by = By.QUARTER if quarter else By.MONTH if month else By.YEAR
    first = int(month) if month else 3 * int(quarter) - 2 if quarter else 1
    return _period(dt.date(int(year), first, 1), by)


def offered_periods(now_ns: int, zone: ZoneInfo) -> list[Period]:
    """The years, quarters and months up to now, the latest first of each kind."""
    found = []
    for by, count in _BACK:
        day = day_of(now_ns, zone)
        for _ in range(count):
            each = _period(day, by)
            found.append(each)
            day = dt.date.fromisoformat(each.start) - dt.timedelta(days=1)
    return found


def _period(day: dt.date, by: By) -> Period:
    start, end = around(day, by)
    text = {
        By.YEAR: f"{start:%Y}",
        By.QUARTER: f"{start:%Y}-Q{(start.month + 2) // 3}",
        By.MONTH: f"{start:%Y-%m}",
    }[by]
    return Period(by=by, text=text, start=start.isoformat(), end=end.isoformat())


def last_chosen(chosen: Chosen, known: Known, reader: Reader, known_ns: int | None) -> Chosen:
    """What is chosen with the channels of the last version of the boundary that it names.

    Raises:
        BoundaryUnknownError, BoundaryUnreadError: it names none that can be seen and read.
        BoundaryWithdrawnError: it was withdrawn.
    """
    require_known(known, reader, chosen.boundary, known_ns)
    last = known.boundaries.of(chosen.boundary, known_ns)[-1]
    if last.boundary is None:
        raise BoundaryWithdrawnError(chosen.boundary, entry=last.entry)
    return chosen.of(last.boundary)


def sized(chosen: Chosen, known: Known, reader: Reader) -> Chosen:
    """What is chosen, with the factors of the boundary that its channels were taken from.

    One that is not there, or not for the reader, is passed over.
    """
    last = known.boundaries.last(chosen.origin) if chosen.origin else None
    if last is None or last.boundary is None or not reader.sees(last.boundary.site):
        return replace(chosen, origin="")
    return chosen.sized(last.boundary)
