"""Which channels are shown: how each stands, what was asked for, a page of them. Pure."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Generic, TypeVar

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason, Quality
from collector.alarms.agents import PERIODS
from collector.alarms.at_work import NOT_MEASURING
from collector.lookup import ChannelRow
from evidence.judging.stream import NS_PER_MS
from evidence.statement.entered.channel import is_entered

T = TypeVar("T")
ON_A_PAGE: Final = 50
MOST_ASKED: Final = 200
COMPUTED_MS: Final = 3 * 3_600_000
"""What is computed comes once its hour is closed, and is stamped with its begin."""
SILENT: Final = "silent"
UNKNOWN_U: Final = "unknown_uncertainty"
CHECK_FAILED: Final = "check_failed"
"""Of an instrument that failed a check: its readings are as ever, and in doubt."""
NOT_PASSED: Final = "not_passed"
"""Of an instrument that did not pass its last certificate."""
GOOD: Final = Quality.GOOD.value
WRONG: Final = "wrong"
"""Of the choice: every state but good."""
STATES: Final = tuple(
    dict.fromkeys(
        (
            *(GOOD, SILENT, UNKNOWN_U, CHECK_FAILED, NOT_PASSED),
            *(each.value for each in NOT_MEASURING),
            *(each.value for each in Quality if each != Quality.GOOD),
        )
    )
)
"""How a channel can stand; a closed vocabulary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for; what is not usable asks for nothing.

    Attributes:
        words: All must stand in the name, the serial number or the agent.
        site, agent: Of one alone; "" for all.
        state: One of `STATES`, or `WRONG`; "" for all.
        line: Key of a product line, `<site>/<line>`; "" for all.
        page: >= 1.
    """

    words: tuple[str, ...] = ()
    site: str = ""
    agent: str = ""
    state: str = ""
    line: str = ""
    page: int = 1


def asked_of(query: Mapping[str, str]) -> Asked:
    """What the parameters of an address ask for."""
    state, page = query.get("state", ""), query.get("page", "")
    return Asked(
        words=tuple(query.get("q", "")[:MOST_ASKED].casefold().split()),
        site=query.get("site", "")[:MOST_ASKED],
        agent=query.get("agent", "")[:MOST_ASKED],
        state=state if state in (*STATES, WRONG) else "",
        line=query.get("line", "")[:MOST_ASKED],
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A channel, and how it stands."""

    row: ChannelRow
    state: str

    @property
    def site(self) -> str:
        """Where it stands: the first part of its name."""
        return self.row.channel.partition("/")[0]

    @property
    def device(self) -> str:
        """What it is a channel of."""
        return self.row.channel.rpartition("/")[0]

    @property
    def name(self) -> str:
        """Its own name."""
        return self.row.channel.rpartition("/")[2]


def standing(
    row: ChannelRow,
    at_ns: int,
    dead_s: float,
    at_work: Callable[[ChannelRow], MissReason | None],
) -> Standing:
    """How a channel stands at an instant.

    Args:
        row: As last seen.
        at_ns: The instant, POSIX ns: when its agent was last heard, or now if it is silent.
        dead_s: How long it may give no reading, and at least five of its periods.
        at_work: Why its device does not measure though it answers; None where it does not.
    """
    if at_ns / NS_PER_MS - row.last_ms > _latest_ms(row, dead_s):
        return Standing(row=row, state=at_work(row) or SILENT)
    if row.last_quality == GOOD and row.head.basis == UncertaintyBasis.UNKNOWN:
        return Standing(row=row, state=UNKNOWN_U)
    return Standing(row=row, state=row.last_quality)


def _latest_ms(row: ChannelRow, dead_s: float) -> float:
    """How old the last value may be."""
    if row.head.profile:
        return max(dead_s * 1000, PERIODS * row.head.period_ms)
    return math.inf if is_entered(row.channel) else COMPUTED_MS


def chosen(all_of_them: Iterable[Standing], asked: Asked) -> list[Standing]:
    """Those that were asked for."""
    return [each for each in all_of_them if _is_asked(each, asked)]


def _is_asked(each: Standing, asked: Asked) -> bool:
    if asked.site not in ("", each.site) or asked.agent not in ("", each.row.agent):
        return False
    if asked.state == WRONG and each.state == GOOD:
        return False
    if asked.state not in ("", WRONG, each.state):
        return False
    text = f"{each.row.channel} {each.row.head.serial} {each.row.agent}".casefold()
    return all(word in text for word in asked.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged(Generic[T]):
    """Some of many.

    Attributes:
        rows: Those of this page.
        count: Of all.
        page, pages: Which one of how many; both >= 1.
    """

    rows: Sequence[T]
    count: int
    page: int
    pages: int


def paged(rows: Sequence[T], page: int, size: int = ON_A_PAGE) -> Paged[T]:
    """A page; one beyond the last is the last."""
    pages = max(1, -(-len(rows) // size))
    shown = min(page, pages)
    return Paged(
        rows=rows[(shown - 1) * size : shown * size], count=len(rows), page=shown, pages=pages
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """An instrument's channels that are shown together."""

    name: str
    agent: str
    serial: str
    channels: tuple[Standing, ...]


def devices(rows: Iterable[Standing]) -> tuple[Device, ...]:
    """Channels by device, in their order."""
    grouped = [tuple(group) for _, group in groupby(rows, key=lambda each: each.device)]
    return tuple(
        Device(
            name=group[0].device,
            agent=group[0].row.agent,
            serial=group[0].row.head.serial,
            channels=group,
        )
        for group in grouped
    )
