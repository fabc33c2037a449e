"""A measurement result (VIM 2.9): a value with all that is needed to use it further."""

import math

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.indication import Quality
from calibration.measurand import Measurand
from calibration.uncertainty import UncertaintyComponent


class MeasurementResult(msgspec.Struct, frozen=True, kw_only=True):
    """One reading of one channel.

    Args:
        channel: `<site>/<device>/<channel>`.
        measurand: with the unit of `indication`, `value` and `components`.
        indication: what the instrument showed.
        value: corrected; of a register, the indication itself.
        components: of the value's uncertainty, signed.
        at_ns: UTC ns.
        sequence: poll number in the agent's epoch.
        raw: the bytes on the wire, in hexadecimal.
        basis: rung of the ladder; with "unknown" the components say nothing.
        confirmation: id in force; empty when there is none.
        certificate: id in force; empty when there is none.
        profile: SHA-256 of the device profile.
    """

    channel: str
    measurand: Measurand
    indication: float
    value: float
    components: tuple[UncertaintyComponent, ...]
    at_ns: int
    sequence: int
    raw: str
    quality: Quality
    basis: UncertaintyBasis
    confirmation: str
    certificate: str
    serial: str
    profile: str

    @property
    def standard_uncertainty(self) -> float | None:
        """Combined standard uncertainty; None where it is unknown."""
        if self.basis == UncertaintyBasis.UNKNOWN:
            return None
        return math.sqrt(math.fsum(part.contribution**2 for part in self.components))
