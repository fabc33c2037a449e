"""What contributes how much to the variance of an amount, by cause. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from evidence.statement.datum import ActivityData, StatedComponent
from evidence.statement.entered.spread import divided_entry

MOST_CAUSES: Final = 10
KINDS: Final = (
    "cert",
    "std",
    "crm",
    "inst",
    "span",
    "sampling",
    "clock",
    "factor",
    "substitution",
    "read",
    "fresh",
)
"""What influences are named by; a closed vocabulary, of which each has words."""
DIVIDED: Final = "divided"
"""Amounts that people entered, over time: two influences of one entry, told as one cause."""
OTHER: Final = "other"
REST: Final = "rest"
_BY_CHANNEL: Final = ("read", "cert", "span")
"""Their ids have a last part that tells readings, factors or checks of one thing apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """An influence, or several of one thing.

    Attributes:
        kind: One of `KINDS`, `DIVIDED`, `OTHER`, or `REST`: all that is not told by itself.
        subject: The thing.
        u: What it contributes, a standard uncertainty in the amount's unit.
        share: Of the sum of the variances, 0 to 1.
        shared: Whether it acts on all readings alike.
    """

    kind: str
    subject: str
    u: float
    share: float
    shared: bool


def certificates_behind(datum: ActivityData) -> tuple[str, ...]:
    """Certificates that an amount rests on: those applied, and those behind declared numbers."""
    through = {unquote(_subject(each.influence)): None for each in datum.components if _is_of(each)}
    return tuple(dict.fromkeys((*datum.certificates, *sorted(through))))


def _is_of(component: StatedComponent) -> bool:
    return component.influence.startswith("cert:")


def _subject(influence: str) -> str:
    return influence.partition(":")[2].rpartition("/")[0]


def causes(components: Sequence[StatedComponent], most: int = MOST_CAUSES) -> tuple[Cause, ...]:
    """The causes that contribute most, and what is left of them as the last one.

    Each component is taken by itself; what certificates of one standard may have in common is told
    with the uncertainty.
    """
    found: dict[tuple[str, str, bool], float] = {}
    for each in components:
        key = (*_cause(each.influence), each.shared)
        found[key] = found.get(key, 0.0) + each.contribution**2
    whole = math.fsum(found.values())
    told = [
        Cause(kind=kind, subject=subject, u=math.sqrt(v), share=v / whole, shared=shared)
        for (kind, subject, shared), v in sorted(found.items(), key=lambda each: -each[1])
        if v > 0.0
    ]
    return (*told[:most], *_rest(told[most:]))


def _cause(influence: str) -> tuple[str, str]:
    kind, _, subject = influence.partition(":")
    divided = divided_entry(influence) if kind == "substitution" else None
    if divided is not None:
        channel, entries = divided
        return DIVIDED, f"{channel} #{entries}"
    if kind not in KINDS:
        return OTHER, influence
    return kind, subject.rpartition("/")[0] or subject if kind in _BY_CHANNEL else subject


def _rest(left: Sequence[Cause]) -> tuple[Cause, ...]:
    if not left:
        return ()
    u = math.sqrt(math.fsum(each.u**2 for each in left))
    share = math.fsum(each.share for each in left)
    return (Cause(kind=REST, subject=str(len(left)), u=u, share=share, shared=False),)
