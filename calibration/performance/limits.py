"""What a file of limits says: rules of tests, and the parameters of EN 14181 (pure)."""

import math
from typing import Final, Literal, TypeVar

import msgspec

from calibration.performance.criterion import Rule, Sourced, Test
from calibration.performance.errors import LimitMissingError, LimitsFileError

ChartOutcome = Literal[
    "in_control", "warning", "adjust_drift", "precision_out_of_control", "out_of_control"
]


T = TypeVar("T")
PARTS: Final = (
    "paired_test",
    "linearity_test",
    "response_test",
    "qal2",
    "surveillance",
    "cusum",
    "shewhart",
)


class PairedTest(Sourced, frozen=True, kw_only=True):
    """How pairs of reference and analyser are evaluated.

    Args:
        least_pairs: that are used, >= 2.
        most_rejected: of the runs that were made.
        coverage_probability: of the confidence coefficient, two-sided.
        student_decimals: of Student's factor, as the standard's table prints it.
        mean_decimals, percent_decimals, factor_decimals: of the reported figures.
    """

    least_pairs: int
    most_rejected: int
    coverage_probability: float = 0.95
    student_decimals: int = 3
    mean_decimals: int = 3
    percent_decimals: int = 2
    factor_decimals: int = 3

    def __post_init__(self) -> None:
        _probability("paired_test", self.coverage_probability)
        _within("paired_test", 2, 1000, least_pairs=self.least_pairs)
        _within("paired_test", 0, 1000, most_rejected=self.most_rejected)
        _within(
            "paired_test",
            0,
            12,
            student_decimals=self.student_decimals,
            mean_decimals=self.mean_decimals,
            percent_decimals=self.percent_decimals,
            factor_decimals=self.factor_decimals,
        )


