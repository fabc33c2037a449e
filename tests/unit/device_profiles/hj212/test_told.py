"""Everything one packet says, as JSON."""

import json
from typing import Any

import pytest

from device_profiles.hj212.packet import packet_of
from device_profiles.hj212.told import told
from device_profiles.wire_errors import WireError
from tests.unit.device_profiles.hj212.vectors import REJECTED, SOUND, by_id, data

HEAD = b"QN=20160801085857223;ST=%b;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;"


def _told(content: bytes, st: bytes = b"31") -> Any:  # noqa: ANN401
    """What a packet with this content says, after a way through JSON."""
    packet = packet_of(HEAD % st + b"CP=&&" + content + b"&&")
    return json.loads(json.dumps(told(packet), allow_nan=False))


@pytest.mark.parametrize("vector", SOUND, ids=by_id)
def test_every_vector_becomes_json_and_comes_back(vector: dict[str, Any]) -> None:
    raw = vector["data"].encode()
    shown = told(raw)
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
    for factor in shown["factors"]:  # type: ignore[attr-defined]
        assert factor["raw"].encode() in raw


@pytest.mark.parametrize("vector", REJECTED, ids=by_id)
def test_what_must_be_refused_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(WireError) as caught:
        told(vector["data"].encode())
    assert caught.value.code == vector["code"]


def test_a_flue_gas_packet_is_told_with_names_units_and_answer() -> None:
    shown: dict[str, Any] = told(data("Y1") + b"\r\n")
    assert shown["fields"]["ST"] == "31"
    assert shown["system"]["en"] == "source of air pollution"
    assert (shown["version"], shown["covers"], shown["answer_wanted"]) == ("2017", "instant", True)
    assert shown["command"]["zh"] == "污染物实时数据"
    sulfur, *_, carbon = shown["factors"]
    assert sulfur["name"]["zh"] == "二氧化硫"
    assert sulfur["flag"] == "N"
    assert sulfur["values"]["ZsRtd"] == {
        "text": "23.03",
        "number": 23.03,
        "decimals": 2,
        "presumed_unit": "mg/m3",
    }
    assert "196000" in carbon["caution"]
    assert shown["findings"] == []
    answer: dict[str, Any] = told(shown["answer"].encode())
    assert answer["fields"] == {**shown["fields"], "ST": "91", "CN": "9014", "Flag": 4}
    assert (answer["findings"], answer["answer"]) == ([], None)


def test_codes_of_2005_are_told_with_their_code_of_2017() -> None:
    shown: dict[str, Any] = told(data("H2"))
    codes = [each["code_2017"] for each in shown["factors"]]
    assert codes == [
        *("a34013", "a21026", "a21002", "a19001", "a01011", "a01012", "a01014", "a01013"),
        "a00000",
    ]
    assert shown["version"] is None
    assert shown["answer"] is None
    assert {"qn_missing", "flag_missing"} <= {each["code"] for each in shown["findings"]}


def test_a_cumulative_amount_has_its_own_unit() -> None:
    shown: dict[str, Any] = told(data("Y3"))
    values = shown["factors"][1]["values"]
    assert values["Cou"]["presumed_unit"] == "kg"
    assert values["Avg"]["presumed_unit"] == "mg/m3"
    assert shown["covers"] == "hour"
    assert (shown["fields"]["PNUM"], shown["fields"]["PNO"]) == (2, 1)


@pytest.mark.parametrize(
    ("st", "content", "code"),
    [
        (b"32", b"a21026-Rtd=1,a21026-Flag=N", "st_gas_as_water"),
        (b"22", b"a01012-Rtd=1,a01012-Flag=N", "st_gas_as_ambient"),
        (b"22", b"a21026-ZsRtd=1,a21026-Flag=N", "st_gas_as_ambient"),
        (b"22", b"a21026-Rtd=1,a21026-Flag=N", None),
        (b"31", b"a21026-ZsRtd=1,a21026-Flag=N", None),
        (b"32", b"w01018-Rtd=1,w01018-Flag=N", None),
    ],
)
def test_factors_under_a_foreign_st_are_named(st: bytes, content: bytes, code: str | None) -> None:
    shown = _told(b"DataTime=20160801085857;" + content, st)
    assert [each["code"] for each in shown["findings"]] == ([code] if code else [])


def test_what_is_no_number_and_no_flag_is_told_as_such() -> None:
    (factor,) = _told(b"DataTime=20160801085857;a21026-Rtd=---")["factors"]
    assert factor["values"]["Rtd"]["number"] is None
    assert factor["values"]["Rtd"]["text"] == "---"
    assert factor["flag"] == "unknown"


def test_states_of_equipment_are_told_in_words() -> None:
    first, second = _told(b"DataTime=20160801085857;SB1-RS=5;SB2-RS=9,SB2-RT=1.5")["equipment"]
    assert first["state"]["meaning"] == {"en": "blowing back", "zh": "反吹"}
    assert first["run_time_h"] is None
    assert second["state"]["meaning"] is None
    assert second["run_time_h"]["number"] == 1.5


def test_codes_of_answers_are_told_in_words() -> None:
    shown: dict[str, Any] = told(data("Y4"))
    assert shown["codes"] == {"ExeRtn": {"en": "done", "zh": "执行成功"}}
    assert told(data("H6"))["codes"] == {"QnRtn": {"en": "ready to execute", "zh": "准备执行请求"}}


def test_bytes_that_are_no_text_are_shown_escaped() -> None:
    shown = _told(b"i11001-Info=//\xff//")
    assert shown["factors"][0]["raw"] == "i11001-Info=//\\xff//"
    assert "not_text" in {each["code"] for each in shown["findings"]}
