"""What changed is said in words, whatever it is."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from calibration.basis import UncertaintyBasis
from calibration.indication import Quality
from calibration.window import SettingUsed, UnstatedStandard
from collector.web.activity.changed import change_lines, change_words
from collector.web.activity.moved import is_same, moved_amount, relative
from collector.web.words import LANGUAGES, has
from evidence.statement.datum import Event
from evidence.statement.difference import Change, ComplianceDifference, Difference, difference
from evidence.statement.doubt import Doubt
from tests.unit.evidence.statement.test_difference import version


def encoded(each: msgspec.Struct) -> str:
    return msgspec.json.encode(each).decode()


def test_every_quality_and_every_basis_has_words() -> None:
    for each in (*Quality, *UncertaintyBasis):
        assert has(f"factory.{'state' if isinstance(each, Quality) else 'basis'}_{each.value}")
    assert change_words("quality", "overdue", "zh") == "已超期"
    assert change_words("u_basis", "nameplate", "zh") == "铭牌等级"
    assert change_words("quality", "of a newer version", "en") == "of a newer version"


def test_objects_are_told_and_not_printed_as_they_are_kept() -> None:
    standard = encoded(UnstatedStandard(standard="std:LAB/1", certificate="C-1"))
    assert change_words("unstated_standards", standard, "en") == "std:LAB/1 (C-1)"
    setting = encoded(SettingUsed(setting="A", document=""))
    assert change_words("settings", setting, "en") == "A"
    reset = encoded(Event(kind="reset", at="2026-03-01T00:00:00Z", before=10.0, after=0.0))
    assert change_words("events", reset, "zh") == "2026-03-01T00:00:00Z：归零，10 → 0"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_doubt_says_whose_when_and_why(language: str) -> None:
    doubt = Doubt(
        serial="S-1",
        because="shift",
        start="2026-03-01T00:00:00Z",
        end="2026-03-02T00:00:00Z",
        value=1.0,
        before="C-1",
        after="C-2",
    )
    told = change_words("doubts", encoded(doubt), language)
    comma, colon = ("，", "：") if language == "zh" else (", ", ": ")
    span = "2026-03-01T00:00:00Z – 2026-03-02T00:00:00Z"
    assert told.startswith(f"S-1{comma}{span}{colon}")
    assert told.endswith("C-1 → C-2")
    assert "{" not in told


def test_names_stand_for_themselves() -> None:
    assert change_words("certificates", "C-1", "en") == "C-1"
    assert change_words("uncorrected_value", "1234.5678901234", "en") == "1\u202f234.57"


def moved_by(*changes: Change) -> Difference:
    return replace(
        difference(version(998.0, "C-1", 2.0), version(995.0, "C-2", 2.0)), changes=changes
    )


@pytest.mark.parametrize(
    ("what", "removed", "added", "told"),
    [
        # U is 4.0, so tenths stand there; where two read alike, so many more as tell them apart
        ("uncorrected_value", "1000.0123456789", "1003.9", ["1\u202f000.0", "1\u202f003.9"]),
        ("uncorrected_value", "1000.0123456789", "1000.02", ["1\u202f000.01", "1\u202f000.02"]),
        ("under_plan.compliance", "7.123456789 t", "8.0 t", ["7.12346", "8.00000"]),
        (
            "under_plan.best_estimate",
            "7.12345678 kW.h u=0.56789",
            "8.0 kW.h u=None",
            ["7.1", "8.0"],
        ),
    ],
)
def test_two_versions_of_a_number_have_the_digits_that_u_allows(
    what: str, removed: str, added: str, told: list[str]
) -> None:
    change = Change(what=what, removed=(removed,), added=(added,))
    (line,) = change_lines(moved_by(change), (), "en")
    shown = [line.removed[0], line.added[0]]
    assert [each.split("\u202f" + ("t" if " t" in removed else "kW"))[0] for each in shown] == told
    assert shown[0].endswith(", u = 0.57\u202fkW·h") == ("u=" in removed)


@pytest.mark.parametrize(
    ("what", "told", "english", "chinese"),
    [
        ("under_plan.hours", "07 18", "initial procedure [07] × 18", "初始期程序 [07] × 18"),
        (
            "under_plan.hours",
            "of_inputs 2",
            "an input was not measured [of_inputs] × 2",
            "有输入并非实测 [of_inputs] × 2",
        ),
        ("under_plan.hours", "x-9 2", "x-9 × 2", "x-9 × 2"),
        (
            "under_plan.plans",
            "2026-01-01T00:00:00Z no plan",
            "2026-01-01T00:00:00Z: no plan",
            "2026-01-01T00:00:00Z：无计划",
        ),
        (
            "under_plan.rules",
            f"hj75 2 {'ab' * 32}",
            "hj75 2 (abababababab)",
            "hj75 2（abababababab）",
        ),
        ("under_plan.provisional", "final", "final", "已确定"),
        (
            "under_plan.refused",
            "E_MONITORED_NO_PLAN",
            "a part of the period is under no plan",
            "部分时段不在任何计划之下",
        ),
        ("under_plan.refused", "E_NEWER", "E_NEWER", "E_NEWER"),
    ],
)
def test_codes_of_a_plan_are_told_in_words(
    what: str, told: str, english: str, chinese: str
) -> None:
    change = Change(what=what, removed=(), added=(told,))
    for language, words in (("en", english), ("zh", chinese)):
        (line,) = change_lines(moved_by(change), ("part75",), language)
        assert list(line.added) == [words]
        assert "under_plan" not in line.name


def test_what_two_versions_share_leaves_no_u_of_rounding_and_no_difference_of_it() -> None:
    """Cancelled doubles leave 1e-15: neither a U with twelve places nor a difference."""
    before = version(998.0, "C-1", 2.0)
    moved = difference(before, version(995.0, "C-2", 2.0))
    assert moved.uncertainty is not None
    assert moved_amount(moved) == (-3.0, moved.uncertainty.expanded_uncertainty)
    dust = replace(moved.uncertainty, expanded_uncertainty=4e-16)
    assert moved_amount(replace(moved, uncertainty=dust)) == (-3.0, None)
    assert moved_amount(replace(moved, difference=1.1e-13, uncertainty=None)) == (0.0, None)
    told = relative(moved)
    assert told is not None
    assert told == pytest.approx((-3.0 / 998.0, moved.uncertainty.expanded_uncertainty / 998.0))
    nothing = replace(moved, before=replace(moved.before, value=0.0))
    assert relative(nothing) is None


LOOKED = Change(what="under_plan.monitored", removed=("a",), added=("b",))
SAME_VALUE = ComplianceDifference(
    unit="t", before=7.0, after=7.0, difference=0.0, in_common_unit=None
)


def test_what_was_looked_at_alone_is_no_other_value() -> None:
    moved = moved_by(LOOKED)
    assert not is_same(moved)
    after = replace(moved.after, expanded_uncertainty=moved.before.expanded_uncertainty)
    same = replace(moved, after=after, difference=0.0, compliance=SAME_VALUE)
    assert is_same(same)
    assert is_same(replace(same, compliance=None))
    neither = replace(SAME_VALUE, before=None, after=None, difference=None)
    assert is_same(replace(same, compliance=neither))


@pytest.mark.parametrize(
    "other",
    [
        {"difference": 1.0},
        {"compliance": replace(SAME_VALUE, after=8.0, difference=1.0)},
        {"compliance": replace(SAME_VALUE, after=None, difference=None)},
        {"changes": ()},
        {"changes": (LOOKED, Change(what="under_plan.hours", removed=("A 1",), added=()))},
    ],
)
def test_any_value_that_changed_is_told(other: dict[str, Any]) -> None:
    moved = moved_by(LOOKED)
    after = replace(moved.after, expanded_uncertainty=moved.before.expanded_uncertainty)
    same = replace(moved, after=after, difference=0.0, compliance=SAME_VALUE)
    assert not is_same(replace(same, **other))
