"""A computed channel told by its inputs, each of them under a plan of its own."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from calibration.derivation import Derivation, derivation_in_force
from calibration.model.declared import declared_at
from calibration.model.derived import InputHour, stated_mean
from calibration.model.evaluate import evaluate
from calibration.model.load import constants_named, model_named
from calibration.model.stated import Modelled, Stated
from calibration.register import CalibrationRegister
from evidence.clock import utc_text
from evidence.judging.kept import HoursTold
from evidence.statement.monitoring.errors import NoDerivationError, PlanChangesError
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.monitoring.through import Compute

Span = tuple[int, int]
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def derivation_of(register: CalibrationRegister, channel: str, span: Span) -> Derivation:
    """How a channel is computed over the whole of a period.

    Raises:
        NoDerivationError: nothing says it at the start.
        PlanChangesError: it is computed otherwise at the end.
        DerivationConflictError: it is said in two ways.
    """
    derivation = derivation_in_force(register.derivations, channel, _instant(span[0]))
    if derivation is None:
        raise NoDerivationError(channel, at=utc_text(span[0]))
    last = derivation_in_force(register.derivations, channel, _instant(span[1] - 1))
    if last is not None and last != derivation:
        raise PlanChangesError(channel, at=last.effective_from.isoformat())
    return derivation


@dataclass(frozen=True, slots=True, kw_only=True)
class Computing:
    """A computed channel's model with what is declared for it, hour by hour.

    Attributes:
        derivation: How it is computed.
        register: With the settings that hold.
    """

    derivation: Derivation
    register: CalibrationRegister

    def compute(self) -> Compute:
        """The model, of an hour's start and its measured inputs.

        Where an input states no uncertainty, the result states none: unknown is not 0.

        Raises:
            MeasurementModelError: there is no such model.
        """
        derivation, settings = self.derivation, self.register.settings
        model = model_named(derivation.model, derivation.derivation)
        constants = constants_named(derivation.constants) if derivation.constants else None

        def computed(start_ns: int, inputs: Mapping[str, Stated]) -> Modelled:
            declared = declared_at(derivation, settings, _instant(start_ns))
            stated = {**declared, **inputs}
            found = evaluate(model, stated, constants)
            known = all(each.components for each in stated.values())
            return found if known else replace(found, components=())

        return computed

    def taken_in(self, name: str) -> str:
        """The unit in which the model takes an input."""
        model = model_named(self.derivation.model, self.derivation.derivation)
        return next((each.unit for each in model.inputs if each.name == name), "any")

    @property
    def unit(self) -> str:
        """Of what the model gives."""
        return model_named(self.derivation.model, self.derivation.derivation).result.unit


def as_taken(lookup: HoursTold, channel: str, told: Monitored) -> Stated:
    """The unit and the state of gas of an input; its number does not matter."""
    row = lookup.channel(channel)
    conditions = None if row is None else row.head.measurand.reference_conditions
    return Stated(value=0.0, unit=told.determination.unit, reference_conditions=conditions)


def measured_hours(
    lookup: HoursTold, channel: str, span: Span, wanted: str = "any"
) -> dict[int, Stated]:
    """The hours of an input that no rule speaks of, by start in UTC ns.

    Args:
        lookup: Of the hours.
        channel: Of the input.
        span: [start, end) in UTC ns.
        wanted: The model's unit, by which an amount is taken as one or as a rate.
    """
    row, found = lookup.channel(channel), [*lookup.means(channel, *span)]
    hours = [InputHour(hour=each, measurand=each.measurand) for each in found]
    if row is not None and not found:
        windows = lookup.windows(channel, *span)
        hours = [InputHour(hour=each, measurand=row.head.measurand) for each in windows]
    stated = {each.hour.start_ns: stated_mean(each, wanted) for each in hours}
    return {start_ns: each for start_ns, each in stated.items() if each is not None}


def _instant(at_ns: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=at_ns // 1000)
