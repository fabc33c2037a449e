"""How all instruments stand, kept until a paper, a channel or the hour changes it."""

import datetime as dt
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI, Request

from calibration.confirmation import MetrologicalConfirmation
from calibration.event import CalibrationEvent
from collector.lookup import ChannelRow
from collector.web.certificates.due import DueLine, due_lines
from collector.web.certificates.shelf import Paper

MOST_KEPT: Final = 8
Stands = tuple[tuple[str, str, str], ...]
"""Channel, serial number and profile of each channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Lines, and what they were made of.

    Attributes:
        papers: The very ones; as long as none comes, whoever asks is handed the same.
        stands: The channels.
        soon_days: As it was asked for.
        from_at, until: The lines hold from one instant up to another, for days of their zone.
    """

    papers: tuple[Paper, ...]
    stands: Stands
    soon_days: int
    from_at: dt.datetime
    until: dt.datetime
    lines: Sequence[DueLine]

    def holds(
        self, papers: tuple[Paper, ...], stands: Stands, at: dt.datetime, soon_days: int
    ) -> bool:
        """Whether these are the lines of other papers and channels at an instant too."""
        return (
            papers is self.papers
            and soon_days == self.soon_days
            and self.from_at.tzinfo == at.tzinfo
            and self.from_at <= at < self.until
            and stands == self.stands
        )


class Board:
    """The lines of an application; any number of threads may ask."""

    def __init__(self) -> None:
        self._told: list[Told] = []
        self._lock = threading.Lock()

    def lines(
        self,
        papers: tuple[Paper, ...],
        rows: Sequence[ChannelRow],
        at: dt.datetime,
        soon_days: int,
    ) -> Sequence[DueLine]:
        """The same as `due_lines`, which costs a second where there are ten thousand."""
        stands = tuple((each.channel, each.head.serial, each.head.profile) for each in rows)
        for told in list(self._told):
            if told.holds(papers, stands, at, soon_days):
                return told.lines
        made = Told(
            papers=papers,
            stands=stands,
            soon_days=soon_days,
            from_at=at,
            until=holds_until(papers, at),
            lines=due_lines(papers, rows, at, soon_days),
        )
        with self._lock:
            self._told = [*self._told[1 - MOST_KEPT :], made]
        return made.lines


def holds_until(papers: Iterable[Paper], at: dt.datetime) -> dt.datetime:
    """The first instant behind another at which one of the instruments may stand otherwise.

    That is the next midnight in the zone of `at`, or when a decision takes effect or something
    happened.
    """
    tomorrow = at.date() + dt.timedelta(days=1)
    midnight = dt.datetime.combine(tomorrow, dt.time(), tzinfo=at.tzinfo)
    later = (each for each in _instants(papers) if each > at)
    return min([*later, midnight])


def _instants(papers: Iterable[Paper]) -> Iterator[dt.datetime]:
    for each in papers:
        if isinstance(each.entry, MetrologicalConfirmation):
            yield each.entry.effective_from
        elif isinstance(each.entry, CalibrationEvent):
            yield each.entry.at


def keep_board(app: FastAPI) -> None:
    """Gives an application its board."""
    app.state.board = Board()


def board_of(request: Request) -> Board:
    """The board of the application that answers a request."""
    board: Board = request.app.state.board
    return board
