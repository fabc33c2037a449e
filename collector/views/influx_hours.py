"""What a database says of an hour of a channel, beside what the ledger has. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

import msgspec

from calibration.increment import NS_PER_HOUR
from collector.views.influx_errors import (
    InfluxAnswerSizeError,
    InfluxSpeechError,
    InfluxUnmappedError,
)
from collector.views.influx_lines import MEASUREMENT
from evidence.errors import Words

RELATIVE: Final = 1e-9
"""Sums of doubles in another order differ by less: by n units of 1e-16 for n readings."""
NS_PER_DAY: Final = 24 * NS_PER_HOUR
NOT_FOUND: Final = ("database not found", "retention policy not found")
"""What 1.x, 2.x (also of a bucket without a DBRP mapping) and 3.x say of a name."""
ASKED_FOR: Final = frozenset(("time", "polls", "readings", "total"))
Key = tuple[str, int]
"""A channel, as a tag says it, and the start of an hour, UTC ns."""


class Counted(NamedTuple):
    """What an hour of a channel comes to.

    Attributes:
        polls: Readings and misses.
        readings: Those with a value.
        total: Of the values.
        magnitude: Of the values' amounts; only where it is the ledger's.
        aside: Polls that the database refused; only where it is the ledger's.
    """

    polls: int = 0
    readings: int = 0
    total: float = 0.0
    magnitude: float = 0.0
    aside: int = 0

    def with_poll(self, value: float | None) -> "Counted":
        """With one poll more; `value` is None for a miss."""
        if value is None:
            return self._replace(polls=self.polls + 1)
        return self._replace(
            polls=self.polls + 1,
            readings=self.readings + 1,
            total=self.total + value,
            magnitude=self.magnitude + abs(value),
        )


class Sign(StrEnum):
    """How an hour differs."""

    MISSING = "missing"
    """There are fewer polls than in the ledger."""
    ALTERED = "altered"
    """There are as many, and they come to something else."""
    FOREIGN = "foreign"
    """There are more: somebody else wrote them, or leaves that the ledger has no more."""


class Difference(NamedTuple):
    """An hour of a channel that is not what the ledger has."""

    channel: str
    start_ns: int
    sign: Sign
    expected: Counted
    found: Counted


def differences(expected: Mapping[Key, Counted], found: Mapping[Key, Counted]) -> list[Difference]:
    """The hours in which a database differs, in order of channel and time."""
    none = Counted()
    return [
        Difference(*key, sign, expected.get(key, none), found.get(key, none))
        for key in sorted(expected.keys() | found.keys())
        if (sign := _sign(expected.get(key, none), found.get(key, none))) is not None
    ]


def _sign(expected: Counted, found: Counted) -> Sign | None:
    """How the two differ. What was refused may be there all the same: nobody can tell."""
    if found.polls < expected.polls:
        return Sign.MISSING
    if found.polls > expected.polls + expected.aside:
        return Sign.FOREIGN
    if expected.aside:
        return None
    apart = abs(found.total - expected.total)
    # not <=: a NaN is no sum either
    if found.readings != expected.readings or not apart <= RELATIVE * expected.magnitude:
        return Sign.ALTERED
    return None


def hours_query(start_ns: int, end_ns: int) -> str:
    """InfluxQL for the polls, readings and totals of all channels by the hour."""
    return (  # our own names, and numbers
        'SELECT count("present") AS "polls", sum("present") AS "readings", sum("value") AS "total"'  # noqa: S608
        f' FROM "{MEASUREMENT}" WHERE time >= {start_ns} AND time < {end_ns}'
        ' GROUP BY time(1h), "channel" fill(none)'
    )


class _Series(msgspec.Struct):
    values: list[list[Any]]
    columns: list[str]
    tags: dict[str, str] = {}
    partial: bool = False


class _Result(msgspec.Struct):
    series: list[_Series] = []
    error: str = ""
    partial: bool = False


class _Results(msgspec.Struct):
    results: list[_Result]
    error: str = ""


def read_hours(body: bytes, where: str) -> dict[Key, Counted]:
    """The hours in the answer to `hours_query`, asked with epoch=ns.

    Raises:
        InfluxAnswerSizeError: it is cut off.
        InfluxUnmappedError: there is nothing of the name that was asked.
        InfluxSpeechError: it is no such answer, or it is an error.
    """
    found: dict[Key, Counted] = {}
    for result in _results(body, where):
        for series in result.series:
            if series.partial or result.partial:
                raise InfluxAnswerSizeError(
                    where, what=Words("the server cut its answer off", "服务器中断了应答")
                )
            if not set(series.columns) >= ASKED_FOR:
                raise InfluxSpeechError(
                    where, what=Words("the answer is to another question", "应答与查询不符")
                )
            channel = series.tags.get("channel", "")
            for row in series.values:
                told = dict(zip(series.columns, row, strict=False))
                found[channel, _whole(told, "time", where)] = Counted(
                    polls=_whole(told, "polls", where),
                    readings=_whole(told, "readings", where),
                    total=_number(told.get("total") or 0.0, "total", where),
                )
    return found


def _results(body: bytes, where: str) -> list[_Result]:
    try:
        answer = msgspec.json.decode(body, type=_Results)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise InfluxSpeechError(
            where, what=Words("no answer to a query", "查询没有应答")
        ) from problem
    errors = [answer.error, *(result.error for result in answer.results)]
    wrong = next(filter(None, errors), None)
    if wrong is not None and any(words in wrong for words in NOT_FOUND):
        raise InfluxUnmappedError(where, what=wrong[:200])
    if wrong is not None:
        raise InfluxSpeechError(where, what=wrong[:200])
    return answer.results


def _whole(told: Mapping[str, object], name: str, where: str) -> int:
    found = told.get(name) or 0
    if isinstance(found, int) and not isinstance(found, bool):
        return found  # a stamp has more digits than a double
    number = _number(found, name, where)
    if not abs(number) < 2**63:
        raise InfluxSpeechError(where, what=f"'{name}' is {number}")
    return int(number)


def _number(found: object, name: str, where: str) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise InfluxSpeechError(where, what=Words(f"'{name}' is no number", f"'{name}' 不是数值"))
    return float(found)
