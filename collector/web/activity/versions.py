"""The versions of a statement: what each said, what changed, and what would be said now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from calibration.errors import CalibrationError
from collector.activity.acts import Known
from collector.api.telling import Telling
from collector.lookup import ChannelRow, Lookup
from evidence.errors import CodedError
from evidence.statement.datum import ActivityData
from evidence.statement.difference import Difference, difference
from evidence.statement.locks import Act, place_of

MOST_VERSIONS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a statement.

    Attributes:
        stated_ns: When it was stated first, POSIX ns; None where nobody kept it.
        released: By whom and why; None where nobody did.
        locked: Likewise.
        changed: What it says otherwise than the one that it supersedes; None of the first, and
            where the two have not one unit.
    """

    datum: ActivityData
    stated_ns: int | None
    released: Act | None
    locked: Act | None
    changed: Difference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """All versions of a statement, the newest first.

    Attributes:
        shown: The one that is looked at.
        others_locked: The lock of another version; None where there is none.
        otherwise_locked: The lock of the other kind: with the plan, or without it.
        now: What would be stated otherwise now than in the newest; None where nothing would.
        follows: Whether anything would be stated now.
        refused: Why it cannot be told what would be stated now.
    """

    shown: Version
    all_of_them: Sequence[Version]
    others_locked: Act | None
    otherwise_locked: Act | None
    now: Difference | None
    follows: bool = True
    refused: CodedError | CalibrationError | None = None


def versions_of(
    datum: ActivityData,
    lookup: Lookup,
    known: Known,
    telling: Telling,
    rows: dict[str, ChannelRow],
) -> Versions:
    """The versions of a statement.

    Args:
        datum: One of them.
        lookup: Holds what was stated.
        known: What people released and locked.
        telling: Tells what follows now.
        rows: All channels that the reader may see.
    """
    newest = lookup.newest(place_of(datum))
    head = lookup.activity(newest[0]) if newest is not None else None
    chain = _chain(head or datum, lookup)
    if datum.digest not in {each.digest for each in chain}:
        chain += _chain(datum, lookup)
    found = [_version(each, lookup, known) for each in chain]
    lock = known.locks.locked.get(place_of(datum))
    now, follows, refused = _now(chain[0], telling, rows)
    return Versions(
        shown=next(each for each in found if each.datum.digest == datum.digest),
        all_of_them=found,
        others_locked=None if lock is None or lock.digest == datum.digest else lock,
        otherwise_locked=known.locks.locked_otherwise(datum),
        now=now,
        follows=follows,
        refused=refused,
    )


def _chain(newest: ActivityData, lookup: Lookup) -> list[ActivityData]:
    """A version and those that it supersedes, each once."""
    found = {newest.digest: newest}
    while len(found) < MOST_VERSIONS:
        last = next(reversed(found.values()))
        before = None if last.supersedes is None else lookup.activity(last.supersedes)
        if before is None or before.digest in found:
            break
        found[before.digest] = before
    return list(found.values())


def _version(datum: ActivityData, lookup: Lookup, known: Known) -> Version:
    before = None if datum.supersedes is None else lookup.activity(datum.supersedes)
    lock = known.locks.locked.get(place_of(datum))
    return Version(
        datum=datum,
        stated_ns=lookup.stated_ns(datum.digest),
        released=known.locks.released.get(datum.digest),
        locked=lock if lock is not None and lock.digest == datum.digest else None,
        changed=None if before is None or before.unit != datum.unit else difference(before, datum),
    )


def _now(
    newest: ActivityData, telling: Telling, rows: dict[str, ChannelRow]
) -> tuple[Difference | None, bool, CodedError | CalibrationError | None]:
    """What would be stated otherwise now, whether anything would, and why that cannot be told."""
    try:
        now = telling.now(rows, newest)
        if now is None or now.digest == newest.digest:
            return None, now is not None, None
        return difference(newest, now), True, None
    except (CodedError, CalibrationError) as refused:
        return None, True, refused
