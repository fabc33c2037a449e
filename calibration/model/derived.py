"""An hour of a quantity that several channels give together, such as the CO2 mass of a stack. Pure.

The hourly means of the inputs go through one measurement model, and their influences with them:
what two inputs share, such as one reference method, adds with its sign.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from calibration.basis import UncertaintyBasis
from calibration.course import Course
from calibration.derivation import Derivation
from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.measurand import Accumulation, Measurand
from calibration.model.catalogue import ConstantSet, MeasurementModel
from calibration.model.course import modelled_course
from calibration.model.errors import DerivedInputError
from calibration.model.evaluate import evaluate
from calibration.model.stated import Modelled, Stated
from calibration.slots import together
from calibration.uncertainty import UncertaintyComponent, scaled
from calibration.unit import amount_of, rate_of
from calibration.window import FlowWindow, Tally, components_of, merge_grounds

MeanHour = MeanWindow | FlowWindow
_SAMPLING: Final = "sampling:"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputHour:
    """An hour of an input, and what is measured there."""

    hour: MeanHour
    measurand: Measurand


def derived_measurand(derivation: Derivation, model: MeasurementModel) -> Measurand:
    """What a derived channel measures.

    Raises:
        UnitMismatchError: the model's result is not of that kind, or no rate.
    """
    amount_of(model.result.unit)
    return Measurand(
        kind_of_quantity=derivation.kind_of_quantity,
        unit=model.result.unit,
        subject=derivation.subject,
        accumulation=Accumulation.RATE,
    )


def derived_hour(
    derivation: Derivation,
    model: MeasurementModel,
    inputs: Mapping[str, InputHour],
    declared: Mapping[str, Stated],
    constants: ConstantSet | None = None,
) -> FlowWindow | None:
    """The hour's amount, over the share of it of which all inputs are there; None without any.

    Its tally is that of the input with the least share, its slots are what all inputs' were.

    Where a declared input states no uncertainty, that of the result is unknown.

    Args:
        derivation: How the channel is computed.
        model: Its model.
        inputs: One hour of each measured input, by the model's name for it.
        declared: The other inputs, as they are declared for this hour: an area, a K_v.
        constants: In place of the model's own.

    Raises:
        DerivedInputError: an input is lacking, or the inputs are not of one hour.
        MeasurementModelError: an input cannot be, or is stated for another state of gas.
        UnitMismatchError: a unit is of another kind.
    """
    _require_whole(derivation, inputs)
    stated = {name: stated_mean(each) for name, each in inputs.items()}
    known = {name: each for name, each in stated.items() if each is not None}
    if len(known) < len(stated):
        return None
    entered = {**declared, **known}
    found = evaluate(model, entered, constants)
    course = modelled_course(
        model, entered, {n: each.hour for n, each in inputs.items()}, constants
    )
    window = _window(derivation, found, [each.hour for each in inputs.values()], course)
    if all(each.components for each in declared.values()):
        return window
    unknown = replace(window.grounds, basis=UncertaintyBasis.UNKNOWN)
    return replace(window, grounds=unknown)


def stated_mean(each: InputHour) -> Stated | None:
    """The mean of an input's hour as a model takes it; None of an hour without readings."""
    hour, conditions = each.hour, each.measurand.reference_conditions
    if isinstance(hour, MeanWindow):
        if hour.value is None:
            return None
        return Stated(
            value=hour.value,
            unit=hour.unit,
            components=hour.components,
            reference_conditions=conditions,
        )
    share = share_of(hour.tally)
    if not share:
        return None
    return Stated(
        value=hour.value / share,
        unit=rate_of(hour.unit),
        components=scaled(components_of(hour), 1.0 / share),
        reference_conditions=conditions,
    )


def share_of(tally: Tally) -> float:
    """The share of an hour for which readings stand, 0 to 1."""
    return min(1.0, tally.present / tally.expected) if tally.expected else 0.0


def _require_whole(derivation: Derivation, inputs: Mapping[str, InputHour]) -> None:
    lacking = sorted(derivation.inputs.keys() ^ inputs.keys())
    if lacking:
        raise DerivedInputError(derivation.derivation, found=", ".join(lacking))
    starts = sorted({each.hour.start_ns for each in inputs.values()})
    if len(starts) != 1:
        raise DerivedInputError(derivation.derivation, found=f"hours from {starts} ns")


def _window(
    derivation: Derivation, found: Modelled, hours: list[MeanHour], course: Course
) -> FlowWindow:
    least = min((each.tally for each in hours), key=share_of)
    unit, per_hour = amount_of(found.unit)
    amount = share_of(least) * per_hour
    parts = scaled(found.components, amount)
    sampled = [each for each in parts if each.influence.id.startswith(_SAMPLING)]
    new = [each for each in parts if not each.influence.shared and each not in sampled]
    return FlowWindow(
        channel=derivation.derivation,
        start_ns=hours[0].start_ns,
        end_ns=hours[0].start_ns + NS_PER_HOUR,
        unit=unit,
        uncorrected=found.value * amount,
        value=found.value * amount,
        components=tuple(each for each in parts if each.influence.shared),
        fresh_variance=_variance(new),
        sampling_variance=_variance(sampled),
        sampling_spread=math.fsum(_spread(each) for each in sampled),
        tally=replace(least, states=together([each.tally.states for each in hours])),
        grounds=merge_grounds(each.grounds for each in hours),
        course=tuple(each * per_hour for each in course),
    )


def _variance(parts: Iterable[UncertaintyComponent]) -> float:
    return math.fsum(each.contribution**2 for each in parts)


def _spread(part: UncertaintyComponent) -> float:
    """variance^2/nu of a part whose degrees of freedom are known."""
    nu = part.influence.degrees_of_freedom
    return 0.0 if nu is None else part.contribution**4 / nu
