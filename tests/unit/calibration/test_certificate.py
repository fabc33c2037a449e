import math

import msgspec
import pytest

from calibration.certificate import CalibrationCertificate, CalibrationResult, Conformity, Point
from calibration.confirmation import DeclaredInfluence, Drift, MetrologicalConfirmation, Temperature
from calibration.errors import CalibrationError, CertificateError, UnitMismatchError
from calibration.laboratory import StandardUsed
from tests.unit.calibration.examples import CERTIFICATE, CO2, CONFIRMATION, ENERGY, POINTS

replace = msgspec.structs.replace


def test_a_certificate_and_a_confirmation_survive_storage() -> None:
    certificate = replace(CERTIFICATE, results=(replace(ENERGY, points=POINTS),))
    stored = msgspec.json.encode(certificate)
    assert msgspec.json.decode(stored, type=CalibrationCertificate) == certificate
    stored = msgspec.json.encode(CONFIRMATION)
    assert msgspec.json.decode(stored, type=MetrologicalConfirmation) == CONFIRMATION


def test_points_stand_in_order_and_only_once() -> None:
    with pytest.raises(CertificateError, match="do not ascend"):
        replace(ENERGY, points=tuple(reversed(POINTS)))
    with pytest.raises(CertificateError, match="do not ascend"):
        replace(ENERGY, points=(POINTS[0], POINTS[0]))


def test_a_result_is_given_in_a_unit_of_its_quantity() -> None:
    with pytest.raises(UnitMismatchError, match="'energy'"):
        replace(ENERGY, unit="kV.A{reactive}.h")


def test_a_reference_value_is_not_a_function_of_the_load() -> None:
    with pytest.raises(CertificateError, match="not of the load"):
        replace(CO2, argument="load")


def test_a_verification_states_whether_it_passed() -> None:
    with pytest.raises(CertificateError, match="without a statement of conformity"):
        replace(CERTIFICATE, kind="verification")


@pytest.mark.parametrize("number", [-1e-9, math.nan, math.inf])
def test_an_uncertainty_is_finite_and_not_negative(number: float) -> None:
    makers = (
        lambda: StandardUsed(influence="std:L/S", relative_standard_uncertainty=number),
        lambda: Point(at=1.0, value=1.0, expanded_uncertainty=number),
        lambda: Conformity(mpe_relative=number, statement="pass"),
        lambda: Drift(relative_standard_uncertainty_per_year=number),
        lambda: Temperature(
            relative_standard_uncertainty_per_K=number, reference_Cel=23.0, operating_Cel=20.0
        ),
        lambda: DeclaredInfluence(id="std:L/S", relative_standard_uncertainty=number),
        lambda: DeclaredInfluence(id="std:L/S", standard_uncertainty=number),
        lambda: replace(ENERGY, repeatability=number),
        lambda: replace(CONFIRMATION, mpe_relative=number),
    )
    for make in makers:
        with pytest.raises(CalibrationError):
            make()


def test_a_measuring_interval_runs_from_its_lower_to_its_upper_end() -> None:
    for interval in ((5.0, 5.0), (6.0, 5.0), (0.0, math.inf), (math.nan, 1.0)):
        with pytest.raises(CertificateError, match="not an interval"):
            CalibrationResult(
                kind_of_quantity=ENERGY.kind_of_quantity,
                unit="kW.h",
                result="relative_error",
                argument="load",
                argument_unit="kW",
                measuring_interval=interval,
            )
