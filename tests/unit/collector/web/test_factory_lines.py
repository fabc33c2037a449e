"""Product lines on the factory page: what belongs to them, how they stand, what repairs cost."""

import re
from dataclasses import replace as replaced

from msgspec.structs import replace

from collector.alarms import kinds
from collector.api.security import Reader
from collector.web.activity.saved import Line, lines_of, offered_periods, period_of, settled
from collector.web.factory.channels import GOOD, SILENT, UNKNOWN_U
from collector.web.factory.costs import OF_STATE, Cost
from collector.web.factory.line_rows import (
    MOST_ROWS,
    LineReach,
    LinesSeen,
    _badness,
    lines_seen,
    ruled_in,
)
from collector.web.factory.lines import LinesOf
from collector.web.factory.repairs import repairs
from evidence.clock import parse_utc
from evidence.statement.boundary.book import Boundaries, Version
from evidence.statement.boundary.content import Boundary, BoundaryTerm
from tests.unit.collector.api.plant import HEADS, LINE_1, LINE_2, TEMPERATURE, Plant
from tests.unit.collector.web.conftest import Browser
from tests.unit.collector.web.test_activity_asked import SHANGHAI
from tests.unit.collector.web.test_boundary_pages import sent
from tests.unit.collector.web.test_factory import opened, row, stands


def boundary(name: str, line: str, *channels: str) -> Boundary:
    terms = tuple(BoundaryTerm(channel=each) for each in channels)
    return Boundary(id=f"works/{name}", name=name, line=line, terms=terms)


def lines(*each: Boundary, language: str = "en") -> list[Line]:
    entries = (
        Version(id=b.id, entry=n, at_ns=0, who="li", role="engineer", reason="r", boundary=b)
        for n, b in enumerate(each)
    )
    return lines_of(Boundaries().with_versions(entries), Reader(person=None), language)


LINES = lines(
    boundary("a", "Line 1", "works/m1/energy", "works/hall/energy"),
    boundary("b", "Line 2", "works/m2/energy", "works/hall/energy"),
    boundary("c", "", "works/m3/energy"),
)
ROWS = stands(
    row("works/hall/energy", serial="S-H"),
    row("works/m1/energy", serial="S-1"),
    row("works/m2/energy", serial="S-2", agent="gw-2"),
    row("works/m2/power", "frozen", serial="S-2", agent="gw-2"),
    row("works/m3/energy", serial="S-3"),
)


def seen(*alarms: kinds.Alarm) -> LinesSeen:
    of = LinesOf(LINES)
    found = repairs([opened(each) for each in alarms], [], ROWS, "en")
    return lines_seen(of, ROWS, found, LineReach(of, ROWS))


def test_a_line_is_called_in_the_language_of_whoever_asks() -> None:
    named = replace(boundary("d", "Line 4", "works/m4/energy"), line_zh="四线")
    found = lines(boundary("a", "Line 4", "works/m1/energy"), named, language="zh")
    assert [(each.key, each.called) for each in found] == [("works/Line 4", "四线")]
    assert LinesOf(found).names("works/m1") == ["四线"]
    assert [each.called for each in lines(named)] == ["Line 4"]


def test_devices_stand_under_the_lines_of_their_boundaries_and_a_shared_one_under_each() -> None:
    of = LinesOf(LINES)
    assert of.names("works/hall") == ["Line 1", "Line 2"]
    groups = of.grouped(of.ordered(ROWS))
    assert [(name, [each.name for each in own]) for name, own in groups] == [
        ("Line 1", ["works/hall", "works/m1"]),
        ("Line 2", ["works/m2"]),
        ("", ["works/m3"]),
    ]
    second = of.within(ROWS, "works/Line 2")
    assert [each.row.channel for each in second] == [
        "works/hall/energy", "works/m2/energy", "works/m2/power"
    ]  # fmt: skip
    assert [name for name, _ in of.grouped(second, "works/Line 2")] == ["Line 2"]
    assert [each.device for each in of.within(ROWS, "works/")] == ["works/m3"]


def test_what_belongs_to_no_line_is_reached_by_its_plan_where_it_has_one_and_amounts() -> None:
    mass, other = "works/m3/energy", "works/m1/energy"
    plans = {mass: mass, other: mass, "works/m2/power": "works/m2/power"}
    assert ruled_in(LinesOf(LINES), ROWS, plans) == {
        "works/": [mass],
        "works/Line 2": ["works/m2/power"],
    }
    assert ruled_in(LinesOf(()), ROWS, plans) == {}
    means = [replaced(each, row=replace(each.row, head=HEADS[TEMPERATURE])) for each in ROWS]
    assert ruled_in(LinesOf(LINES), means, plans) == {}


