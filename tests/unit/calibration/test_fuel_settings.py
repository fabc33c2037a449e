"""Settings of the calculated route: units, possible values, and whose deviation they carry."""

import datetime as dt
from typing import get_args

import pytest
from msgspec.structs import replace

from calibration.errors import SettingMissingError, SettingValueError, UnitMismatchError
from calibration.laboratory import StandardUsed
from calibration.load import SourceFile, faults_of
from calibration.measurand import ReferenceConditions
from calibration.model.declared import stated_setting
from calibration.model.load import models
from calibration.setting import _MEANINGS, Setting, SettingKind, SettingValue
from calibration.settings import alike
from calibration.unit import unit

FROM = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
GAS20 = ReferenceConditions(temperature_K=293.15, pressure_Pa=101_325.0, wet=False)


def setting(kind: SettingKind, value: float, code: str, u: float | None = 0.0) -> Setting:
    gas = GAS20 if kind.endswith("by_volume") else None
    return Setting(
        schema=1,
        id="A-1",
        setting=kind,
        subject="boiler",
        effective_from=FROM,
        recorded_at=FROM,
        decided_by="Q. Ma",
        reason="analysis",
        document="report 7",
        after=SettingValue(
            value=value, unit=code, standard_uncertainty=u, reference_conditions=gas
        ),
    )


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("net_calorific_value", 21.85, "GJ/t"),
        ("net_calorific_value", 21_850.0, "kJ/kg"),
        ("net_calorific_value_by_volume", 35.2, "MJ/m3"),
        ("carbon_content", 58.0, "%"),
        ("carbon_content", 1.0, "1"),
        ("carbon_content_by_heat", 0.0262, "t/GJ"),
        ("oxidation_factor", 100.0, "%"),
        ("fuel_moisture", 0.0, "1"),
        ("emission_factor_by_mass", 0.44, "1"),
        ("emission_factor_by_volume", 1.95, "kg/m3"),
        ("emission_factor_by_heat", 0.11, "t/GJ"),
        ("emission_factor_of_electricity", 0.0, "t/(MW.h)"),
        ("f_factor_of_carbon", 1800.0, "[cft_i]/(10*6.[Btu_IT])"),
        ("density", 840.0, "kg/m3"),
        ("steam_dryness", 1.0, "1"),
        ("reference_temperature", 20.0, "Cel"),
        ("reference_pressure", 101.325, "kPa"),
        ("compressibility", 0.98, "1"),
    ],
)
def test_what_can_be_declared_of_a_fuel_is_taken(
    kind: SettingKind, value: float, code: str
) -> None:
    stated = stated_setting(setting(kind, value, code))
    assert (stated.value, stated.unit) == (value, code)


@pytest.mark.parametrize(
    ("kind", "value", "code", "limit"),
    [
        ("net_calorific_value", 0.0, "GJ/t", "> 0 and < inf GJ/t"),
        ("carbon_content", 1.01, "1", "> 0 and <= 1 1"),
        ("carbon_content", 0.0, "1", "> 0 and <= 1 1"),
        ("oxidation_factor", 101.0, "%", "> 0 and <= 1 1"),
        ("fuel_moisture", 1.0, "1", ">= 0 and < 1 1"),
        ("emission_factor_by_mass", -0.1, "1", ">= 0"),
        ("reference_temperature", -273.15, "Cel", "> 0"),
        ("moisture", 1.0, "1", ">= 0 and < 1 1"),
    ],
)
def test_what_cannot_be_is_refused_with_its_limit(
    kind: SettingKind, value: float, code: str, limit: str
) -> None:
    with pytest.raises(SettingValueError) as refused:
        setting(kind, value, code)
    assert limit in refused.value.say("en")


def test_a_number_by_volume_of_gas_says_of_which_state() -> None:
    bare = SettingValue(value=35.2, unit="MJ/m3")
    with pytest.raises(SettingMissingError, match="reference_conditions"):
        replace(setting("net_calorific_value_by_volume", 35.2, "MJ/m3"), after=bare)
    found = setting("net_calorific_value_by_volume", 35.2, "MJ/m3")
    assert stated_setting(found).reference_conditions == GAS20
    assert not alike(found.after, bare)


