"""What is found wrong: each alarm with what brings it about, and none without."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from calibration.indication import MissReason
from collector.alarms import kinds
from collector.alarms.agents import dead_devices
from collector.alarms.at_work import NOT_MEASURING
from collector.alarms.config import AlarmSection
from collector.alarms.course import Found
from collector.alarms.looking import LOOKS, Looking, Sight
from collector.api.parts import Parts
from collector.backup.config import BackupSection
from collector.backup.making import Wish, make_backup
from collector.database import Database
from collector.lookup import ChannelRow
from collector.views.seen import ViewAside, ViewSeen
from edge_agent import records
from evidence.clock import NS_PER_S
from tests.unit.collector.agent_log import AgentLog
from tests.unit.collector.api.plant import (
    FILES,
    HEADS,
    LINE_1,
    LINE_2,
    START_NS,
    Plant,
    batch,
    stream,
)

MIN = 60 * NS_PER_S
CALM = AlarmSection(agent_silent_s=3600, device_dead_s=3600, disk_free_MiB=64)
PERIOD_NS = 15 * MIN
FIRST = 7 * 96 - 8
"""The last eight polls before the plant's clock stands at 2026-04-05T16:00:00Z."""


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """Two agents that were heard a moment ago; two meters, read until then."""
    made = Plant(tmp_path / "state")
    made.log_profile()
    made.take(made.gw1, batch(made.gw1, [stream(LINE_1, FIRST, 8), stream(LINE_2, FIRST, 8)]))
    made.judging.catch_up()
    yield made
    made.close()


@pytest.fixture
def parts(plant: Plant) -> Iterator[Parts]:
    made = plant.parts()
    yield made
    made.sources.close()


def sight(plant: Plant, parts: Parts, section: AlarmSection = CALM, **more: object) -> Sight:
    made = Sight(
        parts=parts, state_dir=plant.folder, section=section, collector="works", backup=None
    )
    return replace(made, **more)  # type: ignore[arg-type] # fields of the one above


def found(seen: Sight, now_ns: int) -> list[Found]:
    wrong, unseen = Looking(seen).look(now_ns)
    assert not unseen
    return wrong


def said(seen: Sight, now_ns: int) -> set[tuple[str, str]]:
    """Codes without their common beginning, and subjects."""
    return {(each.code.removeprefix("E_ALARM_"), each.subject) for each in found(seen, now_ns)}


def test_nothing_is_found_where_nothing_is_wrong(plant: Plant, parts: Parts) -> None:
    assert found(sight(plant, parts), plant.bench.clock.now_ns()) == []


def test_a_last_leaf_that_cannot_be_read_blinds_nobody(plant: Plant, parts: Parts) -> None:
    plant.ledger.database.rows("UPDATE leaves SET leaf = x''")
    assert found(sight(plant, parts), plant.bench.clock.now_ns()) == []
    silent = plant.bench.clock.now_ns() + 61 * MIN
    assert ("AGENT_SILENT", "gw-2") in said(sight(plant, parts), silent)


def test_an_agent_that_says_nothing_is_named_and_not_its_devices(
    plant: Plant, parts: Parts
) -> None:
    silent = plant.bench.clock.now_ns() + 61 * MIN
    assert said(sight(plant, parts), silent) == {("AGENT_SILENT", "gw-1"), ("AGENT_SILENT", "gw-2")}
    never = replace(parts, sites={**parts.sites, "gw-3": "jinan"})
    now_ns = plant.bench.clock.now_ns()
    assert said(sight(plant, never), now_ns) == {("AGENT_SILENT", "gw-3")}


def test_a_device_without_readings_is_named_while_its_agent_is_heard(
    plant: Plant, parts: Parts
) -> None:
    plant.bench.clock.advance(8 * PERIOD_NS)
    plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, FIRST + 8, 8)]))
    plant.take(plant.gw2, batch(plant.gw2, []))
    plant.judging.catch_up()
    now_ns = plant.bench.clock.now_ns()
    assert said(sight(plant, parts), now_ns) == {("DEVICE_DEAD", "jinan/line-2")}
    (alarm,) = found(sight(plant, parts), now_ns)
    assert "2026-04-05T15:45:00Z" in alarm.en
    assert "gw-1" in alarm.zh
    patient = msgspec.structs.replace(CALM, device_dead_s=9 * 900)
    assert said(sight(plant, parts, patient), now_ns) == set()


