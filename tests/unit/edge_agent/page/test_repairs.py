"""What is to be put right, and in which order."""

from datetime import timedelta

import pytest

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason, Quality
from edge_agent.custody_errors import BrokerUnreachableError
from edge_agent.page.health import Cost, DeviceState, Health, LineHealth, Missing, Room, SpoolLevel
from edge_agent.seen import said
from evidence.clock_standing import ClockStanding
from msgspec.structs import replace
from tests.unit.edge_agent.page.healths import NOW, TIMEOUT, device_health, health, silent


def told(found: Health) -> list[tuple[Cost, str]]:
    return [(each.cost, each.said.code) for each in found.repairs]


def test_an_agent_that_is_well_has_nothing_to_repair() -> None:
    assert health().repairs == ()


def test_what_costs_most_stands_first_and_what_began_first_before_it() -> None:
    trouble = said(BrokerUnreachableError("line-1", found="refused"))
    found = health(
        silent("a", hours=1),
        silent("b", hours=30, line="bus-2"),
        device_health("c", due=NOW - timedelta(days=3)),
        device_health("d", due=NOW + timedelta(days=3)),
        delivery=replace(health().delivery, connected=False, trouble=trouble),
    )
    assert told(found) == [
        (Cost.LOST, "E_TIMEOUT"),
        (Cost.LOST, "E_TIMEOUT"),
        (Cost.WAITING, "E_UPLINK_UNREACHABLE"),
        (Cost.DOUBT, "E_HEALTH_OVERDUE"),
        (Cost.SOON, "E_HEALTH_DUE"),
    ]
    assert [each.devices for each in found.repairs[:2]] == [("b",), ("a",)]
    assert found.repairs[2].since == health().delivery.last_receipt


def test_devices_of_one_line_that_say_the_same_are_one_repair_since_the_first() -> None:
    many = [silent(f"m-{n}", hours=n + 1) for n in range(40)]
    (repair,) = health(*many).repairs
    assert len(repair.devices) == 40
    assert repair.since == NOW - timedelta(hours=40)
    assert repair.said == replace(TIMEOUT, where="bus-1")


@pytest.mark.parametrize(
    ("level", "cost", "code"),
    [
        (SpoolLevel.WARN, Cost.SOON, "E_HEALTH_SPOOL_WARN"),
        (SpoolLevel.THIN, Cost.LOST, "E_HEALTH_SPOOL_THIN"),
        (SpoolLevel.STOP, Cost.LOST, "E_HEALTH_SPOOL_STOP"),
    ],
)
def test_a_spool_that_fills_is_a_repair(level: SpoolLevel, cost: Cost, code: str) -> None:
    room = Room(level=level, used_bytes=2**29, limit_bytes=2**29, disk_free_bytes=0)
    found = health(spool=room)
    assert told(found) == [(cost, code)]
    assert "512 MiB" in found.repairs[0].said.en
    assert "512 MiB" in found.repairs[0].said.zh


@pytest.mark.parametrize(
    ("standing", "suspect", "code"),
    [
        (ClockStanding.UNSYNCHRONISED, False, "E_HEALTH_CLOCK"),
        (ClockStanding.UNKNOWN, False, "E_HEALTH_CLOCK_UNKNOWN"),
        (ClockStanding.SYNCHRONISED, True, "E_HEALTH_CLOCK_SET"),
    ],
)
def test_a_clock_that_nobody_vouches_for_is_a_doubt(
    standing: ClockStanding, suspect: bool, code: str
) -> None:
    clock = replace(health().clock, standing=standing, suspect=suspect)
    assert told(health(clock=clock)) == [(Cost.DOUBT, code)]
    assert told(health(clock=replace(clock, simulated=True))) == []
    assert told(health(clock=replace(clock, standing=ClockStanding.HOLDOVER, suspect=False))) == []


def test_a_device_that_answers_without_values_says_for_which_reasons() -> None:
    missing = (
        Missing(reason=MissReason.SENTINEL, channels=2),
        Missing(reason=MissReason.DEVICE_FAULT, channels=1),
    )
    (repair,) = health(device_health(state=DeviceState.PARTLY, missing=missing)).repairs
    assert repair.said.code == "E_HEALTH_LACKING"
    assert "the device has no value, device fault" in repair.said.en
    assert "设备无数值、设备故障" in repair.said.zh


def test_readings_that_are_marked_are_in_doubt() -> None:
    marked = device_health(state=DeviceState.MARKED, qualities=(Quality.FROZEN,))
    (repair,) = health(marked).repairs
    assert (repair.cost, repair.said.code) == (Cost.DOUBT, "E_HEALTH_MARKED")
    assert "stuck" in repair.said.en
    (known,) = health(replace(marked, said=TIMEOUT)).repairs
    assert known.said.code == "E_TIMEOUT"  # what the identity check found says more


def test_an_uncertainty_with_nothing_behind_it_is_a_doubt() -> None:
    found = health(device_health(basis=UncertaintyBasis.UNKNOWN, due=None))
    assert told(found) == [(Cost.DOUBT, "E_HEALTH_BASIS")]


@pytest.mark.parametrize(("days", "codes"), [(89, []), (25, []), (19, ["E_HEALTH_CONNECTION"])])
def test_a_certificate_that_was_not_renewed_in_time_is_named(days: int, codes: list[str]) -> None:
    found = health(connection_until=NOW + timedelta(days=days))
    assert [each.said.code for each in found.repairs] == codes


def test_a_line_that_falls_behind_loses_readings() -> None:
    line = LineHealth(name="bus-1", kind="serial", place="/dev/ttyUSB0", devices=1, overload=TIMEOUT)
    assert told(health(lines=(line,))) == [(Cost.LOST, "E_TIMEOUT")]
