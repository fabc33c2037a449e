"""What was learned about devices' blocks, over restarts: a file that may be lost without harm."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from device_profiles.plan import ReadRequest
from edge_agent.blocks import Ask, BlockLimits, halve
from evidence.clock import Clock

LOG: Final = logging.getLogger("carbonmeter.agent")
NAME: Final = "learned.json"
MOST_BYTES: Final = 1_048_576
_HOUR_NS: Final = 3_600_000_000_000


class Refusals(msgspec.Struct, frozen=True, kw_only=True):
    """The blocks that one device refused as a whole, and when (UTC, ns) the learning began."""

    since_ns: int
    blocks: tuple[ReadRequest, ...]


class BlockMemory:
    """The learned blocks of the devices of an agent, in a file of its state directory.

    Args:
        directory: Of the agent's state; where there is none, nothing is kept.
        clock: Turns monotonic instants, which end with the machine's run, into UTC and back.
        kept_ns: How long what was learned is believed.
    """

    def __init__(self, directory: Path, clock: Clock, kept_ns: int = _HOUR_NS) -> None:
        self._path, self._clock, self._kept_ns = directory / NAME, clock, kept_ns
        self._devices = dict(_read(self._path))

    def recalled(self, device: str) -> frozenset[ReadRequest]:
        """The blocks that a device is known to refuse; none once that is too long ago."""
        known = self._devices.get(device)
        if known is None or not 0 <= self._clock.now_ns() - known.since_ns < self._kept_ns:
            return frozenset()
        return frozenset(known.blocks)

    def keep(self, device: str, limits: BlockLimits) -> None:
        """Remembers what was learned about a device; a disk that fails is not the poll's matter."""
        age_ns = self._clock.monotonic_ns() - limits.since_ns
        blocks = tuple(ask.request for ask in limits.halves if isinstance(ask.request, ReadRequest))
        since_ns = self._clock.now_ns() - age_ns
        self._devices[device] = Refusals(since_ns=since_ns, blocks=blocks)
        try:
            if self._path.parent.is_dir():
                self._write()
        except OSError as wrong:
            LOG.debug("what was learned about blocks is not kept: %s", wrong)

    def _write(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(self._devices))
        fresh.replace(self._path)


def relearned(asks: tuple[Ask, ...], refused: frozenset[ReadRequest], since_ns: int) -> BlockLimits:
    """The limits of a device that refuses these blocks.

    Args:
        asks: What it is asked as a whole.
        refused: Blocks; those that are never asked are left out.
        since_ns: Monotonic instant at which the belief begins anew.
    """
    halves: dict[Ask, tuple[Ask, Ask]] = {}
    waiting = list(asks)
    while waiting:
        ask = waiting.pop()
        parts = halve(ask) if ask.request in refused else None
        if parts is not None:
            halves[ask] = parts
            waiting += parts
    return BlockLimits(halves=halves, since_ns=since_ns)


def _read(path: Path) -> Mapping[str, Refusals]:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES)
        return msgspec.json.decode(content, type=dict[str, Refusals])
    except (OSError, msgspec.DecodeError, RecursionError):
        return {}
