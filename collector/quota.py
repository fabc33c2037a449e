"""How much each agent may send: what goes beyond it waits with the agent, and is not lost. Pure.

A store that holds a day's allowance and is filled evenly: a burst passes, a flood is slowed to
the allowance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, NamedTuple

import msgspec

from collector.errors import AdmissionError
from evidence.clock import NS_PER_S
from evidence.log.envelope import MAX_MESSAGE_BYTES

DAY_NS: Final = 86_400 * NS_PER_S
RECENT_NS: Final = 900 * NS_PER_S
"""For so long after a refusal an agent counts as slowed down."""


class QuotaError(AdmissionError):
    """An agent sends more than it may; the same leaf is taken later."""

    code = "E_QUOTA"
    en = "more than {limit} a day is sent; it waits with the agent and is taken bit by bit"
    zh = "每日发送量超过 {limit}；数据留在代理处，将逐步接收"


class Allowance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agent may send a day; without a figure, as much as it likes.

    Attributes:
        readings_a_day: Readings and misses, at least 10,000.
        bytes_a_day: Bytes of leaves, uncompressed, at least 1 MiB.
    """

    readings_a_day: Annotated[int, msgspec.Meta(ge=10_000, le=10**12)] | None = None
    bytes_a_day: Annotated[int, msgspec.Meta(ge=1_048_576, le=10**15)] | None = None


class QuotaSection(Allowance, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[quota] of collector.toml: for each agent, and for those that are named otherwise."""

    agents: dict[str, Allowance] = {}


class Cost(NamedTuple):
    """What a leaf takes of an allowance."""

    readings: float
    bytes: float


class _Rows(msgspec.Struct, frozen=True):
    rows: int = 0
    missed: tuple[msgspec.Raw, ...] = ()


class _Counted(msgspec.Struct, frozen=True):
    streams: tuple[_Rows, ...] = ()


_LEAF: Final = msgspec.json.Decoder(_Counted)
MOST_READINGS: Final = MAX_MESSAGE_BYTES


def cost_of(leaf: bytes) -> Cost:
    """What a leaf takes; one that cannot be read has no readings, and is judged later."""
    try:
        found = _LEAF.decode(leaf)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Cost(0, len(leaf))
    readings = sum(max(0, each.rows) + len(each.missed) for each in found.streams)
    return Cost(min(readings, MOST_READINGS), len(leaf))


@dataclass(slots=True, kw_only=True)
class _Left:
    """What is left of an agent's allowance, and when that was so."""

    readings: float
    bytes: float
    at_ns: int


@dataclass(slots=True, kw_only=True)
class Quotas:
    """What is left for each agent; for one thread.

    A leaf is taken as long as anything is left, and may overdraw it: no leaf is too large.
    """

    section: QuotaSection
    _left: dict[str, _Left] = field(default_factory=dict)
    _open: dict[str, list[Cost]] = field(default_factory=dict)
    _refused: dict[str, tuple[int, str]] = field(default_factory=dict)

    def allowance(self, agent: str) -> Allowance:
        """What an agent may send."""
        return self.section.agents.get(agent, self.section)

    def exceeded(self, agent: str, now_ns: int) -> str | None:
        """The limit that an agent has used up, in words; None while it may send.

        Args:
            agent: Who sends.
            now_ns: A monotonic reading, ns.
        """
        limits = _limits(self.allowance(agent))
        if not limits:
            return None
        left = self._filled(agent, limits, now_ns)
        waiting = self._open.get(agent, ())
        for name, limit in limits.items():
            if getattr(left, name) - sum(getattr(each, name) for each in waiting) <= 0:
                self._refused[agent] = now_ns, f"{limit} {name}"
                return self._refused[agent][1]
        return None

    def take(self, agent: str, leaf: bytes) -> None:
        """Notes a leaf that was admitted; it counts once it is committed."""
        allowed = self.allowance(agent)
        if allowed.readings_a_day is not None:
            cost = cost_of(leaf)
        elif allowed.bytes_a_day is not None:
            cost = Cost(0, len(leaf))
        else:
            return
        self._open.setdefault(agent, []).append(cost)

    def settle(self, *, committed: bool) -> None:
        """Counts what was taken since the last time, or forgets it."""
        taken, self._open = self._open, {}
        for agent, costs in taken.items() if committed else ():
            left = self._left[agent]
            left.readings -= sum(each.readings for each in costs)
            left.bytes -= sum(each.bytes for each in costs)

    def throttled(self, now_ns: int) -> list[tuple[str, str]]:
        """Agents that are slowed down, and their limit; may be asked from any thread."""
        refused = tuple(self._refused.items())
        return [(agent, limit) for agent, (at, limit) in refused if now_ns - at < RECENT_NS]

    def _filled(self, agent: str, limits: Mapping[str, int], now_ns: int) -> _Left:
        """What is left, after what has been added since it was asked last."""
        full = {name: float(limits.get(name, 0)) for name in ("readings", "bytes")}
        left = self._left.setdefault(agent, _Left(**full, at_ns=now_ns))
        share = max(0, now_ns - left.at_ns) / DAY_NS
        left.readings = min(full["readings"], left.readings + share * full["readings"])
        left.bytes = min(full["bytes"], left.bytes + share * full["bytes"])
        left.at_ns = now_ns
        return left


def _limits(allowed: Allowance) -> dict[str, int]:
    found = {"readings": allowed.readings_a_day, "bytes": allowed.bytes_a_day}
    return {name: limit for name, limit in found.items() if limit is not None}
