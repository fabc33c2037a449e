"""A DCC is brought: what is found is shown, nothing is kept before it is accepted, then all is."""

import hashlib
import re
from collections.abc import Iterator

import httpx
import pytest

from calibration.dcc.load import read_bytes
from calibration.load import parse_certificate
from collector.access import Person
from collector.api.app import create_app
from collector.api.security import Reader
from collector.originals import Originals
from collector.rights import Role
from collector.web.certificates import waiting
from collector.web.certificates.dcc_view import on_the_page
from collector.web.certificates.kept import Kept, kept_documents
from collector.web.certificates.waiting import MOST
from collector.web.pages import add_pages
from evidence.log.entry import Action
from tests.unit.calibration.dcc.dcc_documents import MANIPULATED, PLAIN, VECTORS, WEIGHTS
from tests.unit.collector.api.plant import Asked, Plant
from tests.unit.collector.web.chinese import half_width
from tests.unit.collector.web.conftest import Browser

FORM = "/certificates/new/dcc"
DOCUMENT = read_bytes(VECTORS / PLAIN)
SHA256 = hashlib.sha256(DOCUMENT).hexdigest()
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


@pytest.fixture
def browser(people: Plant) -> Iterator[Browser]:
    people.log_profile()
    people.judging.catch_up()
    parts = people.parts()
    yield Browser(Asked(add_pages(create_app(parts), parts)))
    parts.sources.close()


def word(browser: Browser) -> str:
    found = CSRF.search(browser.get("/about").text)
    assert found is not None
    return found[1]


def bring(browser: Browser, data: bytes, site: str = "jinan", **other: str) -> httpx.Response:
    fields = {"csrf": word(browser), "site": site, "item": "", "kind": "", **other}
    sent = httpx.Request(
        "POST", "http://x/", data=fields, files={"document": ("PTB 1.xml", data, "text/xml")}
    )
    kind = {"content-type": sent.headers["content-type"]}
    return browser._sent("POST", FORM, kind, sent.read())


def test_a_document_is_shown_with_its_findings_and_kept_only_once_it_is_accepted(
    browser: Browser, people: Plant
) -> None:
    browser.sign_in("engineer")
    brought = bring(browser, DOCUMENT)
    assert (brought.status_code, brought.headers["location"]) == (303, f"{FORM}/{SHA256}")
    page = browser.get(f"{FORM}/{SHA256}").text
    assert "unsigned: anybody may have written it" in page
    assert "F_DCC_NO_SCHEMA" in page
    assert "Temperature" in page
    assert "<svg" in page
    assert "as left (assumed: the document does not say)" in page
    assert "调整后（为假定：文件未说明）" in browser.get(f"{FORM}/{SHA256}?lang=zh").text
    browser.get(f"{FORM}?lang=en")
    assert not Originals(people.folder).holds(SHA256)

    form = {"csrf": word(browser), "reason": "yearly calibration"}
    refused = browser.post(f"{FORM}/{SHA256}", form)
    assert refused.status_code == 422
    assert "before it is accepted" in refused.text
    assert not Originals(people.folder).holds(SHA256)

    silent = browser.post(f"{FORM}/{SHA256}", {**form, "weighed": "yes", "reason": " "})
    assert (silent.status_code, "Say why it is accepted" in silent.text) == (422, True)
    accepted = browser.post(f"{FORM}/{SHA256}", {**form, "weighed": "yes"})
    assert accepted.status_code == 303, accepted.text
    assert Originals(people.folder).data(SHA256) == DOCUMENT
    with people.parts().journal() as journal:
        (entry,) = [each.entry for each in journal.of([Action.ORIGINAL_KEPT])]
    assert (entry.who, entry.site, entry.subject) == ("engineer", "jinan", SHA256)
    assert (entry.reason, entry.new) == (
        "yearly calibration",
        {"name": "PTB 1.xml", "bytes": len(DOCUMENT)},
    )


def test_the_file_for_the_agents_folder_is_offered_from_what_is_kept(
    browser: Browser, people: Plant
) -> None:
    browser.sign_in("engineer")
    bring(browser, DOCUMENT)
    path = f"{FORM}/{SHA256}"
    assert browser.get(f"{path}/certificate.toml").status_code == 404
    browser.post(path, {"csrf": word(browser), "weighed": "yes", "reason": "yearly calibration"})
    link = re.search(rf'href="({path}/certificate.toml[^"]*)"', browser.get(path).text)
    assert link is not None
    toml = browser.get(link[1].replace("&amp;", "&"))
    assert toml.headers["content-type"].startswith("application/toml")
    certificate = parse_certificate(toml.content, "a.toml")
    assert certificate.document_sha256 == SHA256
    assert certificate.results[0].kind_of_quantity == "temperature"
    browser.asked.app.state.waiting = waiting.WaitingRoom(people.desk)  # the collector began anew
    assert "It is kept" in browser.get(path).text


