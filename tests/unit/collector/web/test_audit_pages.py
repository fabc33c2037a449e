"""The auditor's pages as they are answered: who may see what, and that the proofs are proofs."""

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.api.app import create_app
from collector.people.users import User
from collector.rights import Role
from collector.web.pages import add_pages
from evidence.bundle.outcome import Check, Result
from evidence.bundle.policy import parse_policy
from evidence.bundle.verify import verify
from evidence.log.entry import Act, Action
from evidence.log.key import Algorithm, generate
from evidence.log.receipt import cosign
from tests.unit.collector.agent_log import EPOCH, SIGNER, key_of
from tests.unit.collector.api.plant import LINE_1, MILL, POWER, Asked, Plant
from tests.unit.collector.web.conftest import Browser, kept

DAY = "start=2026-03-30&end=2026-03-31"
PAGES = (
    "/audit",
    f"/audit/report?channel={LINE_1}&{DAY}",
    "/audit/changes",
    "/audit/changes/0",
    "/audit/logs",
    f"/audit/leaves/gw-1/{EPOCH}/0",
    "/audit/effects",
    "/audit/effects/touched?certificate=E-1",
)


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """A filled plant that people know, and three entries of its journal."""
    built = Plant(tmp_path_factory.mktemp("works"))
    built.fill()
    for role in Role:
        sites = ("jinan",) if role is Role.ENGINEER else ()
        person = User(name=role.value, role=role, sites=sites, password=kept(role), created_ns=0)
        built.parts().users.add(person)
    with built.parts().journal() as journal:
        for site, subject in (("jinan", "gw-1"), ("weifang", "gw-2"), ("", "gw-1")):
            journal.record(
                Act(
                    who="host:root",
                    role="host",
                    action=Action.KEY_PINNED,
                    site=site,
                    subject=subject,
                    reason="compared in person",
                    new={"key": subject},
                )
            )
    yield built
    built.close()


@pytest.fixture
def seen_by(works: Plant) -> Iterator[Browser]:
    """A browser in which the auditor has signed in."""
    parts = works.parts()
    browser = Browser(Asked(add_pages(create_app(parts), parts)))
    browser.sign_in("auditor")
    yield browser
    parts.sources.close()


def as_role(browser: Browser, name: str) -> Browser:
    other = Browser(browser.asked)
    other.sign_in(name)
    return other


def bundle_of(browser: Browser, channel: str = LINE_1) -> str:
    """The address of the evidence of a day."""
    led = browser.get(f"/audit/bundle?channel={channel}&{DAY}")
    assert led.status_code == 303, led.text
    return led.headers["location"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_are_for_those_who_may_read_evidence(
    seen_by: Browser, path: str, language: str
) -> None:
    joined = f"{path}{'&' if '?' in path else '?'}lang={language}"
    assert seen_by.get(joined).status_code == 200
    assert as_role(seen_by, "analyst").get(joined).status_code == 403


def test_somebody_of_one_site_sees_that_one_alone(seen_by: Browser) -> None:
    engineer = as_role(seen_by, "engineer")
    changes = engineer.get("/audit/changes").text
    assert "gw-1" in changes
    assert "gw-2" not in changes
    assert engineer.get("/audit/changes/0").status_code == 200
    assert engineer.get("/audit/changes/1").status_code == 404
    assert engineer.get("/audit/changes/2").status_code == 404
    assert MILL not in engineer.get("/audit").text
    assert engineer.get(f"/audit/report?channel={MILL}&{DAY}").status_code == 404
    assert engineer.get(f"/audit/leaves/gw-2/{EPOCH}/0").status_code == 404
    assert "gw-2" not in engineer.get("/audit/logs").text
    foreign = bundle_of(seen_by, MILL)
    for path in (foreign, f"{foreign}/checks", f"{foreign}/bundle.zip"):
        assert engineer.get(path).status_code == 404


def test_the_report_says_what_the_interface_says(seen_by: Browser) -> None:
    told = seen_by.get(f"/api/v1/audit?channel={LINE_1}&{DAY}").json()
    page = seen_by.get(f"/audit/report?channel={LINE_1}&{DAY}").text
    assert told["digest"] in page
    for check in told["checks"]:
        assert f'id="check-{check["number"]}"' in page
    assert page.count('href="#check-') == len(told["not_checked"])


def test_a_bundle_of_one_step_is_verified_elsewhere_with_the_same_outcomes(
    seen_by: Browser,
) -> None:
    address = bundle_of(seen_by)
    assert bundle_of(seen_by) == address  # stated once
    answer = seen_by.get(f"{address}/bundle.zip")
    assert answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["content-length"]) == len(answer.content)
    digest = hashlib.sha256(answer.content).digest()
    assert base64.b64encode(digest).decode() in answer.headers["repr-digest"]
    found = verify(io.BytesIO(answer.content))
    assert not [each for each in found.outcomes if each.result is Result.FAILED]
    assert found.outcomes[Check.JOURNAL - 1].result is Result.OK
    page = seen_by.get(f"{address}/checks").text
    shown = re.findall(
        r'<td role="cell" class="number">(\d+)</td><td role="cell"><span class="mark (\w+)"', page
    )
    marks = {Result.OK: "good", Result.FAILED: "bad", Result.NOT_CHECKED: "warn"}
    assert shown == [(str(int(each.id)), marks[each.result]) for each in found.outcomes]


