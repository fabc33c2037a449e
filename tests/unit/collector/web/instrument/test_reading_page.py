"""One reading down to its bytes, and from them up to what the agent signed."""

import re

import pytest

from calibration.basis import UncertaintyBasis
from calibration.indication import Quality
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.register import CalibrationRegister
from collector.api.reading import Reading
from collector.web.budget import budgeted
from collector.web.reading.budget import budget_of
from evidence.log.checkpoint import Checkpoint
from evidence.log.leaf import StreamHead
from evidence.log.merkle import leaf_hash
from evidence.log.note import parse_note
from evidence.statement.datum import StatedComponent
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


def budget(text: str) -> list[list[str]]:
    """The rows of the table of input quantities, cell by cell."""
    table = next(
        each for each in re.findall(r"<table.*?</table>", text, re.DOTALL) if "u(xᵢ)" in each
    )
    rows = re.findall(r"<tr.*?</tr>", table.replace("\u202f", " "), re.DOTALL)
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def test_the_budget_says_estimate_u_and_sensitivity_of_each_input(seen: Browser) -> None:
    row = next(each for each in readings(seen, POWER) if each["kind"] == "reading")
    _, *found = budget(page(seen, row))
    by_name = {each[0]: each[1:] for each in found}
    b1 = by_name["Coefficient b1 of the function cert:P-1"]
    assert b1[:2] == ["0.99800", "0.00032"]
    assert b1[3] == str(row["indication"]).removesuffix(".0")  # dy/db1 is the indication
    standard = by_name["Correction of the standard std:SDIM/E-17"]
    assert standard[:2] == ["0 %", "0.030 %"]
    assert float(standard[3]) == pytest.approx(float(row["value"]) / 100, rel=1e-3)
    shares = [float(each[-1].removesuffix(" %")) for each in found]
    assert sum(shares) == pytest.approx(100.0, abs=0.3)


def test_a_register_s_reading_enters_its_own_budget_with_1(seen: Browser) -> None:
    row = next(each for each in readings(seen, LINE_1) if each["kind"] == "reading")
    _, (name, estimate, u, _, sensitivity, contribution, *_) = budget(page(seen, row))
    assert (name, sensitivity) == ("Indication, half a digit", "1")
    assert estimate.endswith("kW·h")
    assert u == f"{contribution} kW·h"


@pytest.mark.parametrize(("channel", "name"), [(LINE_1, "Reading"), (POWER, "Corrected")])
def test_the_stand_of_a_register_is_not_called_corrected(
    seen: Browser, channel: str, name: str
) -> None:
    row = next(each for each in readings(seen, channel) if each["kind"] == "reading")
    names = {"Reading", "Corrected"}
    told = set(re.findall(r"<dt>(\w+)</dt>", page(seen, row))) & names
    assert told == {name}
    table = seen.get(f"/instruments/{channel}?{SPAN}").text
    assert f"{name} ± U" in table
    assert all(f"{each} ± U" not in table for each in names - told)


def test_what_the_papers_do_not_give_is_not_stated() -> None:
    part = StatedComponent(
        influence="cert:P-1/0",
        contribution=0.1,
        evaluation="B",
        distribution="normal",
        degrees_of_freedom=None,
        dof_source=None,
        shared=True,
    )
    head = StreamHead(
        channel=POWER,
        measurand=Measurand(
            kind_of_quantity=KindOfQuantity.ACTIVE_POWER,
            unit="kW",
            subject="electricity",
            accumulation=Accumulation.RATE,
        ),
        period_ms=1000,
        serial="A-1",
        profile="0" * 64,
        basis=UncertaintyBasis.CALIBRATION,
        certificate="P-1",
        confirmation="K-1",
    )
    reading = Reading(
        channel=POWER,
        at="2026-03-30T16:00:00Z",
        sequence=1,
        agent="gw-1",
        epoch="0" * 32,
        leaf=1,
        raw="",
        indication=1.0,
        value=1.0,
        unit="kW",
        standard_uncertainty=0.1,
        components=(part,),
        quality=Quality.GOOD,
        u_basis=UncertaintyBasis.CALIBRATION,
        serial="A-1",
        certificate="P-1",
        confirmation="K-1",
    )
    found = budget_of(head, reading, CalibrationRegister())
    (row,) = budgeted(found.rows, "zh", scale=1.0, argument_unit="kW")
    assert (found.is_whole, row.name, row.contribution) == (False, "校准函数", "0.10")
    assert (row.estimate, row.u, row.sensitivity) == ("", "", "")


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
