"""What of a statement was due when it was given: before the log began, and what was to come."""

from collector.api.pool import Sources
from collector.lookup import ChannelRow
from collector.web.activity.due import polls_to_come
from collector.web.activity.sums import Term
from collector.web.before_log import Beginnings
from evidence.statement.datum import ActivityData


def term_stated(
    sources: Sources, row: ChannelRow | None, datum: ActivityData, stated_ns: int | None
) -> Term:
    """A statement by itself, with its polls told apart as the page of amounts does.

    Args:
        sources: Ledger and derived data.
        row: Its channel; None where that is not known any more.
        datum: The statement.
        stated_ns: When it was given, UTC ns; None where nobody knows.

    Raises:
        LedgerError: a leaf that the store names cannot be read.
    """
    if row is None or row.head.period_ms <= 0:
        return Term(channel=datum.channel, factor=1.0, datum=datum)
    period_ms = row.head.period_ms
    return Term(
        channel=datum.channel,
        factor=1.0,
        datum=datum,
        began_ns=Beginnings(sources).of(row),
        period_ms=period_ms,
        to_come=0 if stated_ns is None else polls_to_come(datum, period_ms, stated_ns),
    )
