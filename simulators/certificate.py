"""What a laboratory states and a factory confirms, as data."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
ResultKind = Literal["relative_error", "value"]
CertificateKind = Literal["calibration", "verification"]
FunctionForm = Literal["polynomial", "piecewise_linear"]
Decision = Literal["pass", "fail"]


class InstrumentIdentity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which instrument a document is about."""

    maker: str
    model: str
    serial: str


class Laboratory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who performed a calibration."""

    name: str
    accreditation: str
    scope: str


class StandardUsed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A standard that stood behind a result; its uncertainty is relative to the result.

    `relative_standard_uncertainty` is None where the laboratory does not state it.
    """

    influence: str
    certificate: str
    relative_standard_uncertainty: float | None = None


class CalibrationPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Mean found at one value of the argument, with its expanded uncertainty."""

    at: float
    value: float
    expanded_uncertainty: float
    coverage_factor: float


class PolynomialFunction(msgspec.Struct, frozen=True, kw_only=True):
    """Coefficients in ascending powers of (argument - centre), and the scatter's covariance."""

    centre: float
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    degrees_of_freedom: float


class PiecewiseLinearFunction(msgspec.Struct, frozen=True, kw_only=True):
    """Straight lines between knots; the coefficients are the values at the knots."""

    knots: tuple[float, ...]
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    degrees_of_freedom: float


class CalibrationResult(msgspec.Struct, frozen=True, kw_only=True):
    """One calibrated quantity: points and the function fitted to all observations."""

    kind_of_quantity: str
    unit: str
    result: ResultKind
    argument_unit: str
    condition: str
    measuring_interval: tuple[float, float]
    points: tuple[CalibrationPoint, ...]
    function: PolynomialFunction | PiecewiseLinearFunction


class Conformity(msgspec.Struct, frozen=True, kw_only=True):
    """A statement against a maximum permissible error."""

    mpe_relative: float
    statement: Decision


class CalibrationCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate of a calibration (校准) or a verification (检定)."""

    id: str
    kind: CertificateKind
    performed_on: date
    recorded_at: Instant
    instrument: InstrumentIdentity
    laboratory: Laboratory
    standards: tuple[StandardUsed, ...]
    results: tuple[CalibrationResult, ...] = ()
    conformity: Conformity | None = None
    valid_until: date | None = None


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """A metrological confirmation (计量确认): a certificate held against a requirement."""

    id: str
    certificate: str
    serial: str
    requirement: str
    mpe_relative: float
    decision: Decision
    effective_from: Instant
    due_on: date
    due_reason: str
    confirmed_by: str
    recorded_at: Instant
    drift_per_year: float
    temperature_per_K: float
    reference_Cel: float
    operating_Cel: float
    rule: str = "simple acceptance"
    fitted_by: str = "laboratory"


class DeclaredSetting(msgspec.Struct, frozen=True, kw_only=True):
    """A number that a factory declares from an instant on, such as a stack's area.

    Attributes:
        setting: the word for which number it is.
        subject: what it is of.
        value, unit, standard_uncertainty: what it is.
        document, document_sha256: on which it rests.
    """

    id: str
    setting: str
    subject: str
    effective_from: Instant
    recorded_at: Instant
    decided_by: str
    reason: str
    value: float
    unit: str
    standard_uncertainty: float
    document: str
    document_sha256: str = ""
