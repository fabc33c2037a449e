"""What is answered: pages, JSON beside them, and refusals in words."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec.structs import replace

from edge_agent.page.answer import Response, answer
from edge_agent.page.device_list import A_PAGE
from edge_agent.page.gate import Gate
from edge_agent.page.health import ChannelHealth, DeviceState, DeviceTold, Health
from edge_agent.page.overview import MOST_REPAIRS
from edge_agent.page.request import Request
from edge_agent.page.zone import Zone
from evidence.clock_standing import ClockStanding
from tests.unit.edge_agent.page.healths import (
    NOW,
    TIMEOUT,
    Shown,
    device_health,
    health,
    silent,
    told,
)

EVIL = "<img src=x onerror=alert(1)>\"'"
MANY = tuple(device_health(f"meter-{n:03}") for n in range(500))


def asked(
    path: str = "/", found: Health | None = None, language: str = "en", **query: str
) -> Response:
    fields = {"host": "localhost", "accept-language": language}
    request = Request(method="GET", path=path, query=query, fields=fields)
    return answer(request, Shown(found), Gate(), Zone(info=UTC))


def page(path: str = "/", found: Health | None = None, language: str = "en", **query: str) -> str:
    response = asked(path, found, language, **query)
    assert response.status == 200
    return response.body.decode()


def test_the_json_is_what_the_page_shows() -> None:
    found = health(device_health(), silent())
    response = asked("/health.json", found)
    assert response.kind == "application/json"
    assert msgspec.json.decode(response.body, type=Health) == found
    plain = json.loads(response.body)
    assert plain["schema"] == 1
    assert plain["at"] == "2026-03-01T08:00:00Z"
    assert plain["devices"][1]["missing"] == [{"reason": "timeout", "channels": 4}]
    assert [each["cost"] for each in plain["repairs"]] == ["lost"]


def test_a_device_has_a_page_and_json_with_its_channels() -> None:
    found = msgspec.json.decode(asked("/health.json/feeder-1").body, type=DeviceTold)
    assert found == told()
    text = page("/devices/feeder-1")
    assert "20.5 kW" in text
    assert "the device has no value" in text
    assert 'href="/health.json/feeder-1"' in text


@pytest.mark.parametrize(
    "path",
    ["/devices/", "/devices/nobody", "/devices/feeder-1/x", "/health.json/", "/health.json/a",
     "/x", "//", "/../etc/passwd", "/style.css/", "/devices", "/health"],
)  # fmt: skip
def test_nothing_else_answers(path: str) -> None:
    response = asked(path)
    assert response.status == 404
    assert "Nothing answers at this address." in response.body.decode()


class Nasty(Shown):
    """A source all of whose texts are somebody's attempt."""

    def device(self, name: str) -> DeviceTold:
        basis = self.found.devices[0].basis
        channel = ChannelHealth(name=EVIL, unit=EVIL, number=1, certificate=EVIL, basis=basis)
        return told(device_health(name, serial=EVIL), channel)


def test_texts_from_outside_are_shown_and_not_obeyed() -> None:
    attempt = replace(TIMEOUT, en=EVIL, zh=EVIL)
    found = health(device_health("a", serial=EVIL), replace(silent("b"), said=attempt))
    request = Request(method="GET", path="/devices/a", fields={"host": "localhost"})
    device = answer(request, Nasty(found), Gate()).body.decode()
    for text in (page("/", found), page("/", found, q=EVIL), device):
        assert "<img" not in text
        assert "&lt;img src=x onerror=alert(1)&gt;&quot;&#39;" in text


def test_the_language_is_the_one_that_is_asked_for() -> None:
    assert '<html lang="en">' in page()
    assert '<html lang="zh-CN">' in page(language="fr, zh-CN;q=0.8, en;q=0.5")
    assert '<html lang="en"' in page(language="zh", lang="en")
    assert '<html lang="en"' in page(language="", lang="xx")
    chinese = page(found=health(silent()), lang="zh")
    assert "读数丢失" in chinese
    assert "1 秒内无应答；请检查供电" in chinese


