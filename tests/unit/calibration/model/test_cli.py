"""`carbonmeter cems model`: what it tells, and what it refuses."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.errors import CalibrationError
from calibration.model.arguments import rows_of
from calibration.model.cli import model
from calibration.model.load import factors, model_named, models
from carbonmeter.cli import main


def told(arguments: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert model([*arguments.split(), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_model_is_told_with_its_budget(capsys: pytest.CaptureFixture[str]) -> None:
    found = told("F-11 co2_wet=12.0(0.1) flow_wet=5e7(1e6)", capsys)
    assert (found["value"], found["unit"]) == (pytest.approx(342.0), "[ston_av]/h")
    u = 342.0 * ((0.1 / 12.0) ** 2 + 0.02**2) ** 0.5
    assert found["standard_uncertainty"] == pytest.approx(u)
    assert found["expanded_uncertainty"] == pytest.approx(1.959964 * u)
    assert found["reported"] == "342.0"
    rows = {each["quantity"]: each for each in found["budget"]}
    assert rows["co2_wet"]["sensitivity"] == pytest.approx(28.5)
    assert rows["flow_wet"]["contribution"] == pytest.approx(6.84)
    assert sum(each["share"] for each in found["budget"]) == pytest.approx(1.0)
    assert found["findings"] == []


def test_the_result_is_told_in_another_unit(capsys: pytest.CaptureFixture[str]) -> None:
    found = told("F-11 co2_wet=12.0 flow_wet=5e7(1e6) --unit t/h", capsys)
    assert found["value"] == pytest.approx(310.25718108, rel=1e-9)
    assert found["standard_uncertainty"] == pytest.approx(310.25718108 * 0.02)
    assert found["findings"] == ["uncertainty_not_stated:co2_wet"]


def test_an_unknown_uncertainty_is_not_told_as_0(capsys: pytest.CaptureFixture[str]) -> None:
    found = told("F-11 co2_wet=12.0 flow_wet=5e7", capsys)
    assert found["standard_uncertainty"] is None
    assert found["expanded_uncertainty"] is None
    assert {each["contribution"] for each in found["budget"]} == {None}


def test_an_input_without_uncertainty_has_none_in_the_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["F-14A", "f_c=1800(0)", "f_d=9780(98)", "o2_dry=6"]
    assert model(words) == 0
    lines = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines()[:4]}
    assert lines["o2_dry"][3:] == ["-", "-0.8806", "-", "-"]
    assert lines["f_c"][3] == "0"
    assert lines["f_c"][5:] == ["0", "0.0", "%"]


def test_one_influence_in_two_inputs_adds_with_sign(capsys: pytest.CaptureFixture[str]) -> None:
    found = told("F-11 co2_wet=12.0(0.12~span:a/1) flow_wet=5e7(-5e5~span:a/1;1e5)", capsys)
    influences = {each["influence"]: each for each in found["influences"]}
    assert influences["span:a/1"]["contribution"] == pytest.approx(0.0, abs=1e-9)
    assert found["standard_uncertainty"] == pytest.approx(342.0 * 0.002)


def test_the_chain_with_other_constants(capsys: pytest.CaptureFixture[str]) -> None:
    stack = "area=19.635 k_v=1.02 v_p=11.2 t_s=328.15:K b_a=100.8:kPa p_s=-150 x_sw=0.125:1"
    line = f"HJ75-CO2 {stack} co2_dry=11.8 --unit kg/h"
    assert told(line, capsys)["value"] == pytest.approx(135_404.248, abs=5e-4)
    found = told(f"{line} --constants si", capsys)
    assert found["value"] == pytest.approx(135_361.538, abs=5e-4)
    assert found["recalled_constants"] == ["m_co2"]
    assert told(line, capsys)["recalled_constants"] == ["t_zero", "p_zero", "m_co2", "v_m"]


def test_a_sum_takes_lists_and_a_sample_too(capsys: pytest.CaptureFixture[str]) -> None:
    found = told("F-12 co2_rate=342,338.5(1) operating_time=1,0.5", capsys)
    assert found["value"] == pytest.approx(511.25)
    dry = ",".join(f"{c}@normal-dry" for c in (212.4, 208.9, 215.3, 219.8, 210.6))
    assert told(f"MRR-4 concentration={dry}", capsys)["value"] == pytest.approx(221.9825404)


def test_factors_are_taken_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    found = told("F-14A f_c=part75.bituminous(18) f_d=part75.bituminous o2_dry=6", capsys)
    assert found["reported"] == "13.1"
    assert found["standard_uncertainty"] == pytest.approx(0.01 * found["value"])


def test_monte_carlo_stands_beside_first_order(capsys: pytest.CaptureFixture[str]) -> None:
    found = told("F-11 co2_wet=12(0.1) flow_wet=5e7(1e6) --monte-carlo 50000", capsys)
    drawn = found["monte_carlo"]
    assert drawn["standard_uncertainty"] == pytest.approx(found["standard_uncertainty"], rel=0.02)


def test_people_see_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert model(["F-11", "co2_wet=12.0(0.1)", "flow_wet=5e7(1e6)", "--language", "zh"]) == 0
    out = capsys.readouterr().out
    assert "sensitivity" in out
    assert "factor:flow_wet" in out
    assert "质量排放速率" in out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("F-99 a=1", "E_MODEL_UNKNOWN"),
        ("F-11 co2_wet=12", "E_MODEL_INPUT_MISSING"),
        ("F-11 co2_wet=12 flow_wet=1 o2=3", "E_MODEL_INPUT_SUPERFLUOUS"),
        ("F-11 co2_wet=12 co2_wet=12 flow_wet=1", "E_MODEL_INPUT_COUNT"),
        ("F-11 co2_wet=12,13 flow_wet=1", "E_MODEL_INPUT_COUNT"),
        ("F-11 co2_wet=12,13 flow_wet=1,2", "E_MODEL_FORM"),
        ("F-11 co2_wet=12@dry flow_wet=1", "E_MODEL_WET_DRY"),
        ("F-11 co2_wet=12 flow_wet=1@normal-wet", "E_MODEL_REFERENCE_STATE"),
        ("MRR-1 concentration=200 volume=1", "E_MODEL_CONDITIONS_UNKNOWN"),
        ("HJ75-G rho_co2=200@normal-dry+o2=6 q_sn=1", "E_MODEL_REFERENCE_OXYGEN"),
        ("F-2 co2_dry=12 flow_wet=1 moisture=100", "E_MODEL_INPUT_RANGE"),
        ("F-2 co2_dry=12 flow_wet=1 moisture=-1", "E_MODEL_INPUT_RANGE"),
        ("F-11 co2_wet=12:kg flow_wet=1", "E_UNIT_MISMATCH"),
        ("F-11 co2_wet=12:percent flow_wet=1", "E_UNIT_UNKNOWN"),
        ("F-11 co2_wet=12(1~nothing) flow_wet=1", "E_INFLUENCE_GRAMMAR"),
        ("F-11 co2_wet=12 flow_wet=1 --constants si", "E_MODEL_CONSTANT_MISSING"),
        ("F-11 co2_wet=12 flow_wet=1 --constants x", "E_MODEL_CONSTANTS_UNKNOWN"),
        ("F-11 co2_wet=12 flow_wet=1 --unit t", "E_UNIT_MISMATCH"),
        ("F-15 co2_wet=12 flow_wet=1 f_c=part75.coal", "E_MODEL_FACTOR_UNKNOWN"),
        ("relative_error indication=1 reference=0", "E_MODEL_NOT_FINITE"),
        ("steam_enthalpy pressure=1000 temperature=200", "E_STEAM_RANGE"),
        ("F-12 co2_rate=1,2 operating_time=1,1 --monte-carlo 10000", "E_MODEL_FORM"),
    ],
)
def test_what_is_refused_has_a_code_and_exit_code_1(
    arguments: str, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for language in ("en", "zh"):
        assert model([*arguments.split(), "--language", language]) == 1
        captured = capsys.readouterr()
        assert captured.err.startswith(f"{code} ")
        assert captured.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "--list F-11",
        "F-11 co2_wet",
        "F-11 co2_wet=",
        "F-11 =1",
        "F-11 co2_wet=1(2 flow_wet=1",
        "F-11 co2_wet=1() flow_wet=1",
        "F-11 co2_wet=nan flow_wet=1",
        "F-11 co2_wet=1(inf) flow_wet=1",
        "F-11 co2_wet=1@damp flow_wet=1",
        "F-11 co2_wet=1@wet+o2=x flow_wet=1",
    ],
)
def test_what_cannot_be_read_is_wrong_usage(
    arguments: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert model(arguments.split()) == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize("option", ["--monte-carlo=9", "--probability=1", "--probability=nan"])
def test_options_out_of_range_are_wrong_usage(option: str) -> None:
    with pytest.raises(SystemExit) as ended:
        model(["F-11", "co2_wet=1", "flow_wet=1", option])
    assert ended.value.code == 2


def test_the_list_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert model(["--list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["models"]) == len(models())
    assert len(found["factors"]) == len(factors())
    assert model(["--list"]) == 0
    out = capsys.readouterr().out
    assert all(each.id in out for each in models())
    assert all(each.id in out for each in factors())


def test_the_front_door_leads_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cems", "model", "F-11", "co2_wet=12.0", "flow_wet=5e7(1e6)"]) == 0
    assert "342" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["brew"]])
def test_another_command_of_cems_is_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["cems", *arguments])
    assert ended.value.code == 2


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="co2_wet=1.e7(~;):%@-,+wdr[]/ 湿\n", max_size=40))
def test_any_text_is_read_or_refused_with_a_code(text: str) -> None:
    for argument in (text, f"co2_wet={text}"):
        with suppress(CalibrationError):
            rows = rows_of(model_named("F-11"), [argument])
            assert all(set(row) <= {"co2_wet", "flow_wet"} for row in rows)
