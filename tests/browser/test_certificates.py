"""The pages of certificates as people use them: by eye, by keyboard, without a script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LookedAt, LookIn
from tests.browser.house import House, let_in, serving
from tests.browser.looking import LOOKS, PHONE, barriers
from tests.unit.calibration.dcc.dcc_documents import PLAIN, VECTORS
from tests.unit.collector.api.plant import Plant
from tests.unit.collector.web.certificate_papers import log_history


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A plant with a meter that has a history, and the standards behind it."""
    plant = Plant(tmp_path_factory.mktemp("archive"))
    plant.fill()
    log_history(plant)
    let_in(plant)
    with serving(plant) as house:
        yield house
    plant.close()


def test_what_is_overdue_is_found_and_leads_to_its_certificate(
    look_in: LookIn, archive: House, looked_at: LookedAt
) -> None:
    page = look_in("engineer", archive)
    page.goto("/certificates")
    expect(page.get_by_role("row").nth(1)).to_contain_text("overdue")
    page.get_by_label("State").select_option("overdue")
    page.get_by_label("Instrument, channel, certificate or laboratory").fill("s-h")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="H-3").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Calibration certificate H-3")
    page.goto("/certificates")
    looked_at(page, "certificates", LOOKS[::2])


def test_a_certificate_can_be_read_by_everybody(
    look_in: LookIn, archive: House, looked_at: LookedAt
) -> None:
    page = look_in("auditor", archive)
    page.goto("/certificates/H-3")
    page.get_by_role("link", name="300", exact=True).first.click()
    expect(page.get_by_text("At 300 kW.")).to_be_visible()
    page.get_by_label("Guard band", exact=True).first.fill("2U")
    page.get_by_role("button", name="Weigh again").first.click()
    expect(page.get_by_text("acceptance with a guard band of 2U").first).to_be_visible()
    looked_at(page, "certificate", LOOKS[1::2])


def test_the_chain_is_drawn_and_told(look_in: LookIn, archive: House, looked_at: LookedAt) -> None:
    page = look_in("auditor", archive)
    page.goto("/certificates/E-17/chain")
    expect(page.get_by_role("img", name="Graph of the chain")).to_be_visible()
    page.get_by_role("link", name="std:NIM/N-1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What rests on std:NIM/N-1")
    page.goto("/certificates/H-3/chain")
    looked_at(page, "certificate-chain", LOOKS[1:3])


def test_a_phone_shows_first_the_paper_that_the_chain_is_about(
    look_in: LookIn, archive: House
) -> None:
    page = look_in("auditor", archive)
    page.set_viewport_size(PHONE)
    page.goto("/certificates/H-3/chain?lang=en")
    here = page.locator("svg .here").bounding_box()
    assert here is not None
    assert here["x"] >= 0
    assert here["x"] + here["width"] <= PHONE["width"]


def test_a_dcc_is_brought_weighed_and_kept_without_a_script(
    look_in: LookIn, own_house: House, tmp_path: Path
) -> None:
    page = look_in("engineer", own_house, scripts=False)
    page.goto("/certificates")
    page.get_by_role("link", name="Bring a DCC").click()
    page.get_by_label("File, at most 4 MB").set_input_files(VECTORS / PLAIN)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_text("F_DCC_NO_SCHEMA")).to_be_visible()
    page.get_by_label("I have weighed the findings above.").check()
    page.get_by_label("Reason").fill("yearly")
    page.get_by_role("button", name="Keep the document").click()
    expect(page.get_by_text("It is kept", exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Certificate for the agent's folder (TOML)").click()
    path = tmp_path / "certificate.toml"
    download.value.save_as(path)
    assert "document_sha256" in path.read_text("utf-8")


def test_a_dcc_before_it_is_accepted_can_be_read_by_everybody(
    look_in: LookIn, archive: House, looked_at: LookedAt
) -> None:
    page = look_in("engineer", archive)
    page.goto("/certificates/new/dcc")
    assert barriers(page) == []
    page.get_by_label("File, at most 4 MB").set_input_files(VECTORS / PLAIN)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("heading", name="What must be weighed")).to_be_visible()
    looked_at(page, "certificate-dcc", LOOKS[1:3])
