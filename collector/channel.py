"""What is open for one channel: its calibration over time, and the fold of its readings.

It stands on the ground floor, where a verifier has it too.
"""

from evidence.judging.channel import (
    ChannelState,
    Hour,
    Setting,
    feed,
)

__all__ = [
    "ChannelState",
    "Hour",
    "Setting",
    "feed",
]
