"""Pages of a list: rows in an order of their own, after the last one of the page before.

A row is known by its key, which never changes. What comes while somebody pages stands where its key
is: behind the cursor it is on a page that follows, before it it is not there. So no row that was
there from the first page on is left out or comes twice.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Generic, TypeVar

from fastapi import Request
from pydantic import Field

from collector.api.asked import Asked
from collector.api.paging import (
    MAX_TEXT,
    NEXT,
    cursor_of,
    mark_of,
    question_of,
    require_numbers,
    require_question,
)
from collector.api.schema import described

MAX_ROWS: Final = 1_000
_NOT_ASKED: Final = frozenset({"limit", "cursor", "lang"})
"""Parameters that may change from page to page."""
Key = TypeVar("Key", bound=tuple[str | int, ...])
Row = TypeVar("Row")


class PagedAsked(Asked):
    """Which page of a list."""

    limit: int = Field(MAX_ROWS, ge=1, le=MAX_ROWS, description="Rows on a page.")
    cursor: str | None = Field(
        None,
        min_length=1,
        max_length=MAX_TEXT,
        description=f"Of the header `{NEXT}` of the page before; the rest unchanged.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """Some rows of a list.

    Attributes:
        rows: At least one if any is left.
        following: Cursor of the page that follows; empty if this is the last.
    """

    rows: list[Row]
    following: str

    @property
    def headers(self) -> Mapping[str, str]:
        """What leads to the page that follows."""
        return {NEXT: self.following} if self.following else {}


def after(request: Request, asked: PagedAsked, kind: type[Key]) -> Key | None:
    """The key of the last row of the page before; None for the first page.

    Args:
        request: Whose address the list has.
        asked: Which page.
        kind: Of the keys.

    Raises:
        CursorError: the cursor is none of ours, or belongs to another question.
    """
    if asked.cursor is None:
        return None
    question, key = mark_of(asked.cursor, tuple[str, kind])  # type: ignore[valid-type]
    require_question(question, _question(request, asked))
    require_numbers(key)
    return key


def page_of(
    request: Request, asked: PagedAsked, kind: type[Key], rows: Iterable[tuple[Key, Row]]
) -> Page[Row]:
    """The page that is asked for.

    Args:
        request: Whose address the list has.
        asked: Which page.
        kind: Of the keys.
        rows: All rows, or those behind the page before, in ascending order of their keys; no more
            of them are taken than the page holds, and one.

    Raises:
        CursorError: the cursor is none of ours, or belongs to another question.
    """
    last = after(request, asked, kind)
    found = list(islice(_behind(last, rows), asked.limit + 1))
    taken = found[: asked.limit]
    goes_on = len(found) > len(taken)
    following = cursor_behind(request, asked, taken[-1][0]) if goes_on else ""
    return Page(rows=[row for _, row in taken], following=following)


def cursor_behind(request: Request, asked: PagedAsked, key: tuple[str | int, ...]) -> str:
    """The cursor of the page that follows a row, by its key."""
    return cursor_of((_question(request, asked), key))


def paged(schema: dict[str, Any], description: str) -> dict[str, Any]:
    """What a route says of its answers where these are pages."""
    found = described({"application/json": {"schema": schema}}, description)
    text = "Cursor of the page that follows; absent on the last one."
    found["responses"][200]["headers"] = {
        NEXT: {"description": text, "schema": {"type": "string"}, "required": False}
    }
    return found


def _behind(last: Key | None, rows: Iterable[tuple[Key, Row]]) -> Iterator[tuple[Key, Row]]:
    return (each for each in rows if last is None or each[0] > last)


def _question(request: Request, asked: PagedAsked) -> str:
    """What the question is known by: its address, and all that narrows it."""
    told = {name: value for name, value in asked.model_dump().items() if name not in _NOT_ASKED}
    return question_of(request.url.path, sorted(told.items()))
