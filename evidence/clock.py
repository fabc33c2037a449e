"""Clocks: the system's, a scaled one (demonstrations) and a stepped one (replay).

The only file that reads the time. Everything else is handed a `Clock` or an instant.
Instants are POSIX nanoseconds (UTC, no leap seconds).
"""

import math
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from evidence.clock_kernel import Discipline, read_kernel
from evidence.errors import ClockError, TimestampError, Words

NS_PER_S = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RFC_3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]{1,9}))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
_SCALED = re.compile(r"scaled:(-?[0-9]{1,19}):(-?[0-9]{1,19}):([0-9]{1,9}(?:\.[0-9]{1,17})?)")
_ZONED = Words(
    "it needs date, T, time, at most 9 decimals, and Z or an offset",
    "需要日期、T、时间、至多 9 位小数，以及 Z 或时区偏移",
)
_NO_SUCH_DAY = Words(
    "there is no such day or time, or it is a leap second", "该日期或时间不存在，或为闰秒"
)
_OUTSIDE = Words("it lies outside the years 0001 to 9999", "超出 0001 至 9999 年")


class Clock(Protocol):
    """What a room may ask about the time."""

    @property
    def simulated(self) -> bool:
        """Whether this is not the real time; batches say so."""
        ...

    def now_ns(self) -> int:
        """The instant now, POSIX nanoseconds, UTC; may step either way."""
        ...

    def monotonic_ns(self) -> int:
        """Nanoseconds since an unstated start; never goes back."""
        ...

    def real_seconds_until(self, at_ns: int) -> float:
        """How many real seconds to wait until this clock shows `at_ns`; at least 0."""
        ...


class SystemClock:
    """The machine's own clocks."""

    __slots__ = ()

    @property
    def simulated(self) -> bool:
        """False: this is the real time."""
        return False

    def now_ns(self) -> int:
        """The instant now, POSIX nanoseconds, UTC."""
        return time.time_ns()  # noqa: TID251 - this file is where time is read

    def monotonic_ns(self) -> int:
        """Nanoseconds since boot or later; unmoved by steps of the wall clock."""
        return time.monotonic_ns()  # noqa: TID251 - this file is where time is read

    def real_seconds_until(self, at_ns: int) -> float:
        """Seconds from now to `at_ns`, at least 0."""
        return max(0, at_ns - self.now_ns()) / NS_PER_S

    def discipline(self) -> Discipline | None:
        """What the kernel says of its clock; None if it cannot be asked."""
        return read_kernel()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaledClock:
    """Time that runs `factor` times as fast as the real one.

    Processes that hold the same three values show the same instant.

    Attributes:
        start_real_ns: The real instant at which the scaled time began, POSIX ns.
        start_virtual_ns: The instant shown then, POSIX ns.
        factor: Virtual seconds per real second; finite, above 0.
    """

    start_real_ns: int
    start_virtual_ns: int
    factor: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.factor) and self.factor > 0):
            where = "scaled clock"
            raise ClockError(where, name="factor", value=self.factor, limit="> 0")

    @property
    def simulated(self) -> bool:
        """True: the instants shown are not real."""
        return True

    def now_ns(self) -> int:
        """The virtual instant now, POSIX nanoseconds."""
        return self.start_virtual_ns + self._scaled(SystemClock().now_ns() - self.start_real_ns)

    def monotonic_ns(self) -> int:
        """Scaled nanoseconds since an unstated start; never goes back."""
        return self._scaled(SystemClock().monotonic_ns())

    def real_seconds_until(self, at_ns: int) -> float:
        """Real seconds until `at_ns` is shown, at least 0."""
        return max(0, at_ns - self.now_ns()) / self.factor / NS_PER_S

    def to_text(self) -> str:
        """This clock in words, for another process; `clock_of` reads them."""
        return f"scaled:{self.start_real_ns}:{self.start_virtual_ns}:{self.factor!r}"

    def _scaled(self, real_ns: int) -> int:
        # Whole numbers throughout: a float product is off by microseconds after 100 days.
        numerator, denominator = self.factor.as_integer_ratio()
        return real_ns * numerator // denominator


def start_scaled_clock(start_virtual_ns: int, factor: float) -> ScaledClock:
    """A scaled clock that shows `start_virtual_ns` (POSIX ns) now.

    Raises:
        ClockError: `factor` is not finite or not above 0.
    """
    return ScaledClock(
        start_real_ns=SystemClock().now_ns(), start_virtual_ns=start_virtual_ns, factor=factor
    )


def clock_of(text: str | None) -> Clock:
    """The clock that a command was given: None for the machine's own.

    Args:
        text: what `ScaledClock.to_text` wrote in another process.

    Raises:
        ClockError: it is not `scaled:START_REAL_NS:START_VIRTUAL_NS:FACTOR`.
    """
    if text is None:
        return SystemClock()
    found = _SCALED.fullmatch(text)
    if found is None:
        form = "scaled:START_REAL_NS:START_VIRTUAL_NS:FACTOR"
        raise ClockError("--clock", name="clock", value=text[:80], limit=form)
    return ScaledClock(
        start_real_ns=int(found[1]), start_virtual_ns=int(found[2]), factor=float(found[3])
    )


