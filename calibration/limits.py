"""What every number and instant of a document must meet."""

import datetime as dt
import math
from typing import Final

from calibration.errors import CertificateError, OutOfRangeError, Words

FINITE: Final = Words("finite", "有限数值")
NOT_NEGATIVE: Final = Words("finite and >= 0", "有限且 >= 0")
ABOVE_ZERO: Final = Words("finite and > 0", "有限且 > 0")
"""What a number must be, as errors say it."""


def not_negative(where: str, **numbers: float) -> None:
    """Refuses a number that is negative, NaN or infinite.

    Raises:
        OutOfRangeError: naming the first that is.
    """
    for name, value in numbers.items():
        if not (math.isfinite(value) and value >= 0.0):
            raise OutOfRangeError(where, name=name, value=value, limit=NOT_NEGATIVE)


def with_zone(where: str, **instants: dt.datetime) -> None:
    """Refuses an instant without a time zone.

    Raises:
        CertificateError: naming the first that has none.
    """
    for name, instant in instants.items():
        if instant.tzinfo is None:
            raise CertificateError(
                where,
                what=Words(f"{name} has no time zone", f"{name} 没有时区"),
                remedy=Words("write it in UTC, ending in Z", "请写成 UTC，以 Z 结尾"),
            )
