"""What a question costs a line: its time is what devices compete for."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCost:
    """How long a line is busy with one question and its answer.

    Attributes:
        question_s: Apart from its characters: silences, and how long devices take to answer.
        character_s: For each character in either direction.
    """

    question_s: float
    character_s: float

    def of(self, characters: float) -> float:
        """The time of one question and its answer with so many characters in all, in s."""
        return self.question_s + characters * self.character_s


FEWEST: Final = LineCost(question_s=1.0, character_s=0.0)
"""A line on which characters cost next to nothing, as on a network: ask as seldom as possible."""
