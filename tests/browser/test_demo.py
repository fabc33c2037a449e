"""The demo as somebody meets it who has typed `make demo`: its own processes, its own pages.

One demo for all of it: what is looked at first is what is there first.
"""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import LookedAt
from tests.browser.looking import LOOKS, PHONE, barriers
from tests.browser.waiting import until
from tests.system.demo_process import Running

SOON_MS = 60_000
ROLLING = "works/rolling-mill/active_energy_import"
STACK = "works/boiler/co2"
FOUND = "SIMLAB-2026-0007"
"""The certificate that comes in as the demo runs: the meter that was taken down, as found."""
HOUR = "start=2026-01-06T06:00:00Z&end=2026-01-06T07:00:00Z"
TWO_HOURS = "start=2026-01-06T06:00:00Z&end=2026-01-06T08:00:00Z"
A_GOOD_TEN_MINUTES = 10
"""Polls, one a minute."""
COSTS = ("readings lost", "readings wait", "in doubt", "due soon")
"""The dearest first."""
VECTORS = Path(__file__).parents[1] / "vectors" / "dcc"


def test_the_overdue_instrument_is_found_without_being_told_where(visitor: Page) -> None:
    visitor.goto("/?live=off")
    overdue = visitor.get_by_role("row").filter(has_text="is overdue")
    until(visitor, overdue.filter(has_text="works/cooling-water")).get_by_role("link").click()
    visitor.wait_for_url("**state=overdue**")
    shown = visitor.get_by_role("rowheader").filter(has_text="works/")
    names = {each.split()[0] for each in shown.all_inner_texts()}
    assert "works/cooling-water" in names


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


def test_every_reading_of_the_demo_has_its_uncertainty_and_reads_in_chinese(
    visitor: Page, looked_at: LookedAt
) -> None:
    visitor.goto("/?live=off&q=rolling")
    until(visitor, visitor.get_by_text("active_power"))
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
    until(visitor, visitor.get_by_role("link", name="co2", exact=True)).click()
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
    misses = visitor.get_by_role("group", name="As a table").get_by_role("row")
    misses.filter(has_text="no answer in time").first.get_by_role("link").click()
    expect(visitor.get_by_text("That is a signed statement too")).to_be_visible()
    expect(visitor.get_by_text("The steps lead to the root")).to_be_visible()


def _told(visitor: Page, cause: str, state: str) -> Locator:
    """The gap in the list of what was missing, as soon as it stands there in this state."""
    listed = visitor.get_by_role("row").filter(has=visitor.get_by_role("rowheader"))
    of_cause = listed.filter(has_text=cause)
    found = of_cause.filter(has=visitor.get_by_text(state, exact=True))
    return until(visitor, found).first


def test_the_certificate_of_the_overdue_instrument_is_one_step_further(visitor: Page) -> None:
    visitor.goto("/?state=overdue&q=cooling")
    visitor.get_by_role("link", name="SIMLAB-2024-0004").click()
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("SIMLAB-2024-0004")
    expect(visitor.get_by_text("overdue").first).to_be_visible()


def test_the_chain_of_a_standard_shows_it_first_on_a_phone(
    visitor: Page, looked_at: LookedAt
) -> None:
    visitor.goto("/certificates/SIMLAB-2024-0004")
    visitor.get_by_role("link", name="Chain to the national standard").click()
    expect(visitor.get_by_role("img", name="Graph of the chain")).to_contain_text("STD-FLOW")
    visitor.goto("/certificates/all/rests-on?id=std:SIMLAB/STD-ENERGY")
    looked_at(visitor, "demo-chain", LOOKS[2:3])
    room = visitor.locator("figure .scroll")
    assert room.evaluate("each => each.scrollWidth > each.clientWidth && each.scrollLeft > 0")
    here = visitor.locator("svg .here").bounding_box()
    assert here is not None
    assert 0 <= here["x"] <= here["x"] + here["width"] <= PHONE["width"]


def test_the_tonnes_of_the_stack_appear_when_the_first_hour_is_closed(visitor: Page) -> None:
    visitor.goto("/?q=boiler+co2")
    tonnes = visitor.get_by_role("cell").filter(has_text="t in the hour to")
    expect(tonnes).to_contain_text(" ± ", timeout=SOON_MS)
    silent = visitor.get_by_role("row").filter(has_text="no reading since")
    expect(silent.filter(has=visitor.get_by_text("works/boiler", exact=True))).to_have_count(0)


