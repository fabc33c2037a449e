import msgspec
import pytest

from calibration.errors import UnitMismatchError, UnknownUnitError
from calibration.measurand import DIMENSION_OF, Accumulation, KindOfQuantity, Measurand
from calibration.unit import UNITS


def _measurand(kind: KindOfQuantity, unit: str) -> Measurand:
    return Measurand(
        kind_of_quantity=kind, unit=unit, subject="feeder", accumulation=Accumulation.REGISTER
    )


def test_every_kind_of_quantity_has_a_dimension_that_some_unit_measures() -> None:
    dimensions = {each.dimension for each in UNITS.values()}
    assert set(DIMENSION_OF) == set(KindOfQuantity)
    assert set(DIMENSION_OF.values()) <= dimensions


def test_active_energy_is_never_given_in_a_reactive_unit() -> None:
    with pytest.raises(UnitMismatchError) as raised:
        _measurand(KindOfQuantity.ACTIVE_ENERGY, "kV.A{reactive}.h")
    assert raised.value.facts == {"found": "kV.A{reactive}.h", "expected": "energy"}


def test_energy_is_never_given_in_a_unit_of_power() -> None:
    with pytest.raises(UnitMismatchError):
        _measurand(KindOfQuantity.ACTIVE_ENERGY, "kW")


def test_an_unknown_unit_is_refused_before_its_kind_is_compared() -> None:
    with pytest.raises(UnknownUnitError):
        _measurand(KindOfQuantity.ACTIVE_ENERGY, "kWh")


def test_heat_and_active_energy_share_units_but_not_the_kind() -> None:
    heat = _measurand(KindOfQuantity.HEAT, "GJ")
    energy = _measurand(KindOfQuantity.ACTIVE_ENERGY, "GJ")
    assert heat != energy


def test_a_measurand_survives_storage_and_refuses_unknown_keys() -> None:
    measurand = _measurand(KindOfQuantity.VOLUME, "m3")
    stored = msgspec.json.encode(measurand)
    assert msgspec.json.decode(stored, type=Measurand) == measurand
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.json.decode(stored[:-1] + b',"scale":2}', type=Measurand)
