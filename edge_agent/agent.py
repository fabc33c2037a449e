"""The agent: polls, keeps, closes batches, delivers. Every step can be called without timers."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from calibration.indication import MissReason
from edge_agent import records
from edge_agent.batcher import (
    BatchHead,
    BatchRules,
    Fill,
    Place,
    packed_batches,
    packed_documents,
)
from edge_agent.calibrations import Calibrations
from edge_agent.custody_errors import SpoolFullError
from edge_agent.cycle import PolledDevice, Tick, poll_of, unpolled
from edge_agent.documents import DocumentFile
from edge_agent.installation import Installation
from edge_agent.line import Line
from edge_agent.outbox import Broken
from edge_agent.poll import Noted, Pending, Poll
from edge_agent.relog import Opening
from edge_agent.room_watch import RoomWatch
from edge_agent.spool import Spool
from edge_agent.spool_room import Level
from edge_agent.uplink import Uplink
from evidence.clock import Clock, clock_step
from evidence.log.batch import ClockState, Record

LOG = logging.getLogger("carbonmeter.agent")
NS_PER_MS: Final = 1_000_000
STEP_NS: Final = 1_000_000_000
"""A clock that was set by more is a record."""
MOST_MISSED: Final = 60
"""Ticks that are named one by one; a longer silence is a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentParts:
    """What an agent is made of.

    Attributes:
        installation: Configuration, devices, certificates.
        calibrations: Of the devices, and of what was pending at the start.
        spool: Open, with an epoch.
        lines: By name, with a station for each device.
        clock: Stamps and batches; may be simulated.
        entropy: n -> n random bytes.
        software: What made the results; it stands in every batch.
    """

    installation: Installation
    calibrations: Calibrations
    spool: Spool
    lines: Mapping[str, Line]
    clock: Clock
    entropy: Callable[[int], bytes]
    software: str


