"""What a stream is read under."""

import msgspec

from calibration.hourly import ChannelClock
from calibration.register import CalibrationRegister
from evidence.judging.bounds import StampBounds
from evidence.judging.in_service import Noted
from evidence.judging.stream import NS_PER_MS
from evidence.log.batch import StreamHead


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What a stream is read under: certificates and exchanges known, its agent, place and clock.

    `exchanges` are in order of time; `position` is that of its leaf in the ledger. A stamp
    outside of `bounds` cannot be right; its reading is marked. Hours begin `grid_ns` behind those
    of UTC.
    """

    register: CalibrationRegister
    exchanges: tuple[Noted, ...]
    agent: str
    epoch: str
    position: int
    clock_u_s: float
    bounds: StampBounds
    grid_ns: int = 0


def clock_of(head: StreamHead, setting: Setting) -> ChannelClock:
    """The polls of a stream, and the agent's clock."""
    return ChannelClock(
        agent=setting.agent,
        period_ns=head.period_ms * NS_PER_MS,
        standard_uncertainty_s=setting.clock_u_s,
        grid_ns=setting.grid_ns,
    )