def test_an_amount_leads_down_to_the_bytes_of_a_reading_and_its_proof(
    visitor: Page, looked_at: LookedAt
) -> None:
    visitor.goto("/activity?q=rolling")
    visitor.get_by_role("link", name=f"Choose {ROLLING}").click()
    visitor.get_by_label("From", exact=True).fill("2026-01-06")
    visitor.get_by_label("Until").fill("2026-01-07")
    visitor.get_by_role("button", name="Show", exact=True).click()
    hour = visitor.get_by_role("rowheader", name="2026-01-06 14:00")  # 06:00 UTC
    until(visitor, hour)
    expect(visitor.get_by_role("heading", name="What contributes to the variance")).to_be_visible()
    looked_at(visitor, "demo-activity", LOOKS[:1])
    hour.get_by_role("link").first.click()
    readings = visitor.get_by_role("region", name="Readings").get_by_role("row")
    expect(readings.nth(1)).to_contain_text(re.compile("[0-9a-f]{16}"))
    readings.nth(1).get_by_role("link").click()
    expect(visitor.get_by_text("The steps lead to the root")).to_be_visible()


def test_the_fifteen_checks_of_a_channel_and_its_evidence_are_on_the_page(visitor: Page) -> None:
    visitor.goto(f"/audit?channel={ROLLING}&{HOUR}")
    expect(visitor.get_by_role("heading", level=4)).to_have_count(15, timeout=SOON_MS)
    expect(visitor.get_by_role("heading", name="recomputation from raw")).to_contain_text("ok")
    expect(visitor.get_by_role("heading", name="What was not checked")).to_be_visible()
    visitor.get_by_role("link", name="Evidence bundle of the period").click()
    verified = visitor.get_by_role("row").filter(has=visitor.get_by_role("rowheader"))
    expect(verified).to_have_count(28, timeout=SOON_MS)
    expect(visitor.get_by_role("cell", name="ok", exact=True)).not_to_have_count(0)
    failed = verified.filter(has=visitor.get_by_role("cell", name="failed", exact=True))
    expect(failed).to_have_count(1)
    expect(failed).to_contain_text("simulated clock")  # a demonstration proves nothing


def test_the_report_of_a_channel_s_checks_is_for_paper(visitor: Page) -> None:
    visitor.goto(f"/audit?channel={ROLLING}&{HOUR}")
    visitor.get_by_role("link", name="Report on a page of its own").click()
    expect(visitor.get_by_role("heading", level=4)).to_have_count(15)
    assert barriers(visitor) == []
    visitor.emulate_media(media="print")
    expect(visitor.get_by_role("button")).to_have_count(0)
    expect(visitor.locator(".no-print:visible")).to_have_count(0)


def test_what_is_stated_is_taken_away_and_verified_without_this_collector(
    visitor: Page, tmp_path: Path
) -> None:
    visitor.goto(f"/audit?channel={ROLLING}&{HOUR}")
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


def test_long_names_of_inputs_keep_the_page_of_the_stack_within_a_phone(visitor: Page) -> None:
    visitor.set_viewport_size(PHONE)
    visitor.goto(f"/instruments/{STACK}")
    expect(visitor.get_by_text("HJ75-CO2")).to_be_visible()
    assert visitor.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_rules_compliance_value_stands_beside_the_best_estimate_of_the_stack(
    visitor: Page, looked_at: LookedAt
) -> None:
    visitor.goto(f"/activity?channels={STACK}&{TWO_HOURS}")
    ruled = visitor.get_by_role("group", name=f"Under the monitoring plan {STACK}")
    substituted = visitor.get_by_text("substituted: 1")
    until(visitor, substituted)
    _, complied, best, *_ = ruled.get_by_role("row").last.get_by_role("cell").all_inner_texts()
    assert _number(complied) == pytest.approx(_number(best.split("±")[0]), rel=0.03)
    assert " ± " in best
    assert "±" not in complied  # the rules state no uncertainty
    looked_at(visitor, "demo-plan", LOOKS[3:])


def _number(words: str) -> float:
    return float(re.sub(r"[^0-9.]", "", words))


