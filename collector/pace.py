"""How often the same thing is said."""

from collections.abc import Hashable
from typing import Final

_MOST: Final = 10_000


class Pace:
    """Lets something be said when it is new, and again only after an interval.

    At most 10,000 subjects are remembered; beyond that it begins anew.
    """

    def __init__(self, *, interval_ns: int) -> None:
        self._interval_ns = interval_ns
        self._last: dict[Hashable, tuple[Hashable, int]] = {}

    def allows(self, subject: Hashable, said: Hashable, now_ns: int) -> bool:
        """Whether `said` of `subject` is new, or was last allowed an interval ago.

        Args:
            subject: Of what something is said.
            said: What is said; something else is always new.
            now_ns: A monotonic reading, ns.
        """
        before = self._last.get(subject)
        if before is not None and before[0] == said and now_ns - before[1] < self._interval_ns:
            return False
        if before is None and len(self._last) >= _MOST:
            self._last.clear()
        self._last[subject] = (said, now_ns)
        return True
