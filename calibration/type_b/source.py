"""Where a limit is stated, and whether anybody of this house saw it there."""

from enum import StrEnum
from typing import Literal

import msgspec


class Status(StrEnum):
    """What a figure rests on; a report prints it beside the figure."""

    SEEN = "S"
    RECALLED = "K"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where a limit is stated.

    Args:
        standard, edition, clause: as the document names them.
        status: "S": seen, in the text or restated by others, at `seen_in`; "K": recalled
            and not confirmed.
        seen_as: "text" of the document itself, or another's "restatement" of it.
        seen_in: address.
    """

    standard: str
    edition: str = ""
    clause: str = ""
    status: Status = Status.RECALLED
    seen_as: Literal["", "text", "restatement"] = ""
    seen_in: str = ""

    @property
    def name(self) -> str:
        """Standard, edition and clause in one line."""
        edition = f":{self.edition}" if self.edition else ""
        return f"{self.standard}{edition}" + (f", {self.clause}" if self.clause else "")
