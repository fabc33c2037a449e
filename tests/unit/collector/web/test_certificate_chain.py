"""The chain as a graph: what lies above and below, what is drawn, what is told beside it."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import msgspec
import pytest

from calibration.load import SourceFile, register_of
from calibration.register import CalibrationRegister
from collector.api.app import create_app
from collector.web.certificates import chain_page
from collector.web.certificates.chain_figure import MOST_ACROSS, chain_figure, parted
from collector.web.certificates.graph import Graph, graph_of
from collector.web.certificates.resting_words import by_words
from collector.web.pages import add_pages
from evidence.audit.papers import papers_of
from evidence.audit.resting import roots_of
from evidence.audit.traced import traced
from tests.unit.collector.api.plant import LINE_1, STANDARD, Asked, Plant
from tests.unit.collector.web.certificate_papers import history_papers, log_history
from tests.unit.collector.web.conftest import Browser

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def register() -> CalibrationRegister:
    return register_of(SourceFile(name=name, data=data) for _, name, data in history_papers())


def graph(register: CalibrationRegister, name: str) -> Graph:
    above = traced(register, "jinan", name, papers_of(()))
    return graph_of(register, name, above, roots_of(register, name), ())


def test_standards_lie_above_and_what_rests_on_it_below(register: CalibrationRegister) -> None:
    found = graph(register, "E-17")
    assert {each.name: (each.level, each.kind) for each in found.nodes.values()} == {
        "E-17": (0, "here"),
        "N-1": (-1, "standard"),
        "H-1": (1, "certificate"),
        "H-2": (1, "certificate"),
        "H-3": (1, "certificate"),
    }
    assert set(found.edges) == {("N-1", "E-17"), *(("E-17", f"H-{n}") for n in (1, 2, 3))}


def test_the_reverse_question_begins_at_the_influence(register: CalibrationRegister) -> None:
    found = graph(register, "std:NIM/N-1")
    assert [each.name for each in found.below("certificate")] == ["E-17", "H-1", "H-2", "H-3"]
    assert found.nodes["H-1"].level == 2


def test_a_standard_that_had_expired_on_the_day_is_drawn_as_such(
    register: CalibrationRegister,
) -> None:
    found = graph(register, "H-3")
    assert found.nodes["E-17"].validity == "expired"
    drawn = chain_figure(found, "chain", "zh")
    assert "使用当日已过期" in drawn
    assert 'class="box wrong"' in drawn
    assert 'class="box wrong"' not in chain_figure(graph(register, "H-1"), "chain", "zh")


def test_every_box_lies_on_the_sheet_and_none_on_another(register: CalibrationRegister) -> None:
    certificate = next(each for each in register.certificates if each.id == "H-1")
    many = msgspec.structs.replace(
        register,
        certificates=(
            *register.certificates,
            *(msgspec.structs.replace(certificate, id=f"X-{n}") for n in range(20)),
        ),
    )
    drawn = ET.fromstring(chain_figure(graph(many, "E-17"), "<b>", "en"))  # noqa: S314 - ours
    wide, high = map(float, drawn.attrib["viewBox"].split()[2:])
    boxes = [
        tuple(float(box.attrib[each]) for each in ("x", "y", "width", "height"))
        for box in drawn.iter(f"{SVG}rect")
    ]
    assert len(boxes) == 2 + MOST_ACROSS - 1
    assert "and 19 more" in {each.text for each in drawn.iter(f"{SVG}text")}
    for x, y, w, h in boxes:
        assert 0 <= x <= x + w <= wide
        assert 0 <= y <= y + h <= high
    for one in boxes:
        for other in boxes:
            apart = one[0] + one[2] <= other[0] or one[1] + one[3] <= other[1]
            assert one == other or apart or other[0] + other[2] <= one[0] or other[1] < one[1]


@pytest.fixture
def filled(people: Plant) -> Iterator[Browser]:
    people.fill()
    log_history(people)
    parts = people.parts()
    yield Browser(Asked(add_pages(create_app(parts), parts)))
    parts.sources.close()


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", html)


def test_the_page_tells_the_chain_its_gaps_and_what_rests_on_it(filled: Browser) -> None:
    filled.sign_in("auditor")
    page = filled.get("/certificates/H-3/chain")
    assert page.status_code == 200
    text = plain(page.text)
    assert "E-17 was valid to 2024-06-01 only, and was used on 2025-01-10" in text
    assert "Last standards on record: N-1." in text
    assert text.count("<svg") == 1
    below = plain(filled.get("/certificates/E-1/chain").text)
    assert LINE_1 in below
    assert "the certificate of std:SDIM/E-17 is not in the register" in below
    assert re.search(rf"{LINE_1}</a></th><td [^>]*data-label=\"Hours\">11[0-9]<", below)


def test_any_standard_can_be_asked_for(filled: Browser) -> None:
    filled.sign_in("auditor")
    asked = plain(filled.get(f"/certificates/all/rests-on?id={STANDARD}").text)
    for each in ("E-1", "E-2", "P-1", "H-3", LINE_1):
        assert each in asked
    assert filled.get("/certificates/all/rests-on").status_code == 200
    assert filled.get("/certificates/all/rests-on?id=std:X/9").status_code == 404
    parted = filled.get(
        f"/certificates/all/rests-on?id={STANDARD}&hours=yes&start=2026-03-30&end=2026-03-31"
    )
    assert ">24<" in parted.text
    assert 'name="start" type="date" value="2026-03-30"' in parted.text
    assert "2026-03-30 23:00" in plain(parted.text)
    assert filled.get(f"/certificates/all/rests-on?id={STANDARD}&start=x").status_code == 422
    wrong = f"/certificates/all/rests-on?id={STANDARD}&hours=yes&start=2026-03-31&end=2026-03-30"
    refused = filled.get(wrong)
    assert refused.status_code == 422
    form = refused.text.partition("E_RANGE_ORDER")[2]
    assert 'name="start" type="date" value="2026-03-31"' in form
    assert 'name="end" type="date" value="2026-03-30"' in form
    assert filled.get(wrong, accept="application/json").json()["code"] == "E_RANGE_ORDER"


def test_where_there_are_many_hours_they_are_looked_through_when_asked(
    filled: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain_page, "FEW_HOURS", 10)
    filled.sign_in("auditor")
    page = filled.get("/certificates/E-1/chain").text
    assert "choose a period" in page
    assert "choose a period" not in filled.get("/certificates/E-1/chain?hours=yes").text


def test_many_channels_are_looked_through_page_by_page(
    filled: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.sign_in("auditor")
    address = f"/certificates/all/rests-on?id={STANDARD}&hours=yes"
    whole = plain(filled.get(address).text)
    assert "Looked through here" not in whole
    monkeypatch.setattr(chain_page, "FEW_CHANNELS", 2)
    pages = [plain(filled.get(f"{address}&page={number}").text) for number in (1, 2, 3)]
    assert "Looked through here: jinan/boiler/gas to jinan/hall/temperature, of 5" in pages[0]
    own = [
        set(re.findall(r'<a href="/instruments/([^"]+)">[^<]*</a></th>', each)) for each in pages
    ]
    assert set.union(*own) == set(
        re.findall(r'<a href="/instruments/([^"]+)">[^<]*</a></th>', whole)
    )
    assert all(len(each) <= 2 for each in own)


def test_of_many_statements_the_first_stand_there_and_the_others_unfold(filled: Browser) -> None:
    filled.sign_in("auditor")
    day = "start=2026-03-30&end=2026-03-31&by=hour"
    stated = filled.get(f"/api/v1/activity-data?channel={LINE_1}&{day}")
    count = len(stated.json())
    assert count > chain_page.FEW_STATEMENTS + 1
    page = filled.get("/certificates/E-1/chain").text
    told, _, folded = page.partition("<details>")
    assert told.count("/api/v1/activity-data/") == chain_page.FEW_STATEMENTS
    left = count - chain_page.FEW_STATEMENTS
    assert f"<summary>{left} more statements</summary>" in folded
    assert folded.partition("</details>")[0].count("/api/v1/activity-data/") == left


def test_a_chain_is_evidence(filled: Browser) -> None:
    filled.sign_in("analyst")
    assert filled.get("/certificates/E-1/chain").status_code == 403
    filled.sign_in("engineer")
    assert filled.get("/certificates/E-1/chain?site=weifang").status_code == 200
    assert "weifang" not in filled.get(f"/certificates/all/rests-on?id={STANDARD}").text


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("E-17", ["E-17"]),
        ("", []),
        ("SDIM-2025-EL-0417", ["SDIM-2025-EL-0417"]),
        ("jinan/rolling-mill-3/active_energy", ["jinan/rolling-mill-3/", "active_energy"]),
        ("x" * 40, ["x" * 25, "x" * 15]),
        ("山东省计量科学研究院电能表检定证书", ["山东省计量科学研究院电能", "表检定证书"]),
        (f"a{'b' * 60}-7", ["a" + "b" * 24, "…" + "b" * 22 + "-7"]),
        (f"SDIM/{'b' * 60}/E-17", ["SDIM/", "…" + "b" * 19 + "/E-17"]),
        (
            "works/boiler-barometric_pressure/barometric_pressure-of-the-hall",
            ["works/boiler-barometric_", "…pressure-of-the-hall"],
        ),
        (
            "Simulated national institute of flow and of electrical energy",
            ["Simulated national", "…and of electrical energy"],
        ),
    ],
)
def test_a_long_name_stands_in_two_lines_and_keeps_its_end(name: str, lines: list[str]) -> None:
    assert parted(name) == lines


@pytest.mark.parametrize(
    ("names", "en", "zh"),
    [
        (
            ("C-1", "cert:C-1/0", "cert:C-1/1", "std:LAB/E%20-17"),
            ["C-1", "standard LAB/E -17"],
            ["C-1", "标准器 LAB/E -17"],
        ),
        (
            ("SET-1", "cert:K-1/0"),
            ["SET-1", "calibration function of K-1"],
            ["SET-1", "K-1 的校准函数"],
        ),
        (("crm:GBW/7",), ["reference material GBW/7"], ["标准物质 GBW/7"]),
        (("factor:x",), ["factor:x"], ["factor:x"]),
    ],
)
def test_what_hours_rest_on_it_by_is_told_in_words_and_once(
    names: tuple[str, ...], en: list[str], zh: list[str]
) -> None:
    assert by_words(names, "en") == en
    assert by_words(names, "zh") == zh


def test_the_period_that_was_looked_through_stands_in_the_form(filled: Browser) -> None:
    filled.sign_in("auditor")
    text = filled.get("/certificates/E-1/chain?lang=en").text
    first, last = (
        re.search(rf'name="{name}" type="date" value="([^"]*)"', text) for name in ("start", "end")
    )
    assert first is not None
    assert last is not None
    assert "2026-01-01" <= first[1] < last[1]
    assert "Empty: all hours there are." in text
    asked = filled.get("/certificates/E-1/chain?start=2026-03-31&hours=yes").text
    assert 'name="start" type="date" value="2026-03-31"' in asked


def test_a_figure_with_long_names_has_higher_boxes_that_hold_them(
    register: CalibrationRegister,
) -> None:
    name = "SDIM-2025-electricity-0417-rolling-mill-3"
    certificate = next(each for each in register.certificates if each.id == "H-1")
    named = msgspec.structs.replace(certificate, id=name)
    more = msgspec.structs.replace(register, certificates=(*register.certificates, named))
    drawn = ET.fromstring(chain_figure(graph(more, "E-17"), "chain", "en"))  # noqa: S314 - ours
    words = [each.text or "" for each in drawn.iter(f"{SVG}text")]
    assert not [each for each in words if "…" in each]
    assert {"SDIM-2025-electricity-", "0417-rolling-mill-3"} <= set(words)
    high = {float(box.attrib["height"]) for box in drawn.iter(f"{SVG}rect")}
    assert high == {74.0}
