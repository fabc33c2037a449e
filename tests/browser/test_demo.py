"""The demo as somebody meets it who has typed `make demo`: its own processes, its own pages."""

import hashlib
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import LookedAt
from tests.browser.looking import LOOKS, PHONE
from tests.system.demo_process import Running, running
from tests.unit.collector.web.conftest import PASSWORD

SOON_MS = 60_000
ROLLING = "works/rolling-mill/active_energy_import"
A_GOOD_TEN_MINUTES = 10
"""Polls, one a minute."""
VECTORS = Path(__file__).parents[1] / "vectors" / "dcc"


@pytest.fixture(scope="module")
def demo() -> Iterator[Running]:
    with running("browser", signal.SIGTERM) as found:
        yield found


@pytest.fixture
def visitor(chromium: Browser, demo: Running) -> Iterator[Page]:
    """Somebody at this machine who has opened the address that was printed."""
    context = chromium.new_context(base_url=demo.api, locale="en-GB")
    yield context.new_page()
    context.close()


def test_the_overdue_instrument_is_found_without_being_told_where(visitor: Page) -> None:
    visitor.goto("/?live=off")
    overdue = visitor.get_by_role("row").filter(has_text="is overdue")
    cooling = overdue.filter(has_text="works/cooling-water")
    while not cooling.count():  # the suite's own time-out ends what hangs
        visitor.reload()
    cooling.get_by_role("link").click()
    visitor.wait_for_url("**state=overdue**")
    shown = visitor.get_by_role("rowheader").filter(has_text="works/")
    names = {each.split()[0] for each in shown.all_inner_texts()}
    assert "works/cooling-water" in names


def test_the_tonnes_of_the_stack_appear_when_the_first_hour_is_closed(visitor: Page) -> None:
    visitor.goto("/?q=boiler+co2")
    tonnes = visitor.get_by_role("cell").filter(has_text="t in the hour to")
    expect(tonnes).to_contain_text(" ± ", timeout=SOON_MS)
    expect(visitor.get_by_role("row").filter(has_text="no reading since")).to_have_count(0)


def test_every_reading_of_the_demo_has_its_uncertainty_and_reads_in_chinese(
    visitor: Page, looked_at: LookedAt
) -> None:
    visitor.goto("/?live=off&q=rolling")
    while visitor.get_by_text("active_power").count() == 0:
        visitor.reload()
    expect(visitor.get_by_role("cell").filter(has_text=" ± ").first).to_be_visible()
    visitor.goto("/?live=off")
    visitor.get_by_role("link", name="中文").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("工厂")
    looked_at(visitor, "demo-factory", LOOKS[:1])
    looked_at(visitor, "demo-factory", LOOKS[2:3])
    assert visitor.viewport_size == PHONE


def test_a_gap_is_found_explained_and_followed_to_its_evidence(
    visitor: Page, looked_at: LookedAt
) -> None:
    visitor.goto("/?live=off&q=hall-air")
    while not visitor.get_by_role("link", name="co2", exact=True).count():
        visitor.reload()
    visitor.get_by_role("link", name="co2", exact=True).click()
    _told(visitor, "no answer in time", "ended").get_by_role("link").first.click()
    expect(visitor.get_by_text("Each reading")).to_be_visible()
    gap = _told(visitor, "no answer in time", "ended")
    polls = gap.get_by_role("cell").filter(has_text=re.compile(r"^\d+$"))
    assert int(polls.inner_text()) >= A_GOOD_TEN_MINUTES
    for words in (r"\d\smin", r"no answer in time ×\d", r"not asked ×\d"):
        expect(gap).to_contain_text(re.compile(words))
    expect(gap).to_contain_text("Check its power, wiring and unit id")
    visitor.get_by_role("link", name="中文").click()
    gap = _told(visitor, "应答超时", "已结束")
    expect(gap).to_contain_text("请检查其供电、接线和站号")
    looked_at(visitor, "demo-gap", LOOKS[::2])
    _told(visitor, "no answer in time", "ended").get_by_role("link").first.click()
    misses = visitor.get_by_role("region", name="As a table").get_by_role("row")
    misses.filter(has_text="no answer in time").first.get_by_role("link").click()
    expect(visitor.get_by_text("That is a signed statement too")).to_be_visible()
    expect(visitor.get_by_text("The steps lead to the root")).to_be_visible()


def _told(visitor: Page, cause: str, state: str) -> Locator:
    """The gap in the list of what was missing, as soon as it stands there in this state."""
    listed = visitor.get_by_role("row").filter(has=visitor.get_by_role("rowheader"))
    of_cause = listed.filter(has_text=cause)
    found = of_cause.filter(has=visitor.get_by_text(state, exact=True))
    while not found.count():
        visitor.reload()
    return found.first


def test_the_certificate_of_the_overdue_instrument_is_one_step_further(visitor: Page) -> None:
    visitor.goto("/?state=overdue&q=cooling")
    visitor.get_by_role("link", name="SIMLAB-2024-0004").click()
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("SIMLAB-2024-0004")
    expect(visitor.get_by_text("overdue").first).to_be_visible()