def test_what_is_computed_by_the_hour_is_no_device_that_died() -> None:
    head = msgspec.structs.replace(HEADS[LINE_1], channel="jinan/boiler/co2", profile="")
    row = ChannelRow(
        channel=head.channel,
        agent="gw-1",
        head=head,
        last_ms=0,
        last_value=1.0,
        last_quality="good",
    )
    heard_ns = {"gw-1": 600 * MIN}
    assert list(dead_devices([row], CALM, heard_ns, at_work=lambda _: None)) == []
    measured = msgspec.structs.replace(row, head=HEADS[LINE_1])
    (dead,) = dead_devices([measured], CALM, heard_ns, at_work=lambda _: None)
    assert dead.where == "jinan/boiler"


@pytest.mark.parametrize("reason", MissReason)
def test_a_device_that_is_checked_or_worked_on_is_not_dead(
    plant: Plant, parts: Parts, reason: MissReason
) -> None:
    plant.bench.clock.advance(8 * PERIOD_NS)
    missed = stream(LINE_2, FIRST + 8, 8, range(FIRST + 9, FIRST + 16))
    why = tuple(msgspec.structs.replace(each, reason=reason) for each in missed.missed)
    parted = [stream(LINE_1, FIRST + 8, 8), msgspec.structs.replace(missed, missed=why)]
    plant.take(plant.gw1, batch(plant.gw1, parted))
    plant.take(plant.gw2, batch(plant.gw2, []))
    plant.judging.catch_up()
    dead = set() if reason in NOT_MEASURING else {("DEVICE_DEAD", "jinan/line-2")}
    assert said(sight(plant, parts), plant.bench.clock.now_ns()) == dead


def test_a_device_is_not_called_dead_for_what_its_agent_has_not_sent_yet(
    plant: Plant, parts: Parts
) -> None:
    seldom = msgspec.structs.replace(CALM, agent_silent_s=7200)
    now_ns = plant.bench.clock.now_ns() + 70 * MIN  # its last reading is 15 min older
    assert said(sight(plant, parts, seldom), now_ns) == set()


AT_MS = START_NS // 1_000_000
STOPPED = records.gap(AT_MS, None, "spool_limit")
SAID = [
    ("warn", [records.spool_at("warn", {"used_bytes": 1}, AT_MS + 2_000)]),
    ("thin", [records.spool_at("thin", {"used_bytes": 2}, AT_MS + 1_000)]),  # its clock stepped
    ("stop", [STOPPED]),
    ("stop", [records.gap(AT_MS, AT_MS + 1, "unreachable", LINE_1)]),
    ("thin", [records.gap(AT_MS, AT_MS + 9, "spool_limit"), records.spool_at("thin", {}, AT_MS)]),
    ("", [records.spool_at("roomy", {}, AT_MS)]),
    ("stop", [records.gap(4_102_444_799_000, None, "spool_limit")]),  # its clock is far off
    ("", [records.restarted(AT_MS, AT_MS, 0)]),
]


def test_a_spool_that_fills_is_named_until_it_is_roomy_again(plant: Plant, parts: Parts) -> None:
    now_ns = plant.bench.clock.now_ns()
    for level, told in SAID:
        plant.take(plant.gw1, batch(plant.gw1, [], told))
        plant.judging.catch_up()
        alarms = found(sight(plant, parts), now_ns)
        assert [each.code for each in alarms] == ([kinds.SpoolAlarm.code] if level else [])
        assert all(f"'{level}'" in each.en for each in alarms)


def test_leaves_without_a_receipt_are_counted(plant: Plant, parts: Parts) -> None:
    state = plant.ledger.state(plant.gw1.agent, plant.gw1.epoch)
    plant.ledger.database.rows("UPDATE logs SET receipt_size = 1 WHERE agent = 'gw-1'")
    (alarm,) = found(sight(plant, parts), plant.bench.clock.now_ns())
    assert (alarm.code, alarm.subject) == (kinds.ReceiptMissingAlarm.code, "gw-1")
    assert f"without a receipt: {state.size - 1};" in alarm.en


def test_a_branch_is_named_until_it_is_released(plant: Plant, parts: Parts) -> None:
    other = AgentLog(agent="gw-2", key=plant.gw2.key)
    other.grow([b"another history"])
    plant.bench.take(other.topic, other.message(0))
    now_ns = plant.bench.clock.now_ns()
    assert said(sight(plant, parts), now_ns) == {("BRANCH", "gw-2")}
    (branch,) = plant.ledger.branches()
    plant.ledger.release_branch(branch.root.hex(), "Q. Wang", "a test", now_ns)
    assert said(sight(plant, parts), now_ns) == set()


