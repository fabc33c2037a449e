"""An hour of a quantity that several channels give together, such as the CO2 mass of a stack. Pure.

The hourly means and amounts of the inputs go through one measurement model, and their influences
with them: what two inputs share, such as one reference method, adds with its sign. So do the
readings at the ends of a register's hour: in the sum of two hours what they share cancels.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from calibration.basis import UncertaintyBasis
from calibration.derivation import Derivation
from calibration.errors import Words
from calibration.hourly import SNAP_SHARE
from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.measurand import Accumulation, Measurand, ReferenceConditions
from calibration.model.catalogue import ConstantSet, MeasurementModel
from calibration.model.course import modelled_course
from calibration.model.errors import DerivedInputError
from calibration.model.evaluate import evaluate
from calibration.model.stated import Stated, in_unit
from calibration.model.states import conditions_named
from calibration.slots import together
from calibration.uncertainty import UncertaintyComponent, scaled
from calibration.unit import amount_of, has_amount, rate_of, unit
from calibration.window import (
    FlowWindow,
    RegisterWindow,
    Tally,
    components_of,
    merge_grounds,
)

MeanHour = MeanWindow | FlowWindow | RegisterWindow
_NEAR_EDGES: Final = 2 * SNAP_SHARE
_SAMPLING: Final = "sampling:"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputHour:
    """An hour of an input, and what is measured there."""

    hour: MeanHour
    measurand: Measurand


def derived_measurand(
    derivation: Derivation, model: MeasurementModel, declared: Mapping[str, Stated] | None = None
) -> Measurand:
    """What a derived channel measures: a rate, or by the hour the amount that a model gives.

    Args:
        derivation: How the channel is computed.
        model: Its model.
        declared: Inputs; where the reference conditions of the result are among them, it is of
            these.

    Raises:
        UnitMismatchError: the model's result is not of that kind, or neither a rate nor an amount.
    """
    rate_of(model.result.unit)
    is_rate = has_amount(model.result.unit)
    return Measurand(
        kind_of_quantity=derivation.kind_of_quantity,
        unit=model.result.unit,
        subject=derivation.subject,
        accumulation=Accumulation.RATE if is_rate else Accumulation.INTERVAL,
        reference_conditions=_conditions(model, declared or {}),
    )


def _conditions(
    model: MeasurementModel, declared: Mapping[str, Stated]
) -> ReferenceConditions | None:
    result = model.result
    if len(result.state_of) != 2 or not declared.keys() >= set(result.state_of):
        return conditions_named(result.state)
    temperature, pressure = (declared[name] for name in result.state_of)
    return ReferenceConditions(
        temperature_K=in_unit(temperature, "K", "t_ref").value,
        pressure_Pa=in_unit(pressure, "Pa", "p_ref").value,
        wet=False,
    )


def derived_hour(
    derivation: Derivation,
    model: MeasurementModel,
    inputs: Mapping[str, InputHour],
    declared: Mapping[str, Stated],
    constants: ConstantSet | None = None,
) -> FlowWindow:
    """The hour's amount, over the share of it of which all inputs are there.

    Its tally is that of the input with the least share, its slots are what all inputs' were. An
    hour of which an input shows nothing has no amount, and tells why.

    Where a declared input states no uncertainty, that of the result is unknown.

    Args:
        derivation: How the channel is computed.
        model: Its model. One that gives an amount must be proportional to the amounts it takes.
        inputs: One hour of each measured input, by the model's name for it.
        declared: The other inputs, as they are declared for this hour: an area, a K_v.
        constants: In place of the model's own.

    Raises:
        DerivedInputError: an input is lacking, or the inputs are not of one hour.
        MeasurementModelError: an input cannot be, or is stated for another state of gas.
        UnitMismatchError: a unit is of another kind.
    """
    _require_whole(derivation, inputs)
    units = {each.name: each.unit for each in model.inputs}
    stated = {name: stated_mean(each, units.get(name, "any")) for name, each in inputs.items()}
    known = {name: each for name, each in stated.items() if each is not None}
    hours = [each.hour for each in inputs.values()]
    if len(known) < len(stated):
        return _amount(derivation, (0.0, model.result.unit, ()), hours)
    entered = {**declared, **known}
    found = evaluate(model, entered, constants)
    course = modelled_course(model, entered, dict(zip(inputs, hours, strict=True)), constants)
    amount = _amount(derivation, (found.value, found.unit, found.components), hours)
    window = replace(amount, course=course)
    if all(each.components for each in declared.values()):
        return window
    return with_unknown_uncertainty(window)


def with_unknown_uncertainty(window: FlowWindow) -> FlowWindow:
    """The same amount, of which nobody can say how uncertain it is."""
    return replace(window, grounds=replace(window.grounds, basis=UncertaintyBasis.UNKNOWN))


def stated_mean(each: InputHour, wanted: str = "any") -> Stated | None:
    """An input's hour as a model takes it; None of an hour without readings.

    Args:
        each: A mean is taken as it is, an amount as the rate that runs it up.
        wanted: The model's unit; where an amount is of its kind, it is taken as the amount that
            the whole hour has at that rate.
    """
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
    share = covered_of(hour)
    if not share:
        return None
    return Stated(
        value=hour.value / share,
        unit=hour.unit if _takes_amount(wanted, hour.unit) else rate_of(hour.unit),
        components=scaled(components_of(hour), 1.0 / share),
        reference_conditions=conditions,
    )


def covered_of(hour: MeanHour) -> float:
    """The share of an hour that a mean or an amount stands for, 0 to 1.

    A register's growth is known from its first to its last reading, however many lie between.
    """
    if not isinstance(hour, RegisterWindow):
        return share_of(hour.tally)
    share = (hour.closing.at_ns - hour.opening.at_ns) / NS_PER_HOUR
    near = _NEAR_EDGES / max(1, hour.tally.expected)
    return 1.0 if share >= 1.0 - near else max(0.0, share)


def share_of(tally: Tally) -> float:
    """The share of an hour for which readings stand, 0 to 1."""
    return min(1.0, tally.present / tally.expected) if tally.expected else 0.0


def _takes_amount(wanted: str, found: str) -> bool:
    """Whether a model's unit is of the kind of an amount; "any" and "as x" are not."""
    if wanted == "any" or wanted.startswith("as "):
        return False
    return unit(wanted).dimension == unit(found).dimension


