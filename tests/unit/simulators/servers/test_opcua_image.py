"""What a simulated OPC UA node shows, after faults. Pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from simulators.fault import active_faults
from simulators.servers.opcua_image import (
    AnyOpcUaFault,
    BadStatus,
    Down,
    SessionLimit,
    Shown,
    SlowReply,
    StaleTimestamp,
    TypeChange,
    delay_s,
    is_down,
    most_sessions,
    shown,
)

NODE, AT_NS = "ns=2;s=meter", 1_767_268_800_000_000_000
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def energy(at_ns: int) -> Shown:
    return Shown(value=at_ns / 1e9, source_at_ns=at_ns)


def test_without_faults_a_node_shows_its_function() -> None:
    assert shown(NODE, energy, (), AT_NS) == energy(AT_NS)


def test_a_stale_node_shows_value_and_timestamp_of_then_and_others_do_not() -> None:
    stale = StaleTimestamp(nodes=(NODE,), by_s=60.0)
    assert shown(NODE, energy, (stale,), AT_NS) == energy(AT_NS - 60_000_000_000)
    assert shown("other", energy, (stale,), AT_NS) == energy(AT_NS)


@pytest.mark.parametrize(("status", "kept"), [(0x808C_0000, False), (0x4090_0000, True)])
def test_a_bad_node_shows_no_value_an_uncertain_one_does(status: int, *, kept: bool) -> None:
    found = shown(NODE, energy, (BadStatus(nodes=(NODE,), status=status),), AT_NS)
    value = energy(AT_NS).value if kept else None
    assert found == replace(energy(AT_NS), status=status, value=value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("String", "12.75"), ("Int32", 12), ("Boolean", True), ("Float", 12.75)],
)
def test_a_change_of_type_keeps_what_the_type_can_hold(kind: str, value: object) -> None:
    change = msgspec.convert({"kind": "type_change", "nodes": [NODE], "type": kind}, TypeChange)
    found = shown(NODE, lambda _: Shown(value=12.75), (change,), AT_NS)
    assert (found.type, found.value) == (kind, value)
    assert shown(NODE, lambda _: Shown(value=None), (change,), AT_NS).value is None


def test_faults_strike_in_their_window_only() -> None:
    over = NOON + timedelta(seconds=10)
    plan: tuple[AnyOpcUaFault, ...] = (
        Down(starts_at=NOON, ends_at=over),
        SlowReply(delay_s=0.5, first_poll=3),
        SlowReply(delay_s=0.25, first_poll=4),
        SessionLimit(sessions=5),
        SessionLimit(sessions=2, starts_at=NOON, ends_at=over),
    )
    early, late = active_faults(plan, 4, AT_NS), active_faults(plan, 0, AT_NS + 10_000_000_000)
    assert (is_down(early), delay_s(early), most_sessions(early)) == (True, 0.75, 2)
    assert (is_down(late), delay_s(late), most_sessions(late)) == (False, 0.0, 5)
    assert most_sessions(()) is None
