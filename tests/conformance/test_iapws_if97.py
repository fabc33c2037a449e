"""IAPWS R7-97(2012): the printed verification values, and a foreign implementation as oracle."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from iapws import IAPWS97

from calibration.model.errors import SteamRangeError
from calibration.model.evaluate import evaluate
from calibration.model.influenced import influenced
from calibration.model.load import model_named
from calibration.model.stated import Modelled, Stated
from calibration.model.steam import HOTTEST_Cel, LARGEST_MPa, saturation_temperature

PHASE, WET = model_named("steam_enthalpy"), model_named("saturated_steam_enthalpy")


def enthalpy(p: float, t: float, u_p: float = 0.0, u_t: float = 0.0) -> Modelled:
    return evaluate(PHASE, {"pressure": stated(p, "MPa", u_p), "temperature": stated(t, "K", u_t)})


def wet(p: float, x: float, u_p: float = 0.0, u_x: float = 0.0) -> Modelled:
    return evaluate(WET, {"pressure": stated(p, "MPa", u_p), "dryness": stated(x, "1", u_x)})


def stated(value: float, unit: str, u: float) -> Stated:
    return influenced(value, unit, {f"factor:{unit}": u} if u else {})


@pytest.mark.parametrize(
    ("kelvin", "mega_pascal", "printed"),
    [
        # table 5, region 1
        (300.0, 3.0, 0.115331273e3),
        (300.0, 80.0, 0.184142828e3),
        (500.0, 3.0, 0.975542239e3),
        # table 15, region 2
        (300.0, 0.0035, 0.254991145e4),
        (700.0, 0.0035, 0.333568375e4),
        (700.0, 30.0, 0.263149474e4),
    ],
)
def test_enthalpies_of_tables_5_and_15(kelvin: float, mega_pascal: float, printed: float) -> None:
    assert enthalpy(mega_pascal, kelvin).value == pytest.approx(printed, rel=5e-9)


@pytest.mark.parametrize(
    ("kelvin", "mega_pascal", "printed"),
    [
        (650.0, 25.5837018, 0.186343019e4),
        (650.0, 22.2930643, 0.237512401e4),
        (750.0, 78.3095639, 0.225868845e4),
    ],
)
def test_enthalpies_of_table_33_through_its_printed_pressures(
    kelvin: float, mega_pascal: float, printed: float
) -> None:
    """Region 3 is stated by density; by pressure a last digit is lost near the critical point."""
    assert enthalpy(mega_pascal, kelvin).value == pytest.approx(printed, rel=2e-6)


@pytest.mark.parametrize(
    ("mega_pascal", "kelvin"), [(0.1, 0.372755919e3), (1.0, 0.453035632e3), (10.0, 0.584149488e3)]
)
def test_saturation_temperatures_of_table_36(mega_pascal: float, kelvin: float) -> None:
    assert saturation_temperature(mega_pascal) + 273.15 == pytest.approx(kelvin, rel=2e-9)


@settings(deadline=None, max_examples=60)
@given(st.floats(math.log(0.001), math.log(LARGEST_MPa)), st.floats(0.5, HOTTEST_Cel - 0.5))
def test_single_phases_agree_with_the_oracle_and_so_do_their_derivatives(
    log_p: float, t: float
) -> None:
    p = min(math.exp(log_p), LARGEST_MPa)
    assume(not _near_critical(p, t))
    other = IAPWS97(P=p, T=t + 273.15)
    found = enthalpy(p, t + 273.15, u_p=1e-6, u_t=1e-6)
    assert found.value == pytest.approx(other.h, rel=1e-10, abs=1e-9)
    parts = {each.influence.id: each.contribution / 1e-6 for each in found.components}
    by_p = 1000.0 * other.v * (1.0 - (t + 273.15) * other.alfav)
    assert parts["factor:K"] == pytest.approx(other.cp, rel=1e-9)
    assert parts["factor:MPa"] == pytest.approx(by_p, rel=1e-7, abs=1e-8)


def _near_critical(p: float, t: float) -> bool:
    """Region 3 and the saturation line: iterations of both differ in their last digits there."""
    if p > 16.0 and 340.0 < t < 600.0:
        return True
    return p <= 16.529 and abs(t - saturation_temperature(p)) < 0.01


@settings(deadline=None, max_examples=40)
@given(st.floats(math.log(0.001), math.log(16.0)), st.floats(0.0, 1.0))
def test_wet_steam_agrees_with_the_oracle(log_p: float, x: float) -> None:
    p = math.exp(log_p)
    found = wet(p, x, u_p=1e-6 * p, u_x=1e-6)
    assert found.value == pytest.approx(IAPWS97(P=p, x=x).h, rel=1e-8)
    parts = {each.influence.id: each.contribution for each in found.components}
    step = 1e-4 * p
    change = IAPWS97(P=p + step, x=x).h - IAPWS97(P=p - step, x=x).h
    assert parts["factor:MPa"] / (1e-6 * p) == pytest.approx(
        change / (2 * step), rel=1e-4, abs=1e-2
    )
    evaporation = IAPWS97(P=p, x=1.0).h - IAPWS97(P=p, x=0.0).h
    assert parts["factor:1"] / 1e-6 == pytest.approx(evaporation, rel=1e-7)


def test_at_saturation_pressure_and_temperature_do_not_tell_water_from_steam() -> None:
    boiling = saturation_temperature(1.0) + 273.15
    assert "phase_not_certain" in enthalpy(1.0, boiling + 0.5, u_t=0.5).findings
    assert "phase_not_certain" in enthalpy(1.0, boiling - 0.5, u_p=0.05).findings
    assert "phase_not_certain" not in enthalpy(1.0, boiling + 5.0, u_p=0.01, u_t=0.5).findings


@pytest.mark.parametrize(
    ("p", "t"), [(0.0001, 300.0), (101.0, 300.0), (1.0, 273.0), (1.0, 1073.2), (1e6, 450.0)]
)
def test_states_beyond_the_formulation_are_refused(p: float, t: float) -> None:
    """The library answers them with numbers near -2,000."""
    with pytest.raises(SteamRangeError, match="E_STEAM_RANGE"):
        enthalpy(p, t)


def test_kilopascal_given_as_megapascal_is_refused_and_kilopascal_is_converted() -> None:
    kilo = influenced(1000.0, "kPa", {"factor:kPa": 1.0})
    mega = influenced(1.0, "MPa", {"factor:kPa": 0.001})
    t = influenced(250.0, "Cel", {})
    found = [evaluate(PHASE, {"pressure": p, "temperature": t}) for p in (kilo, mega)]
    assert found[0].value == found[1].value
    assert found[0].standard_uncertainty == pytest.approx(found[1].standard_uncertainty)
    with pytest.raises(SteamRangeError):
        enthalpy(1000.0, 523.15)


def test_wet_steam_above_350_celsius_is_refused() -> None:
    with pytest.raises(SteamRangeError, match=r"16\.529"):
        wet(17.0, 0.9)