def test_a_line_says_its_worst_state_and_the_dearest_repair_that_touches_it() -> None:
    dead = kinds.DeviceDeadAlarm("works/m1", since="2026-03-30T00:00:00Z", agent="gw-1")
    rows = {each.line.name: each for each in seen(dead).rows}
    assert list(rows) == ["Line 1", "Line 2", ""]  # lost before in doubt, no line last
    first, second, none = rows.values()
    assert (first.devices, first.channels, first.worst, first.cost) == (2, 2, GOOD, Cost.LOST)
    assert (second.devices, second.channels, second.wrong, second.worst) == (2, 3, 1, "frozen")
    assert (second.cost, second.repairs) == (Cost.DOUBT, 1)
    assert (none.devices, none.cost, none.repairs) == (1, None, 0)


def test_what_is_wrong_with_the_collector_touches_every_line() -> None:
    broker = kinds.BrokerAlarm("broker", since="2026-03-30T00:00:00Z", limit=60)
    assert {each.cost for each in seen(broker).rows} == {Cost.WAITING}


def test_states_have_an_order_from_silent_to_good() -> None:
    assert min([GOOD, UNKNOWN_U, *OF_STATE, SILENT], key=_badness) == SILENT
    assert [_badness(each)[0] for each in (UNKNOWN_U, GOOD)] == [8, 9]
    assert _badness("quarantined") < _badness("frozen") < _badness(UNKNOWN_U)


def test_without_boundaries_there_are_no_lines_and_more_than_a_page_of_them_are_counted() -> None:
    none = LinesOf(lines(boundary("c", "", "works/m3/energy")))
    assert lines_seen(none, ROWS, (), LineReach(none, ROWS)).rows == []
    assert none.ordered(ROWS) is ROWS
    many = LinesOf(lines(*(boundary(f"b{n}", f"Line {n}", "works/m1/energy") for n in range(30))))
    found = lines_seen(many, ROWS, (), LineReach(many, ROWS))
    assert (len(found.rows), found.more, len(found.offered)) == (MOST_ROWS, 11, 31)


def test_periods_are_years_quarters_and_months_up_to_now() -> None:
    texts = [each.text for each in offered_periods(parse_utc("2026-02-10T00:00:00Z"), SHANGHAI)]
    assert texts[:5] == ["2026", "2025", "2024", "2026-Q1", "2025-Q4"]
    assert (texts[12], texts[13], len(texts)) == ("2026-02", "2026-01", 25)
    quarter = period_of("2025-Q4")
    assert quarter is not None
    assert (quarter.start, quarter.end, quarter.number) == ("2025-10-01", "2026-01-01", "4")
    assert [period_of(each) for each in ("2026-Q5", "2026-13", "0001", "x")] == [None] * 4
    assert settled({"boundary": "works/a", "start": "2026-01-01"}, LINES) is None


def test_the_page_groups_by_line_filters_by_it_and_leads_to_its_amounts(
    people: Plant, browser: Browser
) -> None:
    people.fill()
    browser.sign_in("engineer")
    assert 'id="lines"' not in browser.get("/").text
    assert "Product line, boundary, period" not in browser.get("/activity").text
    sent(browser, f"channels={LINE_1}", id="line-1", line="Line 1")
    sent(browser, f"channels={LINE_2}", id="line-2", line="Line 2", factor_1="")
    text = browser.get("/").text
    assert re.findall(r'class="line"><th[^>]*>([^<]*)<', text) == ["Line 1", "Line 2", "No line"]
    assert 'href="/activity?boundary=jinan%2Fline-1">Line 2, gate to gate</a>' in text
    narrowed = browser.get("/?line=jinan/Line 2").text
    assert re.findall(r'class="group"><th[^>]*>([^ ]*) ', narrowed) == ["jinan/line-2"]
    assert '<option value="jinan/Line 2" selected>' in narrowed
    assert re.findall(r'class="line"><th[^>]*>([^<]*)<', narrowed) == ["Line 2"]
    card = browser.get(f"/instruments/{LINE_1}?lang=en").text.partition('id="ruled"')[2]
    found = re.findall(r'href="/activity\?boundary=([^"]*)"', card)
    assert found == ["jinan%2Fline-1"]
    rest = browser.get("/?line=jinan/&lang=zh").text
    assert re.findall(r'class="line"><th[^>]*>([^<]*)<', rest) == ["未归产线"]


def test_a_failed_check_of_a_channel_touches_the_lines_of_its_device() -> None:
    alarm = kinds.CheckFailedAlarm(
        "works/hall/energy", test="check", since="2026-01-01T00:00:00Z", doubt_from="x"
    )
    (repair,) = repairs([], [alarm], [each for each in ROWS if each.state == GOOD], "en")
    assert (repair.channels, repair.find) == (1, {"q": "works/hall/energy"})
    assert LineReach(LinesOf(LINES), ROWS).names(repair) == ["Line 1", "Line 2"]
