"""The content of admitted leaves: checked again, quarantined by name, folded into windows.

Pure: leaves in, judgements out. What is wrong is named and set aside; it never holds up
what comes after it.
"""

from collections.abc import Mapping
from contextlib import suppress

from calibration.errors import CalibrationError
from calibration.mean import MeanWindow
from evidence.errors import EvidenceError, LeafContentError, Words
from evidence.judging.bounds import StampBounds, stamp_bounds
from evidence.judging.channel import ChannelState, feed
from evidence.judging.content import check_position, check_record, check_size
from evidence.judging.errors import SimulatedClockError, TimeSuspectError
from evidence.judging.exchanged import exchange_of
from evidence.judging.following import ContentCheck, require_content
from evidence.judging.in_service import Noted
from evidence.judging.judgement import (
    Fault,
    Judgement,
    Position,
    Reopening,
    fault_of,
    fault_of_ours,
)
from evidence.judging.library import Library
from evidence.judging.setting import Setting
from evidence.judging.stream import (
    NS_PER_MS,
    check_stamps,
    extent_ns,
    has_suspect,
    timed_polls,
)
from evidence.log.batch import (
    Batch,
    Document,
    Leaf,
    Record,
    RecordKind,
    Stream,
    decode,
)
from evidence.statement.entered.channel import is_entered


