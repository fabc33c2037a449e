import json
import math
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.certificate import CalibrationCertificate
from calibration.cli import calibration
from calibration.errors import CertificateError, NotFiniteError
from calibration.evaluation.evaluate import Evaluated, argument_of, chosen, value_at
from calibration.fit.errors import NotMonotonicError, NotReachedError
from calibration.function import CalibrationFunction
from calibration.load import parse_certificate
from tests.unit.calibration.documents import CERTIFICATE
from tests.unit.calibration.examples import CERTIFICATE as PLAIN
from tests.unit.calibration.examples import CO2, polynomial

replace = msgspec.structs.replace
BOTH = parse_certificate(CERTIFICATE.encode(), "c.toml")
LINE = polynomial(
    10.02, 0.998, covariance=[[0.0016, 0.0], [0.0, 4e-6]], interval=(0.0, 20.0), centre=10.0
)


def gas(function: CalibrationFunction) -> CalibrationCertificate:
    """A certificate of an analyser."""
    return replace(PLAIN, results=(replace(CO2, function=function),))


def at(function: CalibrationFunction, argument: float) -> Evaluated:
    """The value that the analyser's certificate has at an argument."""
    certificate = gas(function)
    return value_at(certificate, certificate.results[0], argument)


def back(function: CalibrationFunction, value: float) -> Evaluated:
    """The argument at which it has a value."""
    certificate = gas(function)
    return argument_of(certificate, certificate.results[0], value)


def test_the_value_has_the_uncertainty_of_the_coefficients() -> None:
    found = at(LINE, 14.0)
    assert found.value == pytest.approx(14.012)
    assert found.standard_uncertainty == pytest.approx(math.sqrt(0.001664))
    assert [part.influence.id for part in found.components] == ["cert:C-1/0", "cert:C-1/1"]
    assert not found.covariance_assumed


def test_between_points_the_error_is_interpolated_and_the_standards_share_stands_apart() -> None:
    found = value_at(BOTH, chosen(BOTH, "active_energy"), 20.25)
    assert found.value == pytest.approx(0.0015)
    own = (math.sqrt(0.001**2 - 1e-8) + math.sqrt(0.0005**2 - 1e-8)) / 2.0
    assert found.standard_uncertainty == pytest.approx(math.hypot(own, 1e-4))
    assert found.covariance_assumed
    assert {part.influence.id for part in found.components} >= {"std:NIM/REF-7"}


@given(st.floats(0.0, 20.0))
def test_the_way_back_ends_where_it_began(argument: float) -> None:
    forward = at(LINE, argument)
    found = back(LINE, forward.value)
    assert found.argument == pytest.approx(argument, abs=1e-9)
    assert found.standard_uncertainty == pytest.approx(forward.standard_uncertainty / 0.998)
    for one, other in zip(found.components, forward.components, strict=True):
        assert one.contribution == pytest.approx(-other.contribution / 0.998)


def test_the_way_back_agrees_with_coefficients_drawn_at_random() -> None:
    curved = polynomial(
        10.0,
        1.0,
        0.01,
        covariance=np.diag([4e-4, 1e-6, 1e-8]).tolist(),
        interval=(0.0, 20.0),
        centre=10.0,
    )
    rng, value = np.random.default_rng(5), 13.0
    c, b, a = rng.multivariate_normal([10.0, 1.0, 0.01], np.diag([4e-4, 1e-6, 1e-8]), 200_000).T
    drawn = 10.0 + 2.0 * (value - c) / (b + np.sqrt(b * b + 4.0 * a * (value - c)))
    found = back(curved, value)
    assert found.argument == pytest.approx(drawn.mean(), abs=2e-4)
    assert found.standard_uncertainty == pytest.approx(drawn.std(), rel=0.01)


def test_a_function_that_turns_or_does_not_reach_is_refused() -> None:
    turning = polynomial(0.0, 0.0, 1.0, interval=(-1.0, 1.0))
    with pytest.raises(NotMonotonicError):
        back(turning, 0.5)
    with pytest.raises(NotReachedError):
        back(LINE, 99.0)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 1.7e308])
def test_numbers_that_are_none_are_refused(number: float) -> None:
    with pytest.raises((NotFiniteError, NotReachedError)):
        at(polynomial(0.0, 10.0), number)
    with pytest.raises((NotFiniteError, NotReachedError)):
        back(LINE, number)


def test_of_several_results_one_must_be_asked_for() -> None:
    with pytest.raises(CertificateError, match="active_energy as_left, active_power as_left"):
        chosen(BOTH)
    with pytest.raises(CertificateError, match="choose one of"):
        chosen(BOTH, "volume")
    assert chosen(gas(LINE)).kind_of_quantity == "amount_fraction"


def test_the_command_tells_value_and_influences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "c.toml"
    path.write_text(CERTIFICATE, "utf-8")
    asked = ["evaluate", str(path), "--kind", "active_energy", "--at"]
    assert calibration([*asked, "20.25", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["evaluated"]["value"] == pytest.approx(0.0015)
    assert calibration([*asked, "41"]) == 1  # beyond the measuring interval
    assert "is multiplied by" in capsys.readouterr().out
    assert calibration([*asked, "nan"]) == 78
    power = ["evaluate", str(path), "--kind", "active_power", "--inverse", "19.98", "--json"]
    assert calibration(power) == 0
    assert json.loads(capsys.readouterr().out)["evaluated"]["argument"] == pytest.approx(20.0)