class Agent:
    """One agent on one state directory.

    Args:
        parts: What it is made of.
    """

    def __init__(self, parts: AgentParts) -> None:
        self._parts, self._spool, self._clock = parts, parts.spool, parts.clock
        self._fill = Fill(parts.spool.pending)
        self._wall_ns, self._mono_ns = self._clock.now_ns(), self._clock.monotonic_ns()
        self._room = RoomWatch(parts.spool, parts.installation.config.spool.limit_MiB)
        batch = parts.installation.config.batch
        self._rules = BatchRules(
            max_age_ns=round(batch.max_age_s * 1e9),
            readings_per_channel=batch.readings_per_channel,
        )
        self.uplink: Uplink | None = None

    @property
    def parts(self) -> AgentParts:
        """What it is made of."""
        return self._parts

    @property
    def spool(self) -> Spool:
        """What is kept on this machine."""
        return self._spool

    def devices_on(self, line: str) -> tuple[PolledDevice, ...]:
        """The devices of a line."""
        config = self._parts.installation.config
        names = [
            device.name for each in config.lines if each.name == line for device in each.devices
        ]
        return tuple(self._parts.installation.devices[name] for name in names)

    async def poll(self, at_ns: int) -> None:
        """One poll of every device whose grid has the instant `at_ns`, committed when it returns.

        Raises:
            SpoolStorageError: the disk failed; nothing of this poll was kept.
        """
        due = {
            name: {each.name: at_ns for each in self.devices_on(name) if is_tick(each, at_ns)}
            for name in self._parts.lines
        }
        polls = await asyncio.gather(*(self._cycle(name, here) for name, here in due.items()))
        self.keep([poll for some in polls for poll in some])

    async def poll_line(self, line: str, due: Mapping[str, int]) -> None:
        """One poll of devices of one line, then the commit.

        Args:
            line: Its name.
            due: The tick of each device to be polled, by its name; UTC ns.

        Raises:
            SpoolStorageError: the disk failed; nothing of this poll was kept.
        """
        self.keep(await self._cycle(line, due))

    async def _cycle(self, line: str, due: Mapping[str, int]) -> list[Poll]:
        kept = {name: at_ns for name, at_ns in due.items() if self._room.wants(name, at_ns)}
        if not kept:
            return []
        devices = {name: self._parts.installation.devices[name] for name in kept}
        floor_ms = self._spool.state.stamp_ms
        asks = {name: device.asks for name, device in devices.items()}
        outcomes = await self._parts.lines[line].cycle(asks)
        following = self._spool.next_sequence
        return [
            poll_of(
                device,
                outcomes,
                Tick(sequence=following(name), at_ns=kept[name], floor_ms=floor_ms),
            )
            for name, device in devices.items()
        ]

    def missed(self, device: PolledDevice, ticks: Sequence[int]) -> None:
        """Names the ticks (UTC ns) at which `device` could not be polled."""
        if not ticks or self._room.level >= Level.THIN:
            return
        if len(ticks) > MOST_MISSED:
            at_ms, until_ms = ticks[0] // NS_PER_MS, ticks[-1] // NS_PER_MS
            why, channels = MissReason.NOT_POLLED.value, device.setup.channels
            self.note(*(records.gap(at_ms, until_ms, why, each.channel) for each in channels))
            return
        first = self._spool.next_sequence(device.name)
        self.keep(
            [
                unpolled(device, Tick(sequence=first + n, at_ns=at_ns))
                for n, at_ns in enumerate(ticks)
            ]
        )

    def note(self, *made: Record, told: Iterable[str] = (), configuration: str = "") -> None:
        """Commits records."""
        self._keep([Noted(record=each) for each in made], told=told, configuration=configuration)

    def keep(self, polls: Sequence[Poll]) -> None:
        """Commits polls, with a record if the clock was set since the last time."""
        stepped = self._clock_record()
        if polls or stepped:
            self._keep([*stepped, *polls])

    def _keep(
        self, pending: Sequence[Pending], *, told: Iterable[str] = (), configuration: str = ""
    ) -> None:
        try:
            self._spool.keep(pending, told=told, configuration=configuration)
        except SpoolFullError as wrong:
            self._room.disk_full(wrong)
        else:
            for each in pending:
                self._fill.add(each)
        self._follow_room()

    def _clock_record(self) -> list[Noted]:
        wall_ns, mono_ns = self._clock.now_ns(), self._clock.monotonic_ns()
        step_ns = clock_step(self._wall_ns, self._mono_ns, wall_ns, mono_ns)
        self._wall_ns, self._mono_ns = wall_ns, mono_ns
        if abs(step_ns) <= STEP_NS:
            return []
        LOG.warning("the clock was set by %.3f s", step_ns / 1e9)
        record = records.clock_stepped(step_ns // NS_PER_MS, wall_ns // NS_PER_MS)
        return [Noted(record=record)]

    def close_due(self, now_ns: int) -> None:
        """Closes the batch if it is old or full enough."""
        if self._fill.is_due(self._rules, now_ns):
            self.close_batch(now_ns)

    def close_batch(self, now_ns: int) -> None:
        """Logs all that is pending, at the instant `now_ns` (UTC); files that it cites first.

        Raises:
            SpoolStorageError: the disk failed; all is still pending.
        """
        pending = self._spool.pending
        if not pending:
            return
        place = self._spool.place()
        files = self._files_to_log(pending)
        leaves = packed_documents(files, place)
        after = Place(agent=place.agent, epoch=place.epoch, sequence=place.sequence + len(leaves))
        leaves += packed_batches(pending, self._parts.calibrations, self.head(now_ns), after)
        try:
            self._spool.append(leaves, [file.sha256 for file in files])
        except SpoolFullError as wrong:
            self._room.disk_full(wrong)
            return
        self._fill = Fill()

    def _files_to_log(self, pending: Iterable[Pending]) -> list[DocumentFile]:
        """What the log lacks of the files of the installation, and of older profiles in use."""
        setups = self._parts.calibrations.setups
        used = [setups[each.setup].profile for each in pending if isinstance(each, Poll)]
        current = [file.sha256 for file in self._parts.installation.documents]
        found = [self._spool.unlogged(sha256) for sha256 in dict.fromkeys((*used, *current))]
        return [file for file in found if file is not None]

    def head(self, now_ns: int) -> BatchHead:
        """What a batch that is closed at `now_ns` says of the agent."""
        state = ClockState(
            standard_uncertainty_s=self._parts.installation.config.clock.standard_uncertainty_s,
            simulated=self._clock.simulated,
            last_receipt_s=self._spool.receipt_s,
        )
        return BatchHead(software=self._parts.software, clock=state, closed_ms=now_ns // NS_PER_MS)

    def reopen(self, broken: Broken) -> None:
        """Opens a new epoch, since the collector signed for another log than this one."""
        LOG.warning("new epoch: %s (epoch %s, size %d)", broken.reason, broken.former, broken.size)
        now_ns = self._clock.now_ns()
        made = records.epoch_broken(broken, self._spool.base, now_ns // NS_PER_MS)
        self._spool.open_epoch(
            Opening(
                epoch=self._parts.entropy(16).hex(),
                records=made,
                documents=self._parts.installation.documents,
                head=self.head(now_ns),
                former=frozenset({broken.former}),
            )
        )

    def pump(self) -> None:
        """Takes in what the collector said, and publishes what is due."""
        if self.uplink is not None:
            try:
                self.uplink.pump()
            except SpoolFullError as wrong:
                self._room.disk_full(wrong)
            self._follow_room()

    def _follow_room(self) -> None:
        """Says and does what follows from how full the spool is."""
        now_ns = self._clock.now_ns()
        for record in self._room.changes(now_ns // NS_PER_MS):
            try:
                self._spool.keep([Noted(record=record)])
            except SpoolFullError:
                self._room.unsaid(record)
                return
            self._fill.add(Noted(record=record))
            if self._room.level is Level.STOP:
                self.close_batch(now_ns)

    async def stop(self) -> None:
        """Closes the batch and every line, and the spool; what was read is on the disk."""
        self.close_batch(self._clock.now_ns())
        for line in self._parts.lines.values():
            await line.close()
        self._spool.flush()
        self._spool.close()


def is_tick(device: PolledDevice, at_ns: int) -> bool:
    """Whether an instant stands on a device's grid."""
    return (at_ns - device.phase_ns) % device.period_ns == 0
