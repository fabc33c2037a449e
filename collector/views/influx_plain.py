"""The lines of a stream's readings by one pattern. Pure.

What holds for all of them is written into it once. It gives the same lines as one by one, and
none where anything is out of the common.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from collector.views.influx_line_errors import LineError
from collector.views.influx_syntax import LAST_NS, MOST_INTEGER, text_field
from collector.views.rows import StreamRows

STAMP_DIGITS: Final = 1_000_000
NS_PER_S: Final = 1_000_000_000
_REMEMBERED: Final = 10_000
"""Texts of so many certificates are kept ready."""


def plain_lines(series: str, stream: StreamRows, received_ns: int) -> list[str] | None:
    """The lines of a stream's readings by one pattern for all; None where any is out of the common.

    What holds for all of them is written into the pattern once.
    """
    values, indications = list(map(float, stream.value)), list(map(float, stream.indication))
    u = stream.standard_uncertainty()
    if not _plain(stream, (*values, *indications, *(each for each in u if each is not None))):
        return None
    try:
        said = _said(stream.head.basis.value, stream.head.certificate, stream.channel)
    except LineError:
        return None
    pattern = (
        f"{_kept(series)} present=1i,value=%r,indication=%r%s{_kept(said)},delay_s=%r,poll=%di,"
        f'leaf={stream.place.sequence}i,quality="%s" %d'
    )
    columns = (
        values,
        indications,
        ("" if each is None else f",u={each!r}" for each in u),
        [(received_ns - at_ns) / NS_PER_S for at_ns in stream.at_ns],
        stream.polls,
        [each.value for each in stream.quality],
        map(stamp, stream.at_ns, stream.polls),
    )
    return [pattern % row for row in zip(*columns, strict=True)]


def _plain(stream: StreamRows, numbers: Sequence[float]) -> bool:
    """Whether every number of a stream's readings can be written as it is."""
    at_ns, polls, leaf = stream.at_ns, stream.polls, stream.place.sequence
    return (
        math.isfinite(sum(map(abs, numbers)))
        and min(at_ns, default=0) >= 0
        and max(at_ns, default=0) <= LAST_NS - STAMP_DIGITS
        and max(map(abs, polls), default=0) < MOST_INTEGER
        and leaf < MOST_INTEGER
    )


def _kept(text: str) -> str:
    """A text as it stands in a pattern."""
    return text.replace("%", "%%")


@lru_cache(maxsize=_REMEMBERED)
def _said(basis: str, certificate: str, where: str) -> str:
    """The fields of readings that say where their uncertainty comes from."""
    fields = {"u_basis": basis, "certificate": certificate}
    return "".join(
        f",{name}={text_field(name, text, where)}" for name, text in fields.items() if text
    )


def stamp(at_ns: int, poll: int) -> int:
    """The stamp of a poll's point: its millisecond, and below it the end of its number."""
    return at_ns - at_ns % STAMP_DIGITS + poll % STAMP_DIGITS
