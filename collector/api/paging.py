"""Cursors: where a page ended, as an opaque text that fits its question only. Pure."""

import base64
import hashlib
from typing import Annotated, Final, TypeVar

import msgspec

from collector.api.refusal import CursorError
from collector.lookup import Place
from evidence.errors import Words

MAX_TEXT: Final = 4096
NEXT: Final = "Next-Cursor"
"""The header that has the cursor of the page that follows; it is not there on the last one."""
_INT64: Final = 2**63 - 1
MAX_NUMBER: Final = _INT64 - 1_000_000
"""In a key, either way: what is counted on from it is still a number of the database's."""
Count = Annotated[int, msgspec.Meta(ge=0, le=_INT64)]
Made = TypeVar("Made")
_FOREIGN: Final = Words("was not made here", "不是本系统生成的")
_OTHER: Final = Words("belongs to another question", "属于另一个请求")


class Mark(msgspec.Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True):
    """The last leaf of a page, and how many of its readings the page holds.

    Args:
        question: digest of channel, start and end.
        first_ms: of the leaf's readings of the channel, the earliest.
        agent, epoch, sequence: the leaf.
        taken: how many of its readings and misses were given out.
    """

    question: str
    first_ms: Count
    agent: str
    epoch: str
    sequence: Count
    taken: Count

    @property
    def order(self) -> tuple[int, str, str, int]:
        """Where the leaf stands among all leaves of the question."""
        return self.first_ms, self.agent, self.epoch, self.sequence


def order_of(first_ms: int, place: Place) -> tuple[int, str, str, int]:
    """Where a leaf stands among all leaves of a question."""
    return first_ms, place.agent, place.epoch, place.sequence


def question_of(*parts: object) -> str:
    """What a question is known by."""
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:16]


def cursor_of(mark: object) -> str:
    """A mark, as a text for an address."""
    return base64.urlsafe_b64encode(msgspec.json.encode(mark)).decode("ascii").rstrip("=")


def mark_of(cursor: str, kind: type[Made]) -> Made:
    """The mark in a cursor.

    Raises:
        CursorError: it is no cursor of such marks.
    """
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(data, type=kind)
    except (ValueError, msgspec.DecodeError, RecursionError):
        raise CursorError("cursor", what=_FOREIGN) from None


def require_question(found: str, question: str) -> None:
    """Returns if a mark was made for a question.

    Raises:
        CursorError: it was made for another one.
    """
    if found != question:
        raise CursorError("cursor", what=_OTHER)


def require_numbers(key: tuple[str | int, ...]) -> None:
    """Returns if all numbers of a key are such as rows have, and can be counted on from.

    Raises:
        CursorError: one is too large for any row.
    """
    if any(isinstance(each, int) and abs(each) > MAX_NUMBER for each in key):
        raise CursorError("cursor", what=_FOREIGN)


def from_cursor(text: str, question: str) -> Mark:
    """The mark of readings in a cursor.

    Raises:
        CursorError: it is not one, or was made for another question.
    """
    mark = mark_of(text, Mark)
    require_question(mark.question, question)
    return mark
