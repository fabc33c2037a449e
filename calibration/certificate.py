"""What a laboratory found, and what the user decided from it.

A calibration (校准) gives values with uncertainty and no validity; a verification (检定)
gives pass or fail against maximum permissible errors. The user's metrological
confirmation (计量确认, ISO 10012) says what is applied, from when, and until when.
"""

import datetime as dt
import math
from itertools import pairwise
from typing import Literal

import msgspec

from calibration.distribution import Distribution
from calibration.errors import CertificateError, NotFiniteError, OutOfRangeError, UnitMismatchError
from calibration.function import CalibrationFunction
from calibration.measurand import DIMENSION_OF, KindOfQuantity
from calibration.uncertainty import Influence, influence_id
from calibration.unit import unit


def _not_negative(where: str, **numbers: float) -> None:
    """Refuses a number that is negative, NaN or infinite."""
    for name, value in numbers.items():
        if not (math.isfinite(value) and value >= 0.0):
            raise OutOfRangeError(where, name=name, value=value, limit="finite and >= 0")


class Instrument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A measuring instrument, told from all others by maker, model and serial number."""

    maker: str
    model: str
    serial: str


class Laboratory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who calibrated, and under which accreditation."""

    name: str
    accreditation: str = ""
    scope: str = ""


class StandardUsed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A standard behind the results: one deviation shared by all that was calibrated with it.

    Args:
        influence: id such as `std:<lab>/<certificate>`.
        certificate: of the standard.
        relative_standard_uncertainty: its share in a result, relative; None when the
            certificate does not state it.
        degrees_of_freedom: None stands for infinite.
    """

    influence: str
    certificate: str = ""
    relative_standard_uncertainty: float | None = None
    degrees_of_freedom: float | None = None

    def __post_init__(self) -> None:
        where = f"standards {influence_id(self.influence, 'standards')}"
        _ = Influence(id=self.influence, degrees_of_freedom=self.degrees_of_freedom)
        share = self.relative_standard_uncertainty
        if share is not None:
            _not_negative(where, relative_standard_uncertainty=share)


class Point(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One calibrated point: `value` found at argument `at`, with U and k."""

    at: float
    value: float
    expanded_uncertainty: float
    coverage_factor: float = 2.0

    def __post_init__(self) -> None:
        numbers = (self.at, self.value, self.expanded_uncertainty, self.coverage_factor)
        if not all(math.isfinite(number) for number in numbers):
            what, remedy = "a point has a number that is not finite", "read the point again"
            raise CertificateError("points", what=what, remedy=remedy)
        if self.expanded_uncertainty < 0.0 or self.coverage_factor <= 0.0:
            raise CertificateError(
                f"points at {self.at}",
                what=f"U = {self.expanded_uncertainty}, k = {self.coverage_factor}",
                remedy="U must be >= 0 and k > 0",
            )


class CalibrationResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found for one measurand.

    Args:
        kind_of_quantity, unit: of the indication.
        result: "value": the reference value as a function of the indication;
            "relative_error": (indication - reference)/reference as a function of the load.
        argument: "indication" or "load" (the rate at which a register runs).
        argument_unit: UCUM code of the argument.
        condition: before ("as_found") or after ("as_left") an adjustment.
        measuring_interval: of the argument.
        points: as printed, argument ascending.
        function: fitted, where coefficients and covariance are stated.
        repeatability: standard uncertainty of a single indication, in `unit`; new each time.
    """

    kind_of_quantity: KindOfQuantity
    unit: str
    result: Literal["value", "relative_error"]
    argument: Literal["indication", "load"]
    argument_unit: str
    measuring_interval: tuple[float, float]
    condition: Literal["as_found", "as_left"] = "as_left"
    points: tuple[Point, ...] = ()
    function: CalibrationFunction | None = None
    repeatability: float = 0.0
    conditions: str = ""

    def __post_init__(self) -> None:
        expected = DIMENSION_OF[self.kind_of_quantity]
        if unit(self.unit, "results.unit").dimension != expected:
            raise UnitMismatchError("results.unit", found=self.unit, expected=expected)
        unit(self.argument_unit, "results.argument_unit")
        _not_negative("results.repeatability", repeatability=self.repeatability)
        if self.result == "value" and self.argument == "load":
            raise CertificateError(
                "results.argument",
                what="a value is a function of the indication, not of the load",
                remedy="use result = 'relative_error' with argument = 'load'",
            )
        self._check_stands()

    def _check_stands(self) -> None:
        low, high = self.measuring_interval
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise CertificateError(
                "results.measuring_interval",
                what=f"[{low}, {high}] is not an interval",
                remedy="state two finite numbers, the lower one first",
            )
        stands = [point.at for point in self.points]
        if any(a >= b for a, b in pairwise(stands)):
            raise CertificateError(
                "results.points", what="points do not ascend", remedy="sort them by 'at'"
            )


class Conformity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A verification's statement against maximum permissible errors, relative to the value."""

    mpe_relative: float
    statement: Literal["pass", "fail"]

    def __post_init__(self) -> None:
        _not_negative("conformity.mpe_relative", mpe_relative=self.mpe_relative)


