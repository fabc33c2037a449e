"""A stack as it is declared: what its area, its K_v and its analysers bring into a model (pure).

What is declared once acts on every hour: the area, the velocity-field coefficient, the calibration
function of an analyser and the reference method behind both. These are influences of their own,
and where one reference method calibrated the flow and the CO2, its deviation is in both.
"""

import math

import msgspec
import numpy as np

from calibration.function import CalibrationFunction
from calibration.limits import FINITE
from calibration.measurand import ReferenceConditions
from calibration.model.errors import InputRangeError, NotInForceError
from calibration.model.influenced import influenced
from calibration.model.stated import Stated
from calibration.uncertainty import Influence, UncertaintyComponent, merge, name_of


class ReferenceShare(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reference method's own deviation adds.

    Args:
        laboratory, certificate: of the method's standard; two results that name the same deviate
            together.
        relative_uncertainty: standard uncertainty over value, 0 to 1.
    """

    laboratory: str
    certificate: str
    relative_uncertainty: float

    def __post_init__(self) -> None:
        require_between(self.certificate, "relative_uncertainty", self.relative_uncertainty, 1.0)

    def component(self, value: float) -> UncertaintyComponent:
        """Of a result of this value."""
        name = f"std:{name_of(self.laboratory)}/{name_of(self.certificate)}"
        return UncertaintyComponent(
            influence=Influence(id=name), contribution=value * self.relative_uncertainty
        )


class VelocityFieldCoefficient(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """K_v, the result of a comparison of the flow CEMS with a reference method.

    Args:
        value: > 0.
        standard_uncertainty: without the reference method's share, and without what the section's
            few places leave if the stack states that.
        certificate: of the comparison.
        valid_from_ns, valid_until_ns: UTC ns, until exclusive.
        reference: the method's share.
        degrees_of_freedom: None stands for infinite.
    """

    value: float
    standard_uncertainty: float
    certificate: str
    valid_from_ns: int
    valid_until_ns: int
    reference: ReferenceShare | None = None
    degrees_of_freedom: float | None = None

    def __post_init__(self) -> None:
        require_between(self.certificate, "k_v", self.value, 10.0)
        require_between(self.certificate, "standard_uncertainty", self.standard_uncertainty, 10.0)

    def stated(self, at_ns: int) -> Stated:
        """K_v at an instant.

        Raises:
            NotInForceError: the comparison does not hold then.
        """
        if not self.valid_from_ns <= at_ns < self.valid_until_ns:
            limit = f"{self.valid_from_ns} <= at < {self.valid_until_ns} ns"
            raise NotInForceError(f"at {at_ns}", name="k_v", found=self.certificate, limit=limit)
        name = f"cert:{name_of(self.certificate)}/0"
        influence = Influence(id=name, degrees_of_freedom=self.degrees_of_freedom)
        own = UncertaintyComponent(influence=influence, contribution=self.standard_uncertainty)
        shared = () if self.reference is None else (self.reference.component(self.value),)
        return Stated(value=self.value, unit="1", components=merge((own,), shared))


class Stack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is declared of a stack.

    Args:
        id: of the stack.
        area_m2: of the section, > 0.
        area_uncertainty_m2: standard uncertainty.
        velocity_field: its K_v.
        section_uncertainty: relative standard uncertainty of K_v from the few places of a traverse;
            through the same ports they deviate alike in every comparison, so it is the stack's.
    """

    id: str
    area_m2: float
    area_uncertainty_m2: float
    velocity_field: VelocityFieldCoefficient
    section_uncertainty: float = 0.0

    def __post_init__(self) -> None:
        require_between(self.id, "area_m2", self.area_m2, 10_000.0)
        require_between(self.id, "section_uncertainty", self.section_uncertainty, 1.0)
        require_between(self.id, "area_uncertainty_m2", self.area_uncertainty_m2, self.area_m2)

    def stated(self, at_ns: int) -> dict[str, Stated]:
        """Area and K_v as models take them.

        Raises:
            NotInForceError: K_v does not hold then.
        """
        name = f"factor:area.{name_of(self.id)}"
        area = influenced(self.area_m2, "m2", {name: self.area_uncertainty_m2})
        return {"area": area, "k_v": self._k_v(at_ns)}

    def _k_v(self, at_ns: int) -> Stated:
        found = self.velocity_field.stated(at_ns)
        if not self.section_uncertainty:
            return found
        section = UncertaintyComponent(
            influence=Influence(id=f"factor:section.{name_of(self.id)}"),
            contribution=found.value * self.section_uncertainty,
        )
        return msgspec.structs.replace(found, components=merge(found.components, (section,)))


class Analyser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of an analyser between two of its checks.

    Args:
        id, serial, channel: of the analyser and of what it measures.
        unit: of what its function gives and takes.
        conditions: of the gas that it measures.
        function: from what it shows to the value, such as a + b x of a QAL2, with covariance.
        certificate: of that function.
        check: the span check that holds.
        span_uncertainty: relative standard uncertainty of that check's span.
        drift: standard uncertainty of the drift since, in `unit`.
        temperature: signed effect of ambient temperature's standard uncertainty, in `unit`.
        noise: standard uncertainty that is new in each value, in `unit`.
        reference: the share of the reference method behind the function.
    """

    id: str
    serial: str
    channel: str
    unit: str
    conditions: ReferenceConditions
    function: CalibrationFunction
    certificate: str
    check: str
    span_uncertainty: float = 0.0
    drift: float = 0.0
    temperature: float = 0.0
    noise: float = 0.0
    reference: ReferenceShare | None = None

    def stated(self, reading: float) -> Stated:
        """The value behind what the analyser shows, as a model takes it.

        Args:
            reading: In `unit`.

        Raises:
            InputRangeError: it is no finite number.
        """
        if not math.isfinite(reading):
            raise InputRangeError(
                self.id,
                name=self.channel,
                value=reading,
                unit=f" {self.unit}",
                limit=FINITE,
            )
        value = float(self.function.value(np.array([reading]))[0])
        slope = float(self.function.sensitivity(np.array([reading]))[0])
        own = influenced(value, self.unit, self._parts(value, slope), self.conditions)
        fitted = self.function.components(reading, name_of(self.certificate))
        shared = () if self.reference is None else (self.reference.component(value),)
        return msgspec.structs.replace(own, components=merge(own.components, fitted, shared))

    def _parts(self, value: float, slope: float) -> dict[str, float]:
        serial = name_of(self.serial)
        parts = {
            f"span:{name_of(self.id)}/{name_of(self.check)}": value * self.span_uncertainty,
            f"inst:{serial}/drift": slope * self.drift,
            f"inst:{serial}/temperature": slope * self.temperature,
            f"fresh:{name_of(self.channel)}": abs(slope) * self.noise,
        }
        return {name: part for name, part in parts.items() if part}


def require_between(where: str, name: str, value: float, most: float) -> None:
    """Refuses a declared number that cannot be.

    Raises:
        InputRangeError: it is negative, larger than `most`, or no number.
    """
    if not 0.0 <= value <= most:
        limit = f"0 <= v <= {most:g}"
        raise InputRangeError(where, name=name, value=value, unit="", limit=limit)