def test_confirmations_are_named_before_and_when_they_are_overdue(
    plant: Plant, parts: Parts
) -> None:
    for kind, name, data in FILES[:6]:
        plant.log_file(plant.gw1, kind, name, data)
    plant.judging.catch_up()
    now_ns = plant.bench.clock.now_ns()  # K-P was due on 04-01, K-2 is on 04-20
    due = {("CERTIFICATE_DUE", "S-2"), ("CERTIFICATE_OVERDUE", "S-P")}
    assert said(sight(plant, parts), now_ns) == due
    week = msgspec.structs.replace(CALM, certificate_due_days=7)
    assert said(sight(plant, parts, week), now_ns) == {("CERTIFICATE_OVERDUE", "S-P")}
    alarms = {each.subject: each.en for each in found(sight(plant, parts), now_ns)}
    assert "due on 2026-04-20, in 15 d" in alarms["S-2"]
    assert "was due on 2026-04-01" in alarms["S-P"]


class Stuck:
    """A view that is behind, or is not."""

    code = "E_INFLUX_UNREACHABLE"

    def seen(self, judged: int) -> ViewSeen:
        return ViewSeen(name="influx", lag_leaves=judged, code=self.code, message="no answer")

    def set_aside(self, limit: int) -> Sequence[ViewAside]:
        return ()[:limit]


def test_a_view_that_is_stuck_is_named(plant: Plant, parts: Parts) -> None:
    view = Stuck()
    seen = sight(plant, replace(parts, views=(view,)))
    now_ns = plant.bench.clock.now_ns()
    (alarm,) = found(seen, now_ns)
    assert (alarm.code, alarm.subject) == (kinds.ViewStuckAlarm.code, "influx")
    assert "no answer" in alarm.en
    view.code = ""
    assert found(seen, now_ns) == []


def test_disk_ledger_broker_and_quota_are_named(plant: Plant, parts: Parts) -> None:
    now_ns = plant.bench.clock.now_ns()
    greedy = msgspec.structs.replace(CALM, disk_free_MiB=10_000_000)
    down = replace(parts, broker_connected=lambda: False, ledger_writable=lambda: False)
    seen = sight(plant, down, greedy, throttled=lambda: [("gw-1", "1000 bytes")])
    assert said(seen, now_ns) == {
        ("DISK", str(plant.folder)),
        ("BROKER", "broker"),
        ("LEDGER", "ledger"),
        ("QUOTA", "gw-1"),
    }


def test_a_backup_that_is_too_old_or_was_never_made_is_named(
    plant: Plant, parts: Parts, tmp_path: Path
) -> None:
    section = BackupSection(directory=str(tmp_path / "copies"), at_least_every_h=1)
    seen = sight(plant, parts, backup=section)
    now_ns = plant.bench.clock.now_ns()
    (alarm,) = found(seen, now_ns)
    assert "never" in alarm.en
    assert "从未" in alarm.zh
    wish = Wish(collector="works", state_dir=plant.folder)
    make_backup(wish, tmp_path / "copies", now_ns - 30 * MIN)
    assert found(seen, now_ns) == []
    assert said(seen, now_ns + 31 * MIN) == {("BACKUP", "backup")}


def test_what_cannot_be_looked_for_is_told_apart_from_what_is_well(
    plant: Plant, parts: Parts
) -> None:
    plant.store._db.execute("DROP TABLE channel")
    wrong, unseen = Looking(sight(plant, parts)).look(plant.bench.clock.now_ns())
    assert wrong == []
    papers = {kinds.CertificateFailedAlarm.code, kinds.CheckFailedAlarm.code}
    assert unseen == frozenset(LOOKS[1][1]) | papers  # which ask what stands where
    Database(plant.folder / "ledger.db").rows("DROP TABLE leaves")
    greedy = msgspec.structs.replace(CALM, disk_free_MiB=10_000_000)
    wrong, unseen = Looking(sight(plant, parts, greedy)).look(plant.bench.clock.now_ns())
    assert [each.code for each in wrong] == [kinds.DiskAlarm.code]
    assert unseen >= frozenset(LOOKS[1][1])