class SteppedClock:
    """A clock that stands still until it is told to move: replay and tests.

    The monotonic reading starts at 0 and moves with `set_to` and `advance` only;
    `step_back` and `step_forward` move the wall clock alone, as a bad time server would;
    `disciplined` says what keeps it, which is nothing at the start.
    """

    __slots__ = ("_discipline", "_monotonic_ns", "_now_ns")

    def __init__(self, start_ns: int) -> None:
        self._now_ns = start_ns
        self._monotonic_ns = 0
        self._discipline: Discipline | None = None

    @property
    def simulated(self) -> bool:
        """True: the instants shown are not real."""
        return True

    def now_ns(self) -> int:
        """The instant it was last moved to, POSIX nanoseconds."""
        return self._now_ns

    def monotonic_ns(self) -> int:
        """Nanoseconds advanced since the start."""
        return self._monotonic_ns

    def real_seconds_until(self, at_ns: int) -> float:  # noqa: ARG002 - the protocol's argument
        """0: waiting does not move this clock, its owner does."""
        return 0.0

    def advance(self, by_ns: int) -> None:
        """Lets `by_ns` (>= 0) pass on both clocks.

        Raises:
            ClockError: `by_ns` is negative.
        """
        by_ns = _not_negative(by_ns)
        self._now_ns += by_ns
        self._monotonic_ns += by_ns

    def set_to(self, at_ns: int) -> None:
        """Lets time pass until `at_ns`, POSIX ns, not before `now_ns()`.

        Raises:
            ClockError: `at_ns` lies in this clock's past.
        """
        self.advance(at_ns - self._now_ns)

    def discipline(self) -> Discipline | None:
        """What it was last told."""
        return self._discipline

    def disciplined(self, by: Discipline | None) -> None:
        """Tells what keeps it right from now on."""
        self._discipline = by

    def step_back(self, by_ns: int) -> None:
        """Sets the wall clock back by `by_ns` (>= 0); no time passes."""
        self._now_ns -= _not_negative(by_ns)

    def step_forward(self, by_ns: int) -> None:
        """Sets the wall clock forward by `by_ns` (>= 0); no time passes."""
        self._now_ns += _not_negative(by_ns)


def _not_negative(by_ns: int) -> int:
    if by_ns < 0:
        where = "stepped clock"
        raise ClockError(where, name="by_ns", value=by_ns, limit=">= 0")
    return by_ns


def clock_step(
    before_wall_ns: int, before_mono_ns: int, after_wall_ns: int, after_mono_ns: int
) -> int:
    """By how many ns the wall clock was set between two readings; above 0 is forward.

    Zero if wall and monotonic clock agree on the time that passed.
    """
    return (after_wall_ns - before_wall_ns) - (after_mono_ns - before_mono_ns)


def utc_text(at_ns: int) -> str:
    """The instant in RFC 3339 with Z, decimals to the ns without trailing zeros.

    Raises:
        TimestampError: `at_ns` lies outside the years 0001 to 9999.
    """
    seconds, ns = divmod(at_ns, NS_PER_S)
    try:
        whole = (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None).isoformat()
    except OverflowError:
        where = "instant"
        raise TimestampError(where, text=at_ns, what=_OUTSIDE) from None
    return whole + (f".{ns:09d}".rstrip("0") if ns else "") + "Z"


def parse_utc(text: str, where: str = "instant") -> int:
    """POSIX nanoseconds of an RFC 3339 text; Z or a numeric offset is needed.

    Leap seconds (:60), 24:00 and times without a zone are refused.

    Raises:
        TimestampError: The text names no instant; `where` says where it stood.
    """
    match = _RFC_3339.fullmatch(text)
    if match is None:
        raise TimestampError(where, text=text[:64], what=_ZONED)
    try:
        return _posix_ns(match)
    except (ValueError, OverflowError):
        raise TimestampError(where, text=text, what=_NO_SUCH_DAY) from None


def _posix_ns(match: re.Match[str]) -> int:
    parts = [int(part) for part in match.group(1, 2, 3, 4, 5, 6)]
    year, month, day, hour, minute, second = parts
    shown = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    since_epoch = shown - _EPOCH - _offset(match)
    fraction_ns = int((match.group(7) or "").ljust(9, "0"))
    return (since_epoch.days * 86_400 + since_epoch.seconds) * NS_PER_S + fraction_ns


def _offset(match: re.Match[str]) -> timedelta:
    if match.group(8) is None:
        return timedelta()
    hours, minutes = int(match.group(9)), int(match.group(10))
    if hours > 23 or minutes > 59:
        raise ValueError
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if match.group(8) == "-" else offset
