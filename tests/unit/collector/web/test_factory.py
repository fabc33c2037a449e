"""What the factory page says: every state has its words, every repair its place."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason, Quality
from collector.alarms import kinds
from collector.alarms.course import Open
from collector.alarms.looking import LOOKS
from collector.lookup import ChannelRow
from collector.web.factory import costs
from collector.web.factory.channels import (
    GOOD,
    SILENT,
    STATES,
    UNKNOWN_U,
    WRONG,
    Asked,
    Standing,
    asked_of,
    chosen,
    devices,
    paged,
    standing,
)
from collector.web.factory.costs import NO_REPAIR, OF_ALARM, OF_STATE, Cost, mark_of
from collector.web.factory.repairs import repairs
from collector.web.numbers import stated
from collector.web.words import has
from edge_agent.spool_room import Level
from evidence.clock_standing import ClockStanding
from tests.unit.collector.api.plant import HEADS, LINE_1, PERIOD_MS, Plant
from tests.unit.collector.web.conftest import Browser

NOW_NS = 1_775_000_000_000_000_000


def row(channel: str, quality: str = GOOD, agent: str = "gw-1", **head: object) -> ChannelRow:
    return ChannelRow(
        channel=channel,
        agent=agent,
        head=msgspec.structs.replace(HEADS[LINE_1], channel=channel, **head),
        last_ms=NOW_NS // 1_000_000,
        last_value=1.0,
        last_quality=quality,
    )


def measuring(_: ChannelRow) -> None:
    """Of devices that are not at work on themselves."""


def stands(*rows: ChannelRow) -> list[Standing]:
    return [standing(each, NOW_NS, 900.0, measuring) for each in rows]


def opened(alarm: kinds.Alarm, first_ns: int = 5) -> Open:
    return Open(
        code=alarm.code,
        subject=alarm.where,
        en=alarm.say("en"),
        zh=alarm.say("zh"),
        first_ns=first_ns,
    )


def test_every_alarm_and_every_state_has_its_cost_and_its_words() -> None:
    every = {each.code for each in kinds.Alarm.__subclasses__()}
    assert set(OF_ALARM) == every >= {code for _, codes in LOOKS for code in codes}
    assert set(OF_STATE) == set(STATES) - {GOOD, SILENT}
    assert set(STATES) >= {each.value for each in Quality}
    for state in (*STATES, WRONG):
        assert has(f"factory.state_{state}")
    assert all(has(f"factory.repair_{state}") for state in OF_STATE.keys() - NO_REPAIR)
    assert all(has(f"factory.cost_{cost.value}") for cost in Cost)
    assert all(has(f"factory.basis_{basis.value}") for basis in UncertaintyBasis)
    assert all(has(f"factory.clock_{each.value}") for each in ClockStanding)
    assert all(has(f"factory.spool_{each.name.lower()}") for each in Level)
    assert {mark_of(state) for state in STATES} == {"good", "bad", "warn", "none"}
    assert set(costs.MARKS) == set(Cost)


def test_a_channel_is_silent_after_five_of_its_periods() -> None:
    read = row("a/b/c")
    late_ns = NOW_NS + 5 * PERIOD_MS * 1_000_000
    assert standing(read, late_ns, 900.0, measuring).state == GOOD
    assert standing(read, late_ns + 1_000_000, 900.0, measuring).state == SILENT
    often = row("a/b/c", period_ms=1_000)
    assert standing(often, NOW_NS + 899_000_000_000, 900.0, measuring).state == GOOD
    assert standing(often, NOW_NS + 901_000_000_000, 900.0, measuring).state == SILENT


def test_a_channel_whose_device_is_in_a_check_is_not_silent_and_nothing_to_repair() -> None:
    checked = standing(row("a/b/c"), NOW_NS * 2, 900.0, lambda _: MissReason.CALIBRATING)
    assert checked.state == "calibrating"
    assert mark_of(checked.state) == "none"


def test_what_is_computed_may_be_two_hours_old_and_what_is_entered_any_age() -> None:
    computed = row("a/b/c", profile="")
    hour_ns = 3_600_000_000_000
    assert standing(computed, NOW_NS + 3 * hour_ns, 900.0, measuring).state == GOOD
    assert standing(computed, NOW_NS + 3 * hour_ns + 1_000_000, 900.0, measuring).state == SILENT
    typed = row("a/~coal/mass", profile="")
    assert standing(typed, NOW_NS + 9_000 * hour_ns, 900.0, measuring).state == GOOD


def test_a_good_reading_whose_uncertainty_nobody_knows_is_not_called_good() -> None:
    (found,) = stands(row("a/b/c", basis=UncertaintyBasis.UNKNOWN))
    assert found.state == UNKNOWN_U
    (found,) = stands(row("a/b/c", Quality.OVERDUE.value, basis=UncertaintyBasis.UNKNOWN))
    assert found.state == "overdue"


def test_what_costs_more_stands_first_and_then_what_touches_more() -> None:
    rows = stands(
        row("a/m1/e", "overdue"),
        row("a/m2/e", "frozen", "gw-2"),
        row("a/m2/p", "frozen", "gw-2"),
        row("a/m3/e", "quarantined", "gw-3"),
    )
    alarms = [
        opened(kinds.CertificateDueAlarm("S-1", days=3, due_on="2026-05-01")),
        opened(kinds.AgentSilentAlarm("gw-9", since="2026-03-01T00:00:00Z")),
        opened(kinds.BrokerAlarm("broker")),
    ]
    found = repairs(alarms, [], rows, "en")
    assert [(each.cost, each.subject, each.channels) for each in found] == [
        (Cost.LOST, "a/m3", 1),
        (Cost.WAITING, "broker", 4),
        (Cost.WAITING, "gw-9", 0),
        (Cost.DOUBT, "a/m2", 2),
        (Cost.DOUBT, "a/m1", 1),
        (Cost.SOON, "S-1", 4),
    ]


def test_an_alarm_that_is_found_now_and_was_told_stands_once_with_its_first_instant() -> None:
    alarm = kinds.AgentSilentAlarm("gw-1", since="2026-03-01T00:00:00Z")
    rows = stands(row("a/b/c"))
    (told,) = repairs([opened(alarm, first_ns=77)], [alarm], rows, "zh")
    assert (told.since_ns, told.channels, told.find) == (77, 1, {"agent": "gw-1"})
    assert told.words.startswith("最近一次收到数据：2026-03-01")
    (found,) = repairs([], [alarm], rows, "en")
    assert found.since_ns == 1_772_323_200_000_000_000
    assert found.words.startswith("nothing was received since")
    assert repairs([msgspec.structs.replace(opened(alarm), gone_ns=9)], [], rows, "en") == []


def test_an_agent_that_was_never_heard_says_nothing_of_its_spool_or_clock(browser: Browser) -> None:
    browser.sign_in("auditor")
    page = browser.get("/?lang=en").text
    assert "never" in page
    assert "nothing said yet" in page
    assert "room enough" not in page
    assert "since the collector was set up</td>" in page
    assert "从未；" in browser.get("/?lang=zh").text


def test_what_many_agents_of_a_site_have_is_told_once() -> None:
    rows = stands(*(row(f"a/m{n}/e", "overdue", f"gw-{n}") for n in range(4)))
    (found,) = repairs([], [], rows, "en")
    assert (found.subject, found.channels) == ("a", 4)
    assert found.find == {"site": "a", "state": "overdue"}
    assert len(repairs([], [], rows[:3], "en")) == 3


@given(st.lists(st.sampled_from(STATES), max_size=12))
def test_every_channel_that_is_not_good_is_told_once_and_found_again(states: list[str]) -> None:
    rows = [
        Standing(row=row(f"s{n % 2}/m{n}/e", agent=f"gw-{n % 2}{n % 5}"), state=state)
        for n, state in enumerate(states)
    ]
    found = repairs([], [], rows, "en")
    wrong = [each for each in rows if each.state in OF_STATE.keys() - NO_REPAIR]
    assert sum(each.channels for each in found) == len(wrong)
    for each in found:
        assert len(chosen(rows, asked_of(each.find))) == each.channels
        assert each.state
        assert each.words == ""


@given(st.dictionaries(st.sampled_from(["q", "site", "agent", "state", "page"]), st.text()))
def test_whatever_an_address_says_asks_for_something(query: dict[str, str]) -> None:
    asked = asked_of(query)
    assert asked.page >= 1
    assert asked.state in ("", WRONG, *STATES)
    chosen(stands(row("a/b/c")), asked)


@pytest.mark.parametrize(
    ("query", "count"),
    [({"q": "M1 s-1"}, 1), ({"q": "m1 s-2"}, 0), ({"site": "b"}, 1), ({"agent": "gw-2"}, 1)],
)
def test_channels_are_found_by_name_serial_site_and_agent(
    query: dict[str, str], count: int
) -> None:
    rows = stands(row("a/m1/e"), row("b/m2/e", agent="gw-2", serial="S-2"))
    assert len(chosen(rows, asked_of(query))) == count


@given(st.integers(0, 130), st.integers(1, 10_000))
def test_pages_hold_every_row_once(count: int, page: int) -> None:
    rows = list(range(count))
    pages = paged(rows, 1).pages
    assert [each for n in range(1, pages + 1) for each in paged(rows, n).rows] == rows
    assert paged(rows, page).page == min(page, pages)


def test_channels_of_a_device_stand_together() -> None:
    rows = stands(row("a/m1/e"), row("a/m1/p"), row("a/m2/e"))
    assert [(each.name, len(each.channels)) for each in devices(rows)] == [("a/m1", 2), ("a/m2", 1)]
    assert devices(chosen(rows, Asked(words=("nothing",)))) == ()


def test_the_page_shows_the_last_reading_with_the_uncertainty_that_readings_state(
    browser: Browser, people: Plant
) -> None:
    people.fill()
    browser.sign_in("auditor")
    page = browser.get("/?q=power&live=off").text
    path = "/api/v1/readings?channel=jinan/line-1/power&limit=1000"
    span = "start=2026-03-31T15:45:00Z&end=2026-03-31T16:00:00Z"
    (last,) = browser.get(f"{path}&{span}").json()["readings"]
    assert "85.33 ± 0.14 kW" in page
    assert round(last["value"], 2) == 85.33
    assert round(1.96 * last["standard_uncertainty"], 2) == 0.14


def test_a_counter_says_what_it_counted_with_u_and_why_its_stand_has_none(
    browser: Browser, people: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = msgspec.structs.replace(HEADS[LINE_1], resolution=0.0)
    monkeypatch.setitem(HEADS, LINE_1, unknown)
    people.fill()
    browser.sign_in("auditor")
    span = "start=2026-04-03T14:00:00Z&end=2026-04-03T15:00:00Z"
    hour = browser.get(f"/api/v1/activity-data?channel={LINE_1}&{span}&by=hour")
    (datum,) = hour.json()
    amount = stated(datum["value"], datum["expanded_uncertainty"])
    page = browser.get("/?q=line-1/energy&live=off").text
    assert f"{amount} kW·h counted in the hour to 2026-04-03 23:00" in page
    assert "uncertainty unknown</span>" not in page
    page = browser.get(f"/instruments/{LINE_1}").text
    assert amount in page
    assert "does not say how fine its last digit is" in page
    assert "Unknown is not zero" not in page


def test_a_leaf_that_cannot_be_read_takes_only_the_uncertainty_away(
    browser: Browser, people: Plant
) -> None:
    people.fill()
    browser.sign_in("auditor")
    people.ledger.database.rows("UPDATE leaves SET leaf = x'00' WHERE sequence = 9")
    page = browser.get("/?q=power&live=off")
    assert page.status_code == 200
    assert "85.33 kW" in page.text
    assert "85.33 ±" not in page.text


def test_who_sees_one_site_is_told_of_that_site_alone(browser: Browser, people: Plant) -> None:
    people.fill()
    browser.sign_in("engineer")
    page = browser.get("/").text
    assert "jinan/line-1" in page
    assert "weifang" not in page
    assert "gw-2" not in page


def test_a_page_that_renews_itself_can_be_stopped(browser: Browser) -> None:
    browser.sign_in("auditor")
    assert 'hx-trigger="every 15s"' in browser.get("/").text
    assert "hx-trigger" not in browser.get("/?live=off").text
