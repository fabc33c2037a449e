"""What a bound on a temperature coefficient adds at a stated ambient temperature (pure)."""

from typing import Literal

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.distribution import Distribution
from calibration.type_b.evaluation import TypeBEvaluation, instrument_influence
from calibration.type_b.limit import StatedLimit
from calibration.type_b.signal import Ambient


def temperature_evaluations(
    coefficient: StatedLimit,
    ambient: Ambient,
    serial: str,
    basis: UncertaintyBasis,
    acts: Literal["relative", "absolute"] = "relative",
    part: str = "",
) -> tuple[TypeBEvaluation, ...]:
    """Two evaluations of one coefficient that is only known to lie about 0.

    The mean of the ambient temperature acts through `inst:<serial>/temperature`, with the
    sign of (mean - reference): instruments of one coefficient deviate together. The swing
    about the mean has an influence of its own; in a total over whole days it averages out,
    in a single reading it does not. Together their u is exact for an independent coefficient.

    Args:
        coefficient: its limit, per kelvin.
        ambient: where the instrument works.
        serial: of the instrument.
        basis: what stands behind the limit.
        acts: "relative" for a coefficient relative to the value, otherwise "absolute".
        part: of the instrument, where it has several coefficients.
    """
    mean = TypeBEvaluation(
        limit=coefficient,
        influence=instrument_influence(serial, "temperature", coefficient, part),
        basis=basis,
        sensitivity=ambient.mean_offset_K,
        acts=acts,
    )
    swing_part = f"{part}_swing" if part else "swing"
    own = instrument_influence(serial, "temperature", coefficient, swing_part)
    swing = TypeBEvaluation(
        limit=coefficient,
        influence=msgspec.structs.replace(own, distribution=Distribution.NORMAL),
        basis=basis,
        sensitivity=ambient.standard_uncertainty_K,
        acts=acts,
    )
    return tuple(each for each in (mean, swing) if each.sensitivity)
