"""Failed checks and certificates: told in words and by alarms, until something passes."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from calibration.load import parse_certificate, parse_confirmation, parse_event
from calibration.monitoring.record import TestKind
from collector.alarms import kinds
from collector.alarms.config import MailSection
from collector.alarms.course import Event, Found, Open, notice_of
from collector.alarms.looking import Looking, Sight
from collector.alarms.mail import message_of
from collector.alarms.quality import TESTS, TOLD_DAYS, Logged, papers_failed, suspected_in
from collector.alarms.webhook import body_of
from collector.tested import FailedTests
from collector.web.words import say
from evidence.statement.monitoring.load import scheme_named
from tests.unit.collector.alarms.failed_plant import (
    BEFORE,
    FAILED,
    begun,
    log_failed,
    log_passed,
    read_on,
)
from tests.unit.collector.alarms.test_looking import CALM
from tests.unit.collector.api.plant import (
    LINE_2,
    Plant,
    batch,
    confirmation,
    energy_certificate,
    stream,
)
from tests.unit.collector.api.test_monitored import GAS

NOW = dt.datetime(2026, 4, 5, 16, tzinfo=dt.UTC)
MAIL = MailSection(host="localhost", sender="cm@works.example", recipients=("ops@works.example",))
IN_USE = frozenset({("jinan", "S-2")})
EVENT = """schema = 1
event = "{event}"
at = {at}
recorded_at = {at}
recorded_by = "Q. Wang"
serial = "S-2"
{more}"""
CHECK = """[check]
kind_of_quantity = "active_energy"
unit = "kW.h"
indication = {shown}
expanded_uncertainty = 0.1
reference = 100.0
reference_expanded_uncertainty = 0.1
"""


def certificate(data: bytes) -> Logged:
    return parse_certificate(data, "c.toml")


def decided(data: bytes) -> Logged:
    return parse_confirmation(data, "k.toml")


def happened(event: str, at: str, more: str = "") -> Logged:
    return parse_event(EVENT.format(event=event, at=at, more=more).encode(), "e.toml")


def told(*papers: Logged, in_use: frozenset[tuple[str, str]] = IN_USE, days: int = 0) -> list[str]:
    """Codes, without their common beginning."""
    at = NOW + dt.timedelta(days=days)
    suspected = suspected_in(("jinan", each) for each in papers)
    found = papers_failed(suspected, in_use, at)
    return [alarm.code.removeprefix("E_ALARM_") for _, alarm in found]


EARLIER = certificate(BEFORE)
LATER = certificate(energy_certificate("E-2F", "S-2"))
NOT = decided(FAILED)


def test_a_decision_that_failed_is_told_until_a_later_certificate_passes() -> None:
    assert told(EARLIER, LATER, NOT) == ["CERTIFICATE_FAILED"]
    assert told(EARLIER, LATER, NOT, days=900) == ["CERTIFICATE_FAILED"]
    again = certificate(energy_certificate("E-3", "S-2").replace(b"2026-01-05", b"2026-02-05"))
    passed = decided(confirmation("K-3", "E-3", "S-2", "2027-01-01"))
    assert told(EARLIER, LATER, NOT, again, passed) == []
    assert told(EARLIER) == []


def test_of_an_instrument_that_was_taken_away_it_is_told_for_a_quarter() -> None:
    recorded = dt.datetime(2026, 1, 6, tzinfo=dt.UTC)
    over = TOLD_DAYS - (NOW - recorded).days + 1
    nowhere: frozenset[tuple[str, str]] = frozenset()
    assert told(EARLIER, LATER, NOT, in_use=nowhere) == ["CERTIFICATE_FAILED"]
    assert told(EARLIER, LATER, NOT, in_use=nowhere, days=over) == []
    gone = happened("removal", "2026-03-01T00:00:00Z")
    assert told(EARLIER, LATER, NOT, gone, days=over) == []
    assert told(EARLIER, LATER, NOT, days=over) == ["CERTIFICATE_FAILED"]


def test_a_check_between_calibrations_is_told_until_one_passes() -> None:
    failed = happened("intermediate_check", "2026-03-01T08:00:00Z", CHECK.format(shown=140.0))
    passed = happened("intermediate_check", "2026-03-02T08:00:00Z", CHECK.format(shown=100.0))
    assert told(LATER, failed) == ["CHECK_FAILED"]
    assert told(LATER, failed, passed) == []
    suspected = suspected_in(("jinan", each) for each in (LATER, failed))
    assert papers_failed(suspected, IN_USE, NOW, told=IN_USE) == []  # a plan's test says it


def test_an_alarm_says_what_failed_since_when_and_what_to_do_in_both_languages() -> None:
    suspected = suspected_in(("jinan", each) for each in (EARLIER, LATER, NOT))
    (((site, serial), alarm),) = papers_failed(suspected, IN_USE, NOW)
    assert (site, serial, alarm.where) == ("jinan", "S-2", "S-2")
    for each in (alarm.say("en"), alarm.say("zh")):
        assert "E-2F" in each
        assert "2026-01-05" in each
        assert "2025-01-05" in each
    assert "as left" in alarm.say("en")
    assert "and have it adjusted and calibrated" in alarm.say("en")
    assert "并安排调整和校准" in alarm.say("zh")


def test_every_kind_of_test_has_the_words_that_the_pages_have() -> None:
    assert set(TESTS) == set(get_args(TestKind))
    for kind, words in TESTS.items():
        assert words.en == say(f"instrument.test_{kind}", "en")
        assert words.zh == say(f"instrument.test_{kind}", "zh")


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """Five days of a stack; the checks of the last two failed."""
    made = begun(Plant(tmp_path_factory.mktemp("failed")))
    read_on(made, range(5))
    yield made
    made.close()


@pytest.fixture
def plant(failed: Plant, tmp_path: Path) -> Iterator[Plant]:
    made = failed.again(tmp_path / "again")
    yield made
    made.close()


def wrong(plant: Plant) -> list[Found]:
    """What is found wrong by papers and checks."""
    parts = plant.parts()
    seen = Sight(parts=parts, state_dir=plant.folder, section=CALM, collector="w", backup=None)
    found, unseen = Looking(seen).look(plant.bench.clock.now_ns())
    parts.sources.close()
    assert not unseen
    codes = {kinds.CheckFailedAlarm.code, kinds.CertificateFailedAlarm.code}
    return [each for each in found if each.code in codes]


def test_an_analyser_s_failed_check_is_an_alarm_until_one_passes(plant: Plant) -> None:
    """Checks end at 03:30 by the plant's clock; that of the third day was the last good one."""
    (alarm,) = wrong(plant)
    assert (alarm.code, alarm.subject) == (kinds.CheckFailedAlarm.code, GAS)
    assert "its daily check of 2026-04-01T19:" in alarm.en  # the 2nd in Shanghai
    assert "since 2026-03-31T19:" in alarm.en
    assert "2026-04-01T19:" in alarm.zh
    assert "每日校验不合格" in alarm.zh
    read_on(plant, range(5, 6))
    assert wrong(plant) == []


