"""What is due: how instruments stand, which come first, and what is asked for."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from calibration.conformity.guard import parse_guard_band
from calibration.load import parse_certificate, parse_confirmation, parse_event
from collector.api.app import create_app
from collector.api.standing import Standing
from collector.web.certificates.asked import asked_of, chosen
from collector.web.certificates.due import MARKS, State, due_lines, urgency
from collector.web.certificates.sheet import SheetAsked, sheet_of
from collector.web.certificates.shelf import Entry, Paper
from collector.web.pages import add_pages
from collector.web.words import LANGUAGES, say
from evidence.clock import parse_utc
from tests.unit.collector.api.plant import Asked, Plant, confirmation, energy_certificate
from tests.unit.collector.web.conftest import Browser

NOW = dt.datetime(2026, 4, 5, tzinfo=dt.UTC)


def paper(entry: Entry, site: str = "jinan") -> Paper:
    return Paper(entry=entry, sha256="0" * 64, site=site, agents=("gw-1",), leaf="gw-1/0/0")


def certified(number: str, serial: str, replace: tuple[str, str] = ("", "")) -> Paper:
    text = energy_certificate(number, serial).decode().replace(*replace)
    return paper(parse_certificate(text.encode(), "c.toml"))


def confirmed(number: str, certificate: str, serial: str, due_on: str, **other: str) -> Paper:
    text = confirmation(number, certificate, serial, due_on).decode()
    for was, becomes in other.items():
        text = text.replace(f'{was} = "pass"', f'{was} = "{becomes}"')
    return paper(parse_confirmation(text.encode(), "k.toml"))


def event(kind: str, about: str, at: str) -> Paper:
    data = f"""schema = 1
