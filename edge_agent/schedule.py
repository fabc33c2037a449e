"""When to poll next, and when a dead device is worth another try. Pure: time is an argument.

Polls stand on a grid of UTC instants, so that the readings of all agents fall together and a
restart does not shift them. A tick that passed while another poll was under way is missed: it is
named in the record, and never caught up by a second poll.
"""

from collections.abc import Mapping
from dataclasses import dataclass

_LONGEST_DOUBLING = 40


def next_poll(after_ns: int, period_ns: int, phase_ns: int = 0) -> int:
    """The first poll instant strictly after `after_ns`: UTC, ns since 1970.

    Args:
        after_ns: UTC, ns since 1970.
        period_ns: Distance of the grid, > 0; an hour's grid stands on full hours of UTC.
        phase_ns: Shift of the grid, to spread the lines of a site over the period.

    Raises:
        ValueError: If the period is not positive.
    """
    if period_ns <= 0:
        message = f"period_ns is {period_ns}; it must be > 0"
        raise ValueError(message)
    return after_ns + period_ns - (after_ns - phase_ns) % period_ns


def missed_polls(polled_ns: int, now_ns: int, period_ns: int, phase_ns: int = 0) -> range:
    """The poll instants after `polled_ns`, up to and including `now_ns`: those that went by.

    Together with `next_poll(now_ns, ...)` they are every tick after `polled_ns`, each once. A range
    costs nothing even after a long stop; it is empty if the clock was set back.

    Args:
        polled_ns: The last instant that was polled; UTC, ns since 1970.
        now_ns: UTC, ns since 1970.
        period_ns: Distance of the grid, > 0.
        phase_ns: Shift of the grid.
    """
    return range(next_poll(polled_ns, period_ns, phase_ns), now_ns + 1, period_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackOff:
    """How long a silent device is left alone.

    Attributes:
        tolerated: Failed polls in a row after which it still is asked in every cycle.
        first_ns: Pause after one more failure; it doubles with each further one.
        longest_ns: The pause grows no longer.
    """

    tolerated: int = 2
    first_ns: int = 5_000_000_000
    longest_ns: int = 300_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a device's last polls say about it.

    Attributes:
        failures: Failed polls in a row; 0 if the last one was answered.
        next_probe_ns: Monotonic instant before which it is not asked, so that a clock that is set
            back cannot silence a device.
    """

    failures: int = 0
    next_probe_ns: int = 0


ANSWERING = Health()
"""The health of a device whose last poll was answered, or that was never polled."""


def after_failure(health: Health, now_ns: int, back_off: BackOff) -> Health:
    """The health after one more failed poll.

    Args:
        health: The health before it.
        now_ns: Monotonic instant of the failure.
        back_off: The rule for the pause.
    """
    failures = health.failures + 1
    return Health(failures=failures, next_probe_ns=now_ns + pause_ns(failures, back_off))


def pause_ns(failures: int, back_off: BackOff) -> int:
    """How long a device is left alone after `failures` failed polls in a row, in ns."""
    beyond = failures - back_off.tolerated
    if beyond <= 0:
        return 0
    return min(back_off.first_ns << min(beyond - 1, _LONGEST_DOUBLING), back_off.longest_ns)


def is_due(health: Health, now_ns: int) -> bool:
    """Whether the device may be asked at the monotonic instant `now_ns`."""
    return now_ns >= health.next_probe_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Whose turn it is in a cycle.

    Attributes:
        answering: Asked first, in the order given.
        suspects: Failed last time and due again: asked after all others, longest waiting first.
        resting: Left out.
    """

    answering: tuple[str, ...]
    suspects: tuple[str, ...]
    resting: tuple[str, ...]


def turns(healths: Mapping[str, Health], now_ns: int) -> Turns:
    """The order in which the devices of a line are asked, so that a dead one delays no other.

    Args:
        healths: Health by device, in the order in which they are to be asked.
        now_ns: Monotonic instant.
    """
    failing = {name: health for name, health in healths.items() if health.failures}
    due = [name for name, health in failing.items() if is_due(health, now_ns)]
    return Turns(
        answering=tuple(name for name in healths if name not in failing),
        suspects=tuple(sorted(due, key=lambda name: failing[name].next_probe_ns)),
        resting=tuple(name for name in failing if name not in due),
    )
