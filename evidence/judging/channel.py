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
from evidence.judging.exchanged import scale_of
from evidence.judging.flowing import Hour, OpenPart, feed_flow_stream
from evidence.judging.in_service import Course, Instruments, Named, begun, gone_on
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

    `standing` says which instruments stood there, and `named` which one the last head named that
    had readings; `scale` what its numbers were told in. `head` is the last stream's. `serials` and
    `last_ns` say what the channel has been read from, and until when. Leaves from `open_position`
    on hold readings of hours that are not closed, to be taken up again as `reopening` says; the
    last reading that counted is in the leaf at `last_position`. So many polls as `suspect` came
    after it whose stamps are suspect. Of a channel that is taken up again, a register's readings
    before `begins_ns` are told already.
    """

    timeline: Timeline | None = None
    standing: Instruments = ()
    named: str | None = None
    scale: tuple[object, ...] | None = None
    head: StreamHead | None = None
    serials: frozenset[str] = frozenset()
    last_ns: int = 0
    last_position: int | None = None
    open_position: int | None = None
    suspect: int = 0
    begins_ns: int = 0
    reopening: Reopening = Reopening()
    flow: FlowFold = FlowFold()
    register: RegisterFold = RegisterFold()

    def outdated(self) -> "ChannelState":
        """The state once a document has come that may change what is applied."""
        return msgspec.structs.replace(self, timeline=None)

    def course(self, stream: Stream, setting: Setting) -> Course:
        """What stands at the channel until the end of a stream.

        Misses do not tell, nor do readings of a time that was read before.
        """
        serial, standing = stream.head.serial, self.standing
        ahead = self._ahead(stream, setting)
        if not ahead:
            return Course(standing=standing or ((0, serial),))
        named = Named(serial=serial, position=setting.position, instants=ahead)
        if not standing:
            return begun(named, setting.exchanges)
        was_named = serial if self.named is None else self.named
        before = Course(standing=standing)
        course = gone_on(before, self.last_ns, named, was_named, setting.exchanges)
        return self._rescaled(course, stream, ahead[0])

    def _ahead(self, stream: Stream, setting: Setting) -> list[int]:
        """The instants of a stream's readings behind all that was read before, UTC ns."""
        instants = timely_ns(stream, setting.bounds)
        return sorted({each for each in instants if each > self.last_ns})

    def _rescaled(self, course: Course, stream: Stream, first_ns: int) -> Course:
        """The course, parted before a reading in another scale, unless a new instrument has it."""
        if self.scale is None or self.scale == scale_of(stream.head):
            return course
        if any(self.last_ns < each.at_ns <= first_ns for each in course.joined):
            return course
        return msgspec.structs.replace(course, parted_ns=course.parted_ns | {first_ns})

    def timeline_for(self, course: Course, head: StreamHead, setting: Setting) -> Timeline:
        """What the channel applies over time.

        Raises:
            CertificateError: a certificate in force cannot be used.
        """
        known = None if self.head is None else _instrument(self.head)
        is_known = known == _instrument(head) and course.standing == self.standing
        return (is_known and self.timeline) or _timeline(course.standing, head, setting)

    def met(self, course: Course, stream: Stream, setting: Setting) -> "ChannelState":
        """The state once a stream's instrument is known, and before its readings are fed."""
        latest_ns = max(timely_ns(stream, setting.bounds), default=-1)
        state = msgspec.structs.replace(
            self,
            head=stream.head,
            serials=self.serials | {stream.head.serial},
            last_ns=max(self.last_ns, latest_ns),
        )
        if latest_ns < self.last_ns:
            return state
        return msgspec.structs.replace(
            state,
            standing=course.standing,
            named=stream.head.serial,
            scale=scale_of(stream.head),
        )

    @classmethod
    def taken_up(cls, reopening: Reopening) -> "ChannelState":
        """The state of a channel that is taken up again, or begins."""
        stood = reopening.stood
        return cls(
            standing=() if stood is None else ((0, stood),),
            named=reopening.named,
            serials=reopening.serials,
            last_ns=reopening.from_ns,
            begins_ns=reopening.from_ns,
            reopening=reopening,
            register=RegisterFold(told_ns=reopening.told_ns),
        )

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
            reopening = before.reopened(told_ns)
        counted = self.counted_ns > before.counted_ns
        return msgspec.structs.replace(
            self,
            last_position=position if counted else rests_on,
            open_position=open_position,
            reopening=reopening,
        )

    def reopened(self, told_ns: int) -> Reopening:
        """How the channel is taken up again where hours until an instant are told, UTC ns."""
        from_ns = max(self.counted_ns, self.begins_ns)
        stood = [serial for at_ns, serial in self.standing if at_ns <= from_ns]
        return Reopening(
            from_ns=from_ns,
            told_ns=told_ns,
            stood=stood[-1] if stood else None,
            named=self.named,
            serials=self.serials,
        )

    @property
    def counted_ns(self) -> int:
        """Instant of the last reading that counted (of a flow: or miss), UTC ns; 0 if none."""
        last = self.register.sieve.last
        return self.flow.seen_ns if last is None else last.at_ns


def _instrument(head: StreamHead) -> tuple[object, ...]:
    """What a timeline is made for."""
    return head.serial, head.nameplate_mpe_relative, head.measurand


def _timeline(standing: Instruments, head: StreamHead, setting: Setting) -> Timeline:
    mpe = head.nameplate_mpe_relative
    installed = [
        Installed(from_ns=at_ns, serial=serial, nameplate_mpe_relative=mpe)
        for at_ns, serial in standing
    ]
    kind, unit = head.measurand.kind_of_quantity, head.measurand.unit
    name = head.channel.rpartition("/")[2]
    return timeline_of(setting.register, installed, kind, unit, channel=name)


def feed(
    state: ChannelState, course: Course, timeline: Timeline, stream: Stream, setting: Setting
) -> tuple[ChannelState, Sequence[Hour]]:
    """The state after a stream, and the hours that it completes.

    A reading whose stamp cannot be right is kept and shown, but stands in no hour: one
    stamp of the next century would otherwise close all hours before it. It is a miss of the
    hour that it lies in by its number. Readings that hours would cut in two stand in none either.
    """
    last = state.head
    met = state.met(course, stream, setting)
    state = msgspec.structs.replace(met, timeline=timeline)
    missed = misses(stream, setting.bounds)
    if state.suspect or has_suspect(stream, setting.bounds):
        polls = timed_polls(stream, setting.bounds)
        waiting, suspect = placed(state.suspect, state.counted_ns, polls)
        state, missed = msgspec.structs.replace(state, suspect=waiting), [*missed, *suspect]
    if stream.head.measurand.accumulation == Accumulation.REGISTER:
        return _feed_register(state, course, timeline, stream, setting, missed)
    told_ns = state.reopening.told_ns
    open_part = OpenPart(fold=state.flow, last=last, told_ns=told_ns, last_ns=state.last_ns)
    flow, hours = feed_flow_stream(open_part, timeline, stream, setting, missed)
    return msgspec.structs.replace(state, flow=flow), hours


def _feed_register(
    state: ChannelState,
    course: Course,
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
        exchanges=course.joined,
        parted_ns=course.parted_ns,
    )
    readings = register_readings(stream, setting.epoch, setting.bounds)
    timely = [
        each
        for each in readings
        if each.quality != Quality.CLOCK_SUSPECT and each.at_ns >= state.begins_ns
    ]
    fold, windows = feed_register(state.register, channel, timely, missed)
    return msgspec.structs.replace(state, register=fold), windows
