import pytest

from calibration.basis import UncertaintyBasis
from calibration.indication import Quality
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.result import MeasurementResult
from calibration.uncertainty import Influence, UncertaintyComponent


def _result(basis: UncertaintyBasis) -> MeasurementResult:
    return MeasurementResult(
        channel="site/meter/power",
        measurand=Measurand(
            kind_of_quantity=KindOfQuantity.ACTIVE_POWER,
            unit="kW",
            subject="line 1",
            accumulation=Accumulation.RATE,
        ),
        indication=10.0,
        value=10.0,
        components=tuple(
            UncertaintyComponent(influence=Influence(id=name), contribution=part)
            for name, part in (("inst:A-1/class", -0.3), ("std:L/S", 0.4))
        ),
        at_ns=1,
        sequence=1,
        raw="00",
        quality=Quality.GOOD,
        basis=basis,
        confirmation="",
        certificate="",
        serial="A-1",
        profile="",
    )


def test_a_results_uncertainty_is_combined_from_its_components() -> None:
    found = _result(UncertaintyBasis.NAMEPLATE).standard_uncertainty
    assert found == pytest.approx(0.5)


def test_an_unknown_uncertainty_is_no_number_at_all() -> None:
    assert _result(UncertaintyBasis.UNKNOWN).standard_uncertainty is None
