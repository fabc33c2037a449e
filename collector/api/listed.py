"""Which activity data are asked for, and what is kept of them: the question of list and files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import Field

from collector.activity.acts import Acts, Known
from collector.api.asked import DAY, Asked
from collector.api.bounded import in_force
from collector.api.parts import Parts
from collector.api.patterns import BOUNDARY, CHANNEL
from collector.api.period import By, instant, periods, require_order, zone_of
from collector.api.placed import Placed, Settled
from collector.api.refusal import QueryError, TermsError
from collector.api.security import Reader
from collector.api.statement import MAX_STATEMENTS, Span
from collector.api.telling import Telling, one
from collector.lookup import ChannelRow
from evidence.errors import Words
from evidence.statement.boundary.used import BoundaryShown
from evidence.statement.datum import ActivityData

ZONE: Final = "Carbonmeter-Time-Zone"
WITHOUT_DATA: Final = "Carbonmeter-Periods-Without-Data"
WITHOUT_ROW: Final = "Carbonmeter-Hours-Without-Row"
"""Hours under a plan in periods of which no hour was received: no row has their substitutes."""
LOCKED: Final = "Carbonmeter-Locked"
DIFFERING: Final = "Carbonmeter-Locked-Differing"
OTHERWISE: Final = "Carbonmeter-Locked-Otherwise"
UNDIVIDED: Final = "Carbonmeter-Channels-Undivided"
"""How many channels are left out, as the hours of the periods would cut their readings in two."""
BOUNDED: Final = "Carbonmeter-Boundary"
"""The saved boundary whose channels the rows are of: its name as in an address, %-encoded."""
VERSION: Final = "Carbonmeter-Boundary-Digest"
FACTORS: Final = "Carbonmeter-Boundary-Factors"
"""In the order of its channels, which rows come in; no row is multiplied by its own."""
MAX_NAMES: Final = 4096
"""Letters of all names together."""


class RangeAsked(Asked):
    """A range of time, and the zone whose days count."""

    start: str = Field(max_length=64, description=f"First instant, included: {DAY}.")
    end: str = Field(max_length=64, description=f"Last instant, excluded: {DAY}.")
    tz: str = Field("Asia/Shanghai", max_length=64, description="IANA name of the time zone.")


class KnownAsked(RangeAsked):
    """A range of time, and as of when it is told."""

    as_of: str | None = Field(
        None,
        max_length=64,
        description="Told by what had been received and entered at that instant, without locks; "
        f"{DAY}.",
    )


class ActivityAsked(KnownAsked):
    """Which activity data."""

    channel: str | None = Field(
        None, pattern=CHANNEL, description="One channel; without it all that have data."
    )
    channels: str | None = Field(
        None,
        min_length=1,
        max_length=MAX_NAMES,
        description="Several channels instead of one, with commas between.",
    )
    boundary: str | None = Field(
        None,
        pattern=BOUNDARY,
        description="The channels of a saved boundary instead, each by itself, without its factor.",
    )
    by: By = Field(By.TOTAL, description="What the range is divided into; the ends are cut.")
    under_plan: bool = Field(
        default=False,
        description="Whether statements of channels with a monitoring plan say what the period "
        "comes to under it: the compliance value with substitutes beside the best estimate.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Statements by channel and time, as they are kept.

    Attributes:
        data: One for each period of which an hour was received.
        headers: The zone whose days counted, how many periods had no data, how many statements
            are locked, of how many of these something else would be stated now, and of how many
            the other kind is locked.
    """

    data: list[ActivityData]
    headers: Mapping[str, str]


def listed(asked: ActivityAsked, parts: Parts, acts: Acts, reader: Reader) -> Listed:
    """The activity data that are asked for; each is kept under its digest.

    Raises:
        CodedError: what is asked for cannot be, or is more than one answer holds.
        WindowMergeError: two hours of a period do not join.
    """
    start_ns, end_ns, zone = asked_range(asked)
    spans = periods(start_ns, end_ns, asked.by, zone, MAX_STATEMENTS)
    known, known_ns = acts.known(), as_of_ns(asked, zone)
    boundary = boundary_of(asked, known, reader, (start_ns, end_ns), known_ns)
    with parts.sources.lease() as sources:
        telling = Telling(sources, parts, known, known_ns)
        own, undivided = chosen(asked, telling, reader, boundary, spans)
        telling.require_room(own, spans)
        require_planned(asked, telling, own, spans)
        told = [told_as_asked(asked, telling, row, spans) for row in own]
        found = telling.settled([each for row in told for each in row.placed])
    rowless, cut = sum(each.rowless for each in told), [each.cut for each in told if each.cut]
    empty = len(own) * len(spans) - len(found.data) - sum(cut)
    headers = {ZONE: zone.key, WITHOUT_DATA: str(empty), **lock_headers(found)}
    headers |= row_headers(asked, rowless) | boundary_headers(boundary)
    headers |= undivided_headers(undivided + len(cut))
    return Listed(data=found.data, headers=headers)


