"""The list of plans: by which rules a channel is told, which holds, and what does not fit."""

import datetime as dt
import json
from pathlib import Path

import pytest

from calibration.cli import calibration
from tests.unit.calibration.monitoring.texts import CYLINDER, PLAN, TEST, ZERO

CO2 = "works/stack-1/co2"
LATER = (
    PLAN.replace("2026-03-01T00:00:00+08:00", "2026-06-01T00:00:00+08:00")
    .replace("2026-02-20T08:00:00Z", "2026-06-03T08:00:00Z")
    .replace("version 1", "version 2")
    .replace('certificate = "GBW-L2231"', 'certificate = "GBW-L40"')
    .replace('property = "CO2"\nconnected_at', 'property = "co2"\nconnected_at', 1)
    .replace("= 2026-02-28T00:00:00Z", "= 2026-06-02T00:00:00Z")
)
AS_OF = dt.date(2027, 1, 20)
GOLDEN = {
    "en": (
        (
            "note: works/stack-1/co2: the plan from 2026-03-01T00:00:00+08:00 gave way to the one "
            "from 2026-06-01T00:00:00+08:00"
        ),
        (
            "note: works/stack-1/co2: the plan from 2026-03-01T00:00:00+08:00 names no automatic "
            "checks of works/cems/velocity; only recorded tests tell of it"
        ),
        (
            "note: works/stack-1/co2: the plan from 2026-06-01T00:00:00+08:00 was recorded on "
            "2026-06-03T08:00:00+00:00: what was told of the time between has a new version"
        ),
        (
            "finding: works/stack-1/co2: works/cems/co2: certificate GBW-N2 of a zero gas "
            "certifies 'co2' not exactly once; name a property that it states"
        ),
        (
            "finding: works/stack-1/co2: works/cems/co2: the zero gas of GBW-N2 was connected "
            "beyond 2027-01-19, its last day: no check after it passes"
        ),
        (
            "finding: works/stack-1/co2: works/cems/co2: certificate GBW-L40 of a span gas is not "
            "in the register; checks with it cannot be evaluated: add its file"
        ),
        (
            "finding: works/stack-1/co2: works/cems/co2: no zero gas was connected from "
            "2026-06-01T00:00:00+08:00 to 2026-06-02T00:00:00+00:00"
        ),
        (
            "finding: works/stack-1/co2: works/cems/co2: no span gas was connected from "
            "2026-06-01T00:00:00+08:00 to 2026-06-02T00:00:00+00:00"
        ),
        (
            "note: works/stack-1/co2: the plan from 2026-06-01T00:00:00+08:00 names no automatic "
            "checks of works/cems/velocity; only recorded tests tell of it"
        ),
    ),
    "zh": (
        (
            "note: works/stack-1/co2：自 2026-03-01T00:00:00+08:00 起的监测计划由自 "
            "2026-06-01T00:00:00+08:00 起的计划取代"
        ),
        (
            "note: works/stack-1/co2：自 2026-03-01T00:00:00+08:00 起的监测计划未列出 "
            "works/cems/velocity 的自动校验；仅以登记的试验为依据"
        ),
        (
            "note: works/stack-1/co2：自 2026-06-01T00:00:00+08:00 起的监测计划于 "
            "2026-06-03T08:00:00+00:00 登记：其间的结果有新版本"
        ),
        (
            "finding: works/stack-1/co2：works/cems/co2：零点气证书 GBW-N2 未给出唯一的 'co2' "
            "认定值；请填写证书所列的特性"
        ),
        (
            "finding: works/stack-1/co2：works/cems/co2：GBW-N2 的零点气在有效期末日 2027-01-19 "
            "之后仍连接：其后的校验均不能通过"
        ),
        (
            "finding: works/stack-1/co2：works/cems/co2：登记册中没有量程气证书 GBW-L40；"
            "无法评价使用该气体的校验：请补充文件"
        ),
        (
            "finding: works/stack-1/co2：works/cems/co2：自 2026-06-01T00:00:00+08:00 至 "
            "2026-06-02T00:00:00+00:00 未连接零点气"
        ),
        (
            "finding: works/stack-1/co2：works/cems/co2：自 2026-06-01T00:00:00+08:00 至 "
            "2026-06-02T00:00:00+00:00 未连接量程气"
        ),
        (
            "note: works/stack-1/co2：自 2026-06-01T00:00:00+08:00 起的监测计划未列出 "
            "works/cems/velocity 的自动校验；仅以登记的试验为依据"
        ),
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = {"plan": PLAN, "test": TEST, "cylinder": CYLINDER, "zero": ZERO}
    for name, text in texts.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_plan_that_fits_is_listed_with_who_and_why(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibration(["plans", str(folder)], dt.date(2026, 6, 1)) == 0
    told = capsys.readouterr().out
    for part in (CO2, "hj75", "Q. Ma", "monitoring plan of 2026, version 1"):
        assert part in told
    assert "finding" not in told


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_does_not_fit_is_told_in_both_languages(
    folder: Path, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "later.toml").write_text(LATER, encoding="utf-8")
    assert calibration(["plans", str(folder), "--language", language], AS_OF) == 1
    _, *told = capsys.readouterr().out.splitlines()
    assert tuple(told[2:]) == GOLDEN[language]


def test_the_day_of_the_look_can_be_given(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert calibration(["plans", str(folder), "--on", "2027-01-19"], AS_OF) == 0
    assert calibration(["plans", str(folder)], AS_OF) == 1
    assert "connected beyond 2027-01-19" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "held"),
    [
        (["--at", "2026-02-01T00:00Z"], {}),
        (["--at", "2026-05-01T00:00Z"], {CO2: "2026-03-01T00:00:00+08:00"}),
        (["--at", "2026-07-01T00:00Z"], {CO2: "2026-06-01T00:00:00+08:00"}),
        (
            ["--at", "2026-07-01T00:00Z", "--known-at", "2026-06-02T00:00Z"],
            {CO2: "2026-03-01T00:00:00+08:00"},
        ),
    ],
)
def test_what_holds_is_told_as_it_was_known(
    folder: Path, more: list[str], held: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "later.toml").write_text(LATER, encoding="utf-8")
    calibration(["plans", str(folder), "--json", *more], dt.date(2026, 7, 1))
    found = json.loads(capsys.readouterr().out)
    assert found["in_force"] == held


def test_plans_that_contradict_each_other_are_found_and_none_holds(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "two.toml").write_text(PLAN.replace('"hj75"', '"mrr"'), encoding="utf-8")
    words = ["plans", str(folder), "--json", "--at", "2026-05-01T00:00Z"]
    assert calibration(words, dt.date(2026, 6, 1)) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["in_force"] == {CO2: "E_PLAN_CONFLICT"}
    assert [each["code"] for each in found["outcomes"] if each["weight"] == "finding"] == [
        "contradiction"
    ]
    assert [each["rules"] for each in found["plans"]] == ["hj75", "mrr"]


def test_another_channel_has_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["plans", str(folder), "--channel", "works/stack-2/co2", "--json"]
    assert calibration(words, AS_OF) == 0
    assert json.loads(capsys.readouterr().out) == {"plans": [], "outcomes": []}


def test_a_plan_that_cannot_be_read_has_a_code(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "plan.toml").write_text(PLAN.replace("= 20.0", "= 0.0"), "utf-8")
    assert calibration(["plans", str(folder)], AS_OF) == 78
    assert "E_PLAN_VALUE" in capsys.readouterr().err


def test_plans_and_tests_are_shown_and_checked_as_other_documents_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibration(["check", str(folder)]) == 0
    assert calibration(["show", str(folder / "test.toml"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.partition("\n")[2])["test"]["test"] == "rata"
    assert calibration(["show", str(folder / "plan.toml"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["plan"]["plan"] == CO2
    (folder / "test.toml").write_text(TEST.replace("= -0.012", "= -1.5"), "utf-8")
    assert calibration(["check", str(folder)]) == 1
    assert "E_TEST_RECORD" in capsys.readouterr().out
