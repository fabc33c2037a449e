"""Alarms of a collector: told once, also over restarts and to receivers that were away."""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from collector.access import TokenFile, issue
from collector.alarms.config import AlarmSection
from collector.alarms.course import Event, Notice
from collector.alarms.errors import AlarmDeliveryError
from collector.alarms.looking import Sight
from collector.alarms.memory import FILE, read_memory
from collector.alarms.set_up import alarm_thread
from collector.alarms.thread import AlarmThread, Round
from collector.cli import collector
from collector.config import CollectorConfig, load_config
from collector.rights import Role
from evidence.clock import NS_PER_S, SteppedClock, SystemClock
from tests.contract.mosquitto import until
from tests.faults.small_disk import fill, small_disk
from tests.unit.collector.alarms.receiver_server import listening
from tests.unit.collector.api.plant import Plant, served
from tests.unit.collector.test_cli import at, initialised

S = NS_PER_S
SECTION = AlarmSection(agent_silent_s=10_000_000, disk_free_MiB=64)


@dataclass
class Ear:
    """A receiver that may be away."""

    name: str = "ear"
    away: bool = False
    heard: list[Notice] = field(default_factory=list)
    tried: int = 0

    def deliver(self, notice: Notice, now_ns: int) -> None:
        self.tried += 1
        assert now_ns
        if self.away:
            raise AlarmDeliveryError(self.name, what="away")
        self.heard.append(notice)

    @property
    def events(self) -> list[Event]:
        return [each.event for each in self.heard]


@dataclass
class Watched:
    """A plant whose broker can go, and what looks at it."""

    plant: Plant
    sight: Sight
    ears: list[Ear]
    clock: SteppedClock
    round: Round

    def start(self) -> None:
        """Looks with nothing in memory but the file."""
        self.round = Round(self.sight, self.ears, self.clock)

    def look(self, seconds: int, every_s: int = 15) -> None:
        for _ in range(0, seconds, every_s):
            self.clock.advance(every_s * S)
            self.round.look()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    plant = Plant(tmp_path / "state")
    plant.log_profile()
    plant.judging.catch_up()
    parts = plant.parts()
    seen = Sight(
        parts=parts, state_dir=plant.folder, section=SECTION, collector="works", backup=None
    )
    clock, ears = SteppedClock(plant.bench.clock.now_ns()), [Ear()]
    yield Watched(plant, seen, ears, clock, Round(seen, ears, clock))
    parts.sources.close()
    plant.close()


def test_an_alarm_is_told_once_also_when_the_collector_is_started_again(watched: Watched) -> None:
    watched.plant.connected = False
    watched.look(300)
    (ear,) = watched.ears
    assert ear.events == [Event.RAISED]
    assert [each.code for each in watched.round.open] == ["E_ALARM_BROKER"]
    watched.start()
    watched.look(300)
    assert ear.events == [Event.RAISED]
    watched.look(2 * 86_400, 900)
    assert ear.events == [Event.RAISED, Event.REPEATED, Event.REPEATED]
    watched.plant.connected = True
    watched.start()
    watched.look(300)
    assert ear.events[-1] is Event.ENDED
    assert watched.round.open == ()


def test_a_receiver_that_was_away_is_told_all_in_order_and_holds_nobody_up(
    watched: Watched,
) -> None:
    watched.ears.append(Ear("other", away=True))
    here, away = watched.ears
    watched.start()
    for connected in (False, True):
        watched.plant.connected = connected
        watched.look(900)
    assert here.events == [Event.RAISED, Event.ENDED]
    assert away.heard == []
    assert 3 < away.tried < 10  # 30 s, a minute, two minutes...
    watched.start()  # what waits survives
    away.away = False
    watched.look(60)
    assert away.heard == here.heard


def test_what_found_nobody_for_days_is_let_go(watched: Watched) -> None:
    (ear,) = watched.ears
    ear.away, watched.plant.connected = True, False
    watched.look(300)
    watched.plant.connected = True
    watched.look(300)
    watched.look(4 * 86_400, 3600)
    ear.away = False
    watched.look(3600)
    assert ear.heard == []
    assert read_memory(watched.plant.folder).waiting == {"ear": ()}


