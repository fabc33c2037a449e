"""Which channels measure the same thing, from the installations that agents logged. Pure."""

from collections.abc import Sequence

from calibration.event import CalibrationEvent
from calibration.register import CalibrationRegister
from calibration.window import Window
from evidence.clock import NS_PER_S


def groups_of(register: CalibrationRegister, windows: Sequence[Window]) -> frozenset[str]:
    """The groups of the instruments that showed these hours, as they were installed.

    Of an instrument's installations before the last hour's end the last one counts; of those of
    one instant, the one recorded last.

    Args:
        register: Of the agent that read them.
        windows: Of one channel, in order of time; at least one.
    """
    serials = {serial for each in windows for serial in each.grounds.serials if serial}
    last = (_installed(register, serial, windows[-1].end_ns) for serial in serials)
    return frozenset(
        each.double_count_group for each in last if each is not None and each.double_count_group
    )


def _installed(
    register: CalibrationRegister, serial: str, before_ns: int
) -> CalibrationEvent | None:
    known = (
        each
        for each in register.events
        if each.event == "installation"
        and each.serial == serial
        and each.at.timestamp() * NS_PER_S < before_ns
    )
    return max(known, key=lambda each: (each.at, each.recorded_at), default=None)
