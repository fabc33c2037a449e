"""How far a bundle that is made on the page reaches: the period, or all that rules looked at.

Who presses one button wants the statement proven, all of it. So of a statement under a monitoring
plan the readings that rules looked at are brought, unless they are too many to wait for.
"""

from dataclasses import dataclass
from typing import Final

import msgspec

from collector.api.parts import Parts
from collector.api.pool import Sources
from collector.api.refusal import RangeLimitError
from collector.api.register import seen_by
from collector.audit.gather import measured_behind
from collector.bundling import looks_ahead_ns, looks_back_ns
from collector.site_register import site_register
from evidence.clock import parse_utc
from evidence.errors import Words
from evidence.statement.datum import ActivityData

MOST_LEAVES: Final = 20_000
"""Of a bundle that is made here; the command makes larger ones."""
_NS_PER_MS: Final = 1_000_000
_Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How far a statement's bundle reaches, and may.

    Attributes:
        is_offered: Whether there is a choice: rules looked at readings outside the period.
        fits: Whether those can be brought here too.
        history: Whether they are.
    """

    is_offered: bool
    fits: bool
    history: bool


def depth_of(
    parts: Parts, sources: Sources, datum: ActivityData, *, asked: bool | None = None
) -> Depth:
    """How far the bundle of a statement reaches.

    Args:
        parts: Of the interface.
        sources: What it is made from.
        datum: The statement.
        asked: Whether somebody wants what rules looked at; None where nobody chose.
    """
    if not _is_wider(datum):
        return Depth(is_offered=False, fits=True, history=False)
    fits = _leaves(parts, sources, datum, history=True) <= MOST_LEAVES
    return Depth(is_offered=True, fits=fits, history=fits if asked is None else asked)


def require_room(parts: Parts, sources: Sources, datum: ActivityData, *, history: bool) -> None:
    """Returns if a bundle that is made while somebody waits holds the statement's leaves.

    Raises:
        RangeLimitError: it does not.
    """
    found = _leaves(parts, sources, datum, history=history)
    if found > MOST_LEAVES:
        name = Words(
            "leaves in a bundle (`carbonmeter evidence bundle` makes larger ones)",
            "证据包中的叶（更大的请用 `carbonmeter evidence bundle`）",
        )
        raise RangeLimitError("activity", found=found, name=name, limit=MOST_LEAVES)


def _is_wider(datum: ActivityData) -> bool:
    return _reach(datum, history=True) != _reach(datum, history=False)


def _reach(datum: ActivityData, *, history: bool) -> _Span:
    """The time of which a bundle brings readings, UTC ns."""
    start_ns, end_ns = parse_utc(datum.period.start), parse_utc(datum.period.end)
    back_ns = looks_back_ns(datum, history=history)
    ahead_ns = looks_ahead_ns(datum) if history else None
    return start_ns if back_ns is None else back_ns, ahead_ns or end_ns


def _leaves(parts: Parts, sources: Sources, datum: ActivityData, *, history: bool) -> int:
    """How many leaves hold the readings, those of two channels counted twice; at most so many."""
    first_ms, last_ms = (at // _NS_PER_MS for at in _reach(datum, history=history))
    lookup = sources.store.lookup
    behind = sorted(_behind(parts, sources, datum))
    return sum(len(lookup.places(each, first_ms, last_ms, MOST_LEAVES + 1)) for each in behind)


def _behind(parts: Parts, sources: Sources, datum: ActivityData) -> set[str]:
    """The channels whose readings a bundle brings."""
    site = datum.channel.partition("/")[0]
    register = site_register(sources.store.lookup, sources.ledger, parts.sites, site)
    span = parse_utc(datum.period.start), parse_utc(datum.period.end)
    found = {*measured_behind(seen_by(sources, parts), register, datum.channel, span)}
    if datum.under_plan is msgspec.UNSET:
        return found
    told = {datum.channel, *found}
    return found | {name for plan in register.plans if plan.plan in told for name in plan.channels}
