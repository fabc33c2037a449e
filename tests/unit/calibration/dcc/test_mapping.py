"""Items, standards, identifiers and statements: who and what a certificate is about."""

import pytest

from calibration.dcc.mapping import map_certificate
from tests.unit.calibration.dcc.dcc_documents import (
    ITEM,
    RANGE,
    STANDARD,
    TEMPERATURES,
    document,
    equipment,
    transcribed,
)
from tests.unit.calibration.dcc.importing import choices, codes, imported


def second(number: str, identity: str) -> str:
    return ITEM.replace("S-1", number).replace("<dcc:item>", f'<dcc:item id="{identity}">')


def test_of_several_items_one_must_be_chosen() -> None:
    data = document(TEMPERATURES, items=second("S-1", "a") + second("S-2", "b"))
    found = imported(data)
    assert found.certificate is None
    assert "F_DCC_ITEMS" in codes(found)
    unknown = imported(data, item="S-3")
    assert unknown.certificate is None


def test_results_go_to_the_item_they_refer_to() -> None:
    mine = TEMPERATURES.replace("<dcc:list>", '<dcc:list refId="b">')
    others = TEMPERATURES.replace("<dcc:list>", '<dcc:list refId="a">').replace("0.1 0.2", "9 9")
    data = document(
        mine + others + TEMPERATURES,
        items=second("S-1", "a") + second("S-2", "b"),
        statements=RANGE,
    )
    found = imported(data, item="S-2")
    assert found.certificate is not None
    assert found.certificate.instrument.serial == "S-2"
    assert found.certificate.id == "CAL-1#S-2"
    (result,) = found.certificate.results
    assert [p.value for p in result.points] == [9.9, 19.8, 30.1]
    assert codes(found).count("F_DCC_ITEM_RESULT") == 1


def test_an_item_within_an_item_can_be_chosen() -> None:
    inner = f"<dcc:subItems>{second('S-2', 'b')}</dcc:subItems></dcc:item>"
    data = document(TEMPERATURES, items=ITEM.replace("</dcc:item>", inner))
    found = imported(data, item="S-2").certificate
    assert found is not None
    assert found.instrument.serial == "S-2"


@pytest.mark.parametrize(
    ("issuer", "ref_type", "told_of"),
    [
        ("manufacturer", "", 0),
        ("customer", ' refType="basic_serialNumber"', 0),
        ("customer", "", 1),
    ],
)
def test_the_serial_number_is_the_makers(issuer: str, ref_type: str, told_of: int) -> None:
    item = ITEM.replace("<dcc:identification>", f"<dcc:identification{ref_type}>")
    item = item.replace(">manufacturer<", f">{issuer}<")
    found = imported(document(TEMPERATURES, items=item))
    assert found.certificate is not None
    assert found.certificate.instrument.serial == "S-1"
    assert codes(found).count("F_DCC_SERIAL") == told_of


def test_an_identifier_with_spaces_is_written_as_our_ids_are() -> None:
    found = imported(document(TEMPERATURES, identifier="PTB - 11044/17"))
    assert found.certificate is not None
    assert found.certificate.id == "PTB%20-%2011044%2F17"
    assert "F_DCC_ID" in codes(found)


CERTIFICATE = (
    "<dcc:certificate><dcc:referral><dcc:content>NIM</dcc:content></dcc:referral>"
    "<dcc:referralID>REF 7</dcc:referralID><dcc:procedure>sha256</dcc:procedure>"
    "<dcc:value>ab</dcc:value></dcc:certificate>"
)


@pytest.mark.parametrize(
    ("text", "influence", "finding"),
    [
        (equipment(STANDARD, CERTIFICATE), "std:NIM/REF%207", ""),
        (equipment("", CERTIFICATE), "std:NIM/REF%207", ""),
        (equipment(STANDARD), "std:Laboratory/R-7", "F_DCC_STANDARD"),
        (equipment(), "", "F_DCC_EQUIPMENT"),
    ],
)
def test_standards_get_one_influence_for_all_that_is_calibrated_with_them(
    text: str, influence: str, finding: str
) -> None:
    found = imported(document(TEMPERATURES, measurement=text))
    assert found.certificate is not None
    assert [each.influence for each in found.certificate.standards] == [influence] * bool(influence)
    assert all(each.relative_standard_uncertainty is None for each in found.certificate.standards)
    assert finding in {*codes(found), ""}


def test_statements_that_a_person_must_weigh_are_told() -> None:
    statements = (
        '<dcc:statement refType="basic_recalibration"><dcc:date>2027-02-03</dcc:date>'
        "</dcc:statement><dcc:statement><dcc:traceable>false</dcc:traceable>"
        "<dcc:valid>false</dcc:valid></dcc:statement>"
        '<dcc:statement refType="basic_conformity"><dcc:conformity>pass</dcc:conformity>'
        "</dcc:statement>"
    )
    found = imported(document(TEMPERATURES, statements=statements))
    told_of = {each.code: each.en for each in found.findings}
    assert "2027-02-03" in told_of["F_DCC_RECALIBRATION"]
    assert codes(found).count("F_DCC_STATEMENT") == 3
    assert found.certificate is not None
    assert found.certificate.conformity is None


def test_a_certificate_that_replaces_another_says_which() -> None:
    core = (
        "<dcc:reportAmendedSubstituted><dcc:typeOfChange>amended</dcc:typeOfChange>"
        "<dcc:replacedUniqueIdentifier>CAL-0</dcc:replacedUniqueIdentifier>"
        "</dcc:reportAmendedSubstituted>"
    )
    found = imported(document(TEMPERATURES, core=core))
    assert "F_DCC_REPLACES" in codes(found)
    assert found.content.replaces == "CAL-0"


def test_the_day_of_the_calibration_is_the_day_it_ended() -> None:
    found = imported(document(TEMPERATURES)).certificate
    assert found is not None
    assert found.performed_on.isoformat() == "2026-02-03"


def test_texts_are_taken_in_the_language_asked_for_or_the_binding_one() -> None:
    names = (
        '<dcc:content lang="de">Messlabor</dcc:content><dcc:content lang="zh">实验室</dcc:content>'
    )
    data = (
        document(TEMPERATURES)
        .replace(b"<dcc:content>Laboratory</dcc:content>", names.encode())
        .replace(b"mandatoryLangCodeISO639_1>en", b"mandatoryLangCodeISO639_1>de")
    )
    content = transcribed(data)
    for language, name in (("zh", "实验室"), ("en", "Messlabor")):
        found = map_certificate(content, choices(language=language)).certificate
        assert found is not None
        assert found.laboratory.name == name
