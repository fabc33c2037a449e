"""The register over HTTP: instruments, tables, chains, what rests on them, and who may see it."""

import csv
import io
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from tests.unit.collector.api.plant import (
    LINE_1,
    LINE_2,
    MILL,
    POWER,
    STANDARD,
    Asked,
    Plant,
    served,
)
from tests.unit.collector.api.test_security import token

BASE = "/api/v1/register"
WHOLE = "start=2026-03-29T16:00:00Z&end=2026-04-03T16:00:00Z"


def rows(asked: Asked, query: str = "") -> list[dict[str, Any]]:
    answer = asked.get(f"{BASE}/instruments{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def test_every_instrument_has_a_row_with_its_papers_and_its_status(asked: Asked) -> None:
    by_channel = {each["channel"]: each for each in rows(asked)}
    first = by_channel[LINE_1]
    assert (first["serial"], first["maker"], first["model"]) == ("S-1", "ABB", "B23")
    assert (first["certificate"], first["status"], first["hours"]) == ("E-1", "qualified", 119)
    assert [each["kind"] for each in first["papers"]] == ["certificate", "confirmation"]
    for paper in first["papers"]:
        answer = asked.get(f"/api/v1/documents/{paper['sha256']}")
        assert paper["id"] in answer.text
    assert by_channel[POWER]["because"] == "overdue"
    assert by_channel[MILL]["because"] == "not_confirmed"


def test_rows_can_be_asked_for_by_site_channel_serial_status_and_time(asked: Asked) -> None:
    assert {each["site"] for each in rows(asked, "?site=weifang")} == {"weifang"}
    assert [each["serial"] for each in rows(asked, f"?channel={LINE_2}")] == ["S-2"]
    assert [each["channel"] for each in rows(asked, "?serial=S-P")] == [POWER]
    assert {each["channel"] for each in rows(asked, "?status=qualified")} == {LINE_1, LINE_2}
    assert not rows(asked, "?end=2026-03-01")
    (later,) = rows(asked, f"?channel={LINE_2}&at=2026-05-01")
    assert (later["status"], later["because"], later["accuracy"]) == ("out_of_use", "overdue", "")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_workbook_has_the_cells_of_the_csv_as_text(asked: Asked, language: str) -> None:
    text = asked.get(f"{BASE}/instruments.csv?lang={language}").content.decode("utf-8-sig")
    book = load_workbook(io.BytesIO(asked.get(f"{BASE}/instruments.xlsx?lang={language}").content))
    cells = [[cell.value or "" for cell in row] for row in book["ledger"].iter_rows()]
    assert cells == list(csv.reader(io.StringIO(text, newline="")))
    assert len(cells) == len(rows(asked)) + 1
    kinds = {cell.data_type for row in book["ledger"].iter_rows() for cell in row if cell.value}
    assert kinds == {"s"}
    assert book.sheetnames == ["ledger", "notes"]
    assert any("unconfirmed" in str(row[0].value) for row in book["notes"].iter_rows())


def test_a_table_says_how_far_its_layout_is_confirmed(asked: Asked) -> None:
    answer = asked.get(f"{BASE}/instruments.csv")
    assert answer.headers["carbonmeter-table-layout"] == "gb17167 1; unconfirmed"
    assert answer.headers["content-type"].startswith("text/csv")
    again = asked.get(f"{BASE}/instruments.csv", if_none_match=answer.headers["etag"])
    assert again.status_code == 304


def test_a_chain_names_its_gaps(asked: Asked) -> None:
    (found,) = asked.get(f"{BASE}/chain?certificate=E-1").json()
    assert found["site"] == "jinan"
    assert [each["influence"] for each in found["standards"]] == [STANDARD]
    assert {each["gap"] for each in found["gaps"]} == {"validity_unknown", "certificate_absent"}
    assert not found["unbroken"]


def test_what_rests_on_a_standard_is_named_with_hours_and_stated_data(asked: Asked) -> None:
    stated = asked.get(f"/api/v1/activity-data?channel={LINE_2}&{WHOLE}").json()
    found = asked.get(f"{BASE}/rests-on?id={STANDARD}").json()
    assert found["known_as"] == ["influence"]
    assert found["certificates"] == ["E-1", "E-2", "P-1"]
    assert found["confirmations"] == ["K-1", "K-2", "K-P"]
    by_channel = {each["channel"]: each for each in found["channels"]}
    assert set(by_channel) == {LINE_1, LINE_2, POWER}
    assert by_channel[LINE_2]["hours"] == 119
    assert stated[0]["digest"] in {each["digest"] for each in found["statements"]}


def test_what_rests_on_a_certificate_leaves_other_meters_out(asked: Asked) -> None:
    found = asked.get(f"{BASE}/rests-on?id=E-2").json()
    assert [each["channel"] for each in found["channels"]] == [LINE_2]
    assert {each["channel"] for each in found["statements"]} <= {LINE_2}
    parted = asked.get(f"{BASE}/rests-on?id=E-2&end=2026-03-30T16:00:00Z").json()
    assert [each["hours"] for each in parted["channels"]] == [24]


@pytest.mark.parametrize("path", ["chain?certificate=X-9", "rests-on?id=std:X/9"])
def test_what_no_register_knows_is_not_found(asked: Asked, path: str) -> None:
    answer = asked.get(f"{BASE}/{path}&lang=zh")
    assert (answer.status_code, answer.json()["code"]) == (404, "E_PAPER_UNKNOWN")
    assert "台账" in answer.json()["detail"]


def test_a_token_of_another_site_sees_no_row_no_chain_and_no_audit(fresh: Plant) -> None:
    fresh.fill()
    bearer = token(fresh, "auditor", "weifang")
    parts = fresh.parts()
    other = served(parts)

    def seen(path: str) -> httpx.Response:
        return other.get(path, authorization=bearer)

    assert {each["site"] for each in seen(f"{BASE}/instruments").json()} == {"weifang"}
    table = seen(f"{BASE}/instruments.csv").text
    assert "S-9" in table
    assert "S-1" not in table
    for path in ("chain?certificate=E-1", f"rests-on?id={STANDARD}"):
        assert seen(f"{BASE}/{path}").status_code == 404
    for path in (f"/api/v1/audit?channel={LINE_1}&{WHOLE}", f"{BASE}/instruments?channel={LINE_1}"):
        assert seen(path).status_code == 404
    assert "gw-1" not in seen(f"/api/v1/audit?channel={MILL}&{WHOLE}").text
    parts.sources.close()
