"""What a computed quantity did within an hour, from what its inputs did. Pure.

The inputs' hours go through the model as means. Around these it is taken as straight, part by part:
a course serves to find a standard deviation, so the model is not solved twelve times an hour.
"""

import math
from collections.abc import Mapping

from calibration.course import Course, coarser
from calibration.mean import MeanWindow
from calibration.model.admit import admit, unit_of
from calibration.model.catalogue import ConstantSet, MeasurementModel
from calibration.model.evaluate import solved_at
from calibration.model.load import constants_named
from calibration.model.stated import Stated
from calibration.unit import amount_of, has_amount, unit
from calibration.window import RegisterWindow, Window


def modelled_course(
    model: MeasurementModel,
    stated: Mapping[str, Stated],
    hours: Mapping[str, Window | MeanWindow],
    constants: ConstantSet | None = None,
) -> Course:
    """The result's course to first order, in its amount an hour; empty without all inputs'.

    An input's part differs from its hourly mean by so much, the result by its sensitivity times
    that. All come in as many parts as the input with the fewest.

    Args:
        model: A formula or a function.
        stated: All inputs, as the model was evaluated at them.
        hours: Of the measured ones, by name.
        constants: In place of the model's own.

    Raises:
        MeasurementModelError, UnitMismatchError: the model cannot be evaluated there.
    """
    courses = {name: _course(each) for name, each in hours.items()}
    parts = min(map(len, courses.values()), default=0)
    if not parts:
        return ()
    taken = admit(model, stated)
    solved = solved_at(model, taken, constants or constants_named(model.constants))
    slopes = {
        name: slope * unit(stated[name].unit).factor / unit(taken[name].unit).factor
        for name, slope in solved.sensitivities.items()
        if name in courses
    }
    apart = [
        [slope * (part - stated[name].value) for part in coarser(courses[name], parts)]
        for name, slope in slopes.items()
    ]
    code = unit_of(model.result.unit, model.result.name, taken)
    per_hour = amount_of(code)[1] if has_amount(code) else 1.0
    course = (per_hour * (solved.value + sum(each)) for each in zip(*apart, strict=True))
    return _finite(tuple(course))


def _finite(course: Course) -> Course:
    """A course that no float holds is none: what it serves for would fail with it."""
    return course if all(map(math.isfinite, course)) else ()


def _course(hour: Window | MeanWindow) -> Course:
    """A register tells its growth, not how it came."""
    return () if isinstance(hour, RegisterWindow) else hour.course
