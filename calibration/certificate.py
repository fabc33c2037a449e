"""What a laboratory found.

A calibration (校准) gives values with uncertainty and no validity; a verification (检定)
gives pass or fail against maximum permissible errors. What is applied, from when and until
when, is the user's own decision: `calibration.confirmation`.
"""

import datetime as dt
import math
from itertools import pairwise
from typing import Literal

import msgspec

from calibration.errors import CertificateError, UnitMismatchError, Words
from calibration.function import CalibrationFunction
from calibration.laboratory import Laboratory, StandardUsed
from calibration.limits import not_negative, with_zone
from calibration.measurand import DIMENSION_OF, KindOfQuantity
from calibration.unit import unit


class Instrument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A measuring instrument, told from all others by maker, model and serial number."""

    maker: str
    model: str
    serial: str


class Point(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """One calibrated point: `value` found at argument `at`, with U and k."""

    at: float
    value: float
    expanded_uncertainty: float
    coverage_factor: float = 2.0

    def __post_init__(self) -> None:
        numbers = (self.at, self.value, self.expanded_uncertainty, self.coverage_factor)
        if not all(math.isfinite(number) for number in numbers):
            what = Words("a point has a number that is not finite", "校准点含有非有限数值")
            remedy = Words("read the point again", "请重新核对该点")
            raise CertificateError("points", what=what, remedy=remedy)
        if self.expanded_uncertainty < 0.0 or self.coverage_factor <= 0.0:
            raise CertificateError(
                f"points at {self.at}",
                what=f"U = {self.expanded_uncertainty}, k = {self.coverage_factor}",
                remedy=Words("U must be >= 0 and k > 0", "要求 U >= 0 且 k > 0"),
            )


class CalibrationResult(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False
):
    """What was found for one measurand.

    Args:
        kind_of_quantity, unit: of the indication.
        result: "value": the reference value as a function of the indication;
            "relative_error": (indication - reference)/reference as a function of the load.
        argument: "indication" or "load" (the rate at which a register runs).
        argument_unit: UCUM code of the argument.
        condition: before ("as_found") or after ("as_left") an adjustment.
        channel: of the profile, where an instrument has several of one kind; "" for any.
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
    channel: str = ""

    def __post_init__(self) -> None:
        expected = DIMENSION_OF[self.kind_of_quantity]
        if unit(self.unit, "results.unit").dimension != expected:
            raise UnitMismatchError("results.unit", found=self.unit, expected=expected)
        unit(self.argument_unit, "results.argument_unit")
        not_negative("results.repeatability", repeatability=self.repeatability)
        if self.result == "value" and self.argument == "load":
            raise CertificateError(
                "results.argument",
                what=Words(
                    "a value is a function of the indication, not of the load",
                    "参考值是示值的函数，而非负荷的函数",
                ),
                remedy=Words(
                    "use result = 'relative_error' with argument = 'load'",
                    "argument = 'load' 时请用 result = 'relative_error'",
                ),
            )
        self._check_stands()

    def _check_stands(self) -> None:
        low, high = self.measuring_interval
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise CertificateError(
                "results.measuring_interval",
                what=Words(f"[{low}, {high}] is not an interval", f"[{low}, {high}] 不是有效区间"),
                remedy=Words(
                    "state two finite numbers, the lower one first", "请给出两个有限数值，小值在前"
                ),
            )
        stands = [point.at for point in self.points]
        if any(a >= b for a, b in pairwise(stands)):
            raise CertificateError(
                "results.points",
                what=Words("points do not ascend", "校准点未按升序排列"),
                remedy=Words("sort them by 'at'", "请按 'at' 排序"),
            )


