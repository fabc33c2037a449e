"""What an auditor looks at, drawn by a seed so that a second person draws the same (pure).

Each item has a rank: the SHA-256 of the seed, its stratum and its id. What must be looked at is
always in; of the rest, each stratum gives those of the lowest ranks, in proportion to its size and
one at least. No random generator is needed to draw it again, and an item that is added later moves
no other item's rank.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

import msgspec

from evidence.audit.said import Pointer

Stratum = Literal["certificate", "setting", "check", "hour", "reading"]
STRATA: Final[tuple[Stratum, ...]] = ("certificate", "setting", "check", "hour", "reading")
Reason = Literal[
    "changed_setting",
    "failed_check",
    "substituted",
    "not_recomputed",
    "in_doubt",
    "finding",
    "marked",
]


class Item(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Something that can be looked at.

    Args:
        stratum: what it is.
        id: unique in its stratum.
        content: digest of what it is now; "" where the id says it all.
        why: reasons for which it is always in; empty: by lot.
        where: the evidence.
    """

    stratum: Stratum
    id: str
    content: str = ""
    why: tuple[Reason, ...] = ()
    where: Pointer


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """The items to look at.

    Args:
        seed, size: as asked for; `size` is of the items drawn by lot.
        population: how many items each stratum has.
        population_digest: SHA-256 of all items, so that two people know that they drew from one.
        always, by_lot: the items, in order of stratum and id; and in order of stratum and rank.
    """

    schema: str = "carbonmeter/audit-sample/v1"
    channel: str
    start: str
    end: str
    seed: str
    size: int
    population: Mapping[str, int]
    population_digest: str
    always: tuple[Item, ...]
    by_lot: tuple[Item, ...]


def sample(items: Iterable[Item], seed: str, size: int, of: tuple[str, str, str]) -> Sample:
    """The items to look at.

    Args:
        items: The population; of one stratum and id there is one.
        seed: Any text, agreed on before.
        size: How many to draw by lot, >= 0; all of the rest where there are not so many.
        of: Channel, start and end of the period.
    """
    whole = sorted(items)
    rest = [each for each in whole if not each.why]
    quota = allocation(Counter(each.stratum for each in rest), size)
    drawn: list[Item] = []
    for stratum in STRATA:
        own = sorted((each for each in rest if each.stratum == stratum), key=_ranked(seed))
        drawn += own[: quota.get(stratum, 0)]
    return Sample(
        channel=of[0],
        start=of[1],
        end=of[2],
        seed=seed,
        size=size,
        population=dict(sorted(Counter(each.stratum for each in whole).items())),
        population_digest=digest_of(whole),
        always=tuple(each for each in whole if each.why),
        by_lot=tuple(drawn),
    )


class _ranked:  # noqa: N801 - a key function
    """The rank of an item under a seed, as a sort key."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def __call__(self, item: Item) -> str:
        return rank(self._seed, item)


def rank(seed: str, item: Item) -> str:
    """SHA-256 (hex) of seed, stratum and id, a line each."""
    return hashlib.sha256(f"{seed}\n{item.stratum}\n{item.id}".encode()).hexdigest()


def digest_of(items: Sequence[Item]) -> str:
    """SHA-256 of the items in order: stratum, id and content, a line of JSON each."""
    lines = (msgspec.json.encode((each.stratum, each.id, each.content)) for each in items)
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


def allocation(sizes: Mapping[Stratum, int], size: int) -> dict[Stratum, int]:
    """How many each stratum gives: in proportion, by largest remainder, one at least.

    Args:
        sizes: Of the strata.
        size: In all; fewer than strata: the first ones in order give one each.
    """
    there = [name for name in STRATA if sizes.get(name, 0)]
    total = sum(sizes[name] for name in there)
    if size >= total:
        return {name: sizes[name] for name in there}
    given = dict.fromkeys(there[:size], 1)
    while (left := size - sum(given.values())) > 0:
        name = max(there, key=lambda each: _lack(sizes[each], given.get(each, 0), size / total))
        given[name] = given.get(name, 0) + min(1, left)
    return given


def _lack(size: int, given: int, share: float) -> float:
    """How far a stratum is below its share; one that is used up never gets more."""
    return size * share - given if given < size else float("-inf")
