"""Channels of what people enter, as rows beside those of what was polled."""

from typing import Final

from calibration.increment import NS_PER_HOUR
from collector.activity.acts import Known
from collector.lookup import ChannelRow
from evidence.log.batch import StreamHead
from evidence.statement.entered.book import ManualEntry, latest
from evidence.statement.entered.content import ManualReading
from evidence.statement.entered.register import basis_of

_NS_PER_MS: Final = 1_000_000


def entered_row(known: Known, channel: str, known_ns: int | None = None) -> ChannelRow | None:
    """A channel of what people enter, as it was entered last; None where nothing of it stands.

    Args:
        known: What the journal says.
        channel: Its name.
        known_ns: Only what stood then counts, UTC ns; None for now.
    """
    last = latest(known.book.standing(channel, known_ns))
    return None if last is None else _row(last)


def entered_before(known: Known, channel: str) -> ChannelRow | None:
    """A channel as something was entered of it last that stands no more; None if nothing ever."""
    told = [each for each in known.book.of(channel) if each.content is not None]
    return _row(told[-1]) if told else None


def _row(last: ManualEntry) -> ChannelRow | None:
    if last.content is None:
        return None
    content = last.content
    return ChannelRow(
        channel=last.channel,
        agent="",
        head=StreamHead(
            channel=last.channel,
            measurand=content.measurand,
            period_ms=0,
            serial=content.serial,
            profile="",
            basis=basis_of(content.relative, content.mpe_relative),
        ),
        last_ms=_ends_ns(last) // _NS_PER_MS,
        last_value=content.value,
        last_quality="good",
    )


def entered_hours(
    known: Known, channel: str, known_ns: int | None = None
) -> tuple[int, int] | None:
    """Start of the first and of the last hour that entries reach over; None if none does.

    Args: as `entered_row`.
    """
    standing = known.book.standing(channel, known_ns)
    first = min(map(_begins_ns, standing), default=0) // NS_PER_HOUR * NS_PER_HOUR
    last = -(-max(map(_ends_ns, standing), default=0) // NS_PER_HOUR) * NS_PER_HOUR
    return (first, last - NS_PER_HOUR) if first < last else None


def _begins_ns(entry: ManualEntry) -> int:
    content = entry.content
    if content is None:
        return 0
    return content.at_ns if isinstance(content, ManualReading) else content.span[0]


def _ends_ns(entry: ManualEntry) -> int:
    content = entry.content
    if content is None:
        return 0
    return content.at_ns if isinstance(content, ManualReading) else content.span[1]
