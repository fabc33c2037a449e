"""Half-widths of display, signal, hysteresis, drift and ambient temperature (pure)."""

import msgspec

from calibration.distribution import Distribution, from_half_width
from calibration.type_b.errors import TypeBNumberError
from calibration.type_b.number import bounded, not_negative, positive, shown

LIVE_ZERO_mA, FULL_mA = 4.0, 20.0


def resolution_half_width(step: float) -> float:
    """Half a step: within it lies what one reading in steps of `step` hides (GUM F.2.2.1).

    Args:
        step: of the last digit, > 0, in the unit of the result; rectangular.
    """
    positive("resolution", step=step)
    return step / 2.0


def difference_half_width(step: float) -> float:
    """A whole step: the bound of what the difference of two readings hides.

    Two rectangular deviations of half a step each make a triangular one (GUM 4.3.9), so
    that u = step/sqrt(6).

    Args:
        step: of both readings, > 0; triangular.
    """
    positive("resolution", step=step)
    return step


def hysteresis_half_width(width: float) -> float:
    """Half the width between rising and falling readings (GUM F.2.2.2).

    A process that always comes from the same side shows the same deviation each time: it is
    shared by all readings and does not average out.

    Args:
        width: between the two branches, >= 0; rectangular.
    """
    not_negative("hysteresis", width=width)
    return width / 2.0


def drift_half_width(per_period: float, period_a: float, age_a: float) -> float:
    """The bound of a drift that grows evenly since calibration.

    Args:
        per_period: limit that is stated for one period, >= 0.
        period_a: years that it is stated for, > 0.
        age_a: years since calibration, >= 0.
    """
    not_negative("drift", per_period=per_period, age_a=age_a)
    positive("drift", period_a=period_a)
    return per_period / period_a * age_a


def loop_half_width(percent: float, full_scale_mA: float, span: float) -> float:
    """The bound of a 4-20 mA signal's deviation, in the unit of the measurand.

    An input module states per cent of its own full scale, of 20 mA for instance; 16 mA of
    these carry the measuring interval.

    Args:
        percent: of the module's full scale, >= 0.
        full_scale_mA: of the module, > 0.
        span: width of the measuring interval, > 0.
    """
    not_negative("loop", percent=percent)
    positive("loop", full_scale_mA=full_scale_mA, span=span)
    return percent / 100.0 * full_scale_mA / (FULL_mA - LIVE_ZERO_mA) * span


def converter_step(bits: int, full_scale_mA: float, span: float) -> float:
    """The step in which an analogue-to-digital converter shows a 4-20 mA signal.

    Args:
        bits: of the converter over its full scale, 1 to 64.
        full_scale_mA: of the converter, > 0.
        span: width of the measuring interval, > 0; the step is in its unit.
    """
    if not 1 <= bits <= 64:
        raise TypeBNumberError("converter", name="bits", value=bits, limit="1 <= n <= 64")
    positive("converter", full_scale_mA=full_scale_mA, span=span)
    return full_scale_mA / 2.0**bits / (FULL_mA - LIVE_ZERO_mA) * span


class Ambient(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The temperatures that an instrument works at.

    Args:
        reference_Cel: at which it was calibrated, or its limits hold.
        low_Cel, high_Cel: the interval in use.
        distribution: within it: rectangular where nothing more is known; arcsine for the
            daily swing, which stays longest at its ends (GUM 4.3.9, H.1.3.4).
    """

    reference_Cel: float
    low_Cel: float
    high_Cel: float
    distribution: Distribution = Distribution.RECTANGULAR

    def __post_init__(self) -> None:
        bounded("ambient", reference_Cel=self.reference_Cel, low=self.low_Cel, high=self.high_Cel)
        if self.low_Cel > self.high_Cel:
            value = f"[{shown(self.low_Cel)}, {shown(self.high_Cel)}]"
            raise TypeBNumberError("ambient", name="interval", value=value, limit="low <= high")
        if self.distribution == Distribution.NORMAL:
            limit = "rectangular | triangular | arcsine"
            name, value = "distribution", self.distribution.value
            raise TypeBNumberError("ambient", name=name, value=value, limit=limit)

    @property
    def mean_offset_K(self) -> float:
        """Signed: middle of the interval minus the reference."""
        return (self.low_Cel + self.high_Cel) / 2.0 - self.reference_Cel

    @property
    def standard_uncertainty_K(self) -> float:
        """Of the temperature about the middle of the interval."""
        return from_half_width((self.high_Cel - self.low_Cel) / 2.0, self.distribution)

    @property
    def largest_offset_K(self) -> float:
        """From the reference to the farther end."""
        ends = (self.low_Cel - self.reference_Cel, self.high_Cel - self.reference_Cel)
        return max(abs(end) for end in ends)


def corrected_temperature(coefficient: float, ambient: Ambient) -> tuple[float, float]:
    """Mean effect, and its standard uncertainty, of a temperature coefficient that is known.

    The mean effect is signed and to be corrected for (GUM 3.2.4, F.2.4.5); the swing about
    it remains.

    Args:
        coefficient: signed, per kelvin, in any unit; the results have the same.
        ambient: at which it acts.
    """
    bounded("temperature", coefficient=coefficient)
    mean = coefficient * ambient.mean_offset_K
    return mean, abs(coefficient) * ambient.standard_uncertainty_K
