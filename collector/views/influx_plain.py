"""The lines of a leaf's readings by one pattern a stream. Pure.

What holds for all readings of a stream is written into its pattern once, and the numbers of all
streams go into the patterns together. It gives the same lines as one by one, and none where
anything is out of the common.
"""

import math
from collections.abc import Sequence
from itertools import chain, repeat
from typing import Final, NamedTuple

from calibration.indication import Quality
from collector.views.influx_syntax import LAST_NS, MOST_INTEGER, text_field
from collector.views.rows import StreamRows, standard_uncertainties

STAMP_DIGITS: Final = 1_000_000
NS_PER_S: Final = 1_000_000_000
_flat: Final = chain.from_iterable
_TEXT: Final = {quality: quality.value for quality in Quality}


class PlainLine(NamedTuple):
    """A reading's line, its stamp (UTC ns), its value and its poll's number."""

    at_ns: int
    value: float
    line: bytes
    poll: int


def pattern_of(series: str, stream: StreamRows) -> str:
    """What all lines of a stream's readings share; those of its later leaves share it too.

    Raises:
        LineTextError, LineSizeError: a text that they all say cannot be written.
    """
    said = _said(stream.head.basis.value, stream.head.certificate, stream.channel)
    return (
        f"{_kept(series)} present=1i,value=%r,indication=%r%s{_kept(said)},"
        'delay_s=%r,poll=%di,leaf=%di,quality="%s" %d'
    )


def plain_lines(
    streams: Sequence[StreamRows], patterns: Sequence[str], received_ns: int
) -> list[PlainLine] | None:
    """The lines of all readings of streams; None where anything is out of the common.

    Args:
        streams: Of one leaf, one after the other.
        patterns: Of each stream.
        received_ns: When the leaf was committed, UTC ns.
    """
    sizes = [len(each.at_ns) for each in streams]
    at_ns = list(_flat(each.at_ns for each in streams))
    polls = list(_flat(each.polls for each in streams))
    values = list(map(float, _flat(each.value for each in streams)))
    indications = list(map(float, _flat(each.indication for each in streams)))
    u = standard_uncertainties(streams)
    leaves = [each.place.sequence for each in streams]
    total = sum(values) + sum(indications) + sum(filter(None, u))
    if not (math.isfinite(total) and _countable(at_ns, polls, leaves)):
        return None
    stamps = list(map(stamp, at_ns, polls))
    columns = (
        values,
        indications,
        ["" if each is None else f",u={each!r}" for each in u],
        [(received_ns - each) / NS_PER_S for each in at_ns],
        polls,
        _flat(map(repeat, leaves, sizes)),
        [_TEXT[each] for each in _flat(each.quality for each in streams)],
        stamps,
    )
    rows = zip(_flat(map(repeat, patterns, sizes)), zip(*columns, strict=True), strict=True)
    lines = [(pattern % row).encode() for pattern, row in rows]
    return list(map(PlainLine, stamps, values, lines, polls))


def _countable(at_ns: Sequence[int], polls: Sequence[int], leaves: Sequence[int]) -> bool:
    """Whether instants, polls and leaves can be written as they are."""
    return not at_ns or (
        min(at_ns) >= 0
        and max(at_ns) <= LAST_NS - STAMP_DIGITS
        and max(*polls, *leaves) < MOST_INTEGER
        and min(polls) > -MOST_INTEGER
    )


def _kept(text: str) -> str:
    """A text as it stands in a pattern."""
    return text.replace("%", "%%")


def _said(basis: str, certificate: str, where: str) -> str:
    """The fields of readings that say where their uncertainty comes from."""
    fields = {"u_basis": basis, "certificate": certificate}
    return "".join(
        f",{name}={text_field(name, text, where)}" for name, text in fields.items() if text
    )


def stamp(at_ns: int, poll: int) -> int:
    """The stamp of a poll's point: its millisecond, and below it the end of its number."""
    return at_ns - at_ns % STAMP_DIGITS + poll % STAMP_DIGITS