class Judge:
    """Judges leaves in the order of the ledger, and remembers what is open.

    Args:
        sites: agent -> site; an agent's channels must begin with its site.
        libraries: agent -> certificates known beforehand, such as those of leaves judged
            earlier. What an agent logs bears on its own channels only.
        faulty: (agent, epoch, sequence, channel) of streams found wrong before. When given,
            leaves are judged again: `libraries` alone are applied, also to what came before
            their documents, and nothing is compared with what the agents stated at the time.
        accept_simulated: whether batches stamped by a simulated clock count.
        check_content: what is asked of each stream; `require_content` if none is given.
        grid_ns: how long behind full hours of UTC the hours begin; see `calibration.grid`.
        opened: how channels are taken up again that were judged before.
    """

    def __init__(
        self,
        sites: Mapping[str, str],
        libraries: Mapping[str, Library] | None = None,
        faulty: frozenset[tuple[str, str, int, str]] | None = None,
        *,
        accept_simulated: bool = False,
        check_content: ContentCheck | None = None,
        grid_ns: int = 0,
        opened: Mapping[str, Reopening] | None = None,
    ) -> None:
        self._sites = sites
        self._libraries = dict(libraries or {})
        self._faulty = faulty
        self._accept_simulated = accept_simulated
        self._check_content = check_content or require_content
        self._grid_ns, self._opened = grid_ns, opened or {}
        self._owners: dict[str, str] = {}
        self._channels: dict[str, ChannelState] = {}
        self._exchanges: dict[str, tuple[Noted, ...]] = {}

    @property
    def libraries(self) -> Mapping[str, Library]:
        """The certificates and confirmations that each agent has logged."""
        return dict(self._libraries)

    def go_on(self) -> None:
        """Ends judging again: what comes now is new, and compared with what agents state."""
        self._faulty = None

    def judge(self, data: bytes, position: Position) -> Judgement:
        """What a leaf's bytes give: windows that are complete now, and what is wrong."""
        judgement = Judgement()
        try:
            leaf = decode(data)
            check_position(leaf, position)
        except (EvidenceError, CalibrationError) as wrong:
            judgement.faults.append(fault_of("leaf", wrong))
            return judgement
        return self.take(leaf, position)

    def take(self, leaf: Leaf, position: Position) -> Judgement:
        """What a decoded leaf gives that stands where it says."""
        judgement = Judgement()
        if isinstance(leaf, Document):
            self._take_document(leaf, judgement)
        else:
            self._take_batch(leaf, position, judgement)
        return judgement

    def recall(self, record: Record, position: int) -> None:
        """Takes note of an exchange that was recorded in a leaf judged earlier, which stands there.

        Of one that was recorded twice, the first time counts: recall them in order of position.
        """
        with suppress(EvidenceError):  # it was named when it was judged
            self._take_record(record, position, Judgement())

    def _take_document(self, leaf: Document, judgement: Judgement) -> None:
        before = self._libraries.get(leaf.agent, Library())
        try:
            library = before.with_document(leaf)
        except (EvidenceError, CalibrationError) as wrong:
            judgement.faults.append(fault_of(leaf.name, wrong))
            return
        judgement.documents.append(leaf)
        if self._faulty is not None or library is before:
            return
        mine = [key for key in self._channels if self._owners.get(key) == leaf.agent]
        judgement.late = any(
            library.changes(before, self._serials(key), self._channels[key].last_ns) for key in mine
        )
        self._libraries[leaf.agent] = library
        for key in mine:
            self._channels[key] = self._channels[key].outdated()

    def _serials(self, channel: str) -> frozenset[str]:
        """Serial numbers of the instruments that stand or stood at a channel."""
        exchanged = self._exchanges.get(channel, ())
        told = {
            serial
            for each in exchanged
            for serial in (each.exchange.old_serial, each.exchange.new_serial)
        }
        return self._channels[channel].serials | told

    def _take_batch(self, batch: Batch, position: Position, judgement: Judgement) -> None:
        if batch.clock.simulated and not self._accept_simulated:
            judgement.faults.append(fault_of("leaf", SimulatedClockError(position.agent)))
            return
        for record in batch.records:
            try:
                check_record(record)
                if record.kind == RecordKind.EXCHANGE:
                    self._check_owner(record.channel, position.agent)
                self._take_record(record, position.position, judgement)
            except EvidenceError as wrong:
                # not the channel alone: its stream in the same leaf is another matter
                subject = f"{record.kind.value} {record.channel}".rstrip()
                judgement.faults.append(fault_of(subject, wrong))
        for stream in batch.streams:
            try:
                self._take_stream(stream, batch, position, judgement)
            except (EvidenceError, CalibrationError) as wrong:
                judgement.faults.append(fault_of(stream.head.channel, wrong))
            except (ArithmeticError, LookupError, TypeError, ValueError) as ours:
                judgement.faults.append(fault_of_ours(stream.head.channel, ours))

    def _take_record(self, record: Record, position: int, judgement: Judgement) -> None:
        judgement.records.append(record)
        if record.kind != RecordKind.EXCHANGE:
            return
        exchange, known = exchange_of(record), self._exchanges.get(record.channel, ())
        if exchange not in (each.exchange for each in known):
            noted = Noted(exchange=exchange, position=position)
            ordered = sorted((*known, noted), key=lambda each: each.at_ns)
            self._exchanges[record.channel] = tuple(ordered)
            state = self._state(record.channel)
            self._channels[record.channel] = state.outdated()
            judgement.late = judgement.late or exchange.at_ns <= state.last_ns

    def _take_stream(
        self, stream: Stream, batch: Batch, position: Position, judgement: Judgement
    ) -> None:
        channel = stream.head.channel
        if self._faulty and (*position.place, channel) in self._faulty:
            return
        self._check_owner(channel, position.agent)
        self._check_measured(channel, position.agent)
        bounds = stamp_bounds(batch.clock, position.received_ns)
        setting = Setting(
            register=self._libraries.get(position.agent, Library()).register,
            exchanges=self._exchanges.get(channel, ()),
            agent=batch.agent,
            epoch=batch.epoch,
            position=position.position,
            clock_u_s=batch.clock.standard_uncertainty_s,
            bounds=bounds,
            grid_ns=self._grid_ns,
        )
        check_size(stream)
        check_stamps(channel, [each.at_ms for each in stream.missed])
        check_stamps(channel, [at_ns // NS_PER_MS for at_ns in extent_ns(stream)])
        before = self._state(channel)
        course = before.course(stream, setting)
        timeline = before.timeline_for(course, stream.head, setting)
        if self._faulty is None:
            library = self._libraries.get(position.agent, Library())
            self._check_content(stream, timeline, library, position)
        fed, hours = feed(before, course, timeline, stream, setting)
        state = fed.moved(before, position.position, hours)
        self._channels[channel] = state
        self._owners[channel] = position.agent
        judgement.streams.append(stream)
        judgement.bounds = bounds
        judgement.faults.extend(_suspects(stream, bounds))
        judgement.windows += [each for each in hours if not isinstance(each, MeanWindow)]
        judgement.means += [each for each in hours if isinstance(each, MeanWindow)]
        judgement.opened[channel] = state.open_position or 0, state.reopening

    def _state(self, channel: str) -> ChannelState:
        """What is open of a channel; of one that was not spoken of yet, from when on it counts."""
        known = self._channels.get(channel)
        reopening = self._opened.get(channel, Reopening())
        return ChannelState.taken_up(reopening) if known is None else known

    def _check_owner(self, channel: str, agent: str) -> None:
        site = self._sites.get(agent, "")
        if not channel.startswith(f"{site}/"):
            raise LeafContentError(
                channel,
                what=Words(
                    f"agent '{agent}' speaks for another site",
                    f"代理 '{agent}' 发送了其他厂区的数据",
                ),
                limit=Words(f"site '{site}'", f"厂区 '{site}'"),
            )
        owner = self._owners.get(channel, agent)
        if owner != agent:
            raise LeafContentError(
                channel,
                what=Words(
                    f"agent '{agent}' speaks for a channel of '{owner}'",
                    f"代理 '{agent}' 发送了属于 '{owner}' 的通道",
                ),
                limit=owner,
            )

    def _check_measured(self, channel: str, agent: str) -> None:
        """What is computed here from other channels, or entered by people, is nobody's reading."""
        if is_entered(channel):
            raise LeafContentError(
                channel,
                what=Words(
                    f"agent '{agent}' sends readings of a channel of what people enter",
                    f"代理 '{agent}' 发送了人工录入通道的读数",
                ),
                limit=Words("a device's name without ~", "不带 ~ 的设备名称"),
            )
        register = self._libraries.get(agent, Library()).register
        if any(each.derivation == channel for each in register.derivations):
            raise LeafContentError(
                channel,
                what=Words(
                    f"agent '{agent}' sends readings of a channel that it says is computed",
                    f"代理 '{agent}' 发送了其声明为计算通道的读数",
                ),
                limit=Words("either measured or computed", "或为实测，或为计算"),
            )


def _suspects(stream: Stream, bounds: StampBounds) -> list[Fault]:
    """The suspect stamps of a stream, named; it goes on counting with the others."""
    if not has_suspect(stream, bounds):
        return []
    polls = timed_polls(stream, bounds)
    wrong = TimeSuspectError(
        stream.head.channel, found=polls.count(None), limit=len(polls), what=bounds.said
    )
    return [fault_of(f"clock {stream.head.channel}", wrong)]