def test_a_place_is_named_in_the_readers_language_and_an_address_is_itself() -> None:
    clock = replace(health().clock, suspect=True)
    trouble = replace(TIMEOUT, where="10.0.0.9:1883")
    delivery = replace(health().delivery, connected=False, trouble=trouble)
    text = page("/", health(clock=clock, delivery=delivery), lang="zh")
    assert '<th scope="row">时钟</th>' in text
    assert '<th scope="row">10.0.0.9:1883</th>' in text


def test_links_keep_the_look_and_say_what_it_is() -> None:
    text = page(lang="zh", theme="dark")
    assert 'data-theme="dark"' in text
    assert 'href="/devices/feeder-1?lang=zh&amp;theme=dark"' in text
    assert 'href="/?lang=en&amp;theme=dark"' in text
    assert "data-theme" not in page(theme="red")


def test_the_page_renews_itself_only_where_that_is_wanted() -> None:
    assert "Refresh" not in asked().fields
    assert asked(renew="1").fields["Refresh"] == "15"
    assert asked("/devices/feeder-1", renew="1").fields["Refresh"] == "15"
    assert "Refresh" not in asked("/health.json", renew="1").fields


def test_five_hundred_devices_are_shown_fifty_at_a_time_what_is_wrong_first() -> None:
    found = health(*MANY, silent("zz-last"))
    text = page("/", found)
    assert len(text) < 100_000
    assert text.count('<a href="/devices/meter-') == A_PAGE - 1
    assert text.index('href="/devices/zz-last"') < text.index('href="/devices/meter-000"')
    assert "Page 1 of 11" in text
    last = page("/", found, page="99")
    assert "Page 11 of 11" in last
    assert 'href="/devices/meter-499"' in last


@pytest.mark.parametrize("number", ["0", "-1", "x", "1e9", "999999999999", "１", ""])
def test_a_page_number_that_makes_no_sense_is_as_if_not_said(number: str) -> None:
    assert "Page " in page("/", health(*MANY), page=number)


def test_devices_are_found_by_name_serial_number_or_line() -> None:
    found = health(*MANY, device_health("boiler", line="bus-9"))
    assert 'href="/devices/meter-042?' in page("/", found, lang="en", q="METER-042")
    assert "boiler" in page("/", found, q="bus-9")
    assert "boiler" in page("/", found, q="sn-boiler")
    assert "No device is like that." in page("/", found, q="nowhere")


def test_many_repairs_are_cut_and_said_so() -> None:
    found = health(*(silent(f"m-{n}", line=f"bus-{n}") for n in range(MOST_REPAIRS + 7)))
    assert "and 7 more, of less cost." in page("/", found)


def test_times_are_the_machines_and_say_how_far_from_utc() -> None:
    request = Request(method="GET", path="/", fields={"host": "localhost"})
    text = answer(request, Shown(), Gate(), Zone(info=timezone(timedelta(hours=8)))).body.decode()
    assert '<time datetime="2026-03-01T08:00:00Z">2026-03-01 16:00:00 +08:00</time>' in text
    assert "Times are in this gateway&#39;s zone, UTC+08:00." in text
    assert "20 s ago" in text
    assert "3 days ago" in text


@pytest.mark.parametrize("path", ["/", "/devices/feeder-1"])
def test_the_zone_of_times_is_named(path: str) -> None:
    request = Request(method="GET", path=path, fields={"host": "localhost"})
    shanghai = ZoneInfo("Asia/Shanghai")
    own = answer(request, Shown(), Gate(), Zone(name="Asia/Shanghai", info=shanghai))
    assert "Times are in this gateway&#39;s zone, Asia/Shanghai." in own.body.decode()
    chosen = Zone(name="Asia/Shanghai", info=shanghai, is_chosen=True)
    text = answer(request, Shown(), Gate(), chosen).body.decode()
    assert "Times are in the zone that agent.toml chooses, Asia/Shanghai." in text


