"""The calibration commands, told what day it is: their room does not read the time."""

import datetime as dt
from collections.abc import Sequence

from calibration.cli import calibration as commands
from evidence.clock import NS_PER_S, SystemClock


def calibration(argv: Sequence[str]) -> int:
    """The exit code of `carbonmeter calibration`, today being the day in UTC."""
    seconds = SystemClock().now_ns() // NS_PER_S
    return commands(argv, dt.datetime.fromtimestamp(seconds, tz=dt.UTC).date())
