"""What there is in an hour, without what it comes to."""

from typing import Final, Protocol

import msgspec

from calibration.window import Tally


class Tallied(Protocol):
    """Something with a tally: a window, or what is read of one."""

    @property
    def tally(self) -> Tally:
        """Polls due, present and missing."""
        ...


class TalliedSpan(Tallied, Protocol):
    """Such a thing, and the time that it is of, UTC ns."""

    @property
    def start_ns(self) -> int:
        """Its begin."""
        ...

    @property
    def end_ns(self) -> int:
        """Its end."""
        ...


class TalliedHour(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An hour from `start_ns` on, UTC ns, and the polls in it."""

    start_ns: int
    tally: Tally


TALLIED: Final = msgspec.msgpack.Decoder(TalliedHour)
"""Reads it from a window as it is kept."""
