"""Foreign bytes: what is no DCC, or costs too much, ends in a code and soon."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from calibration.dcc.document import MOST_BYTES, parse_document, path_of
from calibration.dcc.errors import DccError
from tests.unit.calibration.dcc.dcc_documents import TEMPERATURES, document
from tests.unit.calibration.dcc.importing import imported

ROOT = Path(__file__).parents[4]


def refused(data: bytes) -> str:
    with pytest.raises(DccError) as wrong:
        imported(data)
    return wrong.value.code


def test_hostile_documents_cost_at_most_a_second_and_100_megabytes() -> None:
    command = [sys.executable, "-m", "tests.unit.calibration.dcc.hostile"]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    *told, total = map(json.loads, out.splitlines())
    assert {each["name"]: each["code"] for each in told} == {
        "entities": "E_DCC_XML",
        "five megabytes": "E_DCC_SIZE",
        "too many elements": "E_DCC_SIZE",
        "too many attributes": "E_DCC_SIZE",
        "long list": "E_DCC_SIZE",
        "too many quantities": "E_DCC_SIZE",
        "full of quantities": "",
        "full of numbers": "",
        "deep": "",
        "deeper": "E_DCC_XML",
        "wrong everywhere": "E_DCC_SCHEMA",
        "unknown refTypes": "",
        "signed and long": "",
        "foreign languages": "",
    }
    assert [each["name"] for each in told if each["seconds"] > 1.0] == []
    assert total["megabytes"] < 100.0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no XML at all",
        b"<a>",
        b"\xff\xfe<\x00a\x00/\x00>\x00",
        b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
        b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b"<a>&undeclared;</a>",
        b"<a>\x00</a>",
        b"<a>\xff</a>",
    ],
)
def test_what_is_no_plain_xml_is_refused(data: bytes) -> None:
    assert refused(data) == "E_DCC_XML"


def test_a_file_of_more_than_four_megabytes_is_refused() -> None:
    assert refused(b" " * (MOST_BYTES + 1)) == "E_DCC_SIZE"


@pytest.mark.parametrize("namespace", ["https://ptb.de/other", "http://ptb.de/dcc", ""])
def test_a_root_of_another_namespace_is_refused(namespace: str) -> None:
    other = document(TEMPERATURES).replace(b"https://ptb.de/dcc", namespace.encode() or b"urn:x")
    assert refused(other) == "E_DCC_ROOT"


def test_quantities_of_another_namespace_are_refused() -> None:
    other = document(TEMPERATURES).replace(b'xmlns:si="https://ptb.de/si"', b'xmlns:si="urn:si"')
    assert refused(other) == "E_DCC_MISSING"


@pytest.mark.parametrize("version", ["", "2.1.0", "3.4.0", "4.0.0", "3.3.0-rc.1", "3.3", "x"])
def test_a_version_that_is_not_read_is_refused(version: str) -> None:
    assert refused(document(TEMPERATURES, version=version)) == "E_DCC_VERSION"


@pytest.mark.parametrize("version", ["2.3.0", "2.4.0", "3.0.0", "3.1.2", "3.2.1", "3.3.0", "3.3.1"])
def test_versions_2_3_to_3_3_are_read(version: str) -> None:
    assert imported(document(TEMPERATURES, version=version)).certificate is not None


def test_prefixes_are_free() -> None:
    plain = document(TEMPERATURES)
    other = (
        plain.replace(b"dcc:", b"").replace(b"xmlns:dcc", b"xmlns").replace(b"si:", b"q:")
    ).replace(b'xmlns="https://ptb.de/dcc" xmlns:si', b'xmlns="https://ptb.de/dcc" xmlns:q')
    other = other.replace(b'xmlns:dcc="https', b'xmlns="https')
    assert b"dcc:" not in other
    assert imported(other).certificate == imported(plain).certificate


def test_a_comment_does_not_cut_a_number_in_two() -> None:
    plain = document(TEMPERATURES)
    other = plain.replace(b"10.0 20.0", b"10.<!-- 5 -->0 2<?x y?>0.0")
    assert imported(other).content == imported(plain).content


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dcc:uniqueIdentifier>CAL-1<", "dcc:uniqueIdentifier> <"),
        ("<dcc:endPerformanceDate>2026-02-03</dcc:endPerformanceDate>", ""),
        ("dcc:items>", "dcc:things>"),
        ("dcc:item>", "dcc:thing>"),
        ("dcc:coreData>", "dcc:data>"),
        ("dcc:measurementResults>", "dcc:other>"),
        ("dcc:calibrationLaboratory>", "dcc:other>"),
        ("<dcc:value>S-1</dcc:value>", "<dcc:value></dcc:value>"),
        ("si:unitXMLList>", "si:other>"),
        ("si:valueXMLList>", "si:other>"),
        ("si:realListXMLList>", "si:other>"),
        ("coverageFactorXMLList>", "other>"),
    ],
)
def test_what_a_certificate_must_say_is_missed_by_name(old: str, new: str) -> None:
    plain = document(TEMPERATURES).decode()
    assert old in plain
    assert refused(plain.replace(old, new).encode()) == "E_DCC_MISSING"


@pytest.mark.parametrize("date", ["2026-02-30", "yesterday", "20260201", "2026-W05-1", "９"])
def test_a_date_that_is_none_is_refused(date: str) -> None:
    assert refused(document(TEMPERATURES, dates=("2026-02-01", date))) == "E_DCC_DATE"


@pytest.mark.parametrize("zone", ["Z", "+08:00", "-11:30"])
def test_a_date_keeps_its_day_whatever_its_zone(zone: str) -> None:
    found = imported(document(TEMPERATURES, dates=("2026-02-01", f"2026-02-03{zone}")))
    assert found.content.ended_on.isoformat() == "2026-02-03"


def test_a_path_numbers_what_there_are_several_of() -> None:
    root = parse_document(document(TEMPERATURES), "a.xml")
    quantities = list(root.iter("{https://ptb.de/dcc}quantity"))
    assert path_of(quantities[1]) == (
        "measurementResults/measurementResult/results/result/data/list/quantity[2]"
    )
    assert path_of(root) == ""
