"""Who calibrated: a laboratory, what it is accredited for, and the standards it used."""

import datetime as dt
import math

import msgspec

from calibration.errors import CertificateError, Words
from calibration.limits import not_negative
from calibration.measurand import KindOfQuantity
from calibration.uncertainty import Influence, influence_id
from calibration.unit import unit


class Capability(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A calibration and measurement capability of an accredited scope (CMC, ILAC-P14).

    The smallest expanded uncertainty (k = 2) that the laboratory is accredited to state is
    `expanded_uncertainty` + `relative_expanded_uncertainty`*|value|.

    Args:
        kind_of_quantity: that can be calibrated.
        interval: between which limits.
        unit: UCUM code of the interval and of `expanded_uncertainty`; of the load, where a
            relative error is stated against one.
    """

    kind_of_quantity: KindOfQuantity
    interval: tuple[float, float]
    unit: str
    expanded_uncertainty: float = 0.0
    relative_expanded_uncertainty: float = 0.0

    def __post_init__(self) -> None:
        where = "laboratory.capabilities"
        unit(self.unit, f"{where}.unit")
        not_negative(
            where,
            expanded_uncertainty=self.expanded_uncertainty,
            relative_expanded_uncertainty=self.relative_expanded_uncertainty,
        )
        low, high = self.interval
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise CertificateError(
                f"{where}.interval",
                what=Words(
                    f"{list(self.interval)} is not an interval",
                    f"{list(self.interval)} 不是有效区间",
                ),
                remedy=Words(
                    "state two finite numbers, the lower one first", "请给出两个有限数值，小值在前"
                ),
            )


class Laboratory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """Who calibrated, and under which accreditation.

    Args:
        accreditation: number, such as "CNAS L0001".
        scope: in words.
        accredited_from, accredited_until: first and last day of the accreditation.
        capabilities: of the accredited scope, as far as they bear on the results.
    """

    name: str
    accreditation: str = ""
    scope: str = ""
    accredited_from: dt.date | None = None
    accredited_until: dt.date | None = None
    capabilities: tuple[Capability, ...] = ()


class StandardUsed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A standard behind the results: one deviation shared by all that was calibrated with it.

    Args:
        influence: id such as `std:<lab>/<certificate>`.
        certificate: of the standard.
        relative_standard_uncertainty: its share in a result, relative; None when the
            certificate does not state it.
        degrees_of_freedom: None stands for infinite.
        valid_until: last day on which the standard's own certificate could be used, where it
            is stated; a certificate in the register says so itself.
    """

    influence: str
    certificate: str = ""
    relative_standard_uncertainty: float | None = None
    degrees_of_freedom: float | None = None
    valid_until: dt.date | None = None

    def __post_init__(self) -> None:
        where = f"standards {influence_id(self.influence, 'standards')}"
        _ = Influence(id=self.influence, degrees_of_freedom=self.degrees_of_freedom)
        share = self.relative_standard_uncertainty
        if share is not None:
            not_negative(where, relative_standard_uncertainty=share)
