"""What the operating system says of its clock: whether it is disciplined, and to within what.

Linux keeps it for `adjtimex(2)`, which anyone may ask. ntpd, chrony (with `rtcsync`) and
systemd-timesyncd tell the kernel with each update how far off the time can be; the kernel
adds 500 ppm until the next one, and says that nobody keeps the clock once that makes 16 s, or
when the clock is set by hand.
"""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol, runtime_checkable

_UNSYNCHRONISED: Final = 0x40  # STA_UNSYNC
_FAILED: Final = -1
_US_PER_S: Final = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Discipline:
    """What is said of a clock by what keeps it right.

    Attributes:
        synchronised: Whether something keeps it.
        bound_s: How far off it can be at most, s; without meaning if it is not kept.
    """

    synchronised: bool
    bound_s: float


@runtime_checkable
class DisciplinedClock(Protocol):
    """A clock of which something says whether it is kept right."""

    def discipline(self) -> Discipline | None:
        """What is said of it now; None if nothing is."""
        ...


def discipline_of(clock: object) -> Discipline | None:
    """What is said of a clock by what keeps it right; None if nothing is."""
    return clock.discipline() if isinstance(clock, DisciplinedClock) else None


class _Timex(ctypes.Structure):
    """The beginning of Linux' `struct timex`, and room for the rest of it."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 512),
    )


def read_kernel() -> Discipline | None:
    """What the kernel says now; None where there is no such kernel, or it does not answer."""
    adjtimex, timex = _adjtimex(), _Timex(modes=0)  # no mode: nothing is set
    if adjtimex is None or adjtimex(ctypes.byref(timex)) == _FAILED:
        return None
    return Discipline(
        synchronised=not timex.status & _UNSYNCHRONISED,
        bound_s=max(timex.maxerror, 0) / _US_PER_S,
    )


@cache
def _adjtimex() -> Callable[[Any], int] | None:
    try:
        found: Callable[[Any], int] = ctypes.CDLL(None).adjtimex
    except (OSError, AttributeError, TypeError):  # not Linux
        return None
    return found
