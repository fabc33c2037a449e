"""What is open for one channel: its calibration over time, and the fold of its readings."""

from collections.abc import Sequence

import msgspec

from calibration.flow_fold import FlowFold
from calibration.fold import RegisterChannel, RegisterFold, feed_register
from calibration.increment import Missed, RegisterTraits
from calibration.indication import Quality
from calibration.measurand import Accumulation
from calibration.timeline import Installed, Timeline, timeline_of
from evidence.judging.bounds import placed
from evidence.judging.exchanged import exchanged_to, scale_of
from evidence.judging.flowing import Hour, OpenPart, feed_flow_stream
from evidence.judging.judgement import Reopening
from evidence.judging.setting import Setting, clock_of
from evidence.judging.stream import (
    has_suspect,
    misses,
    register_readings,
    timed_polls,
    timely_ns,
)
from evidence.log.batch import Stream, StreamHead


class ChannelState(msgspec.Struct, frozen=True, kw_only=True):
    """A channel's fold and the timeline it applies; None until the first stream came.

    `standing` names the instruments that were found here without an exchange on record,
    each from an instant on; `head` is the last stream's. `serials` and `last_ns` say what
    the channel has been read from, and until when. Leaves from `open_position` on hold
    readings of hours that are not closed, to be taken up again as `reopening` says; the last
    reading that counted is in the leaf at `last_position`. So many polls as `suspect` came after
    it whose stamps are suspect. `is_replaced` says that another instrument, or in another scale,
    is read now than before, that no exchange says so, and that no reading of it counted yet. Of a
    channel that is taken up again, a register's readings before `begins_ns` are told already.
    """

    timeline: Timeline | None = None
    standing: tuple[tuple[int, str], ...] = ()
    head: StreamHead | None = None
    serials: frozenset[str] = frozenset()
    last_ns: int = 0
    last_position: int | None = None
    open_position: int | None = None
    suspect: int = 0
    is_replaced: bool = False
    begins_ns: int = 0
    reopening: Reopening = Reopening()
    flow: FlowFold = FlowFold()
    register: RegisterFold = RegisterFold()

    def outdated(self) -> "ChannelState":
        """The state once a document has come that may change what is applied."""
        return msgspec.structs.replace(self, timeline=None)

    def timeline_for(self, stream: Stream, setting: Setting) -> Timeline:
        """What the channel applies over time.

        Raises:
            CertificateError: a certificate in force cannot be used.
        """
        standing = self.standing_with(stream, setting)
        known = None if self.head is None else _instrument(self.head)
        is_known = known == _instrument(stream.head) and standing == self.standing
        return (is_known and self.timeline) or _timeline(standing, stream.head, setting)

    def standing_with(self, stream: Stream, setting: Setting) -> tuple[tuple[int, str], ...]:
        """`standing`, and the stream's instrument if neither it nor an exchange names it."""
        serial, exchanges = stream.head.serial, setting.exchanges
        first = exchanges[0].old_serial if exchanges else serial
        standing = self.standing or ((0, first),)
        named = {each.old_serial for each in exchanges} | {each.new_serial for each in exchanges}
        instants = timely_ns(stream, setting.bounds)
        if not instants or serial in named or serial == standing[-1][1]:
            return standing
        return (*standing, (max(instants[0], standing[-1][0] + 1), serial))

    def replaced_by(self, stream: Stream, setting: Setting) -> bool:
        """Whether a stream is of another instrument, or in another scale, with no exchange."""
        before = self.head
        if before is None:
            return False
        return scale_of(before) != scale_of(stream.head) or self._turned_to(stream, setting)

    def _turned_to(self, stream: Stream, setting: Setting) -> bool:
        """Whether another serial number is read than before, and exchanges do not say so."""
        if self.head is None or stream.head.serial == self.head.serial:
            return False
        at_ns = next(iter(timely_ns(stream, setting.bounds)), self.last_ns)
        return stream.head.serial != exchanged_to(setting.exchanges, at_ns)

    @classmethod
    def taken_up(cls, reopening: Reopening) -> "ChannelState":
        """The state of a channel that is taken up again, or begins."""
        fold = RegisterFold(told_ns=reopening.told_ns)
        return cls(begins_ns=reopening.from_ns, reopening=reopening, register=fold)

    def moved(
        self, before: "ChannelState", position: int, closed: Sequence[Hour]
    ) -> "ChannelState":
        """The state once the leaf at `position` was fed to `before`, and closed hours or none.

        The hour that follows a closed one begins with the last reading that counted before:
        its edge may be interpolated from it.
        """
        rests_on = before.last_position
        open_position, reopening = before.open_position, before.reopening
        if closed or open_position is None:
            open_position = position if rests_on is None else rests_on
            told_ns = max([reopening.told_ns, *(each.end_ns for each in closed)])
            reopening = Reopening(max(before.counted_ns, before.begins_ns), told_ns)
        counted = self.counted_ns > before.counted_ns
        return msgspec.structs.replace(
            self,
            last_position=position if counted else rests_on,
            open_position=open_position,
            reopening=reopening,
        )

    @property
    def counted_ns(self) -> int:
        """Instant of the last reading that counted (of a flow: or miss), UTC ns; 0 if none."""
        last = self.register.sieve.last
        return self.flow.seen_ns if last is None else last.at_ns


