"""The statements that a page of amounts shows, as they stand: of a range, and of its parts."""

from collections.abc import Mapping, Sequence

from collector.api.as_of_errors import AsOfLimitError
from collector.api.period import By
from collector.api.placed import Settled
from collector.api.statement import Span
from collector.api.telling import Telling
from collector.lookup import ChannelRow
from collector.web.activity.spans import Range
from evidence.errors import PeriodError
from evidence.statement.datum import ActivityData


def standing(telling: Telling, rows: Sequence[ChannelRow], spans: Sequence[Span]) -> Settled:
    """The statements of channels over periods, where one answer holds them.

    Raises:
        CodedError, CalibrationError: as `Telling.require_room`, `follows` and `settled`.
    """
    telling.require_room(rows, spans)
    return telling.settled([each for row in rows for each in telling.follows(row, spans)])


def parted(
    telling: Telling, rows: Sequence[ChannelRow], asked: Range, whole: Settled
) -> Mapping[tuple[str, str], ActivityData]:
    """The statements of the parts of a range, by channel and start.

    Where all of the range is locked, it stands though its parts cannot be told.

    Raises:
        CodedError, CalibrationError: as `standing`.
    """
    found: Sequence[ActivityData] = whole.data
    if asked.by != By.TOTAL:
        try:
            found = standing(telling, rows, asked.parts).data
        except (PeriodError, AsOfLimitError):
            if whole.locked < len(rows):
                raise
            found = ()
    return {(each.channel, each.period.start): each for each in found}