def test_an_amount_leads_down_to_the_bytes_of_a_reading_and_its_proof(
    visitor: Page, looked_at: LookedAt
) -> None:
    visitor.goto("/activity?q=rolling")
    visitor.get_by_role("link", name=f"Choose {ROLLING}").click()
    visitor.get_by_label("From", exact=True).fill("2026-01-06")
    visitor.get_by_label("Until").fill("2026-01-07")
    visitor.get_by_role("button", name="Show", exact=True).click()
    hour = visitor.get_by_role("rowheader", name="2026-01-06 14:00")  # 06:00 UTC
    while not hour.count():
        visitor.reload()
    expect(visitor.get_by_role("heading", name="What contributes to the variance")).to_be_visible()
    looked_at(visitor, "demo-activity", LOOKS[:1])
    hour.get_by_role("link").first.click()
    readings = visitor.get_by_role("region", name="Readings").get_by_role("row")
    expect(readings.nth(1)).to_contain_text(re.compile("[0-9a-f]{16}"))
    readings.nth(1).get_by_role("link").click()
    expect(visitor.get_by_text("The steps lead to the root")).to_be_visible()


def test_the_fifteen_checks_of_a_channel_and_its_evidence_are_on_the_page(visitor: Page) -> None:
    hour = "start=2026-01-06T06:00:00Z&end=2026-01-06T07:00:00Z"
    visitor.goto(f"/audit?channel={ROLLING}&{hour}")
    expect(visitor.get_by_role("heading", level=4)).to_have_count(15, timeout=SOON_MS)
    expect(visitor.get_by_role("heading", name="recomputation from raw")).to_contain_text("ok")
    expect(visitor.get_by_role("heading", name="What was not checked")).to_be_visible()
    visitor.get_by_role("link", name="Evidence bundle of the period").click()
    verified = visitor.get_by_role("row").filter(has=visitor.get_by_role("rowheader"))
    expect(verified).to_have_count(27, timeout=SOON_MS)
    expect(visitor.get_by_role("cell", name="ok", exact=True)).not_to_have_count(0)
    failed = verified.filter(has=visitor.get_by_role("cell", name="failed", exact=True))
    expect(failed).to_have_count(1)
    expect(failed).to_contain_text("simulated clock")  # a demonstration proves nothing


def test_each_agent_says_at_its_gateway_how_it_is(visitor: Page, demo: Running) -> None:
    agents = {}
    for address in demo.pages:
        visitor.goto(address)
        devices = visitor.locator("#devices tbody tr")
        agents[visitor.get_by_role("heading", level=1).inner_text()] = devices.count()
        expect(visitor.get_by_text("Last receipt (collector's time)")).to_be_visible()
    assert agents == {"Agent line-1": 3, "Agent line-2": 2, "Agent line-3": 6}
    visitor.get_by_role("link", name="中文").click()
    expect(visitor.locator("html")).to_have_attribute("lang", "zh-CN")


def test_what_is_stated_is_taken_away_and_verified_without_this_collector(
    visitor: Page, tmp_path: Path
) -> None:
    visitor.goto(f"/audit?channel={ROLLING}&start=2026-01-06T06:00:00Z&end=2026-01-06T07:00:00Z")
    visitor.get_by_role("link", name="Evidence bundle of the period").click()
    with visitor.expect_download() as begun:
        visitor.get_by_role("link", name="Download the evidence bundle").click()
    bundle, policy = tmp_path / "bundle.zip", tmp_path / "policy.toml"
    begun.value.save_as(bundle)
    policy.write_text("schema = 1\naccept_simulated = true\n")
    assert _verified(bundle, policy) == 0
    damaged = bytearray(bundle.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    bundle.write_bytes(damaged)
    assert _verified(bundle, policy) != 0


def _verified(bundle: Path, policy: Path) -> int:
    command = ["evidence", "verify", str(bundle), "--policy", str(policy)]
    run = subprocess.run(
        [sys.executable, "-m", "carbonmeter.cli", *command], capture_output=True, check=False
    )
    return run.returncode


def test_once_somebody_is_added_the_pages_ask_who_comes(visitor: Page, demo: Running) -> None:
    command = ["collector", "user", "add", "li", "--role", "administrator", "--password"]
    subprocess.run(
        [sys.executable, "-m", "carbonmeter.cli", *command, "--config", str(demo.config)],
        input=f"{PASSWORD}\n",
        text=True,
        check=True,
        capture_output=True,
    )
    visitor.goto("/?q=furnace")
    visitor.get_by_label("Name").fill("li")
    visitor.get_by_label("Password").fill(PASSWORD)
    visitor.get_by_role("button", name="Sign in").click()
    visitor.wait_for_url("**/?q=furnace")
    expect(visitor.get_by_text("li · administrator")).to_be_visible()


def test_a_laboratory_s_document_is_brought_weighed_and_kept(visitor: Page) -> None:
    visitor.goto("/certificates/new/dcc")
    visitor.get_by_label("Name").fill("li")
    visitor.get_by_label("Password").fill(PASSWORD)
    visitor.get_by_role("button", name="Sign in").click()
    file = VECTORS / "pydcc__dcc_gp_temperature_typical_v12.xml"
    visitor.get_by_label("File, at most").set_input_files(file)
    visitor.get_by_role("button", name="Read it").click()
    expect(visitor.get_by_role("heading", name="What must be weighed")).to_be_visible()
    expect(visitor.get_by_text(hashlib.sha256(file.read_bytes()).hexdigest())).to_be_visible()
    weighed = visitor.get_by_label("I have weighed the findings above.")
    if weighed.count():
        weighed.check()
    visitor.get_by_role("button", name="Keep the document").click()
    expect(visitor.get_by_role("link", name="The document, byte for byte")).to_be_visible()
