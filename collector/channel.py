"""What is open for one channel: its calibration over time, and the fold of its readings."""

from collections.abc import Sequence

import msgspec
import numpy as np

from calibration.flow import FlowChannel, FlowFold, FlowRows, feed_flow
from calibration.fold import RegisterChannel, RegisterFold, feed_register
from calibration.hourly import ChannelClock, grounds_of
from calibration.increment import Exchange, RegisterTraits
from calibration.indication import Quality
from calibration.measurand import Accumulation
from calibration.register import CalibrationRegister
from calibration.timeline import Installed, Timeline, timeline_of
from calibration.unit import has_amount
from calibration.window import Window
from collector.recompute import recompute
from collector.stream import instants_ns, misses, qualities, register_readings
from evidence.log.batch import Stream, StreamHead


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What a stream is read under: certificates and exchanges known, its agent and clock.

    A stamp after `latest_ns` cannot be right; its reading is marked.
    """

    register: CalibrationRegister
    exchanges: tuple[Exchange, ...]
    agent: str
    epoch: str
    clock_u_s: float
    latest_ns: int


class ChannelState(msgspec.Struct, frozen=True, kw_only=True):
    """A channel's fold and the timeline it applies; None until the first stream came.

    `serials` and `last_ns` say what it has been read from, and until when. Leaves from
    `open_position` on hold readings of hours that are not closed.
    """

    timeline: Timeline | None = None
    first_serial: str = ""
    serials: frozenset[str] = frozenset()
    last_ns: int = 0
    last_position: int | None = None
    open_position: int = 0
    flow: FlowFold = FlowFold()
    register: RegisterFold = RegisterFold()

    def outdated(self) -> "ChannelState":
        """The state once a document has come that may change what is applied."""
        return msgspec.structs.replace(self, timeline=None)

    def timeline_for(self, head: StreamHead, setting: Setting) -> Timeline:
        """What the channel applies over time.

        Raises:
            CertificateError: a certificate in force cannot be used.
        """
        if self.timeline is not None:
            return self.timeline
        return _timeline(self.serial_before(head, setting), head, setting)

    def moved(self, position: int, *, closed: bool) -> "ChannelState":
        """The state once the leaf at `position` was fed; an hour's edge lies behind it or not.

        The hour that follows a closed one begins with readings of this leaf or, where its
        edge was interpolated, of the one before.
        """
        first = self.last_position is None
        before = position if self.last_position is None else self.last_position
        return msgspec.structs.replace(
            self,
            last_position=position,
            open_position=before if closed or first else self.open_position,
        )

    def serial_before(self, head: StreamHead, setting: Setting) -> str:
        """Serial number of the instrument that stood here first."""
        if self.first_serial:
            return self.first_serial
        return setting.exchanges[0].old_serial if setting.exchanges else head.serial


def _timeline(first_serial: str, head: StreamHead, setting: Setting) -> Timeline:
    mpe = head.nameplate_mpe_relative
    installed = [Installed(from_ns=0, serial=first_serial, nameplate_mpe_relative=mpe)]
    installed += [
        Installed(from_ns=each.at_ns, serial=each.new_serial, nameplate_mpe_relative=mpe)
        for each in setting.exchanges
    ]
    measurand = head.measurand
    return timeline_of(setting.register, installed, measurand.kind_of_quantity, measurand.unit)


def feed(
    state: ChannelState, timeline: Timeline, stream: Stream, setting: Setting
) -> tuple[ChannelState, Sequence[Window]]:
    """The state after a stream, and the hours that it completes.

    A reading whose stamp cannot be right is kept and shown, but stands in no hour: one
    stamp of the next century would otherwise close all hours before it.
    """
    first = state.serial_before(stream.head, setting)
    state = msgspec.structs.replace(
        state,
        timeline=timeline,
        first_serial=first,
        serials=state.serials | {stream.head.serial},
        last_ns=max([state.last_ns, *instants_ns(stream)]),
    )
    accumulation = stream.head.measurand.accumulation
    if accumulation == Accumulation.REGISTER:
        return _feed_register(state, timeline, stream, setting)
    if accumulation == Accumulation.RATE and not has_amount(stream.head.measurand.unit):
        return state, ()
    return _feed_flow(state, timeline, stream, setting)


def _clock(head: StreamHead, setting: Setting) -> ChannelClock:
    return ChannelClock(
        agent=setting.agent,
        period_ns=head.period_ms * 1_000_000,
        standard_uncertainty_s=setting.clock_u_s,
    )


def _feed_register(
    state: ChannelState, timeline: Timeline, stream: Stream, setting: Setting
) -> tuple[ChannelState, Sequence[Window]]:
    head = stream.head
    channel = RegisterChannel(
        channel=head.channel,
        timeline=timeline,
        clock=_clock(head, setting),
        traits=RegisterTraits(
            resolution=head.resolution, rollover=head.rollover, rated_rate=head.rated_rate
        ),
        exchanges=setting.exchanges,
    )
    readings = register_readings(stream, setting.epoch, setting.latest_ns)
    timely = [each for each in readings if each.quality != Quality.CLOCK_SUSPECT]
    fold, windows = feed_register(state.register, channel, timely, misses(stream))
    return msgspec.structs.replace(state, register=fold), windows


def _feed_flow(
    state: ChannelState, timeline: Timeline, stream: Stream, setting: Setting
) -> tuple[ChannelState, Sequence[Window]]:
    head = stream.head
    channel = FlowChannel(
        channel=head.channel,
        measurand=head.measurand,
        clock=_clock(head, setting),
        resolution=head.resolution,
    )
    results = recompute(stream, timeline)
    rows = FlowRows(
        at_ns=np.array(instants_ns(stream), dtype=np.int64),
        indication=np.array(stream.indication, dtype=np.float64),
        value=results.value,
        contributions=results.contributions,
        fresh=results.fresh,
        qualities=qualities(stream, setting.latest_ns),
        grounds=grounds_of(results.rows or (timeline.row(0),), timeline),
    )
    timely = np.array([each != Quality.CLOCK_SUSPECT for each in rows.qualities], dtype=np.bool_)
    fold, windows = feed_flow(state.flow, channel, rows.taken(timely), misses(stream))
    return msgspec.structs.replace(state, flow=fold), windows