class CertifiedValue(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False
):
    """A property value of a reference material (标准物质), such as the CO2 in a gas cylinder.

    Args:
        name: of the property, such as "CO2".
        value, expanded_uncertainty: in `unit`.
    """

    name: str
    kind_of_quantity: KindOfQuantity
    unit: str
    value: float
    expanded_uncertainty: float
    coverage_factor: float = 2.0

    def __post_init__(self) -> None:
        where, expected = f"certified {self.name}", DIMENSION_OF[self.kind_of_quantity]
        if unit(self.unit, where).dimension != expected:
            raise UnitMismatchError(where, found=self.unit, expected=expected)
        _ = Point(
            at=0.0,
            value=self.value,
            expanded_uncertainty=self.expanded_uncertainty,
            coverage_factor=self.coverage_factor,
        )


class Conformity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A verification's statement against maximum permissible errors, relative to the value."""

    mpe_relative: float
    statement: Literal["pass", "fail"]

    def __post_init__(self) -> None:
        not_negative("conformity.mpe_relative", mpe_relative=self.mpe_relative)


class CalibrationCertificate(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False
):
    """A calibration or verification certificate (ISO/IEC 17025, 7.8), or a reference material's.

    Args:
        kind: a reference material is an instrument whose model is its code, such as
            GBW(E)060166, and whose serial is the cylinder's.
        recorded_at: when this house learnt of it: a certificate can come late.
        standards: behind the results.
        results: one for each quantity, channel and condition.
        adjustment: what was adjusted between the as-found and the as-left results; "" nothing.
        certified: values of a reference material.
        valid_until: last day, where the certificate states one: a verification's validity, a
            reference material's expiry. A calibration states none.
        document_sha256: of the laboratory's own document.
    """

    schema: Literal[1]
    id: str
    kind: Literal["calibration", "verification", "reference_material"]
    performed_on: dt.date
    recorded_at: dt.datetime
    instrument: Instrument
    laboratory: Laboratory
    standards: tuple[StandardUsed, ...] = ()
    results: tuple[CalibrationResult, ...] = ()
    conformity: Conformity | None = None
    adjustment: str = ""
    certified: tuple[CertifiedValue, ...] = ()
    valid_until: dt.date | None = None
    document_sha256: str = ""

    def __post_init__(self) -> None:
        if not self.id or set(self.id) & set(" /:\t\n"):
            raise CertificateError(
                "id",
                what=Words(
                    f"'{self.id}' cannot be a certificate id", f"'{self.id}' 不能用作证书编号"
                ),
                remedy=Words("use no space, / or :", "不得含空格、/ 或 :"),
            )
        with_zone(f"certificate {self.id}", recorded_at=self.recorded_at)
        self._check_content()
        self._check_results()

    def _check_content(self) -> None:
        """A verification says whether it passed, a reference material what it holds."""
        where = f"certificate {self.id}"
        if self.kind == "verification" and self.conformity is None:
            raise CertificateError(
                where,
                what=Words(
                    "a verification without a statement of conformity", "检定证书缺少符合性声明"
                ),
                remedy=Words(
                    "add [conformity] with mpe_relative and statement",
                    "请补充含 mpe_relative 与 statement 的 [conformity]",
                ),
            )
        if (self.kind == "reference_material") != bool(self.certified):
            raise CertificateError(
                where,
                what=Words(
                    "certified values belong to a reference material, and it must have some",
                    "标准值只属于标准物质，且标准物质必须有标准值",
                ),
                remedy=Words(
                    "add [[certified]] to kind = 'reference_material', and to no other",
                    "请仅在 kind = 'reference_material' 时填写 [[certified]]",
                ),
            )

    def _check_results(self) -> None:
        """No two results may claim the same indications."""
        told = [(each.kind_of_quantity, each.channel, each.condition) for each in self.results]
        for kind, channel, condition in told:
            if told.count((kind, channel, condition)) > 1:
                raise CertificateError(
                    f"certificate {self.id} results",
                    what=Words(
                        f"{kind} is stated twice, {condition}, for channel '{channel}'",
                        f"通道 '{channel}' 的 {kind}（{condition}）重复给出",
                    ),
                    remedy=Words(
                        "name each result's channel, as the device profile does",
                        "请按设备配置文件为每个结果写明通道",
                    ),
                )