def test_a_bundle_for_one_site_holds_no_entry_of_another_or_of_all(seen_by: Browser) -> None:
    address = bundle_of(seen_by)
    answer = as_role(seen_by, "engineer").get(f"{address}/bundle.zip")
    assert answer.status_code == 200
    for content, count in ((seen_by.get(f"{address}/bundle.zip").content, 2), (answer.content, 1)):
        with zipfile.ZipFile(io.BytesIO(content)) as held:
            entries = held.read("journal/entries.bin")
        assert entries.count(b'"subject":"gw-1"') == count
        assert b"gw-2" not in entries
    found = verify(io.BytesIO(answer.content))
    assert not [each for each in found.outcomes if each.result is Result.FAILED]


def policy(agent_key: str) -> str:
    return (
        "schema = 1\n"
        f'collectors = ["{SIGNER.verifier.to_text()}"]\n'
        "require = [4]\n"
        f'[[agents]]\nid = "gw-1"\nkey = "{agent_key}"\nsite = "jinan"\n'
    )


def test_keys_of_ones_own_decide_what_holds(seen_by: Browser) -> None:
    address = f"{bundle_of(seen_by)}/checks"
    for key, mark in ((key_of("gw-1"), "good"), (key_of("mallory"), "bad")):
        answer = seen_by.fill_in(address, {"policy": policy(key.verifier.to_text())})
        assert answer.status_code == 200, answer.text
        assert (
            f'<td role="cell" class="number">4</td><td role="cell"><span class="mark {mark}">'
            in answer.text
        )
    parse_policy(policy(key_of("gw-1").verifier.to_text()).encode(), "test")


def test_a_policy_that_is_none_is_refused_in_words_and_another_sites_form_is(
    seen_by: Browser,
) -> None:
    address = f"{bundle_of(seen_by)}/checks"
    refused = seen_by.fill_in(address, {"policy": "schema = 2 <script>"})
    assert refused.status_code == 422
    assert "schema = 2 &lt;script&gt;" in refused.text
    evil = seen_by.fill_in(address, {"policy": ""}, origin="https://evil.example")
    assert evil.status_code == 403


@pytest.mark.parametrize("told", [{}, {"csrf": "0" * 64}])
def test_forms_of_the_audit_are_not_answered_without_their_word(
    works: Plant, seen_by: Browser, told: dict[str, str]
) -> None:
    for path in (f"{bundle_of(seen_by)}/checks", "/audit/logs"):
        refused = seen_by.post(path, {"policy": "", "note": works.gw1.note(3).decode(), **told})
        assert (refused.status_code, "E_CSRF" in refused.text) == (403, True), path
        assert "load the page again" in refused.text


def test_somebody_at_this_machine_whom_nobody_named_has_a_word_too(fresh: Plant) -> None:
    parts = fresh.parts()
    browser = Browser(Asked(add_pages(create_app(parts), parts)))
    note = {"note": "of nobody", "witness": ""}
    assert browser.post("/audit/logs", note).status_code == 403
    word = re.findall(r'name="csrf" value="([0-9a-f]{64})"', browser.get("/audit/logs").text)
    assert browser.post("/audit/logs", {**note, "csrf": word[-1]}).status_code == 200
    parts.sources.close()


def test_whoever_names_no_channel_for_a_bundle_is_led_to_where_one_is_chosen(
    seen_by: Browser,
) -> None:
    as_role(seen_by, "auditor")
    led = seen_by.get(f"/audit/bundle?{DAY}")
    assert (led.status_code, led.headers["location"]) == (303, "/audit")
    page = seen_by.get(bundle_of(seen_by)).text
    assert "It is made anew each time" in page


