"""Pages of what was set aside: the latest first, only what the reader may see."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Annotated, Final, NamedTuple

import msgspec

from collector.api.paging import cursor_of, mark_of
from collector.lookup import Lookup, Place
from evidence.judging.judgement import Fault

PORTION: Final = 200
_INT64: Final = 2**63 - 1


class After(msgspec.Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True):
    """The last row of a page: when its leaf was received, and which one it is."""

    received_ns: Annotated[int, msgspec.Meta(ge=-_INT64, le=_INT64)]
    agent: str
    epoch: str
    sequence: Annotated[int, msgspec.Meta(ge=0, le=_INT64)]
    subject: str
    code: str


class Page(NamedTuple):
    """Rows, and where the next page begins; empty text if this is the last."""

    rows: list[tuple[Place, Fault]]
    following: str


def page(lookup: Lookup, sees: Callable[[str], bool], cursor: str | None, limit: int) -> Page:
    """So many contents that were set aside, after those before the cursor.

    Args:
        lookup: Where they are kept.
        sees: Whether what an agent sent is shown.
        cursor: Of the page before; None for the first.
        limit: How many, at least 1.

    Raises:
        CursorError: It is none of ours.
    """
    after = None if cursor is None else mark_of(cursor, After)
    found = list(islice(_seen(lookup, sees, after), limit + 1))
    rows = [(place, fault) for _, place, fault in found[:limit]]
    return Page(rows, cursor_of(_mark(*found[limit - 1])) if len(found) > limit else "")


def _seen(
    lookup: Lookup, sees: Callable[[str], bool], after: After | None
) -> Iterator[tuple[int, Place, Fault]]:
    mark = None if after is None else msgspec.structs.astuple(after)
    while portion := lookup.faults_after(mark, PORTION):
        yield from (row for row in portion if sees(row[1].agent))
        mark = _mark(*portion[-1])


def _mark(received_ns: int, place: Place, fault: Fault) -> tuple[int, str, str, int, str, str]:
    return received_ns, place.agent, place.epoch, place.sequence, fault.subject, fault.code
