"""Activity data as JSON Lines: a statement a line, and a last line that says that it is the last.

A file of lines that was cut off at the end of one looks whole. So the last line counts the others
and has their digest. Pure.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

import msgspec

from evidence.statement.boundary.used import BoundaryShown
from evidence.statement.datum import ActivityData

MEDIA_TYPE: Final = "application/jsonl"


class End(msgspec.Struct, frozen=True, kw_only=True):
    """What was told, once all of it was.

    Args:
        statements: how many lines came before.
        periods_without_data: how many periods have no line, since no hour was received.
        locked: how many of the statements are locked.
        locked_differing: of how many of these something else would be stated now.
        locked_otherwise: of how many the other kind is locked: with the plan, or without it.
        time_zone: whose days, months and years counted.
        hours_without_row: under a plan, in periods without a line: rules may put values in their
            place, which no line has; not there where it was not asked for under plans.
        boundary: the saved boundary whose channels the lines are of, with its factors; not there
            where channels were named.
        channels_undivided: how many channels are left out, as the hours of the periods would cut
            their readings in two; not there where there are none, or channels were named.
        sha256: of all bytes before this line.
    """

    statements: int
    periods_without_data: int
    locked: int
    locked_differing: int
    time_zone: str
    locked_otherwise: int = 0
    hours_without_row: int | msgspec.UnsetType = msgspec.UNSET
    boundary: BoundaryShown | msgspec.UnsetType = msgspec.UNSET
    channels_undivided: int | msgspec.UnsetType = msgspec.UNSET
    sha256: str = ""


class LastLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last line of a file that is whole."""

    end: End


class JsonLines:
    """A file that is written portion by portion."""

    def __init__(self) -> None:
        self._told = hashlib.sha256()

    def lines(self, data: Iterable[ActivityData]) -> bytes:
        """The lines of these statements, each as the list has it."""
        made = b"".join(msgspec.json.encode(each) + b"\n" for each in data)
        self._told.update(made)
        return made

    def last(self, end: End) -> bytes:
        """The last line."""
        told = msgspec.structs.replace(end, sha256=self._told.hexdigest())
        return msgspec.json.encode(LastLine(end=told)) + b"\n"
