"""What happened to an instrument, or to a certificate, on a day: dated statements of a person.

Installed, removed, sealed, repaired, adjusted, checked between calibrations (期间核查), its
parameters read back; a certificate withdrawn. A certificate says nothing about them, and some
of them end what it supports.
"""

import datetime as dt
import math
from typing import Literal

import msgspec

from calibration.derivation import DoubleCountGroup
from calibration.errors import CertificateError, NotFiniteError, Words
from calibration.limits import not_negative, with_zone
from calibration.measurand import KindOfQuantity
from calibration.unit import unit

EventKind = Literal[
    "installation",
    "removal",
    "seal_applied",
    "seal_broken",
    "repair",
    "adjustment",
    "parameter_readback",
    "intermediate_check",
    "certificate_withdrawn",
]


class ParameterReading(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False
):
    """A parameter as it was read back from the instrument: CT ratio, span, K-factor.

    Args:
        name: such as "ct_ratio".
        found, expected: in `unit`; expected is what the confirmation was made with.
        relative_limit: by how much they may differ; 0 for what is a setting.
    """

    name: str
    found: float
    expected: float
    unit: str = "1"
    relative_limit: float = 0.0

    def __post_init__(self) -> None:
        where = f"parameters {self.name}"
        unit(self.unit, where)
        not_negative(where, relative_limit=self.relative_limit)
        for name, value in (("found", self.found), ("expected", self.expected)):
            if not math.isfinite(value):
                raise NotFiniteError(where, name=name, value=value)

    @property
    def agrees(self) -> bool:
        """Whether what was found is what is expected."""
        return abs(self.found - self.expected) <= self.relative_limit * abs(self.expected)


class IntermediateCheck(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False
):
    """A check against a stable reference between two calibrations (ISO/IEC 17025, 6.4.10).

    Args:
        kind_of_quantity, unit: of indication and reference.
        indication, expanded_uncertainty: of the instrument, corrected by what is in force; k = 2.
        reference, reference_expanded_uncertainty: of the check standard; k = 2.
        limit: of |E_n|, 1 unless the procedure says otherwise.
    """

    kind_of_quantity: KindOfQuantity
    unit: str
    indication: float
    expanded_uncertainty: float
    reference: float
    reference_expanded_uncertainty: float
    limit: float = 1.0
    standard: str = ""

    def __post_init__(self) -> None:
        where = f"check {self.kind_of_quantity}"
        unit(self.unit, where)
        not_negative(
            where,
            expanded_uncertainty=self.expanded_uncertainty,
            reference_expanded_uncertainty=self.reference_expanded_uncertainty,
            limit=self.limit,
        )
        if not math.isfinite(self.indication - self.reference):
            raise NotFiniteError(where, name="indication - reference", value=self.indication)
        if math.hypot(self.expanded_uncertainty, self.reference_expanded_uncertainty) == 0.0:
            raise CertificateError(
                where,
                what=Words(
                    "neither the indication nor the reference has an uncertainty",
                    "示值与参考值均无不确定度",
                ),
                remedy=Words(
                    "state one; without it a difference cannot be judged",
                    "请给出其一；否则无法评判差值",
                ),
            )

    @property
    def normalised_deviation(self) -> float:
        """E_n: the difference by the root sum of squares of both U (ISO/IEC 17043, B.3.1.3)."""
        both = math.hypot(self.expanded_uncertainty, self.reference_expanded_uncertainty)
        return (self.indication - self.reference) / both

    @property
    def passes(self) -> bool:
        """Whether the deviation is within the limit."""
        return abs(self.normalised_deviation) <= self.limit


class CalibrationEvent(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False
):
    """A dated statement about an instrument or a certificate.

    Args:
        event: what happened.
        at: when; `recorded_at`: when this house learnt of it.
        serial: of the instrument; "" for a certificate withdrawn.
        certificate: that was withdrawn, by the laboratory or by its user.
        recorded_by: a person.
        place, reason: in words.
        seals: numbers of the seals applied or found broken.
        parameters: of a read-back.
        check: of an intermediate check.
        double_count_group: of an installation: of instruments that measure the same thing, such as
            a meter and its check meter, and must not be added up.

    Raises:
        CertificateError: what the kind of event needs is not there, or belongs to another kind.
    """

    schema: Literal[1]
    event: EventKind
    at: dt.datetime
    recorded_at: dt.datetime
    recorded_by: str
    serial: str = ""
    certificate: str = ""
    place: str = ""
    reason: str = ""
    seals: tuple[str, ...] = ()
    parameters: tuple[ParameterReading, ...] = ()
    check: IntermediateCheck | None = None
    double_count_group: DoubleCountGroup = ""

    def __post_init__(self) -> None:
        with_zone(f"event {self.event}", at=self.at, recorded_at=self.recorded_at)
        for key in self._missing():
            raise CertificateError(
                f"event {self.event}",
                what=Words(f"'{key}' is missing", f"缺少 '{key}'"),
                remedy=Words("add it to the file", "请在文件中补充"),
            )
        if self.double_count_group and self.event != "installation":
            raise CertificateError(
                f"event {self.event}",
                what=Words(
                    "'double_count_group' is of an installation only",
                    "'double_count_group' 只能用于安装事件",
                ),
                remedy=Words("write it into the event of the installation", "请写入安装事件"),
            )

    def _missing(self) -> list[str]:
        needed: dict[str, object] = {"serial": self.serial}
        if self.event == "certificate_withdrawn":
            needed = {"certificate": self.certificate}
        elif self.event == "parameter_readback":
            needed["parameters"] = self.parameters
        elif self.event == "intermediate_check":
            needed["check"] = self.check
        return [key for key, found in needed.items() if not found]

    @property
    def ends_confirmation(self) -> bool:
        """Whether from `at` on the instrument is no more the one that was confirmed."""
        if self.event == "parameter_readback":
            return not all(each.agrees for each in self.parameters)
        if self.event == "intermediate_check":
            return self.check is not None and not self.check.passes
        return self.event in {"repair", "adjustment", "seal_broken"}
