import math

import msgspec
import numpy as np
import pytest

from calibration.apply import apply
from calibration.basis import (
    NS_PER_YEAR,
    WEAKEST_FIRST,
    InstrumentCalibration,
    UncertaintyBasis,
    calibration_of,
)
from calibration.certificate import CalibrationResult, Point
from calibration.confirmation import DeclaredInfluence, Drift, Temperature
from calibration.distribution import Distribution
from calibration.errors import CertificateError
from calibration.register import InForce, NotConfirmed
from calibration.stacked import Applied, stack
from calibration.through import function_through
from calibration.uncertainty import UncertaintyComponent, combine, merge
from tests.unit.calibration.examples import (
    CERTIFICATE,
    CO2,
    CONFIRMATION,
    ENERGY,
    PASSED,
    POINTS,
    STANDARD,
    START_NS,
    day,
    polynomial,
)

replace = msgspec.structs.replace


def _found(result: CalibrationResult | None, **of_certificate: object) -> InForce:
    certificate = replace(CERTIFICATE, **of_certificate)
    return InForce(confirmation=CONFIRMATION, certificate=certificate, result=result)


def _components(
    calibration: InstrumentCalibration,
    indication: float,
    load: float,
    at_ns: int = START_NS,
    unit: str = "kW.h",
) -> tuple[UncertaintyComponent, ...]:
    table = stack([Applied(calibration=calibration, unit=unit)])
    found = apply(table, np.array([0]), np.array([indication]), np.array([load]), np.array([at_ns]))
    return tuple(
        UncertaintyComponent(influence=influence, contribution=float(part))
        for influence, part in zip(table.influences[0], found.contributions[0], strict=True)
        if influence is not None
    )


def _value(calibration: InstrumentCalibration, indication: float) -> tuple[float, float]:
    table = stack([Applied(calibration=calibration, unit="%")])
    x = np.array([indication])
    found = apply(table, np.array([0]), x, x, np.array([START_NS]))
    return float(found.value[0]), float(found.sensitivity[0])


def test_the_ladder_names_every_rung_once() -> None:
    assert sorted(WEAKEST_FIRST) == sorted(UncertaintyBasis)


def test_coefficients_with_covariance_are_taken_as_they_are() -> None:
    function = polynomial(0.001, covariance=[[1e-6]], interval=(5.0, 100.0), nu=9.0)
    calibration = calibration_of(_found(replace(ENERGY, function=function)), None)
    assert calibration.basis == UncertaintyBasis.CALIBRATION
    assert calibration.function == function
    assert (calibration.certificate, calibration.confirmation) == ("C-1", "MC-1")


def test_stated_coefficients_go_before_points() -> None:
    function = polynomial(0.001, covariance=[[1e-6]], interval=(5.0, 100.0))
    result = replace(ENERGY, function=function, points=POINTS)
    assert calibration_of(_found(result), None).basis == UncertaintyBasis.CALIBRATION


def test_points_with_u_only_deviate_together_along_the_curve() -> None:
    calibration = calibration_of(_found(replace(ENERGY, points=POINTS)), None)
    assert calibration.basis == UncertaintyBasis.COVARIANCE_ASSUMED
    each = [_components(calibration, 100.0, load) for load in (5.0, 27.5, 50.0, 80.0, 100.0)]
    one_by_one = math.fsum(combine(components) for components in each)
    assert combine(merge(*each)) == pytest.approx(one_by_one, rel=1e-12)


def test_between_points_deviation_and_u_are_interpolated() -> None:
    function = function_through(replace(ENERGY, points=POINTS), 0.0)
    assert function.value(np.array([27.5]))[0] == pytest.approx(0.001)
    assert combine(function.components(27.5, "C-1")) == pytest.approx(0.75e-3)
    assert combine(function.components(50.0, "C-1")) == pytest.approx(0.5e-3)


def test_the_standards_stated_share_is_not_counted_twice() -> None:
    found = _found(replace(ENERGY, points=POINTS), standards=(STANDARD,))
    components = _components(calibration_of(found, None), 100.0, 50.0)
    by_id = {part.influence.id: part.contribution for part in components}
    value = 100.0 / (1.0 - 0.002)
    assert by_id["std:NIM/REF-7"] == pytest.approx(3e-4 * value)
    # what is left to the certificate and the standard's part make the printed U again
    assert combine(components) == pytest.approx(0.0005 * value, rel=2e-3)
    assert by_id["cert:C-1/0"] == pytest.approx(-4e-4 * value, rel=3e-3)


def test_a_standards_share_that_is_not_stated_stays_within_the_points_u() -> None:
    silent = replace(STANDARD, relative_standard_uncertainty=None)
    calibration = calibration_of(_found(replace(ENERGY, points=POINTS), standards=(silent,)), None)
    assert calibration.shares == ()
    components = _components(calibration, 100.0, 50.0)
    assert combine(components) == pytest.approx(0.0005 * 100.0 / 0.998**2)


def test_one_points_relative_error_holds_for_every_load() -> None:
    found = _found(replace(ENERGY, points=POINTS[1:2]))
    function = calibration_of(found, None).function
    assert function is not None
    assert function.value(np.array([5.0, 99.0])).tolist() == [-0.002, -0.002]


def test_one_points_correction_holds_for_every_indication() -> None:
    point = Point(at=10.0, value=10.2, expanded_uncertainty=0.1)
    calibration = calibration_of(_found(replace(CO2, points=(point,))), None)
    assert _value(calibration, 4.0) == pytest.approx((4.2, 1.0))
    assert combine(_components(calibration, 4.0, 4.0, unit="%")) == pytest.approx(0.05)


