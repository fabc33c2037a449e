"""Spells as they are told to whoever must act: one trouble, its causes, whether it is over. Pure.

A device that falls silent is asked, then left alone for a while, then asked again: many spells, and
one trouble.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from calibration.indication import MissReason
from collector.web.before_log import BEFORE_LOG
from collector.web.instrument.spells import MOST_SAID, Spell
from evidence.clock import NS_PER_S
from evidence.log.batch import Record
from evidence.statement.completeness import NOT_RECEIVED, UNEXPLAINED

_RESTED: Final = MissReason.NOT_POLLED.value
_ALONE: Final = (NOT_RECEIVED, UNEXPLAINED, BEFORE_LOG)
"""What no record of the agent accounts for: what was not received may still come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Spells that follow each other, with no good value between them.

    Attributes:
        kind: What it is.
        causes: Reasons of misses, or a quality, each with how many polls it touches; the one to
            act on first.
        start_ns, end_ns: From when until when, UTC ns; at full hours where hours are looked at.
        is_over: Whether a value came after it.
        said: What the agent itself said of this time.
    """

    kind: Literal["missing", "quality"]
    causes: tuple[tuple[str, int], ...]
    start_ns: int
    end_ns: int
    is_over: bool
    said: tuple[Record, ...] = ()

    @property
    def code(self) -> str:
        """The cause to act on: being left alone is what follows from another one."""
        return self.causes[0][0]

    @property
    def polls(self) -> int:
        """How many it touches."""
        return sum(count for _, count in self.causes)

    @property
    def lasted_s(self) -> float:
        """How long it lasted, or lasts by now, s."""
        return (self.end_ns - self.start_ns) / NS_PER_S

    @property
    def is_rested(self) -> bool:
        """Whether it was not asked beside another cause, as a device is that had not answered."""
        return any(code == _RESTED for code, _ in self.causes[1:])


def troubles(spells: Iterable[Spell], last_ns: int) -> list[Trouble]:
    """What is told of spells, in their order.

    Args:
        spells: In order of their begin.
        last_ns: Of the last value that was received, UTC.
    """
    groups: list[list[Spell]] = []
    for each in spells:
        before = next((group for group in reversed(groups) if _follows(each, group)), None)
        if before is None:
            groups.append([each])
        else:
            before.append(each)
    return [_told(group, last_ns) for group in groups]


def _follows(spell: Spell, group: Sequence[Spell]) -> bool:
    """Whether it goes on with the same trouble."""
    told = (group[0], spell)
    if any(each.kind != "missing" or each.code in _ALONE for each in told):
        return False
    return spell.start_ns <= max(each.end_ns for each in group)


def _told(group: Sequence[Spell], last_ns: int) -> Trouble:
    polls: Counter[str] = Counter()
    for each in group:
        polls[each.code] += each.polls
    end_ns = max(each.end_ns for each in group)
    said = {record.kind: record for each in reversed(group) for record in each.said}
    return Trouble(
        kind=group[0].kind,
        causes=tuple(sorted(polls.items(), key=lambda cause: (cause[0] == _RESTED, -cause[1]))),
        start_ns=group[0].start_ns,
        end_ns=end_ns,
        is_over=last_ns >= end_ns,
        said=tuple(sorted(said.values(), key=lambda record: record.at_ms))[:MOST_SAID],
    )
