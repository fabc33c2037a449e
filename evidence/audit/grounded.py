"""What an hour rests on, without what it comes to: a year of hours is read for it in a moment."""

from typing import Final

import msgspec

from calibration.window import Grounds


class ActingInfluence(msgspec.Struct, frozen=True, gc=False):
    """An influence by its name."""

    id: str


class ActingPart(msgspec.Struct, frozen=True, gc=False):
    """What acts on an hour's value; how much is left out."""

    influence: ActingInfluence


class GroundedHour(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An hour of amounts or of means: [start, end) in UTC ns, what it rests on, what acts on it."""

    start_ns: int
    end_ns: int
    grounds: Grounds
    components: tuple[ActingPart, ...] = ()


GROUNDED: Final = msgspec.msgpack.Decoder(GroundedHour)
"""Reads it from a window or a mean as these are kept."""
