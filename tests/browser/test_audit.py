"""The auditor's pages in a browser: asked for, read, printed, verified, without a script too."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from evidence.bundle.outcome import Result
from evidence.bundle.verify import verify
from evidence.log.entry import Act, Action
from tests.browser.conftest import LookedAt, LookIn
from tests.browser.house import House, let_in, serving
from tests.browser.looking import LOOKS, barriers, changed
from tests.browser.waiting import PICTURES
from tests.unit.collector.api.plant import LINE_1, Plant
from tests.unit.collector.api.test_doubts import found_at

DAY = "start=2026-03-30&end=2026-03-31"
REPORT = f"/audit/report?channel={LINE_1}&{DAY}"
CORRECTED = {"value": 12_450.0, "unit": "kW.h"}


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A plant where a later certificate found a meter moved, and people did something."""
    plant = Plant(tmp_path_factory.mktemp("audited"))
    plant.fill()
    let_in(plant)
    with serving(plant) as house:
        plant.log_file(plant.gw1, "certificate", "e-1b.toml", found_at(0.006))
        plant.judging.catch_up()
        with house.parts.journal() as journal:
            for act in acts():
                journal.record(act)
        yield house
    plant.close()


def acts() -> list[Act]:
    return [
        Act(who="collector", role="collector", action=Action.LEDGER_HEAD, reason="start"),
        Act(
            who="host:root",
            role="host",
            action=Action.KEY_PINNED,
            site="jinan",
            subject="gw-1",
            reason="compared with the plate on the gateway",
            new={"key": "gw-1+0123abcd+" + "A" * 44},
        ),
        Act(
            who="王芳",
            role="analyst",
            action=Action.CORRECTION,
            site="jinan",
            subject="jinan/invoice/energy",
            reason="发票抄写错误：12450 而非 12540",
            old={"entry": 3, "content": {"value": 12_540.0, "unit": "kW.h"}},
            new=CORRECTED,
        ),
    ]


@pytest.fixture
def auditor(look_in: LookIn, audited: House) -> Page:
    return look_in("auditor", audited)


def test_a_channel_is_asked_for_and_its_checks_appear(auditor: Page, looked_at: LookedAt) -> None:
    auditor.goto("/audit?channel=line")
    looked_at(auditor, "audit", LOOKS[1:2])
    auditor.goto("/audit?lang=en")
    auditor.get_by_label("Channel").fill(LINE_1)
    auditor.get_by_label("From").fill("2026-03-30")
    auditor.get_by_label("Until (excluded)").fill("2026-03-31")
    auditor.get_by_label("Until (excluded)").press("Enter")
    expect(auditor.get_by_role("heading", level=4)).to_have_count(15)
    expect(auditor.get_by_role("heading", name="recomputation from raw")).to_contain_text("ok")
    assert barriers(auditor) == []


def test_a_period_that_cannot_be_is_told_in_place(auditor: Page) -> None:
    auditor.goto(f"/audit?channel={LINE_1}&start=2026-03-31&end=2026-03-30&lang=zh")
    expect(auditor.get_by_role("alert")).to_contain_text("请交换两者")


def test_a_report_can_be_read_by_everybody_and_prints(auditor: Page, looked_at: LookedAt) -> None:
    auditor.goto(REPORT)
    looked_at(auditor, "audit-report")
    auditor.emulate_media(media="print")
    expect(auditor.get_by_role("heading", name="What was not checked")).to_be_visible()
    expect(auditor.get_by_text("Looked through by:")).to_be_visible()
    expect(auditor.get_by_role("button", name="Print")).to_be_hidden()
    auditor.pdf(path=PICTURES / "audit-report.pdf", format="A4")


def test_the_report_and_its_bundle_are_there_without_a_script(
    look_in: LookIn, audited: House
) -> None:
    page = look_in("auditor", audited, scripts=False)
    page.goto(f"/audit?channel={LINE_1}&{DAY}&lang=en")
    page.get_by_role("link", name="Report on a page of its own").click()
    expect(page.get_by_role("heading", level=4)).to_have_count(15)
    page.get_by_role("link", name="Evidence bundle of the period").click()
    page.get_by_role("link", name="Checks on a page of their own").click()
    expect(page.get_by_role("rowheader")).to_have_count(28)


def test_evidence_is_verified_on_the_page_and_downloaded(
    auditor: Page, looked_at: LookedAt, tmp_path: Path
) -> None:
    auditor.goto(f"/audit/bundle?channel={LINE_1}&{DAY}&lang=en")
    expect(auditor.get_by_role("rowheader")).to_have_count(28)
    address = auditor.url
    looked_at(auditor, "audit-bundle", LOOKS[2:3])
    auditor.goto(changed(address, lang="en"))
    with auditor.expect_download() as found:
        auditor.get_by_role("link", name="Download the evidence bundle").click()
    file = tmp_path / found.value.suggested_filename
    found.value.save_as(file)
    told = verify(io.BytesIO(file.read_bytes()))
    assert not [each for each in told.outcomes if each.result is Result.FAILED]
    auditor.get_by_label("Policy (TOML)").fill("schema = 1\nrequire = [4]\n")
    auditor.get_by_role("button", name="Verify by this policy").click()
    row = auditor.get_by_role("row", name="the keys are those pinned")
    expect(row).to_contain_text("failed")


def test_changes_say_who_when_why_what_it_was_and_became(
    auditor: Page, looked_at: LookedAt
) -> None:
    auditor.goto("/audit/changes")
    looked_at(auditor, "audit-changes", LOOKS[2:3])
    auditor.goto("/audit/changes?lang=en")
    auditor.get_by_label("What was done").select_option("correction")
    auditor.get_by_role("button", name="Show", exact=True).click()
    row = auditor.get_by_role("row").filter(has_text="王芳")
    expect(row.locator("del")).to_have_text("12540.0")
    expect(row.locator("ins")).to_have_text("12450.0")
    auditor.get_by_role("link", name="Entry 2").click()
    expect(auditor.get_by_text("holds", exact=True)).to_be_visible()
    assert barriers(auditor) == []


def test_a_head_that_was_written_down_is_compared(auditor: Page, looked_at: LookedAt) -> None:
    auditor.goto("/audit/logs")
    looked_at(auditor, "audit-logs", LOOKS[2:3])
    auditor.goto("/audit/logs?lang=en")
    note = auditor.locator("pre.note").first.inner_text()
    auditor.get_by_label("Signed head (the whole note)").fill(note)
    auditor.get_by_role("button", name="Compare").click()
    expect(auditor.get_by_role("status").get_by_text("ok", exact=True)).to_have_count(3)


def test_the_effect_of_a_bad_result_is_told_with_its_uncertainty(
    auditor: Page, looked_at: LookedAt
) -> None:
    auditor.goto("/audit/effects")
    looked_at(auditor, "audit-effects", LOOKS[:3:2])
    row = auditor.get_by_role("row").filter(has_text=LINE_1)
    expect(row).to_contain_text("±")
    expect(row).to_contain_text("kW·h")
    row.get_by_role("link", name="Statements that E-1B touched").click()
    expect(auditor.get_by_role("heading", level=1)).to_contain_text("touched")
    assert barriers(auditor) == []


def test_a_leaf_shows_its_bytes_and_its_proof(auditor: Page) -> None:
    auditor.goto(f"{REPORT}&lang=en")
    auditor.get_by_role("link", name="gw-1/").first.click()
    expect(auditor.get_by_text("holds", exact=True)).to_be_visible()
    assert barriers(auditor) == []