class CalibrationCertificate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A calibration or verification certificate (ISO/IEC 17025, 7.8).

    `recorded_at` is when this house learnt of it: a certificate can come late.
    """

    schema: Literal[1]
    id: str
    kind: Literal["calibration", "verification"]
    performed_on: dt.date
    recorded_at: dt.datetime
    instrument: Instrument
    laboratory: Laboratory
    standards: tuple[StandardUsed, ...] = ()
    results: tuple[CalibrationResult, ...] = ()
    conformity: Conformity | None = None
    document_sha256: str = ""

    def __post_init__(self) -> None:
        if not self.id or set(self.id) & set(" /:\t\n"):
            raise CertificateError(
                "id", what=f"'{self.id}' cannot be a certificate id", remedy="use no space, / or :"
            )
        if self.recorded_at.tzinfo is None:
            raise CertificateError(
                f"certificate {self.id}",
                what="recorded_at has no time zone",
                remedy="write it in UTC, ending in Z",
            )
        if self.kind == "verification" and self.conformity is None:
            raise CertificateError(
                f"certificate {self.id}",
                what="a verification without a statement of conformity",
                remedy="add [conformity] with mpe_relative and statement",
            )


class Drift(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the gain may have moved since calibration: relative standard uncertainty per year."""

    relative_standard_uncertainty_per_year: float

    def __post_init__(self) -> None:
        per_year = self.relative_standard_uncertainty_per_year
        _not_negative("drift", relative_standard_uncertainty_per_year=per_year)


class Temperature(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Gain against temperature; the contribution is signed by (operating - reference)."""

    relative_standard_uncertainty_per_K: float
    reference_Cel: float
    operating_Cel: float

    def __post_init__(self) -> None:
        per_K = self.relative_standard_uncertainty_per_K
        _not_negative("temperature", relative_standard_uncertainty_per_K=per_K)
        if not math.isfinite(self.operating_Cel - self.reference_Cel):
            raise NotFiniteError(
                "temperature", name="operating_Cel - reference_Cel", value=self.operating_Cel
            )


class DeclaredInfluence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A further influence that the user declares, such as a current transformer's class."""

    id: str
    relative_standard_uncertainty: float = 0.0
    standard_uncertainty: float = 0.0
    distribution: Distribution = Distribution.NORMAL
    degrees_of_freedom: float | None = None

    def __post_init__(self) -> None:
        where = f"influences {self.influence().id}"
        _not_negative(
            where,
            relative_standard_uncertainty=self.relative_standard_uncertainty,
            standard_uncertainty=self.standard_uncertainty,
        )
        if self.relative_standard_uncertainty == self.standard_uncertainty == 0.0:
            raise CertificateError(
                where,
                what="neither relative_standard_uncertainty nor standard_uncertainty is stated",
                remedy="state one; an uncertainty that is not known is not 0",
            )

    def influence(self) -> Influence:
        """The influence, evaluated by Type B."""
        return Influence(
            id=self.id,
            distribution=self.distribution,
            degrees_of_freedom=self.degrees_of_freedom,
        )


class MetrologicalConfirmation(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """The user's decision to use an instrument with a certificate (计量确认, ISO 10012).

    Args:
        certificate: id of the certificate it rests on.
        serial: of the instrument.
        requirement, mpe_relative: what the instrument must meet.
        decision, rule: and by which rule that was decided.
        fitted_by: who fitted the function applied.
        effective_from: instant from which it is applied.
        due_on: last day on which it is in date, and why that day.
        recorded_at: when this house learnt of it.
    """

    schema: Literal[1]
    id: str
    certificate: str
    serial: str
    requirement: str
    decision: Literal["pass", "fail"]
    rule: str
    fitted_by: str
    effective_from: dt.datetime
    due_on: dt.date
    confirmed_by: str
    recorded_at: dt.datetime
    due_reason: str = ""
    mpe_relative: float | None = None
    drift: Drift | None = None
    temperature: Temperature | None = None
    influences: tuple[DeclaredInfluence, ...] = ()

    def __post_init__(self) -> None:
        if self.mpe_relative is not None:
            _not_negative(f"confirmation {self.id}", mpe_relative=self.mpe_relative)
        for name in ("effective_from", "recorded_at"):
            if getattr(self, name).tzinfo is None:
                raise CertificateError(
                    f"confirmation {self.id}",
                    what=f"{name} has no time zone",
                    remedy="write it in UTC, ending in Z",
                )
