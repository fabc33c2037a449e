"""The agent: polls, keeps, closes batches, delivers. Every step can be called without timers."""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence

from edge_agent import records
from edge_agent.agent_parts import AgentParts
from edge_agent.batcher import (
    BatchHead,
    BatchRules,
    Fill,
    Place,
    packed_batches,
    packed_documents,
)
from edge_agent.checked import in_checks
from edge_agent.custody_errors import SpoolFullError
from edge_agent.cycle import PolledDevice, by_device, poll_of
from edge_agent.documents import DocumentFile
from edge_agent.identity_watch import Findings, IdentityWatch
from edge_agent.not_polled import not_polled
from edge_agent.outbox import Broken
from edge_agent.poll import Noted, Pending, Poll
from edge_agent.relog import Opening
from edge_agent.room_watch import RoomWatch
from edge_agent.rotate import Rotation
from edge_agent.seen import LastSeen
from edge_agent.spool import Spool
from edge_agent.spool_room import Level
from edge_agent.standstill import Standstill
from edge_agent.tick import NS_PER_MS, Tick
from edge_agent.timekeeper import Timekeeper
from edge_agent.uplink import Uplink
from edge_agent.waiting import Waiting, read_again
from evidence.log.batch import Record
from evidence.log.parts import BLIND_BYTES

LOG = logging.getLogger("carbonmeter.agent")


