"""How often something is asked at most: a network that is not ours is not flooded."""

import asyncio
from typing import Final

MOST_RATE: Final = 50.0
"""The most questions a second that can be asked for."""


class Pace:
    """Lets one question pass in each slot; slots are not saved up.

    Args:
        rate: Questions a second, above 0, at most 50.
    """

    def __init__(self, rate: float) -> None:
        self._slot_s = 1.0 / rate
        self._free_at_s = 0.0
        self.asked = 0

    def wait_s(self, now_s: float) -> float:
        """How long the next question waits from now on; it is then taken for asked."""
        at_s = max(now_s, self._free_at_s)
        self._free_at_s = at_s + self._slot_s
        self.asked += 1
        return at_s - now_s

    async def turn(self) -> None:
        """Returns when the next question may be asked."""
        wait_s = self.wait_s(asyncio.get_running_loop().time())
        if wait_s > 0:
            await asyncio.sleep(wait_s)
