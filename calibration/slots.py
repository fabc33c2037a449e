"""What each part of an hour was: one letter for each slot, in order of time. Pure.

Rules ask for so many valid minutes, or for a valid point in each quarter of an hour. That an hour
has 45 of 60 polls does not say which; the letters do, in 60 characters at most.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from calibration.indication import MissReason, Quality
from calibration.stacked_functions import Index

MOST_SLOTS: Final = 60
Counts = npt.NDArray[np.int64]
_Letters = npt.NDArray[np.str_]


class SlotState(StrEnum):
    """What a channel was in a slot of an hour; a closed vocabulary.

    The letters are small ones: data loggers have capitals, and mean other things by them.
    """

    VALID = "v"
    CALIBRATING = "c"
    BLOW_BACK = "b"
    STANDBY = "s"
    MAINTENANCE = "m"
    FAULT = "f"
    OVER_RANGE = "o"
    LOST = "l"
    UNKNOWN = "u"


GRAVEST_FIRST: Final = (
    SlotState.FAULT,
    SlotState.OVER_RANGE,
    SlotState.LOST,
    SlotState.UNKNOWN,
    SlotState.STANDBY,
    SlotState.MAINTENANCE,
    SlotState.BLOW_BACK,
    SlotState.CALIBRATING,
)
"""What a slot is that is not valid, the most serious first.

What is done on purpose comes last: a rule may ask less of an hour of maintenance, and what
nobody knows of is not excused by a maintenance elsewhere.
"""

OF_REASON: Final[Mapping[str, SlotState]] = {
    MissReason.TIMEOUT: SlotState.LOST,
    MissReason.UNREACHABLE: SlotState.LOST,
    MissReason.EXCEPTION: SlotState.LOST,
    MissReason.SHORT_REPLY: SlotState.LOST,
    MissReason.FOREIGN_REPLY: SlotState.LOST,
    MissReason.GARBAGE: SlotState.LOST,
    MissReason.CHECKSUM: SlotState.LOST,
    MissReason.NOT_POLLED: SlotState.LOST,
    Quality.CLOCK_SUSPECT: SlotState.LOST,
    MissReason.SENTINEL: SlotState.FAULT,
    MissReason.DEVICE_FAULT: SlotState.FAULT,
    MissReason.OTHER_DEVICE: SlotState.FAULT,
    MissReason.OTHER_SETTING: SlotState.FAULT,
    MissReason.OUT_OF_RANGE: SlotState.OVER_RANGE,
    MissReason.CALIBRATING: SlotState.CALIBRATING,
    MissReason.BLOW_BACK: SlotState.BLOW_BACK,
    MissReason.STANDBY: SlotState.STANDBY,
    MissReason.MAINTENANCE: SlotState.MAINTENANCE,
}
"""What a slot is by the reason of its misses; a reading with a suspect stamp is a miss too."""

_ROW: Final[Mapping[str, int]] = {state: row for row, state in enumerate(GRAVEST_FIRST)}
_ROW_OF_REASON: Final = {str(reason): _ROW[state] for reason, state in OF_REASON.items()}
_LETTERS: Final = np.array([state.value for state in GRAVEST_FIRST])


def slots_of(expected_per_hour: int) -> int:
    """Slots of an hour: the polls that are due in it, 60 at most."""
    return max(0, min(MOST_SLOTS, expected_per_hour))


def slots_at(within: Index, slots: int, span: int) -> Index:
    """The slot in which each instant lies; one outside of the hour lies in the nearest.

    Args:
        within: time since the hour began, shape (n,), whole units.
        slots: of the hour, >= 1.
        span: the hour in these units.
    """
    return np.clip(within * slots // span, 0, slots - 1)


def states_of(expected: int, present: Index, missed: Index, reasons: Sequence[str]) -> str:
    """The states of an hour's slots, a letter each; empty where no poll is due in an hour.

    A slot is valid if at least half of the polls due in it are present; else what most of its
    misses were, in doubt the most serious; else unknown.

    Args:
        expected: polls due in the hour.
        present: slots of the readings, shape (n,).
        missed: slots of the misses, shape (m,).
        reasons: of the misses, m; one that is in no vocabulary says nothing.
    """
    slots = slots_of(expected)
    if not slots:
        return ""
    due = np.bincount(np.arange(expected) * slots // expected, minlength=slots)
    unknown = _ROW[SlotState.UNKNOWN]
    rows = np.array([_ROW_OF_REASON.get(each, unknown) for each in reasons], dtype=np.int64)
    return _told(np.bincount(present, minlength=slots), due, _counted(rows, missed, slots))


def together(states: Sequence[str]) -> str:
    """The states of a quantity computed from several inputs, from theirs in the same hour.

    A slot is valid only if it is so of all; else the most serious of what it was. Inputs with
    more slots than another are brought to those of the coarsest; there a slot is valid if at
    least half of the finer ones in it are. Empty where an input's states are not known.
    """
    slots = min(map(len, states), default=0)
    if not slots:
        return ""
    rows = [_coarser(each, slots) for each in states]
    return "".join(_gravest(column) for column in zip(*rows, strict=True))


def _gravest(letters: Sequence[str]) -> str:
    return min(letters, key=lambda each: _ROW.get(each, len(_ROW)))


def _coarser(states: str, slots: int) -> str:
    """The states brought to fewer slots, by the rule that makes a slot of polls."""
    if len(states) == slots:
        return states
    into = np.arange(len(states)) * slots // len(states)
    valid = np.array([each == SlotState.VALID for each in states])
    others = np.array([_ROW[each] for each in states if each != SlotState.VALID], dtype=np.int64)
    present, due = (np.bincount(each, minlength=slots) for each in (into[valid], into))
    return _told(present, due, _counted(others, into[~valid], slots))


def _counted(rows: Index, slots_missed: Index, slots: int) -> Counts:
    """How often each slot was what, shape (7, slots), the most serious first."""
    places = np.bincount(rows * slots + slots_missed, minlength=len(_ROW) * slots)
    return places.reshape(len(_ROW), slots)


def _told(present: Counts, due: Counts, others: Counts) -> str:
    """A letter a slot; of others that are as many, `argmax` takes the most serious."""
    most: _Letters = np.where(
        others.any(axis=0), _LETTERS[others.argmax(axis=0)], SlotState.UNKNOWN.value
    )
    return "".join(np.where(2 * present >= due, SlotState.VALID.value, most).tolist())