def _instrument(head: StreamHead) -> tuple[object, ...]:
    """What a timeline is made for."""
    return head.serial, head.nameplate_mpe_relative, head.measurand


def _timeline(standing: Sequence[tuple[int, str]], head: StreamHead, setting: Setting) -> Timeline:
    mpe = head.nameplate_mpe_relative
    changes = dict(standing) | {each.at_ns: each.new_serial for each in setting.exchanges}
    installed = [
        Installed(from_ns=at_ns, serial=serial, nameplate_mpe_relative=mpe)
        for at_ns, serial in sorted(changes.items())
    ]
    kind, unit = head.measurand.kind_of_quantity, head.measurand.unit
    name = head.channel.rpartition("/")[2]
    return timeline_of(setting.register, installed, kind, unit, channel=name)


def feed(
    state: ChannelState, timeline: Timeline, stream: Stream, setting: Setting
) -> tuple[ChannelState, Sequence[Hour]]:
    """The state after a stream, and the hours that it completes.

    A reading whose stamp cannot be right is kept and shown, but stands in no hour: one
    stamp of the next century would otherwise close all hours before it. It is a miss of the
    hour that it lies in by its number. Readings that hours would cut in two stand in none either.
    """
    last = state.head
    state = msgspec.structs.replace(
        state,
        is_replaced=state.is_replaced or state.replaced_by(stream, setting),
        timeline=timeline,
        standing=state.standing_with(stream, setting),
        head=stream.head,
        serials=state.serials | {stream.head.serial},
        last_ns=max([state.last_ns, *timely_ns(stream, setting.bounds)]),
    )
    missed = misses(stream, setting.bounds)
    if state.suspect or has_suspect(stream, setting.bounds):
        polls = timed_polls(stream, setting.bounds)
        waiting, suspect = placed(state.suspect, state.counted_ns, polls)
        state, missed = msgspec.structs.replace(state, suspect=waiting), [*missed, *suspect]
    if stream.head.measurand.accumulation == Accumulation.REGISTER:
        return _feed_register(state, timeline, stream, setting, missed)
    told_ns = state.reopening.told_ns
    open_part = OpenPart(fold=state.flow, last=last, told_ns=told_ns, last_ns=state.last_ns)
    flow, hours = feed_flow_stream(open_part, timeline, stream, setting, missed)
    return msgspec.structs.replace(state, flow=flow), hours


def _feed_register(
    state: ChannelState,
    timeline: Timeline,
    stream: Stream,
    setting: Setting,
    missed: Sequence[Missed],
) -> tuple[ChannelState, Sequence[Hour]]:
    head = stream.head
    channel = RegisterChannel(
        channel=head.channel,
        timeline=timeline,
        clock=clock_of(head, setting),
        traits=RegisterTraits(
            resolution=head.resolution, rollover=head.rollover, rated_rate=head.rated_rate
        ),
        exchanges=setting.exchanges,
        is_replaced=state.is_replaced,
    )
    readings = register_readings(stream, setting.epoch, setting.bounds)
    timely = [
        each
        for each in readings
        if each.quality != Quality.CLOCK_SUSPECT and each.at_ns >= state.begins_ns
    ]
    fold, windows = feed_register(state.register, channel, timely, missed)
    is_replaced = state.is_replaced and not timely
    return msgspec.structs.replace(state, register=fold, is_replaced=is_replaced), windows
