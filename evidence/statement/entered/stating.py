"""Statements from what people entered. Pure."""

from collections.abc import Sequence

from calibration.measurand import Measurand
from evidence.statement.activity import Told, datum_of
from evidence.statement.datum import ActivityData
from evidence.statement.entered.amounts import Summed, summed
from evidence.statement.entered.book import EnteredBook, ManualEntry, latest
from evidence.statement.entered.content import ManualReading
from evidence.statement.entered.covered import Span, covered
from evidence.statement.entered.people import Entered
from evidence.statement.entered.register import Grown, grown
from evidence.statement.hourly import require_period


def entered_statement(
    book: EnteredBook, channel: str, period: Span, software: str, known_ns: int | None = None
) -> ActivityData | None:
    """The activity datum of a period from what people entered; None where nothing covers any of it.

    Args:
        book: What was entered.
        channel: Its name.
        period: UTC ns; full hours from a full quarter of an hour on.
        software: Name and version that computed this.
        known_ns: Only what was entered by then; None for all.

    Raises:
        PeriodError: the period is empty, or not of full hours.
    """
    require_period(period)
    standing = book.standing(channel, known_ns)
    made: Grown | Summed | None
    if any(isinstance(each.content, ManualReading) for each in standing):
        made = grown(channel, standing, period)
    else:
        made = summed(channel, standing, period)
    counted = [each for each in standing if made is not None and each.entry in made.entries]
    last = latest(counted)
    if made is None or last is None or last.content is None:
        return None
    return _stated(made, counted, last.content.measurand, period, software)


def _stated(
    made: Grown | Summed,
    counted: Sequence[ManualEntry],
    measurand: Measurand,
    period: Span,
    software: str,
) -> ActivityData:
    contents = [each.content for each in counted if each.content is not None]
    groups = {each.double_count_group for each in contents} - {""}
    lacking = made.lacking if isinstance(made, Grown) else {}
    told = Told(
        measurand=measurand,
        period=period,
        completeness=covered(made.spans, period, lacking),
        software=software,
        double_count_groups=tuple(sorted(groups)),
        entered=Entered(
            share=1.0,
            entries=made.entries,
            by=tuple(sorted({each.who for each in counted})),
            sources=tuple(sorted({each.source for each in contents})),
        ),
    )
    return datum_of(made.window, told)
