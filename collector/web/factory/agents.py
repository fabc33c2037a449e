"""The agents: when they were last heard, what waits, how their spool and their clock stand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from collector.alarms.agents import CALM, SpoolSaid, spool_said
from collector.api.agents import AgentSeen, agent_seen
from collector.api.parts import Parts
from collector.api.pool import Sources
from evidence.clock import NS_PER_S, parse_utc
from evidence.judging.stream import NS_PER_MS

ON_A_PAGE: Final = 20
MIB: Final = 1_048_576
MATTERS_S: Final = 60.0
"""What is younger waits for its batch to be closed, and for its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What an agent read, or should have read, and nobody has received.

    Attributes:
        oldest_s: Age of the oldest reading, at most, s.
        readings: How many were due since, at most.
        is_late: Whether that is longer than an agent may be silent.
    """

    oldest_s: float
    readings: int
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLine:
    """An agent in a line.

    Attributes:
        heard_ns: When its last leaf was committed; None if none was. `heard_s` ago; 0 for never.
        silent: Whether that is longer ago than it may be.
        leaves: That are held of it; of `lacking` it has no receipt.
        spool: How full it last said its spool is: "roomy", "warn", "thin", "stop"; "" of one that
            was never heard. `spool_since_ns`: since when, where it is filling up.
        used, limit_MiB: Share of its spool's limit that it said with that, and the limit; None
            where it did not say them.
        waiting: What is still there; None where that is nothing that matters.
        clock: How its clock stands; "" before its first batch.
        clock_u_s: Standard uncertainty of its stamps, s.
        channels: How many; of `wrong` something is wrong.
    """

    id: str
    site: str
    heard_ns: int | None
    heard_s: float
    silent: bool
    leaves: int
    lacking: int
    spool: str
    spool_since_ns: int | None
    used: float | None
    limit_MiB: float | None
    waiting: Waiting | None
    clock: str
    clock_u_s: float | None
    software: str
    channels: int
    wrong: int


def agent_line(
    sources: Sources,
    parts: Parts,
    agent: str,
    heard_ns: int | None,
    counts: Mapping[str, tuple[int, int]],
    rate_Hz: Callable[[str], float],
) -> AgentLine:
    """An agent as it is known now.

    Args:
        sources: Ledger and derived data.
        parts: Of the collector.
        agent: Its id.
        heard_ns: When it was last heard.
        counts: Of each agent: how many channels, and of how many something is wrong.
        rate_Hz: How many readings are due of an agent in a second.
    """
    seen = agent_seen(sources, parts, agent)
    channels, wrong = counts.get(agent, (0, 0))
    said = SpoolSaid(level="") if heard_ns is None else spool_said(sources, agent)
    is_filling = said.since_ms is not None and said.level != CALM
    return AgentLine(
        id=agent,
        site=seen.site,
        heard_ns=heard_ns,
        heard_s=max(0, parts.clock.now_ns() - (heard_ns or 0)) / NS_PER_S if heard_ns else 0.0,
        silent=is_silent(parts, heard_ns),
        leaves=sum(each.size for each in seen.epochs),
        lacking=sum(max(0, each.size - each.receipted) for each in seen.epochs),
        spool=said.level,
        spool_since_ns=(said.since_ms or 0) * NS_PER_MS if is_filling else None,
        used=said.used,
        limit_MiB=None if said.limit_bytes is None else said.limit_bytes / MIB,
        waiting=_waiting(seen, parts, rate_Hz),
        clock=_clock(seen),
        clock_u_s=None if seen.clock is None else seen.clock.standard_uncertainty_s,
        software=seen.software or "",
        channels=channels,
        wrong=wrong,
    )


def _waiting(seen: AgentSeen, parts: Parts, rate_Hz: Callable[[str], float]) -> Waiting | None:
    """What was read since the last batch was closed: none of it is here."""
    if seen.read_until is None:
        return None
    oldest_s = (parts.clock.now_ns() - parse_utc(seen.read_until)) / NS_PER_S
    if oldest_s < MATTERS_S:
        return None
    readings = int(oldest_s * rate_Hz(seen.id))
    is_late = oldest_s > parts.alarm_limits.agent_silent_s
    return Waiting(oldest_s=oldest_s, readings=readings, is_late=is_late) if readings else None


def _clock(seen: AgentSeen) -> str:
    if seen.clock is None:
        return ""
    if seen.clock.simulated:
        return "simulated"
    if seen.clock.standing == "unknown" and seen.clock.synchronised is not None:
        return "synchronised" if seen.clock.synchronised else "unsynchronised"
    return seen.clock.standing.value


def is_silent(parts: Parts, heard_ns: int | None) -> bool:
    """Whether an agent said nothing for longer than it may."""
    limit_ns = round(parts.alarm_limits.agent_silent_s * NS_PER_S)
    return heard_ns is None or parts.clock.now_ns() - heard_ns > limit_ns