def _require_whole(derivation: Derivation, inputs: Mapping[str, InputHour]) -> None:
    lacking = sorted(derivation.inputs.keys() ^ inputs.keys())
    if lacking:
        raise DerivedInputError(derivation.derivation, found=", ".join(lacking))
    starts = sorted({each.hour.start_ns for each in inputs.values()})
    if len(starts) != 1:
        raise DerivedInputError(
            derivation.derivation,
            found=Words(f"hours from {starts} ns", f"始于 {starts} ns 的小时"),
        )


def _amount(
    derivation: Derivation,
    found: tuple[float, str, tuple[UncertaintyComponent, ...]],
    hours: list[MeanHour],
) -> FlowWindow:
    """The hour's window from what the model gives: value, unit and components."""
    value, of, components = found
    least = min(hours, key=covered_of)
    code, per_hour = amount_of(of) if has_amount(of) else (of, 1.0)
    amount = covered_of(least) * per_hour
    parts = scaled(components, amount)
    sampled = [each for each in parts if each.influence.id.startswith(_SAMPLING)]
    new = [each for each in parts if not each.influence.shared and each not in sampled]
    return FlowWindow(
        channel=derivation.derivation,
        start_ns=hours[0].start_ns,
        end_ns=hours[0].start_ns + NS_PER_HOUR,
        unit=code,
        uncorrected=value * amount,
        value=value * amount,
        components=tuple(each for each in parts if each.influence.shared),
        fresh_variance=_variance(new),
        sampling_variance=_variance(sampled),
        sampling_spread=math.fsum(_spread(each) for each in sampled),
        tally=replace(least.tally, states=_states(hours)),
        grounds=replace(
            merge_grounds(each.grounds for each in hours),
            double_count_groups=tuple(filter(None, [derivation.double_count_group])),
        ),
    )


def _states(hours: Iterable[MeanHour]) -> str:
    """What the slots were of all inputs; a register's growth is known however many lie between."""
    return together([each.tally.states for each in hours if not isinstance(each, RegisterWindow)])


def _variance(parts: Iterable[UncertaintyComponent]) -> float:
    return math.fsum(each.contribution**2 for each in parts)


def _spread(part: UncertaintyComponent) -> float:
    """variance^2/nu of a part whose degrees of freedom are known."""
    nu = part.influence.degrees_of_freedom
    return 0.0 if nu is None else part.contribution**4 / nu