def test_a_period_without_data_and_what_is_not_there_are_refused(seen_by: Browser) -> None:
    empty = seen_by.get(f"/audit/bundle?channel={LINE_1}&start=2020-01-01&end=2020-02-01")
    assert (empty.status_code, "E_PERIOD" in empty.text) == (422, True)
    assert seen_by.get(f"/audit/bundles/{'0' * 64}").status_code == 404
    assert seen_by.get(f"/audit/leaves/gw-1/{EPOCH}/9999").status_code == 404
    assert seen_by.get("/audit/changes/99").status_code == 404
    assert seen_by.get("/audit/effects/touched?certificate=none").status_code == 404


def compared(browser: Browser, note: bytes, witness: str = "") -> list[str]:
    """Marks of the four steps."""
    answer = browser.fill_in("/audit/logs", {"note": note.decode(), "witness": witness})
    assert answer.status_code == 200
    steps = answer.text.partition('role="status"')[2].partition("</ol>")[0]
    return re.findall(r'<li><span class="mark (\w+)"', steps)


def test_a_head_that_was_written_down_is_found_again(works: Plant, seen_by: Browser) -> None:
    assert compared(seen_by, works.gw1.note(3)) == ["good", "good", "good", "warn"]
    with works.parts().journal() as journal:
        note = journal.head().note
        journal.record(Act(who="collector", role="collector", action=Action.LEDGER_HEAD))
    assert compared(seen_by, note) == ["good", "good", "good", "warn"]


def test_a_head_of_another_history_or_another_key_is_found_out(
    works: Plant, seen_by: Browser
) -> None:
    leaves = [b"other", *works.gw1.leaves[1:]]
    forked = type(works.gw1)(agent="gw-1", key=key_of("gw-1"), leaves=leaves)
    assert compared(seen_by, forked.note(3)) == ["good", "good", "bad", "warn"]
    forged = type(works.gw1)(agent="gw-1", key=key_of("x"), leaves=list(works.gw1.leaves))
    assert compared(seen_by, forged.note(3)) == ["good", "bad", "good", "warn"]
    assert compared(seen_by, b"no head") == ["bad"]
    unknown = type(works.gw1)(agent="gw-9", key=key_of("gw-9"), leaves=[b"leaf"])
    assert compared(seen_by, unknown.note(1)) == ["good", "warn", "warn", "warn"]
    assert compared(as_role(seen_by, "engineer"), works.gw2.note(1))[2] == "warn"


def test_what_a_witness_cosigned_is_read_with_its_key(works: Plant, seen_by: Browser) -> None:
    witness = generate("witness-1", b"w" * 32, Algorithm.COSIGNATURE_V1)
    text = works.gw1.note(3).decode().partition("\n\n")[0] + "\n"
    cosigned = cosign(text, witness, 1_774_972_800_000_000_000)
    both = works.gw1.note(3) + cosigned.decode().partition("\n\n")[2].encode()
    assert compared(seen_by, both, witness.verifier.to_text()) == ["good"] * 4
    assert compared(seen_by, both, SIGNER.verifier.to_text())[3] == "bad"
    assert compared(seen_by, both, "no key")[3] == "bad"


def test_an_altered_head_of_the_ledger_shows_on_the_page(tmp_path: Path) -> None:
    plant = Plant(tmp_path)
    plant.log_profile()
    plant.judging.catch_up()
    parts = plant.parts()
    with parts.journal() as journal:
        journal.record(Act(who="collector", role="collector", action=Action.LEDGER_HEAD))
    browser = Browser(Asked(add_pages(create_app(parts), parts)))
    assert outcomes(browser) == ["good"] * 6 + ["warn", "warn"]
    with plant.ledger.database.transaction():
        plant.ledger.database.rows("UPDATE leaves SET ledger_root = zeroblob(32)")
    assert outcomes(browser)[2] == "bad"
    parts.sources.close()
    plant.close()


def outcomes(browser: Browser) -> list[str]:
    text = (
        browser.get("/audit/logs")
        .text.partition('class="outcomes stack"')[2]
        .partition("</table>")[0]
    )
    return re.findall(r'<span class="mark (\w+)"', text)


def test_readings_of_other_channels_do_not_hinder_a_report(seen_by: Browser) -> None:
    assert seen_by.get(f"/audit/report?channel={POWER}&{DAY}&lang=zh").status_code == 200