event = "{kind}"
{about}
at = {at}
recorded_at = {at}
recorded_by = "Q. Wang"
reason = "found on the round"
""".encode()
    return paper(parse_event(data, "e.toml"))


def states(*papers: Paper, soon_days: int = 30) -> dict[str, State]:
    return {each.serial: each.state for each in due_lines(papers, (), NOW, soon_days)}


@pytest.mark.parametrize(
    ("due_on", "state"),
    [
        ("2026-04-04", State.OVERDUE),
        ("2026-04-05", State.DUE_SOON),
        ("2026-05-05", State.DUE_SOON),
        ("2026-05-06", State.IN_DATE),
    ],
)
def test_the_last_day_is_still_in_date(due_on: str, state: State) -> None:
    assert states(certified("A", "S"), confirmed("K", "A", "S", due_on)) == {"S": state}


def test_each_way_to_be_out_of_use_has_its_own_name() -> None:
    due = "2027-01-01"
    ended = event("repair", 'serial = "S-E"', "2026-02-01T00:00:00Z")
    withdrawn = event("certificate_withdrawn", 'certificate = "W"', "2026-02-01T00:00:00Z")
    short = certified("X", "S-X", ("performed_on", "valid_until = 2026-03-01\nperformed_on"))
    late = paper(
        parse_confirmation(
            confirmation("K-L", "L", "S-L", due).replace(b"2026-01-07T08", b"2026-05-07T08"), "k"
        )
    )
    found = states(
        *(certified(name, f"S-{name}") for name in "FEWUL"),
        confirmed("K-F", "F", "S-F", due, decision="fail"),
        confirmed("K-E", "E", "S-E", due),
        ended,
        confirmed("K-W", "W", "S-W", due),
        withdrawn,
        short,
        confirmed("K-X", "X", "S-X", due),
        late,
        confirmed("K-M", "missing", "S-M", due),
    )
    assert found == {
        "S-F": State.NOT_PASSED,
        "S-E": State.ENDED,
        "S-W": State.WITHDRAWN,
        "S-U": State.UNCONFIRMED,
        "S-X": State.EXPIRED,
        "S-L": State.NOT_YET,
        "S-M": State.IN_DATE,
    }


def test_what_did_not_pass_or_was_taken_out_has_no_last_day() -> None:
    due = "2027-01-01"
    papers = [
        *(certified(name, f"S-{name}") for name in "FOR"),
        confirmed("K-F", "F", "S-F", due, decision="fail"),
        confirmed("K-O", "O", "S-O", due, decision="fail"),
        event("removal", 'serial = "S-O"', "2026-02-01T00:00:00Z"),
        confirmed("K-R", "R", "S-R", due),
        event("removal", 'serial = "S-R"', "2026-03-01T18:00:00Z"),
    ]
    shanghai = NOW.astimezone(ZoneInfo("Asia/Shanghai"))
    found = {each.serial: each for each in due_lines(papers, (), shanghai, 30)}
    assert {name: (each.state, each.removed_on) for name, each in found.items()} == {
        "S-F": (State.NOT_PASSED, None),
        "S-O": (State.NOT_PASSED, dt.date(2026, 2, 1)),
        "S-R": (State.REMOVED, dt.date(2026, 3, 2)),
    }
    assert {(each.due_on, each.days_left) for each in found.values()} == {(None, None)}


@pytest.mark.parametrize(
    ("until", "state"),
    [("2026-04-04", State.EXPIRED), ("2026-04-05", State.DUE_SOON), ("2027-01-01", State.IN_DATE)],
)
def test_a_standard_of_others_counts_while_its_own_validity_lasts(until: str, state: State) -> None:
    """Whoever calibrates with it confirms it, and nobody here."""
    valid = ("performed_on", f"valid_until = {until}\nperformed_on")
    used = ('influence = "std:SDIM/E-17"', 'influence = "std:SDIM/E-17"\ncertificate = "R"')
    cites, bare = certified("A", "S", used), certified("B", "S-B", valid)
    found = states(cites, certified("R", "S-R", valid), bare)
    assert found["S-R"] == state
    assert found["S-B"] == (State.EXPIRED if state == State.EXPIRED else State.UNCONFIRMED)


def test_the_page_of_a_standard_says_of_it_what_the_register_says() -> None:
    valid = ("performed_on", "valid_until = 2027-01-01\nperformed_on")
    used = ('influence = "std:SDIM/E-17"', 'influence = "std:SDIM/E-17"\ncertificate = "R"')
    papers = (certified("A", "S", used), certified("R", "S-R", valid))
    asked = SheetAsked(guard=parse_guard_band("1U"))
    for each in papers:
        page = sheet_of(papers, (), each, NOW, asked)
        assert page.line is not None
        assert page.line.state == states(*papers)[page.line.serial]


def test_the_longest_overdue_comes_first_and_what_is_in_date_last() -> None:
    days = {"S-1": "2026-04-01", "S-2": "2025-01-01", "S-3": "2027-01-01", "S-4": "2026-04-20"}
    papers = [
        each
        for serial, due_on in days.items()
        for each in (
            certified(f"C-{serial}", serial),
            confirmed("K", f"C-{serial}", serial, due_on),
        )
    ]
    found = due_lines(papers, (), NOW, 30)
    assert [each.serial for each in found] == ["S-2", "S-1", "S-4", "S-3"]
    assert found == sorted(found, key=urgency)
    assert [each.days_left for each in found] == [-459, -4, 15, 271]


def test_words_state_and_place_choose_and_nonsense_asks_for_nothing() -> None:
    papers = (
        certified("A", "S-1"),
        confirmed("K", "A", "S-1", "2026-04-01"),
        certified("B", "S-2"),
    )
    lines = due_lines(papers, (), NOW, 30)

    def serials(**query: str) -> list[str]:
        return [each.serial for each in chosen(lines, asked_of(query))]

    assert serials(q="abb s-2") == ["S-2"]
    assert serials(state="overdue") == ["S-1"]
    assert serials(state="attention") == ["S-1", "S-2"]
    assert serials(place="channel") == []
    assert serials(state="x", place="y", page="-1", soon="z") == ["S-1", "S-2"]


def test_every_state_has_a_mark_and_words_and_every_standing_is_one() -> None:
    assert set(MARKS) == set(State)
    assert {each.value for each in Standing} - {each.value for each in State} == {"replaced"}
    for each in (*State, "attention"):
        for language in LANGUAGES:
            assert say(f"certificates.state_{each}", language)


@pytest.fixture
def filled(people: Plant) -> Iterator[Browser]:
    people.fill()
    parts = people.parts()
    yield Browser(Asked(add_pages(create_app(parts), parts)))
    parts.sources.close()


def test_the_register_shows_what_is_overdue_and_what_has_no_paper(filled: Browser) -> None:
    filled.sign_in("analyst")
    shown = filled.get("/certificates").text
    assert shown.index("S-P") < shown.index("S-2") < shown.index("S-1")
    assert "5 days over" in shown
    assert "in 14 days" in shown
    assert "weifang/mill/energy" in shown
    only = filled.get("/certificates?state=no_paper&lang=zh").text
    assert "无证书" in only
    assert "S-9" in only
    assert "S-1" not in only


def test_days_are_those_of_the_page_s_zone(people: Plant, filled: Browser) -> None:
    """At 23:30 UTC it is 07:30 of the next day in Shanghai, and of the day before in Honolulu."""
    people.bench.clock.advance(parse_utc("2026-04-20T23:30:00Z") - people.bench.clock.now_ns())
    filled.sign_in("auditor")

    def told(zone: str, path: str = "/certificates") -> tuple[str, str]:
        text = filled.get(f"{path}?tz={zone}").text
        row = next(
            each
            for each in re.split("<tr|<p>", text)
            if ">2026-04-20" in each or "due on 2026-04-20" in each
        )
        return *re.findall(r'class="mark \w+">([^<]+)', row)[:1], row

    state, row = told("UTC")
    assert (state, "today" in row) == ("due soon", True)
    state, row = told("Asia/Shanghai")
    assert (state, "1 day over" in row) == ("overdue", True)
    state, row = told("Pacific/Honolulu")
    assert (state, "today" in row) == ("due soon", True)
    assert told("Asia/Shanghai", "/certificates/E-2")[0] == "overdue"
    assert told("UTC", "/certificates/E-2")[0] == "due soon"
    table = filled.get("/certificates/all/due.csv?tz=Asia/Shanghai&state=overdue").text
    assert "S-2" in table
    assert "S-2" not in filled.get("/certificates/all/due.csv?tz=UTC&state=overdue").text


def test_somebody_of_one_site_sees_that_site_alone(filled: Browser) -> None:
    filled.sign_in("engineer")
    shown = filled.get("/certificates").text
    assert "S-1" in shown
    assert "weifang" not in shown


def test_the_lines_are_taken_along_as_a_table(filled: Browser) -> None:
    filled.sign_in("auditor")
    answer = filled.get("/certificates/all/due.csv?state=attention")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(each["Serial number"], each["State"]) for each in rows[:2]] == [
        ("S-P", "overdue"),
        ("S-2", "due soon"),
    ]
    assert rows[0]["Days left"] == "-5"
