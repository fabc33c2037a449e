"""What a device's line makes of time: speed, silences, and the cost of a question. Pure."""

from typing import Final

from device_profiles.cost import FEWEST, LineCost
from device_profiles.model import DeviceProfile
from device_profiles.speed import Speed
from edge_agent.config_lines import DeviceSettings, LineSettings

SILENT_CHARACTERS: Final = 3.5
LEAST_SILENCE_S: Final = 0.00175
"""Silence that ends an RTU frame, and its least above 19 200 bit/s (Serial Line V1.02, 2.5.1.1)."""
USUAL_DELAY_S: Final = 0.03
"""How long meters take to answer: 5 to 100 ms, so a geometric mean. It only weighs two plans."""


def speed_of(line: LineSettings, device: DeviceSettings, profile: DeviceProfile) -> Speed:
    """The characters of a device: as it, its line or its profile says, in this order."""
    return device.speed or line.speed or profile.speed or Speed()


def silence_s(speed: Speed) -> float:
    """The silence that separates frames at this speed, in s."""
    return max(LEAST_SILENCE_S, SILENT_CHARACTERS * speed.character_s)


def line_cost(line: LineSettings, device: DeviceSettings, profile: DeviceProfile) -> LineCost:
    """What a question to a device costs its line; on a network, characters cost nothing."""
    if not line.carries_bytes:
        return FEWEST
    speed = speed_of(line, device, profile)
    question_s = USUAL_DELAY_S + 2 * silence_s(speed) + line.gap_s
    return LineCost(question_s=question_s, character_s=speed.character_s)
