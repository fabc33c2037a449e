"""How often something happened, and a line in the log now and then."""

import logging
from collections import Counter
from collections.abc import Mapping

from evidence.errors import CodedError

LOG = logging.getLogger("carbonmeter.agent")


class Tally:
    """Counts errors by their code; the 1st, 10th, 100th ... of a code is logged."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    @property
    def counts(self) -> Mapping[str, int]:
        """How often, by code."""
        return dict(self._counts)

    def add(self, code: str, said: str) -> None:
        """Counts one of `code`, and perhaps logs what is said."""
        self._counts[code] += 1
        if _is_power_of_ten(self._counts[code]):
            LOG.warning("%s (%d so far)", said, self._counts[code])

    def note(self, wrong: CodedError) -> None:
        """Counts an error."""
        self.add(wrong.code, wrong.say("en"))


def _is_power_of_ten(count: int) -> bool:
    text = str(count)
    return text[0] == "1" and not text[1:].strip("0")
