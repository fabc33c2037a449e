"""Enthalpy of water and steam by IAPWS-IF97, with its derivatives (pure).

seuif97 computes it; it answers states outside its range with numbers near -2,000, so the range is
asked before. The formulation's own uncertainty (IAPWS R7-97, figures 3 and 4: about 0.2 % and less)
is not added here; whoever needs it states it as an influence `factor:if97`.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from calibration.errors import Words
from calibration.model.errors import SteamRangeError
from calibration.model.solve import Solved
from calibration.model.stated import Stated

_TEMPERATURE, _VOLUME, _ENTHALPY, _HEAT_CAPACITY, _EXPANSION = 1, 3, 4, 8, 17
"""seuif97's numbers of T in Cel, v in m3/kg, h in kJ/kg, cp in kJ/(kg K), (dv/dT)/v in 1/K.

Its own dh/dp is not taken: 2.3.8 documents it per MPa and gives it per kPa.
"""
_KJ_PER_M3_MPA: Final = 1000.0
LEAST_MPa: Final = 0.000611213
SATURATED_MPa: Final = 16.529
"""Highest pressure of saturated states here: that of 350 Cel. Above, near the critical point, the
enthalpy is too steep for first order."""
LARGEST_MPa: Final = 100.0
HOTTEST_Cel: Final = 800.0
STEP: Final = 1e-5
COVERAGE: Final = 2.0


def enthalpy(inputs: Mapping[str, Stated]) -> Solved:
    """Specific enthalpy in kJ/kg of a single phase.

    Args:
        inputs: "pressure" in MPa, absolute, and "temperature" in Cel.

    Raises:
        SteamRangeError: the state is outside regions 1 to 3.
    """
    p, t = inputs["pressure"], inputs["temperature"]
    _require(p.value, LARGEST_MPa)
    if not 0.0 <= t.value <= HOTTEST_Cel:
        raise SteamRangeError(
            "temperature", found=f"{t.value:.6g} Cel", limit=f"0 <= t <= {HOTTEST_Cel:g} Cel"
        )
    value, volume, expansion, heat_capacity = (
        float(_if97().pt(p.value, t.value, each))
        for each in (_ENTHALPY, _VOLUME, _EXPANSION, _HEAT_CAPACITY)
    )
    by_pressure = volume * (1.0 - (t.value + 273.15) * expansion) * _KJ_PER_M3_MPA
    return Solved(
        value=value,
        sensitivities={"pressure": by_pressure, "temperature": heat_capacity},
        findings=_near_saturation(p, t),
    )


def enthalpy_of_wet_steam(inputs: Mapping[str, Stated]) -> Solved:
    """Specific enthalpy in kJ/kg of steam that is in equilibrium with water.

    Args:
        inputs: "pressure" in MPa, absolute, and "dryness", the mass fraction of vapour.

    Raises:
        SteamRangeError: the pressure is outside the saturation curve, up to 350 Cel.
    """
    p, dryness = inputs["pressure"].value, inputs["dryness"].value
    _require(p, SATURATED_MPa)
    low, high = max(p * (1.0 - STEP), LEAST_MPa), p * (1.0 + STEP)
    by_pressure = (_wet(high, dryness) - _wet(low, dryness)) / (high - low)
    return Solved(
        value=_wet(p, dryness),
        sensitivities={"pressure": by_pressure, "dryness": _wet(p, 1.0) - _wet(p, 0.0)},
    )


def saturation_temperature(pressure_MPa: float) -> float:
    """Temperature in Cel at which water boils.

    Raises:
        SteamRangeError: the pressure is outside the saturation curve, up to 350 Cel.
    """
    _require(pressure_MPa, SATURATED_MPa)
    return float(_if97().px(pressure_MPa, 0.0, _TEMPERATURE))


def _near_saturation(p: Stated, t: Stated) -> tuple[str, ...]:
    """Names the case where u cannot tell water from steam; pressure and dryness are then asked."""
    if not p.value <= SATURATED_MPa:
        return ()
    boiling = saturation_temperature(p.value)
    slope = (saturation_temperature(max(p.value * (1.0 - STEP), LEAST_MPa)) - boiling) / (
        -p.value * STEP
    )
    u = (slope * p.standard_uncertainty) ** 2 + t.standard_uncertainty**2
    near = abs(t.value - boiling) <= COVERAGE * u**0.5
    return ("phase_not_certain",) if near else ()


def _wet(pressure_MPa: float, dryness: float) -> float:
    return float(_if97().px(pressure_MPa, dryness, _ENTHALPY))


def _require(pressure_MPa: float, most_MPa: float) -> None:
    if not LEAST_MPa <= pressure_MPa <= most_MPa:
        raise SteamRangeError(
            "pressure",
            found=f"{pressure_MPa:.6g} MPa",
            limit=Words(
                f"{LEAST_MPa} <= p <= {most_MPa:g} MPa, absolute",
                f"{LEAST_MPa} <= p <= {most_MPa:g} MPa（绝对压力）",
            ),
        )


def _if97() -> Any:  # noqa: ANN401 - it has no types
    """Imported when steam is asked for; the other models do without."""
    return import_module("seuif97")
