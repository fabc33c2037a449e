"""Every form of every page, sent empty and with bent fields: no person ends on bare JSON."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit

import pytest

from tests.unit.collector.api.plant import GAS, LINE_1, LINE_2, STANDARD, Plant
from tests.unit.collector.web.conftest import Browser
from tests.unit.collector.web.test_activity_entering import READING
from tests.unit.collector.web.test_boundary_pages import FORM as BOUNDARY
from tests.unit.collector.web.test_links import VARYING

RANGE: Final = "start=2026-03-30&end=2026-04-03"
PAGES: Final = (
    "/",
    "/sign-in",
    "/certificates",
    "/certificates/E-1",
    "/certificates/E-1/chain",
    f"/certificates/all/rests-on?id={STANDARD}",
    "/certificates/new/dcc",
    "/activity",
    f"/activity?channels={LINE_1},{LINE_2},{GAS}&{RANGE}",
    f"/activity/download?channel={LINE_1}&{RANGE}&format=pact",
    f"/activity?boundary=jinan/line-2&{RANGE}",
    "/activity/enter",
    "/audit",
    "/audit/changes",
    "/audit/effects",
    "/audit/logs",
    f"/audit/bundle?channel={LINE_1}&{RANGE}",
    "/people",
    f"/instruments/{LINE_1}",
)
BENT: Final = ("\x00", "-1e999", f"2026-02-30中'\"<b>&%00{'x' * 5000}")
ENTRY: Final = re.compile(r'href="(/activity/enter\?entry=[0-9]+)"')
FILE: Final = "multipart/form-data"


@dataclass(slots=True)
class Form:
    """A form as a browser would send it."""

    action: str
    method: str
    kind: str
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it has in common with the same form of another page."""
        return f"{self.method} {VARYING.sub('N', urlsplit(self.action).path)} {sorted(self.fields)}"


class Reading(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms = address, list[Form]()
        self._in_form = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begins a form, or adds a field to it."""
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.address, told.get("action") or self.address)
            method, kind = told.get("method", "get").upper(), told.get("enctype", "")
            self.forms.append(Form(action=action, method=method, kind=kind))
        self._in_form = tag == "form" or self._in_form
        if self._in_form and tag in {"input", "select", "textarea"} and "name" in told:
            self.forms[-1].fields[told["name"]] = told.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Ends a form."""
        self._in_form = self._in_form and tag != "form"


def forms_of(browser: Browser) -> list[Form]:
    """The forms of all pages, one of each sort."""
    found: dict[str, Form] = {}
    for page in PAGES:
        answer = browser.get(page)
        address = answer.headers.get("location", page)
        if address != page:
            answer = browser.get(address)
        if "/bundles/" in address:  # the statement that it is of has forms too
            statement = address.replace("/audit/bundles/", "/activity/")
            found |= read(statement, browser.get(statement).text)
        found |= read(address, answer.text)
        for each in ENTRY.findall(answer.text):
            found |= read(each, browser.get(each).text)
    return [each for each in found.values() if each.action != "/sign-out"]


def read(address: str, text: str) -> dict[str, Form]:
    reader = Reading(address)
    reader.feed(text)
    return {each.name: each for each in reader.forms}


def bent(form: Form) -> Iterator[dict[str, str]]:
    """The fields, all of them empty, and one after the other bent."""
    word = {name: form.fields[name] for name in ("csrf",) if name in form.fields}
    own = [name for name in form.fields if name != "csrf"]
    yield dict.fromkeys(own, "") | word
    yield word
    for name in own:
        for value in BENT:
            yield form.fields | {name: value}


def sent(browser: Browser, form: Form, fields: dict[str, str]) -> str:
    """What is wrong with the answer, after at most three redirections; "" if nothing is."""
    if form.method == "GET":
        parts = urlsplit(form.action)
        answer = browser.get(f"{parts.path}?{urlencode(fields)}")
    elif form.kind == FILE:
        answer = browser.post(form.action, {}, **{"content-type": f"{FILE}; boundary=x"})
    else:
        answer = browser.post(form.action, fields)
    for _ in range(3):
        if answer.status_code != 303:
            break
        answer = browser.get(answer.headers["location"])
    kind = answer.headers.get("content-type", "")
    is_file = answer.status_code == 200 and "attachment" in answer.headers.get(
        "content-disposition", ""
    )
    if answer.status_code < 500 and (is_file or kind.startswith("text/html")):
        return ""
    return f"{answer.status_code} {kind} {answer.text[:200]}"


@pytest.fixture
def seen(people: Plant, browser: Browser) -> Browser:
    people.fill()
    browser.sign_in("administrator")
    for path, form in (
        ("/activity/enter", READING),
        (f"/activity?channels={LINE_1},{LINE_2}", BOUNDARY | {"factor_1": "-1"}),
    ):
        assert browser.fill_in(path, form).status_code == 303
    return browser


def test_no_form_ends_on_bare_json_or_fails_whatever_is_filled_in(seen: Browser) -> None:
    wrong: dict[str, str] = {}
    for form in forms_of(seen):
        for fields in bent(form):
            if said := sent(seen, form, fields):
                wrong[f"{form.name} { ({k: v[:12] for k, v in fields.items()}) }"] = said
    assert wrong == {}


def test_the_forms_of_all_pages_are_found(seen: Browser) -> None:
    found = {
        f"{each.method} {re.sub('N.*', 'N', each.name.split(' ')[1])}" for each in forms_of(seen)
    }
    assert found >= {
        "GET /",
        "POST /sign-in",
        "GET /certificates",
        "POST /certificates/new/dcc",
        "GET /activity",
        "POST /activity",
        "GET /activity/download",
        "POST /activity/enter",
        "POST /activity/enter/N",
        "POST /activity/enter/table",
        "POST /activity/boundaries/jinan/N",
        "POST /activity/N",
        "GET /audit",
        "GET /audit/changes",
        "GET /audit/effects",
        "POST /audit/logs",
        "POST /people/users",
        "POST /people/users/change",
        "POST /people/tokens",
    }


def test_a_form_of_a_file_without_what_it_needs_is_shown_again_as_it_was(seen: Browser) -> None:
    asked = f"channel={LINE_1},{LINE_2}&{RANGE}&by=day&tz=UTC&format=pact&data_schema="
    answer = seen.get(f"/activity/download?{asked}")
    assert answer.status_code == 422
    text = answer.text
    assert "<strong>For PACT: address of its schema</strong>: this format needs it</p>" in text
    assert '<option value="pact" selected>' in text
    assert '<option value="day" selected>' in text
    assert f'<option value="{LINE_1},{LINE_2}">' in text
    assert 'name="start" value="2026-03-30"' in text
    assert 'name="tz" value="UTC"' in text
    assert 'name="data_schema" type="url" maxlength="500" value="" ' in text
    assert 'aria-invalid="true" autofocus' in text
    mended = asked.replace("data_schema=", "data_schema=https://example.org/schema.json")
    file = seen.get(f"/activity/download?{mended}")
    assert file.status_code == 200
    assert file.json()["dataSchema"] == "https://example.org/schema.json"


def test_a_program_is_told_as_before(seen: Browser) -> None:
    asked = f"/activity/download?channel={LINE_1}&{RANGE}&format=pact"
    answer = seen.get(asked, accept="application/json")
    assert answer.status_code == 422
    assert answer.json()["code"] == "E_QUERY"