def test_what_was_chosen_of_a_document_stays_chosen_and_can_be_chosen_anew(
    browser: Browser, people: Plant
) -> None:
    several = (VECTORS / WEIGHTS).read_bytes()
    path = f"{FORM}/{hashlib.sha256(several).hexdigest()}"
    browser.sign_in("engineer")
    bring(browser, several, item="1040917", kind="mass")
    kept = browser.post(path, {"csrf": word(browser), "weighed": "yes", "reason": "weights"})
    assert kept.headers["location"] == f"{path}?item=1040917&kind=mass#kept"
    browser.asked.app.state.waiting = waiting.WaitingRoom(people.desk)  # the collector began anew
    chosen = browser.get(f"{path}?item=1040917&kind=mass").text
    assert '<input id="item" name="item" value="1040917"' in chosen
    assert '<option value="mass" selected>' in chosen
    assert "F_DCC_ITEMS" not in chosen
    (listed,) = re.findall(rf'href="({path}[^"]*)"', browser.get(FORM).text)
    assert listed == f"{path}?item=1040917&amp;kind=mass"
    assert "F_DCC_ITEMS" not in browser.get(f"{path}?lang=en").text
    anew = browser.get(f"{path}?item=&kind=").text
    assert "F_DCC_ITEMS" in anew
    assert '<button type="submit">Read it so</button>' in anew


def test_a_document_that_waits_no_longer_is_asked_for_again_with_what_was_said_of_it(
    browser: Browser, people: Plant
) -> None:
    several = (VECTORS / WEIGHTS).read_bytes()
    path = f"{FORM}/{hashlib.sha256(several).hexdigest()}"
    browser.sign_in("engineer")
    bring(browser, several, item="1040917", kind="mass")
    hidden = re.findall(r'name="(site|item|kind)" value="([^"]*)"', browser.get(path).text)
    assert dict(hidden) == {"site": "jinan", "item": "1040917", "kind": "mass"}
    people.desk.advance(waiting.LONGEST_NS + 1)
    form = {"csrf": word(browser), "weighed": "yes", "reason": "weights", **dict(hidden)}
    for language, words in (("en", "bring the file again"), ("zh", "请重新提交")):
        browser.get(f"{FORM}?lang={language}")
        late = browser.post(path, form)
        assert late.status_code == 404
        assert words in late.text
        assert "<code>E_DCC_GONE</code>" in late.text
        assert 'type="file"' in late.text
        assert 'name="item" value="1040917"' in late.text
        assert '<option value="mass" selected>' in late.text
        assert words in browser.get(path).text


def test_what_was_said_of_a_document_that_is_refused_stays_in_the_form(browser: Browser) -> None:
    browser.sign_in("auditor")
    refused = bring(browser, b"<a/>", item="1040917", kind="mass").text
    assert 'name="item" value="1040917"' in refused
    assert '<option value="mass" selected>' in refused


def test_what_is_kept_is_found_again_from_the_register_by_those_who_see_its_site(
    browser: Browser, people: Plant
) -> None:
    browser.sign_in("engineer")
    assert "No document is kept yet." in browser.get(FORM).text
    bring(browser, DOCUMENT)
    path = f"{FORM}/{SHA256}"
    browser.post(path, {"csrf": word(browser), "weighed": "yes", "reason": "yearly calibration"})
    people.parts().originals.keep(b"%PDF-1.7")
    assert f'href="{FORM}#documents"' in browser.get("/certificates").text
    listed = browser.get(FORM).text
    assert f'<a href="{path}">PTB 1.xml</a>' in listed
    assert f'href="/api/v1/originals/{SHA256}"' in listed
    nobody = Reader(person=Person(name="guest", role=Role.AUDITOR, sites=("weifang",)))
    assert kept_documents(people.parts(), nobody, 1).count == 0


@pytest.mark.parametrize(("name", "start"), [("a.XML", FORM), ("a.pdf", "/api/v1/originals")])
def test_an_xml_file_leads_to_its_dcc_and_another_to_its_bytes(name: str, start: str) -> None:
    kept = Kept(sha256="a" * 64, name=name, site="jinan", by="engineer", at_ns=0, position=1)
    assert kept.address == f"{start}/{'a' * 64}"


