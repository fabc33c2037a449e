"""Channels that have shown the same bytes for longer than their plant can stand still."""

import msgspec

from calibration.indication import Quality
from edge_agent.cycle import PolledDevice
from edge_agent.poll import Poll, Reading


class Standstill:
    """Remembers since when each channel has shown what it shows; a restart begins anew.

    A meter whose display goes on answering while its measurement has stopped looks healthy to
    every other check. Only the site knows how long its load may stand still, so nothing is
    marked where the configuration says nothing.
    """

    def __init__(self) -> None:
        self._since: dict[tuple[str, int], Reading] = {}

    def marked(self, device: PolledDevice, poll: Poll) -> Poll:
        """The poll with the quality `frozen` where the bytes are older than the site allows."""
        if device.frozen_after_ns is None:
            return poll
        after_ms = device.frozen_after_ns // 1_000_000
        readings = tuple(self._marked(poll.device, each, after_ms) for each in poll.readings)
        return msgspec.structs.replace(poll, readings=readings)

    def _marked(self, device: str, reading: Reading, after_ms: int) -> Reading:
        first = self._since.get((device, reading.channel))
        if first is None or first.raw != reading.raw or reading.at_ms < first.at_ms:
            self._since[device, reading.channel] = reading
            return reading
        stands = reading.at_ms - first.at_ms >= after_ms
        if not stands or reading.quality != Quality.GOOD:
            return reading
        return msgspec.structs.replace(reading, quality=Quality.FROZEN)
