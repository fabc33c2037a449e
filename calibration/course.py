"""What a rate did within an hour: its means over parts of the hour, in order of time. Pure.

A mean over 45 of 60 minutes stands for 15 that nobody measured. How wrong that makes it is found in
hours that are whole, so these keep their course; twelve numbers say enough, and 3,600 would not do.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from calibration.function import Floats
from calibration.slots import slots_of
from calibration.stacked_functions import Index

MOST_PARTS: Final = 12
Course = tuple[float, ...]


def parts_of(slots: int) -> int:
    """Parts of an hour that has so many slots: as many as slots, 12 at most."""
    return min(MOST_PARTS, slots)


def parts_at(slots: Index, of_hour: int) -> Index:
    """The part of the hour in which each slot lies.

    Args:
        slots: shape (n,), 0 to `of_hour` - 1.
        of_hour: slots of the hour, >= 1.
    """
    return slots * parts_of(of_hour) // of_hour


def course_of(values: Floats, slots: Index, expected: int) -> Course:
    """The means over each part of an hour; empty where a part has less than half of its polls.

    Plain sums will do: courses serve to find a standard deviation, never a value. They are kept
    as the numbers they are, since the store packs a shorter one into as many bytes.

    Args:
        values: of the readings, shape (n,), in order of time.
        slots: in which they lie, shape (n,); see `slots_at`.
        expected: polls due in the hour.
    """
    of_hour = slots_of(expected)
    parts = parts_of(of_hour)
    if not parts:
        return ()
    due = np.bincount(parts_at(np.arange(expected) * of_hour // expected, of_hour))
    at = parts_at(slots, of_hour)
    present = np.bincount(at, minlength=parts)
    if bool((2 * present < due).any()):
        return ()
    return tuple((np.bincount(at, values, parts) / present).tolist())


def coarser(course: Sequence[float], parts: int) -> Course:
    """The course in fewer parts: means of those that begin in each.

    Args:
        course: of an hour.
        parts: 1 to as many as it has.
    """
    if len(course) == parts:
        return tuple(course)
    at = np.arange(len(course)) * parts // len(course)
    return tuple((np.bincount(at, course) / np.bincount(at)).tolist())
