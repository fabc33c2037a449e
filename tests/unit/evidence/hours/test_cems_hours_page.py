"""The page of the reference says what the programme does."""

import re
from pathlib import Path

import pytest

from calibration.slots import GRAVEST_FIRST, OF_REASON, SlotState
from evidence.errors import EvidenceError
from evidence.statement.hours import errors
from evidence.statement.hours.finding import WORDS, Finding, FindingKind
from evidence.statement.hours.load import PACKS, rule_pack
from evidence.statement.hours.of_windows import POINT_STATE
from evidence.statement.hours.options import parser
from evidence.statement.hours.point import PointState
from evidence.statement.hours.read import HOUR_COLUMNS, MOST_ROWS

PAGE = (Path(__file__).parents[4] / "docs/reference/cems-hours.md").read_text("utf-8")
ERRORS = [
    each
    for each in vars(errors).values()
    if isinstance(each, type) and issubclass(each, EvidenceError) and "HOURS" in each.code
]


def test_every_option_stands_on_the_page() -> None:
    options = [text for action in parser()._actions for text in action.option_strings]
    assert [each for each in options if each.startswith("--") and each not in PAGE] == ["--help"]


def test_every_column_state_and_pack_stands_on_the_page() -> None:
    names = [*HOUR_COLUMNS, *PointState, *PACKS]
    assert [each for each in names if f"`{each}`" not in PAGE] == []
    assert f"{MOST_ROWS:,}" in PAGE


def test_every_state_of_a_slot_stands_on_the_page_with_what_it_counts_as() -> None:
    rows = {line[3]: line for line in PAGE.splitlines() if re.match(r"\| `[a-z]` \|", line)}
    assert rows.keys() == {state.value for state in SlotState}
    for letter, state in POINT_STATE.items():
        assert rows[letter].endswith(f"| `{state}` |")
    assert f"`{' '.join(GRAVEST_FIRST)}`" in PAGE
    for reason, slot in OF_REASON.items():
        assert slot == SlotState.LOST or f"`{reason}`" in rows[slot].split("|")[3]


def test_every_quantity_and_every_numbered_code_of_part_75_that_is_given_stands_on_the_page() -> (
    None
):
    quantities = [name for each in PACKS for name in rule_pack(each).pack.quantities]
    assert [each for each in quantities if f"`{each}`" not in PAGE] == []
    pack = rule_pack("part75").pack
    assert [each.code for each in pack.substitutions if f"| {each.code}" not in PAGE] == []


@pytest.mark.parametrize("kind", FindingKind)
def test_every_finding_is_told_in_both_languages(kind: FindingKind) -> None:
    told = Finding(kind=kind, gap="g", found="f", limit="l")
    assert told.say("en").isascii()
    assert any("\u4e00" <= sign <= "\u9fff" for sign in told.say("zh"))
    assert WORDS[kind].en != WORDS[kind].zh


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_has_a_code_of_its_own_and_a_chinese_text(error: type[EvidenceError]) -> None:
    assert [each.code for each in ERRORS].count(error.code) == 1
    assert any("\u4e00" <= sign <= "\u9fff" for sign in error.zh)
    assert "{" in error.en