def test_the_analyser_s_check_has_failed_before_all_who_look(visitor: Page) -> None:
    visitor.goto("/instruments/works/boiler-co2/co2")
    checks = visitor.get_by_role("row").filter(has_text="RM-boiler-co2-001")
    failed = until(visitor, checks.filter(has_text="out of control").last)
    expect(failed).to_contain_text("span")
    expect(visitor.get_by_role("img", name="Drift of span")).to_be_visible()
    assert barriers(visitor) == []


def test_a_failed_check_and_a_failed_certificate_are_told_as_something_to_do(
    visitor: Page, looked_at: LookedAt
) -> None:
    visitor.goto("/?live=off")
    repairs = visitor.get_by_role("region", name="Repairs").get_by_role("row")
    found = until(visitor, repairs.filter(has_text=f"it did not pass {FOUND}"))
    check = until(visitor, repairs.filter(has_text="its daily check of"))
    for each in (found, check):
        expect(each).to_contain_text("in doubt")
    expect(found).to_contain_text("as found")
    expect(check.get_by_role("rowheader")).to_contain_text("works/boiler-co2/co2")
    costs = repairs.get_by_role("cell").filter(has_text=re.compile("^(readings|in doubt|due soon)"))
    told = [each for each in costs.all_inner_texts() if each in COSTS]
    assert told == sorted(told, key=COSTS.index)
    looked_at(visitor, "demo-failed", LOOKS[:1])
    looked_at(visitor, "demo-failed", LOOKS[2:3])
    visitor.goto("/?live=off&lang=en")
    found.get_by_role("link", name="effects on amounts").click()
    expect(visitor.get_by_role("row").filter(has_text=FOUND)).to_be_visible()
    visitor.goto("/?live=off&state=check_failed")
    expect(visitor.get_by_text("check failed", exact=True).first).to_be_visible()
    expect(visitor.get_by_text("of works/boiler-co2/co2, since 2026-01-06")).to_be_visible()
    check.get_by_role("link", name="control chart").click()
    expect(visitor.get_by_role("img", name="Drift of span")).to_be_visible()


def test_what_bad_results_did_is_told_in_tonnes_and_in_kilowatt_hours(
    visitor: Page, looked_at: LookedAt
) -> None:
    visitor.goto("/audit/effects")
    tonnes = visitor.get_by_role("row").filter(has_text=STACK).filter(has_text="failed a check")
    energy = visitor.get_by_role("row").filter(has_text=FOUND)
    until(visitor, energy)
    expect(until(visitor, tonnes)).to_contain_text("it failed a check")
    expect(tonnes.get_by_role("cell").nth(3)).to_contain_text(re.compile(r"\d ± \d.* t"))
    expect(energy.get_by_role("cell").nth(3)).to_contain_text(re.compile(r"^−0.*\d ± 0.* kW·h$"))
    energy.get_by_role("link", name=f"Statements that {FOUND} touched").click()
    expect(visitor.get_by_role("rowheader")).to_contain_text("works/compressors")
    visitor.go_back()
    looked_at(visitor, "demo-effects", LOOKS[2:3])
    visitor.goto(f"/certificates/{FOUND}?lang=en")
    expect(visitor.get_by_text("did not pass").first).to_be_visible()
    assert barriers(visitor) == []


def test_the_checks_of_the_running_month_find_the_doubt_and_blame_nothing_on_it(
    visitor: Page,
) -> None:
    """Whoever asks for evidence of a month that runs makes no finding by it."""
    visitor.goto(f"/audit?channel={STACK}")
    expect(visitor.get_by_role("heading", level=4)).to_have_count(15, timeout=SOON_MS)
    failed = visitor.get_by_text("boiler-co2 failed a test under the plan")
    expect(failed).to_contain_text("measured out of control")
    expect(visitor.get_by_text("hours are still to come").first).to_be_visible()
    expect(visitor.get_by_text("part75").first).to_be_visible()
    visitor.get_by_role("link", name="Evidence bundle of the period").click()
    expect(visitor.get_by_text("before the end of the period")).to_be_visible()
    visitor.goto(f"/audit?channel={STACK}")
    recomputed = visitor.get_by_role("heading", name="recomputation from raw")
    expect(recomputed).to_contain_text("ok", timeout=SOON_MS)


def test_the_ends_of_all_logs_are_signed(visitor: Page) -> None:
    visitor.goto("/audit/logs")
    for agent in ("line-1", "line-2", "line-3"):
        expect(visitor.get_by_role("row").filter(has_text=agent).first).to_contain_text("signed")
    assert barriers(visitor) == []


