"""Names are shown as people write them; addresses keep their percent-encoded bytes."""

import re
from collections.abc import Iterator

import pytest

from collector.api.app import create_app
from collector.web.activity.shares import Cause
from collector.web.activity.shown import cause_words
from collector.web.decoded import decoded, names_decoded
from collector.web.pages import add_pages
from tests.unit.collector.api.plant import STANDARD, Asked, Plant, energy_certificate
from tests.unit.collector.web.conftest import Browser

OURS = "std:Works%20lab/E-9"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (OURS, "std:Works lab/E-9"),
        ("crm:GBW%2F1/%E7%93%B6", "crm:GBW/1/瓶"),
        ("E-17", "E-17"),
        ("100 %", "100 %"),
        ("std:%FF/1", "std:%FF/1"),
        ("std:a%0Ab/1", "std:a%0Ab/1"),
        ("std:%E2%80%AEx/1", "std:%E2%80%AEx/1"),
    ],
)
def test_a_name_is_told_as_people_write_it_unless_nobody_could_see_it(name: str, text: str) -> None:
    assert decoded(name) == text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (f"{OURS}: its validity is 5 %25", "std:Works lab/E-9: its validity is 5 %25"),
        ("gap jinan%2Fboiler%2Fco2.2026-01", "gap jinan/boiler/co2.2026-01"),
        ("标准器 std:A%20B/1；100 %", "标准器 std:A B/1；100 %"),
    ],
)
def test_names_in_a_text_are_told_so_and_its_other_marks_stay(said: str, text: str) -> None:
    assert names_decoded(said) == text


def test_a_cause_in_a_figure_has_its_name_so() -> None:
    cause = Cause(kind="std", subject="Works%20lab/E-9", u=1.0, share=1.0, shared=True)
    assert cause_words(cause, lambda key, **_: key) == "activity.cause_std Works lab/E-9"


@pytest.fixture
def browser(people: Plant) -> Iterator[Browser]:
    people.fill()
    again = energy_certificate("E-1C", "S-1").replace(STANDARD.encode(), OURS.encode())
    people.log_file(people.gw1, "certificate", "e-1c.toml", again)
    people.judging.catch_up()
    parts = people.parts()
    made = Browser(Asked(add_pages(create_app(parts), parts)))
    made.sign_in("auditor")
    yield made
    parts.sources.close()


def test_pages_show_the_name_and_lead_on_by_the_id(browser: Browser) -> None:
    for address in ("/certificates/E-1C", "/certificates/E-1C/chain"):
        page = browser.get(address).text
        assert "std:Works lab/E-9" in page, address
        assert "%20" not in re.sub(r'(?:href|value)="[^"]*"', "", page), address
    (way,) = set(re.findall(r'href="([^"]*rests-on[^"]*Works[^"]*)"', page))
    assert "%2520" in way
    assert "std:Works lab/E-9" in browser.get(way).text
