"""Subscriptions against the simulated server: all values in order, gaps stated, nothing dropped."""

import asyncio
from collections.abc import Callable, Coroutine

from device_profiles.opcua.datavalue import decode
from device_profiles.opcua.delivery import Delivery, Gap, split
from device_profiles.opcua.request import NodesRequest
from edge_agent.drivers.opcua_settings import Sampling
from edge_agent.drivers.opcua_subscription import OpcUaSubscriptionDriver
from evidence.clock import SteppedClock
from simulators.servers.opcua import OpcUaSettings
from tests.unit.edge_agent.opcua.bench import (
    COUNT,
    NODES,
    TEXT,
    UNCERTAIN,
    URI_NODE,
    Bench,
)

QUICK = Sampling(sampling_s=0.02, publishing_s=0.04, silence_s=5.0)
Fetch = Callable[[], Coroutine[None, None, tuple[Delivery, ...]]]


def watched(
    bench: Bench,
    nodes: tuple[str, ...],
    meeting: Callable[[Fetch, OpcUaSubscriptionDriver], Coroutine[None, None, None]],
    sampling: Sampling = QUICK,
) -> None:
    """Lets a meeting fetch what a subscription brings."""

    async def run() -> None:
        driver = OpcUaSubscriptionDriver(bench.connection(), "meter", sampling)

        async def fetch() -> tuple[Delivery, ...]:
            reply = await driver.exchange(NodesRequest(nodes=nodes))
            return split(reply.raw, len(nodes))

        try:
            await meeting(fetch, driver)
        finally:
            await driver.close()

    asyncio.run(run())


async def until(bench: Bench, fetch: Fetch, enough: int, step_s: float = 1.0) -> list[bytes]:
    """The values of the first node, until there are so many; the server's time goes on."""
    found: list[bytes] = []
    while len(found) < enough:
        bench.advance(step_s)
        await asyncio.sleep(0.03)
        found += (await fetch())[0].values
    return found


def test_every_sample_comes_once_in_order_with_its_own_timestamp(bench: Bench) -> None:
    bench.server.set_up(OpcUaSettings(sampling_s=0.02))

    async def meeting(fetch: Fetch, _driver: OpcUaSubscriptionDriver) -> None:
        (first,) = await fetch()
        assert len(first.values) == 1
        begin = decode(first.values[0])
        raws = await until(bench, fetch, 20)
        found = [decode(raw) for raw in raws]
        stamps = [each.source_at_ns for each in (begin, *found)]
        assert stamps == sorted(set(stamps))  # type: ignore[type-var]
        for each in found:
            assert each.source_at_ns is not None
            assert each.value == each.source_at_ns // 1_000_000_000

    watched(bench, (COUNT,), meeting)


def test_what_does_not_change_is_held_and_wrong_nodes_spoil_nothing(bench: Bench) -> None:
    nodes = (TEXT, "ns=2;s=nobody", "nsu=urn:no:such;i=1", UNCERTAIN, URI_NODE)

    async def meeting(fetch: Fetch, _driver: OpcUaSubscriptionDriver) -> None:
        first = await fetch()
        assert [len(each.values) for each in first] == [1, 0, 0, 1, 1]
        again = await fetch()
        assert [each.values for each in again] == [()] * 5
        for each in (first, again):
            found = [decode(one.latest) for one in each]
            assert (found[0].value, found[4].value) == ("12.5", 7)
            assert [one.status_code for one in found[1:3]] == [0x8034_0000] * 2
            assert found[3].status_code == 0x4094_0580

    watched(bench, nodes, meeting)


def test_what_the_servers_queue_lost_is_stated_by_the_overflow_bit(bench: Bench) -> None:
    async def meeting(fetch: Fetch, _driver: OpcUaSubscriptionDriver) -> None:
        good, lossy = await fetch()
        assert (good.gap, lossy.gap) == (Gap.NONE, Gap.SERVER_QUEUE)
        good, lossy = await fetch()
        assert (good.gap, lossy.gap) == (Gap.NONE, Gap.NONE)

    watched(bench, (NODES[0], UNCERTAIN), meeting)


def test_more_than_may_wait_ends_the_subscription_and_is_stated(bench: Bench) -> None:
    bench.server.set_up(OpcUaSettings(sampling_s=0.02))
    narrow = Sampling(sampling_s=0.02, publishing_s=0.04, most_waiting=5)

    async def meeting(fetch: Fetch, driver: OpcUaSubscriptionDriver) -> None:
        before = decode((await fetch())[0].values[0])
        current = driver._current
        assert current is not None
        while current.inbox.ended is None:  # nobody fetches, the server goes on
            bench.advance(1.0)
            await asyncio.sleep(0.01)
        (kept,) = await fetch()
        assert (len(kept.values), kept.gap, kept.held) == (5, Gap.NONE, b"")
        numbers = [decode(raw).value for raw in kept.values]
        assert numbers == sorted(set(numbers))  # type: ignore[type-var]
        assert isinstance(before.value, int)
        (after,) = await fetch()
        assert after.gap is Gap.OVERFLOW
        assert (await fetch())[0].gap is Gap.NONE

    watched(bench, (COUNT,), meeting, narrow)


def test_with_room_for_all_the_same_load_loses_nothing(bench: Bench) -> None:
    bench.server.set_up(OpcUaSettings(sampling_s=0.02))

    async def meeting(fetch: Fetch, driver: OpcUaSubscriptionDriver) -> None:
        await fetch()
        current = driver._current
        assert current is not None
        begun = current.inbox.messages
        while current.inbox.messages < begun + 8:
            bench.advance(1.0)
            await asyncio.sleep(0.01)
        (found,) = await fetch()
        assert (found.gap, current.inbox.ended) == (Gap.NONE, None)
        assert len(found.values) > 5

    watched(bench, (COUNT,), meeting)


def test_two_devices_share_a_session_and_each_has_its_own_subscription(bench: Bench) -> None:
    async def run() -> None:
        connection = bench.connection()
        drivers = [OpcUaSubscriptionDriver(connection, name, QUICK) for name in ("a", "b")]
        requests = [NodesRequest(nodes=NODES[:3]), NodesRequest(nodes=NODES[3:5])]
        for driver, request in zip(drivers, requests, strict=True):
            found = split((await driver.exchange(request)).raw, len(request.nodes))
            assert [each.gap for each in found] == [Gap.NONE] * len(request.nodes)
        assert bench.server.sessions == 1
        await drivers[0]._end(Gap.OVERFLOW)  # as if one had been too slow
        found = split((await drivers[1].exchange(requests[1])).raw, 2)
        assert [each.gap for each in found] == [Gap.NONE] * 2
        found = split((await drivers[0].exchange(requests[0])).raw, 3)
        assert [each.gap for each in found] == [Gap.OVERFLOW] * 3
        await drivers[0].close()

    asyncio.run(run())


def test_the_instant_of_the_agent_may_stand_still(bench: Bench) -> None:
    """Silence and time-outs are physical; only stamps come from the agent's clock."""
    assert isinstance(bench.clock, SteppedClock)

    async def meeting(fetch: Fetch, driver: OpcUaSubscriptionDriver) -> None:
        driver._connection.clock = SteppedClock(5)
        reply = await driver.exchange(NodesRequest(nodes=(COUNT,)))
        assert (reply.requested_at_ns, reply.answered_at_ns) == (5, 5)
        del fetch

    watched(bench, (COUNT,), meeting)
