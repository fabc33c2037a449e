from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.fault import (
    AnyFault,
    ClockSkew,
    Jump,
    Rollover,
    Sentinel,
    Silence,
    Spike,
    Stuck,
    active_faults,
    disturbed,
    faulted_channels,
    shown_instant_ns,
    silenced_channels,
    stuck_channels,
)
from simulators.instant import instant_ns

START = datetime(2026, 1, 5, tzinfo=UTC)
START_NS = instant_ns(START)
SECOND_NS = 1_000_000_000


def test_a_fault_without_limits_strikes_always() -> None:
    assert active_faults((Silence(),), 0, 0) == (Silence(),)
    assert active_faults((Silence(),), 10**6, START_NS) == (Silence(),)


@given(poll=st.integers(0, 20))
def test_limits_of_requests_are_inclusive(poll: int) -> None:
    plan = (Silence(first_poll=3, last_poll=5),)
    assert bool(active_faults(plan, poll, 0)) == (3 <= poll <= 5)


@given(second=st.integers(-20, 20))
def test_an_end_is_the_first_instant_without_the_fault(second: int) -> None:
    plan = (Silence(starts_at=START, ends_at=START + timedelta(seconds=10)),)
    at_ns = START_NS + second * SECOND_NS
    assert bool(active_faults(plan, 0, at_ns)) == (0 <= second < 10)


def test_all_limits_of_a_fault_must_hold() -> None:
    plan = (Silence(first_poll=2, starts_at=START),)
    assert not active_faults(plan, 1, START_NS)
    assert not active_faults(plan, 2, START_NS - 1)
    assert active_faults(plan, 2, START_NS)


def test_faults_of_values_act_in_the_order_of_the_plan() -> None:
    jump = Jump(channel="energy", by=50.0)
    rollover = Rollover(channel="energy", modulus=100.0)
    spike = Spike(channel="energy", factor=2.0)
    assert disturbed((jump, rollover, spike), {"energy": 80.0, "power": 1.0}) == {
        "energy": 60.0,
        "power": 1.0,
    }
    assert disturbed((spike, jump, rollover), {"energy": 80.0})["energy"] == 10.0


def test_a_fault_of_a_channel_that_is_not_shown_changes_nothing() -> None:
    assert disturbed((Jump(channel="other", by=1.0),), {"energy": 1.0}) == {"energy": 1.0}


def test_a_clock_skew_shows_an_earlier_instant() -> None:
    assert shown_instant_ns((ClockSkew(skew_s=1.5),), 10 * SECOND_NS) == 8_500_000_000
    assert shown_instant_ns((ClockSkew(skew_s=-1.0),), 10 * SECOND_NS) == 11 * SECOND_NS
    assert shown_instant_ns((Silence(),), 7) == 7


def test_channels_are_told_by_fault() -> None:
    plan = (Stuck(channel="a"), Sentinel(channel="b"), Spike(channel="c", factor=2.0), Silence())
    assert stuck_channels(plan) == {"a"}
    assert silenced_channels(plan) == {"b"}
    assert faulted_channels(plan) == {"a", "b", "c"}


@pytest.mark.parametrize(
    "text",
    [
        '{"kind": "late_reply", "delay_s": 0}',
        '{"kind": "late_reply"}',
        '{"kind": "silence", "first_poll": -1}',
        '{"kind": "silence", "starts_at": "2026-01-05T00:00:00"}',
        '{"kind": "wrong_transaction_id", "transaction_id": 65536}',
        '{"kind": "rollover", "channel": "a", "modulus": 0}',
        '{"kind": "quiet"}',
        '{"kind": "silence", "channel": "a"}',
    ],
)
def test_a_fault_out_of_its_range_is_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=AnyFault)