@pytest.mark.parametrize("address", ["/certificates", "/activity/enter", "/about", "/sign-in"])
def test_what_was_not_looked_at_above_can_be_read_by_everybody(visitor: Page, address: str) -> None:
    visitor.goto(f"{address}?lang=zh&theme=dark")
    assert barriers(visitor) == []


def test_once_somebody_is_added_the_pages_ask_who_comes(li: Page, visitor: Page) -> None:
    visitor.goto("/?q=furnace")
    expect(visitor.get_by_label("Password")).to_be_visible()
    li.goto("/")
    expect(li.get_by_text("li · administrator")).to_be_visible()


def test_somebody_is_added_for_a_reason_and_gets_a_token(li: Page) -> None:
    li.goto("/people")
    add = li.get_by_role("form", name="Add somebody")
    add.get_by_label("Name").fill("wang")
    add.get_by_label("Reason").fill("reads the meters of the works")
    add.get_by_role("button").click()
    expect(li.get_by_text("wang · analyst")).to_be_visible()
    issue = li.get_by_role("form", name="Issue a token")
    issue.get_by_label("Name").fill("notebook")
    issue.get_by_label("Whose").select_option("wang")
    issue.get_by_label("Reason").fill("quarterly export")
    issue.get_by_role("button").click()
    expect(li.get_by_role("status")).to_contain_text("cmt_")
    li.goto("/people")
    assert barriers(li) == []


def test_a_reading_is_typed_stated_and_corrected(li: Page) -> None:
    li.goto("/activity/enter")
    li.get_by_label("Channel", exact=True).fill("works/~diesel/volume")
    li.get_by_label("Quantity").select_option("volume")
    li.get_by_label("Unit", exact=True).fill("m3")
    li.get_by_label("Value").fill("12.5")
    li.get_by_label("From", exact=True).fill("2026-01-05T00:00")
    li.get_by_label("Until", exact=True).fill("2026-01-06T00:00")
    li.get_by_label("Taken from").fill("delivery note 7")
    li.get_by_label("Relative standard uncertainty").fill("0.005")
    li.get_by_label("Reason").first.fill("the tank was filled")
    li.get_by_role("button", name="Enter", exact=True).first.click()
    expect(li.get_by_role("status")).to_contain_text("Entered as")
    li.get_by_role("link", name="To its amounts").click()
    expect(li.get_by_text("12.50 ± 0.1").first).to_be_visible()
    li.goto("/activity/enter")
    li.get_by_role("link", name="Correct entry").click()
    li.get_by_label("Value").fill("15.2")
    li.get_by_label("Reason").first.fill("digits were exchanged")
    li.get_by_role("button", name="Enter the correction").click()
    expect(li.get_by_role("status")).to_be_visible()


def test_the_changes_say_who_did_it_when_why_what_it_was_and_became(li: Page) -> None:
    li.goto("/audit/changes")
    added = li.get_by_role("row").filter(has_text="reads the meters of the works")
    expect(added).to_contain_text("user added")
    corrected = li.get_by_role("row").filter(has_text="digits were exchanged")
    expect(corrected).to_contain_text(re.compile("li administrator"))
    expect(corrected.locator("time")).to_contain_text("2026-01-0")
    expect(corrected.locator("del")).to_have_text("12.5")
    expect(corrected.locator("ins")).to_have_text("15.2")
    assert barriers(li) == []


def test_a_laboratory_s_document_is_brought_weighed_and_kept(li: Page) -> None:
    li.goto("/certificates")
    li.get_by_role("link", name="Bring a DCC").click()
    file = VECTORS / "pydcc__dcc_gp_temperature_typical_v12.xml"
    li.get_by_label("File, at most").set_input_files(file)
    li.get_by_role("button", name="Read it").click()
    expect(li.get_by_role("heading", name="What must be weighed")).to_be_visible()
    assert barriers(li) == []
    expect(li.get_by_text(hashlib.sha256(file.read_bytes()).hexdigest())).to_be_visible()
    weighed = li.get_by_label("I have weighed the findings above.")
    if weighed.count():
        weighed.check()
    li.get_by_label("Reason").fill("yearly calibration")
    li.get_by_role("button", name="Keep the document").click()
    expect(li.get_by_role("link", name="The document, byte for byte")).to_be_visible()
