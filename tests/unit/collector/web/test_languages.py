"""Each page speaks one language: the words of both, and the marks between them."""

from collections.abc import Iterator, Mapping
from itertools import chain

import pytest

from collector.api.app import create_app
from collector.people.users import User
from collector.rights import Role
from collector.web.pages import add_pages
from tests.unit.collector.api.plant import Asked, Plant
from tests.unit.collector.web.chinese import CHINESE, half_width, latin, said
from tests.unit.collector.web.conftest import PASSWORD, Browser, kept
from tests.unit.collector.web.test_links import kind_of, links

Pages = Mapping[str, str]
LANGUAGES = ("en", "zh")
PRODUCTS = frozenset(("carbonmeter", "Brightway", "PACT", "Lines", "Parquet", "English"))
FORMS = frozenset(("CSV", "DCC", "JSON", "TOML", "XLSX", "https"))
NORMS = frozenset(("JCGM", "JJF", "MPE", "RFC", "SHA", "UCUM", "UTC", "CNAS", "App", "max"))
COMMAND = frozenset(("collector", "check", "accept-restored", "rebuild"))
OF_THE_PLANT = frozenset(
    (
        *("ABB", "SDIM", "Siemens", "Plant", "Meter", "Wang", "class", "modbus"),
        *("jinan", "weifang", "energy", "gas", "power", "temperature", "carbonmeter test"),
        *("administrator", "analyst", "auditor", "engineer", "the", "tests", "test"),
    )
)
"""Names that its papers, its profile and its people have; a page shows them as they are."""
NAMES = PRODUCTS | FORMS | NORMS | COMMAND | OF_THE_PLANT
BILINGUAL = ("/docs/",)


def walked(browser: Browser) -> Iterator[tuple[str, str]]:
    """One page of each kind that links lead to."""
    seen: set[str] = set()
    waiting = ["/", "/about", "/people"]
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        if kind in seen or address.startswith(BILINGUAL):
            continue
        seen.add(kind)
        answer = browser.get(address)
        if answer.status_code == 303:
            waiting.append(answer.headers["location"])
        elif answer.headers.get("content-type", "").startswith("text/html"):
            yield address, answer.text
            waiting += links(answer.text, address)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Pages]]:
    plant = Plant(tmp_path_factory.mktemp("languages"))
    plant.fill()
    chief = Role.ADMINISTRATOR
    told = User(name=chief.value, role=chief, sites=(), password=kept(chief), created_ns=0)
    plant.parts().users.add(told)
    parts = plant.parts()
    browser = Browser(Asked(add_pages(create_app(parts), parts)))
    found = {}
    for language in LANGUAGES:
        browser.cookies["cm_lang"] = language
        browser.sign_in(chief.value, PASSWORD)
        found[language] = dict(walked(browser))
    yield found
    parts.sources.close()
    plant.close()


def test_the_same_pages_are_there_in_both_languages(pages: Mapping[str, Pages]) -> None:
    assert {kind_of(each) for each in pages["en"]} == {kind_of(each) for each in pages["zh"]}
    assert len(pages["zh"]) > 25


def test_a_chinese_page_has_latin_words_only_where_they_are_names(
    pages: Mapping[str, Pages],
) -> None:
    wrong = {
        (words, text): address
        for address, page in pages["zh"].items()
        for words, text in latin(page, NAMES)
    }
    assert wrong == {}


def test_a_chinese_page_has_full_width_marks_between_chinese_words(
    pages: Mapping[str, Pages],
) -> None:
    wrong = {text: address for address, page in pages["zh"].items() for _, text in half_width(page)}
    assert wrong == {}


def test_an_english_page_has_no_chinese_but_the_way_to_the_other_language(
    pages: Mapping[str, Pages],
) -> None:
    texts = chain.from_iterable(map(said, pages["en"].values()))
    assert {text for _, text in texts if CHINESE.search(text)} <= {"中文"}


def test_what_a_page_says_is_found_and_what_is_quoted_is_left_out() -> None:
    page = (
        '<html lang="zh"><a aria-label="显示 the rest">证书 of it</a><code>no word</code>'
        '<span lang="en">a source</span><p>通道: 流速</p><br>works/hall/co2 SIMLAB-1</html>'
    )
    assert dict(latin(page, frozenset(("of",)))) == {"a aria-label: the rest": "显示 the rest"}
    assert [text for _, text in half_width(page)] == ["通道: 流速"]
