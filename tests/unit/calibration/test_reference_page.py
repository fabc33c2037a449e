"""The worked examples of docs/reference/certificates.md, read by the code they document."""

import re
from pathlib import Path

import msgspec
import numpy as np
import pytest

from calibration.apply import apply
from calibration.basis import NS_PER_YEAR, InstrumentCalibration, UncertaintyBasis, calibration_of
from calibration.certificate import CalibrationCertificate, CalibrationResult, CertifiedValue
from calibration.confirmation import MetrologicalConfirmation
from calibration.event import CalibrationEvent, IntermediateCheck, ParameterReading
from calibration.fit.curve import fit
from calibration.fit.points import points_of
from calibration.history.outcome import CODES
from calibration.history.shift import shifts
from calibration.history.suspect import effect
from calibration.laboratory import Capability, StandardUsed
from calibration.load import SourceFile, faults_of, parse_certificate, parse_confirmation
from calibration.measurand import KindOfQuantity
from calibration.register import InForce
from calibration.stacked import Applied, stack
from calibration.uncertainty import UncertaintyComponent, combine
from tests.unit.calibration.history.test_shift import WHOLE
from tests.unit.calibration.history.years import SERIAL, YEARS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "certificates.md"
BLOCKS = re.findall(r"^```toml\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def _files() -> tuple[tuple[CalibrationCertificate, ...], MetrologicalConfirmation]:
    *certificates, confirmation, _ = (block.encode() for block in BLOCKS)
    return (
        tuple(parse_certificate(data, "page") for data in certificates),
        parse_confirmation(confirmation, "page"),
    )


def _calibration(
    certificate: CalibrationCertificate, confirmation: MetrologicalConfirmation
) -> InstrumentCalibration:
    result = next(iter(certificate.results), None)
    own = msgspec.structs.replace(confirmation, serial=certificate.instrument.serial)
    return calibration_of(InForce(confirmation=own, certificate=certificate, result=result), None)


def _bare(confirmation: MetrologicalConfirmation) -> MetrologicalConfirmation:
    return msgspec.structs.replace(confirmation, drift=None, temperature=None, influences=())


def _result(
    calibration: InstrumentCalibration, unit: str, x: float, argument: float, years: float = 0.0
) -> tuple[float, dict[str, UncertaintyComponent]]:
    table = stack([Applied(calibration=calibration, unit=unit)])
    at_ns = calibration.calibrated_ns + round(years * NS_PER_YEAR)
    found = apply(table, np.array([0]), np.array([x]), np.array([argument]), np.array([at_ns]))
    parts = {
        influence.id: UncertaintyComponent(influence=influence, contribution=float(part))
        for influence, part in zip(table.influences[0], found.contributions[0], strict=True)
        if influence is not None
    }
    return float(found.value[0]), parts


def test_every_example_is_read_without_a_fault() -> None:
    assert len(BLOCKS) == 7
    for block in BLOCKS:
        assert faults_of(SourceFile(name="page", data=block.encode())) == ()


def test_the_first_example_leaves_12_kwh_with_u_of_6_wh() -> None:
    certificates, confirmation = _files()
    calibration = _calibration(certificates[0], _bare(confirmation))
    value, parts = _result(calibration, "kW.h", 12.0, 24.0)
    assert calibration.basis == UncertaintyBasis.COVARIANCE_ASSUMED
    assert value == pytest.approx(12.0, rel=1e-12)
    assert combine(parts.values()) == pytest.approx(0.006, rel=1e-6)


def test_the_function_gives_14_012_percent_with_u_of_0_041() -> None:
    certificates, confirmation = _files()
    value, parts = _result(_calibration(certificates[1], _bare(confirmation)), "%", 14.0, 14.0)
    assert value == pytest.approx(14.012, rel=1e-12)
    assert combine(parts.values()) ** 2 == pytest.approx(0.001664, rel=1e-12)


def test_the_power_gives_9_190_percent_with_u_of_0_018() -> None:
    certificates, confirmation = _files()
    value, parts = _result(_calibration(certificates[2], _bare(confirmation)), "%", 9.3, 9.3)
    assert value == pytest.approx(9.190, abs=5e-4)
    assert combine(parts.values()) == pytest.approx(0.018, abs=5e-4)


def test_the_power_is_what_the_command_makes_of_the_mixtures() -> None:
    function = _files()[0][2].results[0].function
    assert function is not None
    x, ux = [2.07, 5.21, 9.83, 13.52, 17.02], [0.01, 0.015, 0.02, 0.025, 0.03]
    y, uy = [1.914, 4.989, 9.758, 13.633, 17.410], [0.006, 0.012, 0.02, 0.03, 0.04]
    made = fit(points_of(x, y, ux=ux, uy=uy), "power").function()
    assert function.coefficients == pytest.approx(made.coefficients, rel=1e-9)
    assert np.array(function.covariance) == pytest.approx(np.array(made.covariance), rel=1e-6)


def test_the_verification_gives_u_of_1_155_m3() -> None:
    certificates, confirmation = _files()
    calibration = _calibration(certificates[3], _bare(confirmation))
    value, parts = _result(calibration, "m3", 100.0, 3.0)
    assert value == 100.0
    assert combine(parts.values()) == pytest.approx(1.155, abs=5e-4)


def test_the_confirmations_influences_have_the_sizes_stated() -> None:
    certificates, confirmation = _files()
    calibration = _calibration(certificates[0], confirmation)
    _, parts = _result(calibration, "kW.h", 12.0, 24.0, years=0.5)
    sizes = {name: part.contribution for name, part in parts.items()}
    assert sizes["inst:2301-8812/drift"] == pytest.approx(0.0030, rel=1e-9)
    assert sizes["inst:2301-8812/temperature"] == pytest.approx(0.0043, abs=5e-5)
    assert sizes["std:CT/0.2S-4711"] == pytest.approx(0.0144, rel=1e-9)


@pytest.mark.parametrize(
    "kind",
    [
        CalibrationCertificate,
        CalibrationEvent,
        CalibrationResult,
        Capability,
        CertifiedValue,
        IntermediateCheck,
        MetrologicalConfirmation,
        ParameterReading,
        StandardUsed,
    ],
)
def test_every_key_stands_on_the_page(kind: type[msgspec.Struct]) -> None:
    page = PAGE.read_text("utf-8")
    for field in msgspec.structs.fields(kind):
        assert re.search(rf"\b{field.encode_name}\b", page), field.encode_name


def test_every_outcome_of_a_history_stands_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    assert all(f"`{code}`" in page for code in CODES)


def test_the_effect_of_the_shift_has_the_size_stated() -> None:
    found = effect(shifts(YEARS, SERIAL, KindOfQuantity.ACTIVE_ENERGY)[0], 1e6, 100.0, *WHOLE)
    assert found.correction == pytest.approx(-1992.0, abs=0.5)
    assert found.bridge == pytest.approx(1148.0, abs=0.5)


def test_every_rung_of_the_ladder_stands_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    assert all(f"| `{basis.value}` |" in page for basis in UncertaintyBasis)