@pytest.mark.parametrize("content", [b"", b"{}{", b'{"open": 1}', b"\xff" * 100, b"[" * 99_999])
def test_a_memory_that_cannot_be_read_is_told_and_begun_anew(
    watched: Watched, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    (watched.plant.folder / FILE).write_bytes(content)
    watched.start()
    assert "E_ALARM_STATE" in caplog.text
    watched.plant.connected = False
    watched.look(120)
    assert watched.ears[0].events == [Event.RAISED]


def test_an_alarm_over_a_full_disk_is_told_from_a_full_disk(
    watched: Watched, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if os.geteuid() != 0:
        pytest.skip("a small disk cannot be mounted")
    with small_disk(tmp_path / "disk", 1) as disk:
        fill(disk, 0)
        watched.sight = replace(watched.sight, state_dir=disk)
        watched.start()
        watched.look(300)
    assert [(each.code, each.event) for each in watched.ears[0].heard] == [
        ("E_ALARM_DISK", Event.RAISED)
    ]
    assert "E_ALARM_STATE" in caplog.text


def test_the_thread_looks_and_goes_on_after_a_mistake_of_ours(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    class Wrong(Ear):
        def deliver(self, notice: Notice, now_ns: int) -> None:
            super().deliver(notice, now_ns)
            raise RuntimeError("a mistake")

    wrong = Wrong("wrong")
    section = AlarmSection(hold_s=1, agent_silent_s=1, disk_free_MiB=64)
    sight = replace(watched.sight, section=section)
    watched.clock.advance(3600 * S)
    look = Round(sight, [wrong], watched.clock)
    look.look()
    watched.clock.advance(2 * S)
    thread = AlarmThread(look, 0.01)
    caplog.set_level(logging.CRITICAL)
    thread.start()
    until(lambda: wrong.tried > 2)
    thread.stop()
    assert {each.code for each in thread.open()} == {"E_ALARM_AGENT_SILENT"}


def test_the_interface_shows_what_is_open_and_to_a_site_what_is_its_own(watched: Watched) -> None:
    watched.plant.connected = False
    watched.sight = replace(watched.sight, section=AlarmSection(agent_silent_s=1, disk_free_MiB=64))
    watched.start()
    watched.clock.advance(60 * S)
    watched.look(120)
    parts = replace(watched.sight.parts, alarms=lambda: watched.round.open)
    asked = served(parts)
    rows = asked.get("/api/v1/alarms").json()
    assert [(each["code"], each["subject"]) for each in rows] == [
        ("E_ALARM_AGENT_SILENT", "gw-1"),
        ("E_ALARM_AGENT_SILENT", "gw-2"),
        ("E_ALARM_BROKER", "broker"),
    ]
    assert rows[0]["since"].endswith("Z")
    assert rows[0]["over_since"] is None
    metrics = asked.get("/metrics").text
    assert 'carbonmeter_collector_alarms_open{code="E_ALARM_AGENT_SILENT"} 2' in metrics
    now_ns = watched.clock.now_ns()
    text, token = issue(
        "weifang", Role.ANALYST, b"t" * 32, created_ns=0, expires_ns=2 * now_ns, sites=("weifang",)
    )
    TokenFile(watched.plant.folder).add(token)
    shown = asked.get("/api/v1/alarms", Authorization=f"Bearer {text}").json()
    assert [each["subject"] for each in shown] == ["gw-2"]
    assert asked.get("/api/v1/alarms").status_code == 401


def configured(folder: Path, url: str) -> CollectorConfig:
    """A collector with a webhook."""
    path = folder / "collector.toml"
    initialised(folder)
    assert collector(["alarms", "secret", str(folder / "hook.secret")]) == 0
    hook = f'[alarms.webhook]\nurl = "{url}"\nsecret_file = "hook.secret"\n'
    path.write_text(path.read_text() + hook)
    return load_config(path)


def test_the_commands_make_a_secret_tell_a_test_and_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], watched: Watched
) -> None:
    with listening(204) as server:
        config = configured(tmp_path, server.url)
        assert (tmp_path / "hook.secret").stat().st_mode & 0o777 == 0o600
        line = (tmp_path / "hook.secret").read_text()
        assert line in capsys.readouterr().out
        assert collector(["alarms", "test", *at(config)]) == 0
        ((headers, body),) = server.got
        assert json.loads(body)["data"]["code"] == "E_ALARM_TEST"
        assert headers["webhook-signature"].startswith("v1,")
        server.answers = [500]
        assert collector(["alarms", "test", *at(config)]) == 1
    assert collector(["alarms", "list", *at(config)]) == 0
    watched.plant.connected = False
    watched.look(120)
    (config.state_dir / FILE).write_bytes((watched.plant.folder / FILE).read_bytes())
    capsys.readouterr()
    assert collector(["alarms", "list", *at(config)]) == 1
    assert "E_ALARM_BROKER" in capsys.readouterr().out
    assert collector(["alarms", "list", "--json", *at(config)]) == 1
    assert json.loads(capsys.readouterr().out)["alarms"][0]["code"] == "E_ALARM_BROKER"
    (tmp_path / "hook.secret").write_text("no secret\n")
    assert collector(["alarms", "test", *at(config)]) == 78
    assert "E_ALARM_SECRET" in capsys.readouterr().err


def test_alarms_are_off_under_a_simulated_clock(tmp_path: Path, watched: Watched) -> None:
    config = initialised(tmp_path)
    parts = watched.sight.parts
    assert alarm_thread(config, parts, watched.clock) is None
    assert alarm_thread(config, parts, SystemClock()) is not None