@pytest.mark.parametrize(
    ("data", "code"), [(b"<a/>", "E_DCC_ROOT"), (b"", "no file"), (b"\xff", "E_DCC_XML")]
)
def test_what_is_no_dcc_is_said_beside_the_form(browser: Browser, data: bytes, code: str) -> None:
    browser.sign_in("auditor")
    refused = bring(browser, data)
    assert refused.status_code == 422
    assert code in refused.text
    assert 'type="file"' in refused.text


def test_a_refusal_says_what_is_wrong_with_the_code_behind_and_no_place_of_a_program(
    browser: Browser,
) -> None:
    browser.sign_in("auditor")
    for language, words in (
        ("en", "the document is refused: this is not XML that is read here: "),
        ("zh", "该文件被拒绝：此处不读取该 XML："),
    ):
        browser.get(f"{FORM}?lang={language}")
        refused = bring(browser, b"<not closed").text
        assert f">{words}" in refused
        assert "<code>E_DCC_XML</code>" in refused
        assert "&lt;string&gt;" not in refused
        assert "E_DCC_REFUSED" not in refused


def test_options_of_the_command_are_fields_of_the_form_here() -> None:
    told = on_the_page("2 items are calibrated; choose one by --item: 1, 2", "en")
    assert told == (
        "2 items are calibrated; choose one by “Serial number, where several were calibrated”: 1, 2"
    )
    assert "“量的种类（单位对应多种量时）”" in on_the_page("请用 --kind 选择", "zh")
    due = on_the_page("put it into the confirmation as due_on", "en")
    assert due == "put it into the confirmation as “Due on”"
    trusted = on_the_page("请使用 --trust", "zh")
    assert trusted == "请使用 `carbonmeter calibration import --trust`"


def test_a_document_that_was_changed_after_it_was_signed_is_refused(browser: Browser) -> None:
    browser.sign_in("auditor")
    assert "E_DCC_MANIPULATED" in bring(browser, read_bytes(VECTORS / MANIPULATED)).text


def test_an_auditor_weighs_and_does_not_accept(browser: Browser, people: Plant) -> None:
    browser.sign_in("auditor")
    bring(browser, DOCUMENT)
    page = browser.get(f"{FORM}/{SHA256}?lang=zh").text
    browser.get(f"{FORM}?lang=en")
    assert "须由本厂区的工程师或管理员接受" in page
    assert [each for each in half_width(page) if each[0].startswith("h")] == []
    form = {"csrf": word(browser), "weighed": "yes", "reason": "yearly calibration"}
    assert browser.post(f"{FORM}/{SHA256}", form).status_code == 403
    assert not Originals(people.folder).holds(SHA256)


def test_a_document_waits_for_an_hour_of_whoever_brought_it(
    browser: Browser, people: Plant
) -> None:
    browser.sign_in("engineer")
    bring(browser, DOCUMENT)
    people.bench.clock.advance(200 * waiting.LONGEST_NS)  # that of a demonstration
    people.desk.advance(waiting.LONGEST_NS)
    assert browser.get(f"{FORM}/{SHA256}").status_code == 200
    people.desk.advance(1)
    assert browser.get(f"{FORM}/{SHA256}").status_code == 404


def test_what_somebody_brought_is_theirs_alone(browser: Browser) -> None:
    browser.sign_in("administrator")
    bring(browser, DOCUMENT, "weifang")
    browser.sign_in("engineer")
    assert browser.get(f"{FORM}/{SHA256}").status_code == 404
    form = {"csrf": word(browser), "weighed": "yes", "reason": "yearly calibration"}
    assert browser.post(f"{FORM}/{SHA256}", form).status_code == 404
    assert bring(browser, DOCUMENT, "weifang").status_code == 403
    assert bring(browser, DOCUMENT, "nowhere").status_code == 403


def test_a_form_without_the_word_of_the_page_is_refused(browser: Browser) -> None:
    browser.sign_in("engineer")
    assert bring(browser, DOCUMENT, csrf="0" * 64).status_code == 403
    assert browser.get(f"{FORM}/{SHA256}").status_code == 404


def test_few_documents_wait_and_not_for_long(browser: Browser, people: Plant) -> None:
    browser.sign_in("engineer")
    bring(browser, DOCUMENT)
    room = browser.asked.app.state.waiting
    brought = room.find("engineer", SHA256)
    assert brought is not None
    people.desk.advance(waiting.LONGEST_NS + 1)
    assert room.find("engineer", SHA256) is None
    room.put("engineer", brought)
    for number in range(MOST):
        room.put(f"other-{number}", brought)
    assert room.find("engineer", SHA256) is None
    assert room.find("other-0", SHA256) is brought
