"""Gases that an analyser is checked with: certified values of cylinders, and zero gas."""

import datetime as dt
from typing import Literal

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.errors import Words
from calibration.gas_check.errors import GasCheckError
from calibration.limits import not_negative
from calibration.uncertainty import influence_id, name_of

GasPoint = Literal["zero", "span"]


class CheckGas(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A gas that is led to an analyser.

    Args:
        point: what it checks.
        code: of the reference material, such as GBW(E)060166.
        cylinder: its number.
        certificate: id of its certificate.
        value, standard_uncertainty: certified, in `unit`.
        expires_on: last day on which the value is certified; None where none is stated.
        connected_ns, disconnected_ns: instants between which the cylinder was connected, POSIX ns;
            None: not yet disconnected.
        measuring_range: of a dual-range analyser that it serves; "" for all.
    """

    point: GasPoint
    code: str
    cylinder: str
    certificate: str
    value: float
    unit: str
    standard_uncertainty: float
    expires_on: dt.date | None = None
    connected_ns: int = 0
    disconnected_ns: int | None = None
    measuring_range: str = ""

    def __post_init__(self) -> None:
        where = f"cylinder {self.cylinder}"
        not_negative(where, value=self.value, standard_uncertainty=self.standard_uncertainty)
        influence_id(self.influence, where)

    @property
    def influence(self) -> str:
        """Whose deviation all values share that rest on this cylinder."""
        return f"crm:{name_of(self.code)}/{name_of(self.cylinder)}"

    def serves(self, point: GasPoint, measuring_range: str, at_ns: int) -> bool:
        """Whether it is the gas of a check that began at an instant."""
        until = self.disconnected_ns
        return (
            self.point == point
            and self.measuring_range in {"", measuring_range}
            and self.connected_ns <= at_ns
            and (until is None or at_ns < until)
        )


def gas_of(
    certificate: CalibrationCertificate,
    name: str,
    point: GasPoint,
    connected_ns: int = 0,
    disconnected_ns: int | None = None,
    measuring_range: str = "",
) -> CheckGas:
    """The gas of a reference material's certificate.

    Args:
        certificate: Of the cylinder.
        name: Of the certified property, such as "CO2".
        point: What it checks.
        connected_ns: When it was connected to the analyser.
        disconnected_ns: When it was taken away; None: not yet.
        measuring_range: That it serves; "" for all.

    Raises:
        GasCheckError: the certificate states no such property, or states it twice.
    """
    found = [each for each in certificate.certified if each.name == name]
    if len(found) != 1:
        known = ", ".join(each.name for each in certificate.certified) or "-"
        what = Words(
            f"certified property '{name[:40]}': {len(found)}",
            f"定值特性 '{name[:40]}'：{len(found)} 个",
        )
        raise GasCheckError(
            f"certificate {certificate.id}",
            what=what,
            limit=Words(f"one of {known}", f"{known} 之一"),
        )
    (value,) = found
    return CheckGas(
        point=point,
        code=certificate.instrument.model,
        cylinder=certificate.instrument.serial,
        certificate=certificate.id,
        value=value.value,
        unit=value.unit,
        standard_uncertainty=value.expanded_uncertainty / value.coverage_factor,
        expires_on=certificate.valid_until,
        connected_ns=connected_ns,
        disconnected_ns=disconnected_ns,
        measuring_range=measuring_range,
    )


def gas_for(
    gases: tuple[CheckGas, ...], point: GasPoint, measuring_range: str, at_ns: int
) -> CheckGas | None:
    """The gas of a check: of several that serve it, the one connected last."""
    found = [each for each in gases if each.serves(point, measuring_range, at_ns)]
    return max(found, key=lambda each: each.connected_ns, default=None)