def boundary_of(
    asked: ActivityAsked, known: Known, reader: Reader, span: Span, known_ns: int | None
) -> BoundaryShown | None:
    """The saved boundary that is asked for; None where channels are named, or all are meant.

    Raises:
        QueryError: channels are asked for beside it.
        BoundaryUnknownError, BoundaryError: as `in_force`.
    """
    if asked.boundary is None:
        return None
    if asked.channel is not None or asked.channels is not None:
        what = Words("channels beside a saved boundary", "同时给出通道与已保存的边界")
        raise QueryError("query boundary", what=what)
    return in_force(known, reader, asked.boundary, span, known_ns).shown


def boundary_headers(boundary: BoundaryShown | None) -> dict[str, str]:
    """Which boundary, which version of it, and its factors; nothing where none is asked for."""
    if boundary is None:
        return {}
    factors = ",".join(each.factor for each in boundary.terms)
    return {BOUNDED: quote(boundary.id), VERSION: boundary.digest, FACTORS: factors}


def chosen(
    asked: ActivityAsked,
    telling: Telling,
    reader: Reader,
    boundary: BoundaryShown | None,
    spans: Sequence[Span],
) -> tuple[Sequence[ChannelRow], int]:
    """The channels that are asked for: one, several, those of a boundary, or all that have data.

    Where none is named, those are left out of which the hours of the periods would cut readings in
    two, as far as is soon seen. How many these are is the second of the pair.

    Raises:
        PeriodError: the hours would cut readings of a channel that is named.
        ChannelUnknownError: one is not to be seen.
        TermsError: one is named twice.
        QueryError: both one and several are asked for.
    """
    rows = telling.rows(reader)
    if is_of_all(asked):
        found = telling.with_data(rows)
        kept = telling.dividing(found, spans)
        return kept, len(found) - len(kept)
    names = _names(asked) if boundary is None else [each.channel for each in boundary.terms]
    own = [one(rows, name) for name in names]
    telling.require_dividing(own, spans)
    return own, 0


def is_of_all(asked: ActivityAsked) -> bool:
    """Whether no channel is named: all are meant that have data."""
    return asked.channel is None and asked.channels is None and asked.boundary is None


def _names(asked: ActivityAsked) -> Sequence[str]:
    if asked.channels is None:
        return [asked.channel or ""]
    if asked.channel is not None:
        what = Words("'channel' and 'channels' are both given", "同时给出 channel 与 channels")
        raise QueryError("query channels", what=what)
    names = asked.channels.split(",")
    if len(set(names)) < len(names):
        raise TermsError("channels", what=Words("a channel is named twice", "通道重复"))
    return names


def require_planned(
    asked: ActivityAsked, telling: Telling, rows: Sequence[ChannelRow], spans: Sequence[Span]
) -> None:
    """Returns if what is asked for under plans can be told in one answer.

    Raises:
        RangeLimitError: it cannot.
    """
    if asked.under_plan:
        telling.require_plan_room(rows, spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRow:
    """What is told of a channel.

    Attributes:
        placed: Of each period of which there is something.
        rowless: Hours under a plan of which no row tells, where what is under plans is asked for.
        cut: Periods that are left out, as their hours would cut readings in two.
    """

    placed: Sequence[Placed]
    rowless: int
    cut: int


def told_as_asked(
    asked: ActivityAsked, telling: Telling, row: ChannelRow, spans: Sequence[Span]
) -> ToldRow:
    """What is told of a channel, with what it comes to under its plan if that is asked for.

    Raises:
        CodedError, WindowMergeError: as `Telling.follows`.
    """
    under_plan = asked.under_plan
    if is_of_all(asked):
        placed, is_whole = telling.follows_undivided(row, spans, under_plan=under_plan)
    else:
        placed, is_whole = telling.follows(row, spans, under_plan=under_plan), True
    cut = 0 if is_whole else len(spans) - len(placed)
    rowless = telling.hours_without_row(row, spans, placed) if under_plan else 0
    return ToldRow(placed=placed, rowless=rowless, cut=cut)


def row_headers(asked: ActivityAsked, hours: int) -> dict[str, str]:
    """How many hours under a plan have no row, where what is under plans is asked for."""
    return {WITHOUT_ROW: str(hours)} if asked.under_plan else {}


def undivided_headers(count: int) -> dict[str, str]:
    """How many channels are left out, where any is."""
    return {UNDIVIDED: str(count)} if count else {}


def lock_headers(found: Settled) -> dict[str, str]:
    """How many statements are locked, where any is, or of how many the other kind is."""
    own = {LOCKED: str(found.locked), DIFFERING: str(found.differing)} if found.locked else {}
    return own | ({OTHERWISE: str(found.otherwise)} if found.otherwise else {})


def as_of_ns(asked: KnownAsked, zone: ZoneInfo) -> int | None:
    """The instant as of which it is told, UTC ns; None for now.

    Raises:
        CodedError: it is no instant.
    """
    return None if asked.as_of is None else instant(asked.as_of, "as_of", zone)


def asked_range(asked: RangeAsked) -> tuple[int, int, ZoneInfo]:
    """First and last instant, UTC ns, and the zone whose days count.

    Raises:
        CodedError: one of them cannot be, or they are not in order.
    """
    zone = zone_of(asked.tz)
    start_ns = instant(asked.start, "start", zone)
    end_ns = instant(asked.end, "end", zone)
    require_order(start_ns, end_ns, asked.start, asked.end)
    return start_ns, end_ns, zone