class LinearityLevel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the cylinder of a level must lie, in percent of full scale."""

    level: str
    from_percent: float
    to_percent: float

    def __post_init__(self) -> None:
        _within("linearity_test", 0, 1000, **{self.level: self.from_percent})
        _within("linearity_test", self.from_percent, 1000, **{self.level: self.to_percent})

    def holds(self, reference: float, full_scale: float) -> bool:
        """Whether a certified value lies where this level must."""
        share = 100.0 * reference / full_scale
        return self.from_percent <= share <= self.to_percent


class LinearityTest(Sourced, frozen=True, kw_only=True):
    """How many readings a linearity test needs, and of which gases."""

    levels: tuple[LinearityLevel, ...]
    least_readings: int

    def __post_init__(self) -> None:
        _within("linearity_test", 1, 1000, least_readings=self.least_readings)


class ResponseTest(Sourced, frozen=True, kw_only=True):
    """The share of the change that the response time is taken at."""

    share: float

    def __post_init__(self) -> None:
        _probability("response_test", self.share)


class Qal2Test(Sourced, frozen=True, kw_only=True):
    """How a calibration function is found and its variability judged.

    Args:
        least_pairs, least_days: of parallel measurements.
        half_width_factor: a 95 % half-width over the standard deviation.
        factor_decimals: of the variability factor, as the standard's table prints it.
        spread_of, spread_share: method A is for a spread of the reference values of so large a
            share of the emission limit, or of the permissible uncertainty.
        method_c_below: with a smaller spread, method C where the smallest reference value lies
            below this share of the emission limit, else method B; None: always B.
        range_extension: the valid range over the largest calibrated value.
        least_range: the valid range is no smaller than this share of the emission limit.
    """

    least_pairs: int
    least_days: int
    half_width_factor: float
    factor_decimals: int
    spread_of: Literal["permissible_uncertainty", "emission_limit"]
    spread_share: float
    range_extension: float
    method_c_below: float | None = None
    least_range: float | None = None

    def __post_init__(self) -> None:
        _within("qal2", 3, 1000, least_pairs=self.least_pairs)
        _within("qal2", 0, 1000, least_days=self.least_days)
        _within("qal2", 1, 10, half_width_factor=self.half_width_factor)
        _within("qal2", 1, 12, factor_decimals=self.factor_decimals)
        _within("qal2", 0, 10, spread_share=self.spread_share)
        _within("qal2", 1, 10, range_extension=self.range_extension)
        _within("qal2", 0, 10, method_c_below=self.method_c_below or 0.0)
        _within("qal2", 0, 10, least_range=self.least_range or 0.0)


class SurveillanceTest(Sourced, frozen=True, kw_only=True):
    """How an annual surveillance test is judged.

    Args:
        least_pairs: of parallel measurements.
        variability_share: of the variability that QAL2 permits.
        coverage_probability: of Student's factor, one-sided.
        student_decimals: of that factor, as the standard's table prints it.
    """

    least_pairs: int
    variability_share: float
    coverage_probability: float
    student_decimals: int

    def __post_init__(self) -> None:
        _within("surveillance", 3, 1000, least_pairs=self.least_pairs)
        _within("surveillance", 1, 12, student_decimals=self.student_decimals)
        _within("surveillance", 0, 10, variability_share=self.variability_share)
        _probability("surveillance", self.coverage_probability)


class CusumChart(Sourced, frozen=True, kw_only=True):
    """Decision intervals h and reference values k, in s_AMS and its square.

    Args:
        drift_decision_interval, drift_reference_value: h_x and k_x, times s_AMS.
        precision_decision_interval, precision_reference_value: h_s and k_s, times s_AMS^2.
        adjustment_share: of the estimated drift that is adjusted.
    """

    drift_decision_interval: float
    drift_reference_value: float
    precision_decision_interval: float
    precision_reference_value: float
    adjustment_share: float

    def __post_init__(self) -> None:
        _within(
            "cusum",
            0,
            1000,
            drift_decision_interval=self.drift_decision_interval,
            drift_reference_value=self.drift_reference_value,
            precision_decision_interval=self.precision_decision_interval,
            precision_reference_value=self.precision_reference_value,
            adjustment_share=self.adjustment_share,
        )


class RunRule(Sourced, frozen=True, kw_only=True):
    """`count` of the last `window` deviations beyond so many s_AMS, the latest one among them."""

    count: int
    window: int
    beyond: float
    sides: Literal["any", "same", "opposite"]
    outcome: ChartOutcome

    def __post_init__(self) -> None:
        _within("shewhart", 1, 100, window=self.window)
        _within("shewhart", 1, self.window, count=self.count)
        _within("shewhart", 0, 1000, beyond=self.beyond)


class ShewhartChart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules of a Shewhart chart; the first that applies counts."""

    rules: tuple[RunRule, ...]


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of limits; a test needs the part that bears its name.

    Args:
        schema: 1.
        id: name and edition.
        title: of the standard.
        sources: where the data come from.
    """

    schema: Literal[1]
    id: str
    title: str
    sources: str
    paired_test: PairedTest | None = None
    linearity_test: LinearityTest | None = None
    response_test: ResponseTest | None = None
    qal2: Qal2Test | None = None
    surveillance: SurveillanceTest | None = None
    cusum: CusumChart | None = None
    shewhart: ShewhartChart | None = None
    rules: tuple[Rule, ...] = ()

    def rule(self, test: Test, measurand: str, unit: str | None, point: str | None = None) -> Rule:
        """The one rule for a test of a measurand.

        Args:
            test: Of what.
            measurand: As the file names it.
            unit: Of the readings; None where the file has limits in one unit only.
            point: "zero" or "span" of a drift test.

        Raises:
            LimitMissingError: there is none, or there are several.
        """
        of_test = [each for each in self.rules if each.test == test and each.point in {None, point}]
        found = [
            each
            for each in of_test
            if each.measurand == measurand and (unit is None or each.unit in {"", unit})
        ]
        if len(found) != 1:
            known = dict.fromkeys(f"{each.measurand} {each.unit}".rstrip() for each in of_test)
            name = " ".join(part[:40] for part in (test, point, measurand, unit) if part)
            limit = ", ".join(known) or "-"
            raise LimitMissingError(self.id, name=name, found=len(found), limit=limit)
        return found[0]


class LimitsUsed(msgspec.Struct, frozen=True, kw_only=True):
    """The file of limits behind an outcome: its id, and SHA-256 of its bytes."""

    id: str
    sha256: str


def needed(part: T | None, limits: Limits, name: str) -> T:
    """A part of a file of limits.

    Raises:
        LimitMissingError: the file does not have it.
    """
    if part is None:
        known = [each for each in PARTS if getattr(limits, each) is not None]
        raise LimitMissingError(limits.id, name=name, found=0, limit=", ".join(known) or "-")
    return part


def _within(place: str, low: float, high: float, /, **numbers: float) -> None:
    """Refuses a number outside low .. high, or none at all."""
    for name, value in numbers.items():
        if not (math.isfinite(value) and low <= value <= high):
            limit = f"{low:g} .. {high:g}"
            raise LimitsFileError(place, found=f"{name} = {value}", limit=limit)


def _probability(place: str, value: float) -> None:
    if not 0.0 < value < 1.0:
        raise LimitsFileError(place, found=f"{value}", limit="0 < p < 1")
