"""What the user of an instrument decided from a certificate (计量确认, ISO 10012)."""

import datetime as dt
import math
from typing import Literal

import msgspec

from calibration.distribution import Distribution
from calibration.errors import CertificateError, NotFiniteError, OutOfRangeError, Words
from calibration.function import CalibrationFunction
from calibration.limits import not_negative, with_zone
from calibration.measurand import KindOfQuantity
from calibration.uncertainty import Influence


class Drift(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """How the gain may have moved since calibration: relative standard uncertainty per year."""

    relative_standard_uncertainty_per_year: float

    def __post_init__(self) -> None:
        per_year = self.relative_standard_uncertainty_per_year
        not_negative("drift", relative_standard_uncertainty_per_year=per_year)


class Temperature(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """Gain against temperature; the contribution is signed by (operating - reference)."""

    relative_standard_uncertainty_per_K: float
    reference_Cel: float
    operating_Cel: float

    def __post_init__(self) -> None:
        per_K = self.relative_standard_uncertainty_per_K
        not_negative("temperature", relative_standard_uncertainty_per_K=per_K)
        if not math.isfinite(self.operating_Cel - self.reference_Cel):
            raise NotFiniteError(
                "temperature", name="operating_Cel - reference_Cel", value=self.operating_Cel
            )


class DeclaredInfluence(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False
):
    """A further influence that the user declares, such as a current transformer's class."""

    id: str
    relative_standard_uncertainty: float = 0.0
    standard_uncertainty: float = 0.0
    distribution: Distribution = Distribution.NORMAL
    degrees_of_freedom: float | None = None

    def __post_init__(self) -> None:
        where = f"influences {self.influence().id}"
        not_negative(
            where,
            relative_standard_uncertainty=self.relative_standard_uncertainty,
            standard_uncertainty=self.standard_uncertainty,
        )
        if self.relative_standard_uncertainty == self.standard_uncertainty == 0.0:
            raise CertificateError(
                where,
                what=Words(
                    "neither relative_standard_uncertainty nor standard_uncertainty is stated",
                    "relative_standard_uncertainty 与 standard_uncertainty 均未给出",
                ),
                remedy=Words(
                    "state one; an uncertainty that is not known is not 0",
                    "请给出其一；不确定度未知不等于 0",
                ),
            )

    def influence(self) -> Influence:
        """The influence, evaluated by Type B."""
        return Influence(
            id=self.id,
            distribution=self.distribution,
            degrees_of_freedom=self.degrees_of_freedom,
        )


class FunctionApplied(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False
):
    """A function that somebody fitted to a certificate's points, in place of the certificate's.

    Args:
        kind_of_quantity, channel: the result it stands for.
        function: with the covariance of its coefficients.
    """

    kind_of_quantity: KindOfQuantity
    function: CalibrationFunction
    channel: str = ""


class MetrologicalConfirmation(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False
):
    """The user's decision to use an instrument with a certificate (计量确认, ISO 10012).

    Args:
        certificate: id of the certificate it rests on.
        serial: of the instrument.
        requirement, mpe_relative: what the instrument must meet.
        decision, rule: and by which rule that was decided.
        fitted_by: who fitted the function applied.
        functions: fitted by them to the certificate's points; the certificate's own hold where
            there is none.
        effective_from: instant from which it is applied.
        due_on: last day on which it is in date.
        due_reason, interval_months: why that day, and the calibration interval decided on.
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
    interval_months: int | None = None
    functions: tuple[FunctionApplied, ...] = ()
    mpe_relative: float | None = None
    drift: Drift | None = None
    temperature: Temperature | None = None
    influences: tuple[DeclaredInfluence, ...] = ()

    def __post_init__(self) -> None:
        if self.mpe_relative is not None:
            not_negative(f"confirmation {self.id}", mpe_relative=self.mpe_relative)
        if self.interval_months is not None and self.interval_months <= 0:
            raise OutOfRangeError(
                f"confirmation {self.id}",
                name="interval_months",
                value=self.interval_months,
                limit="> 0",
            )
        with_zone(
            f"confirmation {self.id}",
            effective_from=self.effective_from,
            recorded_at=self.recorded_at,
        )
