"""Guard bands: how they are written, and how long they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.conformity.errors import ConformityRuleError, GuardBandError
from calibration.conformity.guard import GuardBand, acceptance_of, length_of, parse_guard_band
from calibration.conformity.measured import measured
from calibration.conformity.probability import non_conformance_at
from calibration.conformity.requirement import Requirement

LIMITS = Requirement(lower=-1.0, upper=1.0)


@pytest.mark.parametrize(
    ("text", "by", "number"),
    [
        ("0.08", "length", 0.08),
        (" -8e-2 ", "length", -0.08),
        ("1U", "expanded_uncertainty", 1.0),
        ("-0.83U", "expanded_uncertainty", -0.83),
        ("specific:0.05", "specific_risk", 0.05),
        ("global:1e-3", "global_risk", 0.001),
    ],
)
def test_a_guard_band_is_read_as_it_is_written(text: str, by: str, number: float) -> None:
    found = parse_guard_band(text)
    assert (found.by, found.number) == (by, number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "U",
        "1u",
        "1 U",
        "specific:1U",
        "specific:0",
        "specific:1",
        "global:-0.1",
        "global:1e-13",
        "nan",
        "inf",
        "1e308",
        "1.2.3",
        ".",
        "9" * 5_000,
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(GuardBandError, match="E_CONFORMITY_GUARD_BAND guard band"):
        parse_guard_band(text)


@pytest.mark.parametrize(
    ("text", "length"), [("0.08", 0.08), ("1U", 0.2), ("-0.5U", -0.1), ("0.83U", 0.166)]
)
def test_lengths_and_multiples_of_u(text: str, length: float) -> None:
    found = measured(0.0, expanded_uncertainty=0.2, coverage_factor=2.0)
    assert length_of(parse_guard_band(text), found, LIMITS, None) == length


@given(u=st.floats(0.01, 0.5), risk=st.floats(1e-6, 0.9), nu=st.none() | st.floats(1.0, 50.0))
def test_a_value_on_the_acceptance_limit_has_the_specific_risk_asked_for(
    u: float, risk: float, nu: float | None
) -> None:
    found = measured(0.0, standard_uncertainty=u, degrees_of_freedom=nu)
    least = non_conformance_at(0.0, found, LIMITS)
    guard_band = GuardBand(by="specific_risk", number=risk)
    if least > risk:
        with pytest.raises(GuardBandError, match="specific"):
            length_of(guard_band, found, LIMITS, None)
        return
    limit = acceptance_of(LIMITS, length_of(guard_band, found, LIMITS, None)).high
    assert non_conformance_at(limit, found, LIMITS) == pytest.approx(risk, rel=1e-6)


def test_a_risk_above_one_half_guards_rejection() -> None:
    found = measured(0.0, standard_uncertainty=0.1)
    guard_band = GuardBand(by="specific_risk", number=0.95)
    assert length_of(guard_band, found, Requirement(lower=0.0), None) == pytest.approx(
        -0.1644853627, rel=1e-9
    )


def test_a_guard_band_of_half_the_width_leaves_the_middle_and_more_leaves_nothing() -> None:
    assert acceptance_of(LIMITS, 1.0).holds(0.0)
    with pytest.raises(GuardBandError, match="w <= 1"):
        acceptance_of(LIMITS, 1.0001)


def test_a_global_risk_needs_a_prior() -> None:
    found = measured(0.0, standard_uncertainty=0.1)
    with pytest.raises(ConformityRuleError, match="E_CONFORMITY_RULE"):
        length_of(GuardBand(by="global_risk", number=0.01), found, LIMITS, None)
