"""What the agent makes of what a device says about its own state. Pure."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from calibration.indication import MissReason, Quality
from device_profiles.status_model import Condition

WORST_FIRST: Final[Mapping[Condition, MissReason | Quality]] = MappingProxyType(
    {
        Condition.MAINTENANCE: MissReason.MAINTENANCE,
        Condition.FAULT: MissReason.DEVICE_FAULT,
        Condition.INVALID: MissReason.DEVICE_FAULT,
        Condition.CALIBRATING: MissReason.CALIBRATING,
        Condition.BLOW_BACK: MissReason.BLOW_BACK,
        Condition.STANDBY: MissReason.STANDBY,
        Condition.OVER_RANGE: MissReason.OUT_OF_RANGE,
        Condition.WARNING: Quality.DEVICE_WARNING,
        Condition.UNLISTED: Quality.DEVICE_WARNING,
    }
)
"""What becomes of an indication: a miss where it is not of the measurand, else a quality.

Whoever works on a device knows of its faults: maintenance says more than what it causes.
"""


def worst(conditions: Iterable[Condition]) -> MissReason | Quality | None:
    """What becomes of an indication under these conditions; None where nothing is the matter."""
    found = set(conditions)
    return next((made for each, made in WORST_FIRST.items() if each in found), None)