def test_what_was_looked_at_before_is_looked_at_again_when_a_check_came(plant: Plant) -> None:
    parts, finder = plant.parts(), FailedTests()
    with parts.sources.lease() as sources:
        now_ns = plant.bench.clock.now_ns()
        first = finder.now(sources, parts.sites, now_ns)
        assert [each.channel for each in first] == [GAS]
        assert finder.now(sources, parts.sites, now_ns)[0].span is not None
        read_on(plant, range(5, 6))
        assert finder.now(sources, parts.sites, now_ns) == []
        assert finder.now(sources, {}, now_ns) == []  # of no agent
    parts.sources.close()


def test_a_plan_that_names_what_is_not_there_takes_only_its_own_away(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evidence.statement.monitoring.seen.scheme_named", _unknown)
    assert wrong(plant) == []


def _unknown(_: str, where: str) -> None:
    scheme_named("nothing-2000", where)


def test_what_failed_is_carried_by_mail_and_webhook_until_it_passed(plant: Plant) -> None:
    plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_2, 480, 4)]))
    log_failed(plant)
    now_ns = plant.bench.clock.now_ns()
    assert {each.subject for each in wrong(plant)} == {GAS, "S-2"}
    (each,) = [each for each in wrong(plant) if each.subject == "S-2"]
    notice = notice_of(Open(**each._asdict(), first_ns=now_ns), Event.RAISED, now_ns)
    sent = json.loads(body_of(notice, "works"))["data"]
    assert (sent["code"], sent["subject"]) == (kinds.CertificateFailedAlarm.code, "S-2")
    assert "E-2F" in sent["message"]["zh"]
    letter = message_of(notice, MAIL, "works")
    assert "it did not pass E-2F" in letter.get_content()
    log_passed(plant)
    assert {each.subject for each in wrong(plant)} == {GAS}