@pytest.mark.parametrize(("indication", "expected"), [(-0.3, -0.2), (5.0, 5.15), (18.0, 18.4)])
def test_beyond_its_points_an_analyser_is_not_capped(indication: float, expected: float) -> None:
    points = (
        Point(at=0.0, value=0.1, expanded_uncertainty=0.1),
        Point(at=10.0, value=10.2, expanded_uncertainty=0.2),
        Point(at=15.0, value=15.325, expanded_uncertainty=0.3),
    )
    calibration = calibration_of(_found(replace(CO2, points=points)), None)
    value, sensitivity = _value(calibration, indication)
    assert value == pytest.approx(expected, abs=0.01)
    assert sensitivity == pytest.approx(1.01, abs=0.02)
    u = combine(_components(calibration, indication, indication, unit="%"))
    assert u == pytest.approx({-0.3: 0.05, 5.0: 0.075, 18.0: 0.15}[indication])


def test_a_verification_gives_no_correction_and_its_mpe_over_root_three() -> None:
    found = _found(None, kind="verification", conformity=PASSED, results=())
    calibration = calibration_of(found, None)
    assert calibration.basis == UncertaintyBasis.VERIFICATION
    assert calibration.function is None
    (part,) = _components(calibration, 100.0, 37.0)
    assert part.influence.id == "inst:A-1/class"
    assert part.influence.distribution == Distribution.RECTANGULAR
    assert part.contribution == pytest.approx(1.0 / math.sqrt(3.0))


def test_a_renewed_verification_does_not_average_the_instruments_class_down() -> None:
    parts = []
    for certificate in ("V-2025", "V-2026"):
        verified = {"id": certificate, "kind": "verification", "conformity": PASSED}
        calibration = calibration_of(_found(None, results=(), **verified), None)
        parts.append(_components(calibration, 100.0, 37.0))
    assert combine(merge(*parts)) == pytest.approx(2.0 / math.sqrt(3.0))


def test_a_verification_that_failed_is_not_used() -> None:
    failed = replace(PASSED, statement="fail")
    found = _found(None, kind="verification", conformity=failed, results=())
    with pytest.raises(CertificateError, match="did not pass"):
        calibration_of(found, 0.01)


def test_without_certificate_the_name_plates_class_is_used_and_named() -> None:
    calibration = calibration_of(NotConfirmed(serial="A-1"), 0.02)
    assert calibration.basis == UncertaintyBasis.NAMEPLATE
    (part,) = _components(calibration, 100.0, 37.0)
    assert part.contribution == pytest.approx(2.0 / math.sqrt(3.0))


def test_a_certificate_for_another_quantity_leaves_the_name_plate() -> None:
    assert calibration_of(_found(None, results=()), 0.02).basis == UncertaintyBasis.NAMEPLATE
    assert calibration_of(_found(None, results=()), None).basis == UncertaintyBasis.UNKNOWN


def test_with_nothing_at_all_the_uncertainty_is_unknown_and_not_zero() -> None:
    calibration = calibration_of(NotConfirmed(serial="A-1"), None)
    assert calibration.basis == UncertaintyBasis.UNKNOWN
    assert WEAKEST_FIRST[0] == UncertaintyBasis.UNKNOWN


def test_a_serial_number_with_spaces_still_names_its_instrument() -> None:
    calibration = calibration_of(NotConfirmed(serial="No. 12/B"), 0.02)
    assert [share.influence.id for share in calibration.shares] == ["inst:No.%2012%2FB/class"]


DECLARED = replace(
    CONFIRMATION,
    drift=Drift(relative_standard_uncertainty_per_year=0.001),
    temperature=Temperature(
        relative_standard_uncertainty_per_K=2e-4, reference_Cel=23.0, operating_Cel=18.0
    ),
    influences=(
        DeclaredInfluence(id="std:CT/class-0.2", relative_standard_uncertainty=0.002),
        DeclaredInfluence(id="factor:cable", standard_uncertainty=0.5),
    ),
)


def test_drift_temperature_and_declared_influences_act_beside_the_certificate() -> None:
    found = replace(_found(replace(ENERGY, points=POINTS)), confirmation=DECLARED)
    calibration = calibration_of(found, None)
    after_a_year = START_NS + round(NS_PER_YEAR)
    components = _components(calibration, 99.8, 50.0, after_a_year)
    by_id = {part.influence.id: part.contribution for part in components}
    assert by_id.pop("cert:C-1/0") != 0.0
    assert by_id == pytest.approx(
        {
            "inst:A-1/drift": 0.1,
            "inst:A-1/temperature": -0.1,
            "std:CT/class-0.2": 0.2,
            "factor:cable": 0.5,
        }
    )


def test_a_transformers_class_acts_on_a_meter_that_was_only_verified() -> None:
    verified = _found(None, kind="verification", conformity=PASSED, results=())
    calibration = calibration_of(replace(verified, confirmation=DECLARED), None)
    named = {share.influence.id for share in calibration.shares}
    assert {"inst:A-1/class", "std:CT/class-0.2", "inst:A-1/drift"} <= named


def test_a_confirmation_is_overdue_from_the_day_after_its_last() -> None:
    calibration = calibration_of(_found(replace(ENERGY, points=POINTS)), None)
    assert calibration.due_ns == round(day("2027-01-01").timestamp()) * 10**9
    assert calibration.calibrated_ns == START_NS
