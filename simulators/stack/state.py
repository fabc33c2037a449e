"""What an instrument is doing in a minute, and the words of HJ 212 for it."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from device_profiles.status_model import Condition


class State(IntEnum):
    """What an instrument does; of two at once the later one of this list is shown.

    Settling is the sample's way back after calibration gas, purging that after air.
    """

    MEASURING = 0
    OVER_RANGE = 1
    STANDBY = 2
    PURGING = 3
    BLOW_BACK = 4
    SETTLING = 5
    ZERO_GAS = 6
    SPAN_GAS = 7
    MAINTENANCE = 8
    FAULT = 9
    NO_COMMUNICATION = 10


FLAGS: Final[Mapping[State, str]] = {
    State.MEASURING: "N",
    State.OVER_RANGE: "T",
    State.STANDBY: "F",
    State.PURGING: "M",
    State.BLOW_BACK: "M",
    State.SETTLING: "C",
    State.ZERO_GAS: "C",
    State.SPAN_GAS: "C",
    State.MAINTENANCE: "M",
    State.FAULT: "D",
    State.NO_COMMUNICATION: "B",
}
"""HJ 212-2017, table 8.

It has no flag of its own for a blow-back: M stands for it and for the purge after it."""
CONDITIONS: Final[Mapping[State, tuple[Condition, ...]]] = {
    State.MEASURING: (),
    State.OVER_RANGE: (Condition.OVER_RANGE, Condition.WARNING),
    State.STANDBY: (Condition.STANDBY,),
    State.PURGING: (Condition.BLOW_BACK, Condition.INVALID, Condition.MAINTENANCE),
    State.BLOW_BACK: (Condition.BLOW_BACK, Condition.INVALID, Condition.MAINTENANCE),
    State.SETTLING: (Condition.INVALID, Condition.CALIBRATING, Condition.MAINTENANCE),
    State.ZERO_GAS: (Condition.CALIBRATING, Condition.INVALID, Condition.MAINTENANCE),
    State.SPAN_GAS: (Condition.CALIBRATING, Condition.INVALID, Condition.MAINTENANCE),
    State.MAINTENANCE: (Condition.MAINTENANCE, Condition.INVALID),
    State.FAULT: (Condition.FAULT, Condition.INVALID),
    State.NO_COMMUNICATION: (),
}
"""What status words say of it: the first one that the device has a word for.

Of settling that is a word for values that are not to be used, where there is one: no gas flows any
more, and a reading of the sample is none of a check."""