def test_a_row_whose_confirmation_is_over_says_so_in_a_word() -> None:
    due = NOW - timedelta(days=3)
    late = device_health(state=DeviceState.OVERDUE, due=due)
    text = page("/", health(late, silent()))
    assert '<span class="mark warn">overdue</span>' in text
    assert '<span class="bad"><time datetime="2026-02-26">2026-02-26</time> overdue<' in text
    rows = text[text.index('id="devices"') :]
    assert rows.index('href="/devices/feeder-2"') < rows.index('href="/devices/feeder-1"')
    assert "0</span> of 2 devices good" in text
    silent_too = page("/", health(replace(silent(), due=due)), lang="zh")
    assert "</time> 已超期</span>" in silent_too


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/Los_Angeles"])
def test_a_confirmation_has_the_last_day_of_its_paper_in_every_zone(zone: str) -> None:
    """Readings are marked from the end of that day in UTC on, which elsewhere is another day."""
    due = datetime(2025, 12, 11, tzinfo=UTC)
    late = health(device_health(state=DeviceState.OVERDUE, due=due))
    for language, words in (("en", "due on "), ("zh", "到期日 ")):
        request = Request(
            method="GET", path="/", query={"lang": language}, fields={"host": "localhost"}
        )
        shown = answer(request, Shown(late), Gate(), Zone(name=zone, info=ZoneInfo(zone)))
        text = shown.body.decode()
        assert f'{words}<time datetime="2025-12-10">2025-12-10</time>' in text
        assert "2025-12-11" not in text
    assert "once that day has ended in UTC" in page("/", late)


@pytest.mark.parametrize(
    ("clock", "shown"),
    [
        ({"standing": ClockStanding.UNKNOWN}, "mark warn"),
        ({"standing": ClockStanding.UNKNOWN, "simulated": True}, "mark none"),
        ({"standing": ClockStanding.UNSYNCHRONISED}, "mark bad"),
        ({"standing": ClockStanding.HOLDOVER}, "mark warn"),
        ({"suspect": True}, "mark bad"),
        ({}, "mark good"),
    ],
)
def test_a_clock_is_red_only_where_it_is_known_to_be_wrong(
    clock: dict[str, object], shown: str
) -> None:
    text = page("/", health(clock=replace(health().clock, **clock)))
    card = text[text.index('id="clock"') :]
    assert re.search(r'class="(mark \w+)"', card)[1] == shown  # type: ignore[index]


def test_a_clock_that_runs_behind_its_own_readings_has_no_negative_age() -> None:
    ahead = device_health(last_reading=NOW + timedelta(hours=5))
    assert "0 s ago" in page("/", health(ahead))


def test_every_answer_has_its_policy_and_nothing_is_kept() -> None:
    for response in (asked(), asked("/health.json"), asked("/nowhere"), asked("/style.css")):
        head = response.to_bytes(body=False).decode()
        assert head.startswith(f"HTTP/1.1 {response.status} ")
        assert head.endswith("\r\n\r\n")
        assert "Content-Security-Policy: default-src 'none'; style-src 'self';" in head
        assert "Cache-Control: no-store\r\n" in head
        assert f"Content-Length: {len(response.body)}\r\n" in head
        assert response.to_bytes() == head.encode() + response.body
    assert "<script" not in page()
    assert " style=" not in page()


def test_whoever_is_not_let_in_is_told_how_and_nothing_else() -> None:
    request = Request(method="GET", path="/health.json", fields={"host": "localhost"})
    source = Shown()
    response = answer(request, source, Gate(b"0123456789abcdef"))
    assert response.status == 401
    assert response.fields["WWW-Authenticate"].startswith("Basic ")
    assert source.asked == 0
    assert b"line-1" not in response.body
