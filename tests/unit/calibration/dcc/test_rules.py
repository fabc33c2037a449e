"""Rules beyond the schema, and findings in two languages."""

import string

import pytest

from calibration.dcc import errors
from calibration.dcc.errors import DccError
from calibration.dcc.findings import TEXTS, finding
from calibration.dcc.load import read_table
from calibration.dcc.reftypes import role_of, roles_of
from calibration.dcc.rules import MOST_FINDINGS
from tests.unit.calibration.dcc.dcc_documents import RANGE, TEMPERATURES, document, table
from tests.unit.calibration.dcc.importing import codes, imported

ERRORS = [
    each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, DccError)
]
QUIET = ["F_DCC_UNSIGNED", "F_DCC_NO_SCHEMA", "F_DCC_STATE"]


def told(data: bytes) -> list[str]:
    return [code for code in codes(imported(data)) if code not in QUIET]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("code", TEXTS)
def test_both_languages_of_a_finding_name_the_same_facts(code: str) -> None:
    en, zh = TEXTS[code]
    assert fields(en) == fields(zh)
    assert code.startswith("F_DCC_")


@pytest.mark.parametrize("kind", ERRORS)
def test_both_languages_of_an_error_name_the_same_facts(kind: type[DccError]) -> None:
    assert fields(kind.en) == fields(kind.zh)


def test_every_error_has_a_code_of_its_own() -> None:
    names = [each.code for each in ERRORS]
    assert len(set(names)) == len(names)


def test_a_finding_is_told_with_its_facts() -> None:
    found = finding("F_DCC_REF_TYPE", "a/b", found="x_y")
    assert (found.code, found.path) == ("F_DCC_REF_TYPE", "a/b")
    assert "'x_y'" in found.en
    assert "'x_y'" in found.zh


@pytest.mark.parametrize("row", read_table("reftypes.toml")["reftypes"], ids=lambda r: r["name"])
def test_every_refType_has_a_role_and_a_status(row: dict[str, str]) -> None:
    assert row["status"] in {"S", "K"}
    assert role_of(row["name"]) == row["role"]


def test_some_refTypes_may_be_numbered_and_others_not() -> None:
    assert role_of("gp_table12") == "context"
    assert role_of("basic_measuredValue2") is None
    assert roles_of(["basic_measuredValue", "unknown"]) == {"measured"}


def test_a_sound_document_has_no_finding() -> None:
    assert told(document(TEMPERATURES, statements=RANGE)) == []


def test_a_calibration_that_ends_before_it_begins_is_told() -> None:
    assert "F_DCC_DATES" in told(document(TEMPERATURES, dates=("2026-02-03", "2026-02-02")))


def test_a_reference_that_leads_nowhere_is_told() -> None:
    data = document(table('<dcc:list id="a" refId="a b"/>'))
    (found,) = [each for each in imported(data).findings if each.code == "F_DCC_REF_ID"]
    assert "'b'" in found.en


def test_each_unknown_refType_is_told_once_with_its_first_place() -> None:
    data = document(table('<dcc:list refType="x_a gp_table1"/><dcc:list refType="x_a x_b"/>'))
    found = [each for each in imported(data).findings if each.code == "F_DCC_REF_TYPE"]
    assert [each.path.rpartition("/")[2] for each in found] == ["list[1]", "list[2]"]
    assert ["x_a" in found[0].en, "x_b" in found[1].en] == [True, True]


@pytest.mark.parametrize(
    ("contents", "count"),
    [
        ("<dcc:content>a</dcc:content>", 0),
        ('<dcc:content lang="en">a</dcc:content>', 0),
        ('<dcc:content lang="zh">a</dcc:content>', 1),
        ('<dcc:content lang="en">a</dcc:content><dcc:content lang="en">b</dcc:content>', 1),
    ],
)
def test_a_text_is_given_once_in_each_declared_language(contents: str, count: int) -> None:
    data = document(TEMPERATURES + f"<dcc:text>{contents}</dcc:text>", statements=RANGE)
    assert told(data).count("F_DCC_LANGUAGE") == count


def test_of_many_findings_some_are_told_and_the_rest_is_counted() -> None:
    many = "".join(f'<dcc:list refType="x{k}"/>' for k in range(MOST_FINDINGS + 7))
    found = imported(document(table(many)))
    assert codes(found).count("F_DCC_REF_TYPE") == MOST_FINDINGS
    (more,) = [each for each in found.findings if each.code == "F_DCC_MORE"]
    assert more.en.startswith("7 more")