class Agent:
    """One agent on one state directory.

    Args:
        parts: What it is made of.
    """

    def __init__(self, parts: AgentParts) -> None:
        self._parts, self._spool, self._clock = parts, parts.spool, parts.clock
        self._fill = Fill(read_again(parts.spool.waiting))
        config = parts.installation.config
        self._time = Timekeeper(self._clock, config.clock, self._spool)
        self._room = RoomWatch(parts.spool, config.spool.limit_MiB)
        self._rules = BatchRules(
            max_age_ns=round(config.batch.max_age_s * 1e9),
            readings_per_channel=config.batch.readings_per_channel,
        )
        self._standstill = Standstill()
        every = {each.name: each.identity_every for line in config.lines for each in line.devices}
        self._identity = IdentityWatch(parts.installation.devices.values(), every)
        self.uplink: Uplink | None = None
        self.rotation: Rotation | None = None
        self.seen: LastSeen | None = None

    @property
    def parts(self) -> AgentParts:
        """What it is made of."""
        return self._parts

    @property
    def spool(self) -> Spool:
        """What is kept on this machine."""
        return self._spool

    @property
    def time(self) -> Timekeeper:
        """What is known of its clock."""
        return self._time

    @property
    def room(self) -> RoomWatch:
        """How full its spool is, and what follows."""
        return self._room

    @property
    def identity(self) -> IdentityWatch:
        """What is known of who its devices are."""
        return self._identity

    def devices_on(self, line: str) -> tuple[PolledDevice, ...]:
        """The devices of a line."""
        config = self._parts.installation.config
        lines = (each for each in config.lines if each.name == line)
        names = [device.name for each in lines for device in each.devices]
        return tuple(self._parts.installation.devices[name] for name in names)

    async def poll(self, at_ns: int) -> None:
        """One poll of every device whose grid has the instant `at_ns`, committed when it returns.

        Raises:
            SpoolStorageError: the disk failed; nothing of this poll was kept.
        """
        due = {
            name: {each.name: at_ns for each in self.devices_on(name) if each.polled_at(at_ns)}
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
        begun = self._time.begin()
        asks = {name: device.asks + self._identity.asks(name) for name, device in devices.items()}
        outcomes = by_device(await self._parts.lines[line].cycle(asks))
        stamping = self._time.end(begun)
        polls = []
        for name, device in devices.items():
            tick = Tick(
                sequence=self._spool.next_sequence(name),
                at_ns=kept[name],
                floor_ms=stamping.floor_ms,
                suspect=stamping.suspect,
            )
            own = outcomes.get(name, ())
            self._told(device, self._identity.heard(device, own, tick), tick)
            poll = self._identity.marked(device, poll_of(device, own, tick), tick)
            polls.append(in_checks(self._standstill.marked(device, poll), device.checks))
            if self.seen is not None:
                self.seen.take(polls[-1], own)
        return polls

    def _told(self, device: PolledDevice, found: Findings | None, tick: Tick) -> None:
        """Says what a device turned out to be, once, and that it fits again."""
        if found is None:
            return
        for each in found:
            LOG.warning("%s", each.say("en"))
        self.note(records.identity(device.name, found, tick.at_ms))

    def missed(self, gone: Mapping[str, Sequence[int]]) -> None:
        """Names, in one commit, the ticks (UTC ns) at which devices could not be polled."""
        if self._room.level >= Level.THIN:
            return
        devices, suspect = self._parts.installation.devices, self._time.suspect
        following = self._spool.next_sequence
        self.keep(
            [
                each
                for name, ticks in gone.items()
                for each in not_polled(devices[name], ticks, following(name), suspect=suspect)
            ]
        )

    def note(self, *made: Record, told: Iterable[str] = (), configuration: str = "") -> None:
        """Commits records; those that find no room are said when there is some."""
        noted = [Noted(record=each) for each in made]
        if not self._keep(noted, told=told, configuration=configuration):
            self._room.unsaid(*made)

    def keep(self, polls: Sequence[Pending]) -> None:
        """Commits polls, with a record if the clock was set, or stands otherwise, since."""
        self._time.look()
        noted = self._time.noted()
        if (polls or noted) and not self._keep([*noted, *polls]):
            self._time.unsaid(noted)

    def _keep(
        self, pending: Sequence[Pending], *, told: Iterable[str] = (), configuration: str = ""
    ) -> bool:
        """Whether there was room for `pending`."""
        kept = True
        try:
            self._spool.keep(pending, told=told, configuration=configuration)
        except SpoolFullError as wrong:
            kept = False
            self._room.disk_full(wrong, min((each.at_ms for each in pending), default=None))
        else:
            for each in pending:
                self._fill.add(each)
        self._follow_room()
        return kept

    @property
    def due_ns(self) -> int | None:
        """The instant (UTC) at which the open batch is to be closed; None while it is empty."""
        return self._fill.due_ns(self._rules)

    def close_due(self, now_ns: int) -> None:
        """Closes the batch if it is old or full enough."""
        if self._fill.is_due(self._rules, now_ns):
            self.close_batch(now_ns)

    def close_batch(self, now_ns: int) -> None:
        """Logs all that is pending, at the instant `now_ns` (UTC); files that it cites first.

        Raises:
            SpoolStorageError: the disk failed; all is still pending.
        """
        waiting = self._spool.waiting
        if not waiting:
            return
        place = self._spool.place()
        files = self._files_to_log(waiting)
        head = self.head(now_ns)
        leaves = packed_documents(files, place, head.seed)
        after = Place(agent=place.agent, epoch=place.epoch, sequence=place.sequence + len(leaves))
        leaves += packed_batches(waiting, self._parts.calibrations, head, after)
        try:
            self._spool.append(leaves, [file.sha256 for file in files])
        except SpoolFullError as wrong:
            self._room.disk_full(wrong)
            return
        self._fill = Fill()
        self._time.closed()

    def _files_to_log(self, waiting: Iterable[Waiting]) -> list[DocumentFile]:
        """What the log lacks of the files of the installation, and of older profiles in use."""
        setups = self._parts.calibrations.setups
        used = [setups[each.setup].profile for each in waiting if each.setup]
        current = [file.sha256 for file in self._parts.installation.documents]
        found = [self._spool.unlogged(sha256) for sha256 in dict.fromkeys((*used, *current))]
        return [file for file in found if file is not None]

    def head(self, now_ns: int) -> BatchHead:
        """What a batch that is closed at `now_ns` says of the agent."""
        return BatchHead(
            software=self._parts.software,
            clock=self._time.state(),
            closed_ms=now_ns // NS_PER_MS,
            seed=self._parts.entropy(BLIND_BYTES),
        )

    def reopen(self, broken: Broken) -> None:
        """Opens a new epoch, since the collector signed for another log than this one."""
        LOG.warning("new epoch: %s (epoch %s, size %d)", broken.reason, broken.former, broken.size)
        if broken.reason == "collector_set_back":
            self._spool.unreceipted(broken.size)
        now_ns = self._clock.now_ns()
        made = records.epoch_broken(broken, self._spool.base, now_ns // NS_PER_MS)
        self._spool.open_epoch(
            Opening(
                epoch=self._parts.entropy(16).hex(),
                records=made,
                documents=self._parts.installation.documents,
                head=self.head(now_ns),
                former=frozenset({broken.former}),
                receipted={broken.former: broken.size} if broken.reason == "restored" else {},
            )
        )

    def pump(self) -> None:
        """Takes in what the collector said, and publishes what is due."""
        if self.uplink is not None:
            try:
                self.uplink.pump()
                if self.rotation is not None:
                    self.rotation.step(self)
            except SpoolFullError as wrong:
                self._room.disk_full(wrong)
            self._time.look()  # what a receipt says of the clock is known when it comes
            self._follow_room()

    def _follow_room(self) -> None:
        """Says and does what follows from how full the spool is."""
        now_ns = self._clock.now_ns()
        changes = self._room.changes(now_ns // NS_PER_MS)
        for place, record in enumerate(changes):
            try:
                self._spool.keep([Noted(record=record)])
            except SpoolFullError:
                self._room.unsaid(*changes[place:])
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
