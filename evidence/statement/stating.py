"""A channel's statement over a period, from its hours and what its agent logged. Pure."""

from collections.abc import Sequence
from typing import Final

from calibration.errors import CertificateError
from calibration.history.suspect import SuspectPeriod, suspects
from calibration.measurand import Measurand
from calibration.register import CalibrationRegister
from calibration.window import Window

_MS_PER_HOUR: Final = 3_600_000


def expected_per_hour(period_ms: int) -> int:
    """Polls due in an hour of which nothing came; 0 for a channel without a period."""
    return round(_MS_PER_HOUR / period_ms) if period_ms > 0 else 0


def suspects_of(
    register: CalibrationRegister, channel: str, measurand: Measurand, windows: Sequence[Window]
) -> tuple[SuspectPeriod, ...]:
    """The suspect periods of the instruments that a channel's hours rest on.

    Certificates that cannot be compared with each other say nothing here;
    `carbonmeter calibration history` tells of them.
    """
    name = channel.rpartition("/")[2]
    found: list[SuspectPeriod] = []
    for serial in sorted({serial for each in windows for serial in each.grounds.serials}):
        try:
            found += suspects(register, serial, measurand.kind_of_quantity, name)
        except CertificateError:
            continue
    return tuple(found)
