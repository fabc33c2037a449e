"""One reading down to its bytes, and from them up to what the agent signed."""

import re

from evidence.log.checkpoint import Checkpoint
from evidence.log.merkle import leaf_hash
from evidence.log.note import parse_note
from tests.unit.collector.api.plant import LINE_1, LINE_2, MILL, POWER
from tests.unit.collector.web.conftest import Browser

SPAN = "start=2026-03-30T16:00:00Z&end=2026-03-30T20:00:00Z"


def readings(seen: Browser, channel: str) -> list[dict[str, str]]:
    answer = seen.get(f"/api/v1/readings?channel={channel}&{SPAN}", accept="application/json")
    found: list[dict[str, str]] = answer.json()["readings"]
    return found


def address(row: dict[str, str]) -> str:
    place = f"{row['agent']}/{row['epoch']}/{row['leaf']}/{row['sequence']}"
    return f"/readings/{place}/{row['channel']}"


def page(seen: Browser, row: dict[str, str], query: str = "") -> str:
    answer = seen.get(address(row) + query)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_bytes_lead_to_the_value_and_say_the_same_when_read_again(seen: Browser) -> None:
    row = next(each for each in readings(seen, POWER) if each["kind"] == "reading")
    text = page(seen, row)
    assert " ".join(re.findall("..", row["raw"])) in text
    assert "the same as was logged" in text
    assert 'href="/certificates/P-1"' in text
    assert "std:SDIM/E-17" in text
    assert "covers 95" in text


def test_a_miss_is_a_statement_too(seen: Browser) -> None:
    row = next(each for each in readings(seen, LINE_1) if each["kind"] == "missed")
    text = page(seen, row)
    assert "no answer in time" in text
    assert "No bytes came." in text
    assert "The steps lead to the root" in text


def test_the_leaf_can_be_hashed_by_anybody_and_stands_under_the_signed_root(seen: Browser) -> None:
    row = readings(seen, LINE_2)[0]
    text = page(seen, row)
    leaf = seen.get(f"/audit/leaves/{row['agent']}/{row['epoch']}/{row['leaf']}/bytes")
    assert leaf.headers["content-disposition"].startswith("attachment")
    assert leaf_hash(leaf.content).hex() in text
    heads = f"/api/v1/heads?agent={row['agent']}&epoch={row['epoch']}"
    note = seen.get(heads, accept="application/json").json()["checkpoint"]
    signed = Checkpoint.from_text(parse_note(note.encode()).text)
    assert "The steps lead to the root" in text
    assert text.count(signed.root.hex()) == 2  # as the last step, and as what was signed
    assert "Receipt of this collector" in text


def test_one_goes_on_to_the_polls_beside(seen: Browser) -> None:
    rows = readings(seen, LINE_2)
    text = page(seen, rows[1])
    assert f'rel="prev" href="{address(rows[0])}"' in text
    assert f'rel="next" href="{address(rows[2])}"' in text


def test_what_is_not_there_is_not_found(seen: Browser) -> None:
    row = readings(seen, LINE_2)[0]
    for changed in ({"sequence": "99999"}, {"leaf": "999"}, {"leaf": "0"}, {"channel": MILL}):
        assert seen.get(address({**row, **changed})).status_code == 404, changed
    assert seen.get(f"/audit/leaves/gw-1/{'0' * 32}/0/bytes").status_code == 404
    assert seen.get("/audit/leaves/gw-1/xyz/0/bytes").status_code == 422


def test_who_may_not_see_a_site_or_evidence_does_not(anybody: Browser) -> None:
    browser = anybody
    browser.sign_in("administrator")
    row = readings(browser, MILL)[0]
    leaf = f"/audit/leaves/{row['agent']}/{row['epoch']}/{row['leaf']}/bytes"
    assert browser.get(leaf).status_code == 200
    browser.sign_in("engineer")
    assert browser.get(leaf).status_code == 404
    assert browser.get(address(row)).status_code == 404
    browser.sign_in("analyst")
    assert browser.get(address(row)).status_code == 200
    assert browser.get(leaf).status_code == 403
