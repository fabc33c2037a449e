"""Blocks that a device refuses as a whole, halved until the illegal part stands alone. Pure.

A device refuses a block if one address in it is illegal, if the block is longer than its own limit,
or if it cuts a value in two (Siemens PAC). The halves that work are remembered for a while, so that
one illegal register costs one short request per cycle and never takes the others with it.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from device_profiles.plan import ReadRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One thing to ask a device.

    Attributes:
        request: What its driver takes.
        wholes: For a block of registers, the reads within it that must not be cut: one per channel,
            as `device_profiles.plan.extent` gives them. Empty: the request is never halved.
    """

    request: Hashable
    wholes: tuple[ReadRequest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockLimits:
    """What was learned about one device's blocks.

    Attributes:
        halves: What to ask in place of what was refused.
        since_ns: Monotonic instant at which the learning began.
    """

    halves: Mapping[Ask, tuple[Ask, Ask]] = field(default_factory=dict)
    since_ns: int = 0


def ask_block(block: ReadRequest, extents: Iterable[ReadRequest]) -> Ask:
    """The ask for `block`, with those of the channels' `extents` that lie in it."""
    return Ask(request=block, wholes=tuple(one for one in sorted(extents) if block.covers(one)))


def halve(ask: Ask) -> tuple[Ask, Ask] | None:
    """Two shorter blocks with all channels of `ask`, about as many in each; None if indivisible.

    Registers between the two that belong to no channel are in neither.
    """
    groups = _groups(ask.wholes)
    if len(groups) < 2:
        return None
    middle = len(groups) // 2
    return _joined(groups[:middle]), _joined(groups[middle:])


def pieces(limits: BlockLimits, ask: Ask) -> tuple[Ask, ...]:
    """What to ask in place of `ask`, by address; `ask` alone if nothing was learned about it."""
    halves = limits.halves.get(ask) if limits.halves else None  # most devices refuse nothing
    if halves is None:
        return (ask,)
    return pieces(limits, halves[0]) + pieces(limits, halves[1])


def learn(limits: BlockLimits, ask: Ask, halves: tuple[Ask, Ask]) -> BlockLimits:
    """The limits with the knowledge that `ask` is refused as a whole."""
    return BlockLimits(halves={**limits.halves, ask: halves}, since_ns=limits.since_ns)


def still_held(limits: BlockLimits, now_ns: int, kept_ns: int) -> BlockLimits:
    """The limits if learned less than `kept_ns` ago, else none: devices are reconfigured.

    Args:
        limits: What was learned.
        now_ns: Monotonic instant.
        kept_ns: How long it is believed.
    """
    if now_ns - limits.since_ns < kept_ns:
        return limits
    return BlockLimits(since_ns=now_ns)


def _groups(wholes: tuple[ReadRequest, ...]) -> list[tuple[ReadRequest, ...]]:
    """The reads by address; those that share registers stay together."""
    groups: list[tuple[ReadRequest, ...]] = []
    end = 0
    for whole in sorted(wholes):
        if groups and whole.address < end:
            groups[-1] = (*groups[-1], whole)
        else:
            groups.append((whole,))
        end = max(end, whole.end)
    return groups


def _joined(groups: list[tuple[ReadRequest, ...]]) -> Ask:
    wholes = tuple(whole for group in groups for whole in group)
    first, end = wholes[0], max(whole.end for whole in wholes)
    block = ReadRequest(function=first.function, address=first.address, count=end - first.address)
    return Ask(request=block, wholes=wholes)
