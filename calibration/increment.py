"""From a register's readings to increments: rollover, reset, jump, spike, exchange, replacement.

A register is not a rate: only what it grows by is a quantity. A reading that cannot
follow the one before is a finding, never energy; it is set aside until the next reading
tells a single wrong value (a spike) from a register that really stands elsewhere.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

import msgspec

from calibration.indication import Quality

NS_PER_HOUR: Final = 3_600_000_000_000
LONGEST_SILENCE_NS: Final = 400 * 24 * NS_PER_HOUR  # beyond, nobody knows when it grew
_HEADROOM: Final = 1.2  # a meter may run above its rated load for a while


class RegisterTraits(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a register.

    Args:
        resolution: smallest step it shows, in its unit.
        rollover: value at which it starts again from 0; None if it does not.
        rated_rate: highest rate it can run at, in its unit per hour; None if not known.
    """

    resolution: float
    rollover: float | None = None
    rated_rate: float | None = None


class RegisterReading(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a register showed: `key` tells it from all other readings of its channel.

    `polled` is False for a reading taken by a person, or interpolated at an hour's edge.
    """

    key: str
    at_ns: int
    value: float
    standard_uncertainty: float
    quality: Quality = Quality.GOOD
    polled: bool = True


class Step(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A register's growth between two readings, rollover undone."""

    opening: RegisterReading
    closing: RegisterReading
    increment: float

    @property
    def rate(self) -> float:
        """Mean rate in the register's unit per hour; 0 for readings at one instant."""
        span_ns = self.closing.at_ns - self.opening.at_ns
        return self.increment * NS_PER_HOUR / span_ns if span_ns > 0 else 0.0


class FindingKind(StrEnum):
    """What a register did that is not growth; a closed vocabulary."""

    ROLLOVER = "rollover"
    RESET = "reset"
    JUMP = "jump"
    SPIKE = "spike"
    EXCHANGE = "exchange"
    SILENCE = "silence"
    REPLACED = "replaced"


class Finding(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A dated event of a register, with the readings on both sides."""

    kind: FindingKind
    at_ns: int
    before: float
    after: float


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One instrument replaced by another, with the readings taken at that moment."""

    at_ns: int
    closing_value: float
    opening_value: float
    old_serial: str
    new_serial: str


class Missed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A poll that gave no value, and why."""

    at_ns: int
    reason: str


class Sieve(msgspec.Struct, frozen=True, kw_only=True):
    """What must be remembered between readings: the last good one, and one set aside."""

    last: RegisterReading | None = None
    suspect: RegisterReading | None = None


def sift(
    sieve: Sieve, readings: Iterable[RegisterReading], traits: RegisterTraits
) -> tuple[Sieve, list[Step], list[Finding]]:
    """Steps and findings of `readings` that follow those the sieve has seen."""
    steps: list[Step] = []
    findings: list[Finding] = []
    for reading in readings:
        sieve, more, found = _sift_one(sieve, reading, traits)
        steps.extend(more)
        findings.extend(found)
    return sieve, steps, findings


def exchanged(
    sieve: Sieve, exchange: Exchange, traits: RegisterTraits, u_reading: float
) -> tuple[Sieve, list[Step], list[Finding]]:
    """The old instrument's last step, and the sieve that starts from the new one's reading.

    A closing reading that the old register cannot have reached is a finding: its growth
    since the last reading is not known.
    """
    closing = _manual("closing", exchange.at_ns, exchange.closing_value, u_reading)
    opening = _manual("opening", exchange.at_ns, exchange.opening_value, u_reading)
    after, steps, findings = sift(sieve, [closing], traits)
    if after.last is not None and after.suspect is not None:
        findings.append(_finding(FindingKind.SPIKE, after.last, after.suspect))
    event = Finding(
        kind=FindingKind.EXCHANGE,
        at_ns=exchange.at_ns,
        before=exchange.closing_value,
        after=exchange.opening_value,
    )
    return Sieve(last=opening), steps, [*findings, event]


def replaced(sieve: Sieve, reading: RegisterReading) -> tuple[Sieve, list[Finding]]:
    """The sieve that starts from another instrument's or another scale's first reading.

    Nobody recorded where the one before stood at the end, so what was counted between the two
    readings is not known: it is no growth.
    """
    last, suspect = sieve.last, sieve.suspect
    if last is None or reading.at_ns <= last.at_ns:
        return sieve, []
    spike = [] if suspect is None else [_finding(FindingKind.SPIKE, last, suspect)]
    return Sieve(last=reading), [*spike, _finding(FindingKind.REPLACED, last, reading)]


def _manual(end: str, at_ns: int, value: float, u_reading: float) -> RegisterReading:
    key = f"exchange-{at_ns // 1_000_000}-{end}"
    return RegisterReading(
        key=key, at_ns=at_ns, value=value, standard_uncertainty=u_reading, polled=False
    )


def _sift_one(
    sieve: Sieve, reading: RegisterReading, traits: RegisterTraits
) -> tuple[Sieve, list[Step], list[Finding]]:
    last, suspect = sieve.last, sieve.suspect
    if last is None:
        return Sieve(last=reading), [], []
    if reading.at_ns <= last.at_ns:
        return sieve, [], []
    if reading.at_ns - last.at_ns > LONGEST_SILENCE_NS:
        return Sieve(last=reading), [], [_finding(FindingKind.SILENCE, last, reading)]
    step = step_between(last, reading, traits)
    if step is not None:
        spike = [] if suspect is None else [_finding(FindingKind.SPIKE, last, suspect)]
        return Sieve(last=reading), [step], [*_rollover(step), *spike]
    if suspect is None:
        return Sieve(last=last, suspect=reading), [], []
    return _after_suspect(last, suspect, reading, traits)


def _after_suspect(
    last: RegisterReading,
    suspect: RegisterReading,
    reading: RegisterReading,
    traits: RegisterTraits,
) -> tuple[Sieve, list[Step], list[Finding]]:
    """Two readings in a row do not follow the last one: do they follow each other?"""
    step = step_between(suspect, reading, traits)
    if step is None:
        return Sieve(last=last, suspect=reading), [], [_finding(FindingKind.SPIKE, last, suspect)]
    kind = FindingKind.RESET if suspect.value < last.value else FindingKind.JUMP
    return Sieve(last=reading), [step], [_finding(kind, last, suspect), *_rollover(step)]


def step_between(
    opening: RegisterReading, closing: RegisterReading, traits: RegisterTraits
) -> Step | None:
    """The step from one reading to a later one, or None if the register cannot have made it."""
    growth = closing.value - opening.value
    hours = (closing.at_ns - opening.at_ns) / NS_PER_HOUR
    for increment in _candidates(growth, traits.rollover):
        if increment <= _limit(hours, traits, rolled=increment != growth):
            return Step(opening=opening, closing=closing, increment=increment)
    return None


def _candidates(growth: float, rollover: float | None) -> Iterator[float]:
    if growth >= 0.0:
        yield growth
    elif rollover is not None:
        yield growth + rollover


def _limit(hours: float, traits: RegisterTraits, *, rolled: bool) -> float:
    """The most the register can have grown by; without a rated rate only a rollover is bounded."""
    if traits.rated_rate is not None:
        return _HEADROOM * traits.rated_rate * hours + 2.0 * traits.resolution
    if rolled and traits.rollover is not None:
        return 0.05 * traits.rollover
    return float("inf")


def _rollover(step: Step) -> list[Finding]:
    if step.closing.value >= step.opening.value:
        return []
    return [_finding(FindingKind.ROLLOVER, step.opening, step.closing)]


def _finding(kind: FindingKind, before: RegisterReading, after: RegisterReading) -> Finding:
    return Finding(kind=kind, at_ns=after.at_ns, before=before.value, after=after.value)