def test_a_mass_fraction_is_no_content_by_heat() -> None:
    with pytest.raises(UnitMismatchError):
        setting("carbon_content_by_heat", 0.58, "1")


def test_what_rests_on_one_report_deviates_alike_and_the_next_report_does_not() -> None:
    march = setting("net_calorific_value", 21.85, "GJ/t", 0.11)
    elsewhere = replace(march, id="B-1", subject="other boiler")
    april = replace(march, id="A-2", document="report 8")
    names = [stated_setting(each).components[0].influence.id for each in (march, elsewhere, april)]
    assert names == [
        "factor:net_calorific_value.report%207",
        "factor:net_calorific_value.report%207",
        "factor:net_calorific_value.report%208",
    ]


def test_a_standard_behind_a_number_is_an_influence_of_its_own() -> None:
    standards = (
        StandardUsed(influence="std:SDIM/7", relative_standard_uncertainty=0.001),
        StandardUsed(influence="std:SDIM/8"),
    )
    found = stated_setting(
        replace(setting("net_calorific_value", 20.0, "GJ/t", 0.1), standards=standards)
    )
    assert {each.influence.id: each.contribution for each in found.components} == {
        "factor:net_calorific_value.report%207": 0.1,
        "std:SDIM/7": pytest.approx(0.02),
    }
    vague = setting("net_calorific_value", 20.0, "GJ/t", None)
    assert stated_setting(replace(vague, standards=standards)).components == ()


def test_each_declared_input_of_the_activity_models_has_a_kind_of_its_unit() -> None:
    by_name: dict[str, SettingKind] = {
        "ncv": "net_calorific_value",
        "ncv_volume": "net_calorific_value_by_volume",
        "cc": "carbon_content_by_heat",
        "of": "oxidation_factor",
        "carbon": "carbon_content",
        "fuel_moisture": "fuel_moisture",
        "ef_heat": "emission_factor_by_heat",
        "ef_mass": "emission_factor_by_mass",
        "ef_volume": "emission_factor_by_volume",
        "heat_factor": "emission_factor_by_heat",
        "electricity_factor": "emission_factor_of_electricity",
        "rho": "density",
        "enthalpy": "specific_enthalpy",
        "dryness": "steam_dryness",
        "p_ref": "reference_pressure",
        "t_ref": "reference_temperature",
        "z": "compressibility",
        "z_ref": "compressibility_at_reference",
    }
    measured = {
        *("mass", "temperature", "pressure", "heat", "energy", "v", "p", "t", "fc", "volume"),
        *("liquid", "purchased", "exported", "stock_begin", "stock_end"),
    }
    for model in models():
        if model.constants == "activity":
            for each in model.inputs:
                if each.name not in measured:
                    kind = _MEANINGS[by_name[each.name]]
                    assert unit(each.unit).dimension == kind.dimension
                    assert (each.state == "as volume") == kind.gas
    assert set(get_args(SettingKind)) == set(_MEANINGS)


def test_an_event_other_than_an_installation_names_no_group() -> None:
    text = """schema = 1
event = "removal"
serial = "S-1"
at = 2026-01-08T00:00:00Z
recorded_at = 2026-01-08T00:00:00Z
recorded_by = "Q. Ma"
double_count_group = "line 1"
"""
    assert [str(each) for each in faults_of(SourceFile(name="e.toml", data=text.encode()))]
    for wrong in ("a,b", "a#b#c", "#b", "a#"):
        installed = text.replace("removal", "installation").replace("line 1", wrong)
        assert faults_of(SourceFile(name="e.toml", data=installed.encode()))
    fine = text.replace("removal", "installation")
    assert faults_of(SourceFile(name="e.toml", data=fine.encode())) == ()
