"""The driver against the simulated server: batches, statuses, timestamps, what is refused."""

import asyncio

import pytest

from device_profiles.opcua.datavalue import DataValue
from device_profiles.opcua.instant import ticks_of
from device_profiles.opcua.request import NodesRequest
from edge_agent.driver import Identification
from edge_agent.drivers.opcua import OpcUaDriver
from edge_agent.drivers.opcua_errors import OpcUaSessionLimitError, OpcUaSessionLostError
from edge_agent.drivers.opcua_settings import IdentityNodes
from edge_agent.errors import AgentError, IllegalRequestError
from simulators.servers.opcua import OpcUaSettings
from simulators.servers.opcua_image import (
    BadStatus,
    SessionLimit,
    SlowReply,
    StaleTimestamp,
    TypeChange,
)
from tests.unit.edge_agent.opcua.bench import (
    BAD,
    COUNT,
    NODES,
    NS_PER_S,
    TEXT,
    UNCERTAIN,
    URI_NODE,
    Bench,
    met,
    values,
)


def reads_of(bench: Bench, *, batched: bool) -> tuple[int, ...]:
    """The Read calls, after those that open a session."""

    async def meeting(driver: OpcUaDriver) -> tuple[int, ...]:
        await driver.open()
        before = len(bench.server.reads)
        for request in [NODES] if batched else [(node,) for node in NODES]:
            await driver.exchange(NodesRequest(nodes=request))
        return bench.server.reads[before:]

    return met(bench.connection(), meeting)


def test_200_nodes_are_read_in_one_call(bench: Bench) -> None:
    assert reads_of(bench, batched=True) == (200,)


def test_one_by_one_they_would_take_200_calls(bench: Bench) -> None:
    assert reads_of(bench, batched=False) == (1,) * 200


def test_values_and_both_timestamps_are_those_of_the_server(bench: Bench) -> None:
    found = met(bench.connection(), lambda driver: values(driver, *NODES, COUNT, TEXT))
    now = ticks_of(bench.clock.now_ns())
    assert [each.value for each in found[:200]] == [float(number) for number in range(200)]
    assert {(each.source_ticks, each.server_ticks) for each in found[:201]} == {(now, now)}
    assert (found[200].value, found[200].type) == (bench.clock.now_ns() // NS_PER_S, "Int64")
    assert (found[201].value, found[201].type, found[201].source_ticks) == ("12.5", "String", None)


def test_uncertain_and_bad_statuses_are_kept_with_their_timestamps(bench: Bench) -> None:
    good, uncertain, bad = met(
        bench.connection(), lambda driver: values(driver, NODES[3], UNCERTAIN, BAD)
    )
    assert (good.status_code, good.value) == (0, 3.0)
    assert (uncertain.status_code, uncertain.value) == (0x4094_0580, 1.5)
    assert (bad.status_code, bad.value) == (0x808C_0000, None)
    assert bad.source_at_ns == uncertain.source_at_ns == bench.clock.now_ns()


def test_wrong_nodes_do_not_spoil_the_others(bench: Bench) -> None:
    wrong = ("ns=2;s=nobody", "nsu=urn:no:such;i=1", "ns=77;i=1")
    found = met(bench.connection(), lambda driver: values(driver, NODES[1], *wrong, URI_NODE))
    assert (found[0].value, found[4].value) == (1.0, 7)
    assert {each.status_code for each in found[1:4]} == {0x8034_0000}


@pytest.mark.parametrize("nodes", [(), ("Line1.Energy",), (NODES[0], "ns=2;i=x")])
def test_a_request_that_names_no_node_is_not_sent(bench: Bench, nodes: tuple[str, ...]) -> None:
    async def meeting(driver: OpcUaDriver) -> int:
        await driver.open()
        before = len(bench.server.reads)
        with pytest.raises(IllegalRequestError):
            await driver.exchange(NodesRequest(nodes=nodes))
        return len(bench.server.reads) - before

    assert met(bench.connection(), meeting) == 0


def test_a_device_says_who_it_is_in_one_call(bench: Bench) -> None:
    async def meeting(driver: OpcUaDriver) -> Identification:
        return await driver.identify()

    assert met(bench.connection(), meeting) == Identification(
        maker="carbonmeter", model="simulated OPC UA server", revision="1.0"
    )

    async def by_nodes(driver: OpcUaDriver) -> Identification:
        nodes = IdentityNodes(model=TEXT, serial=URI_NODE, maker="ns=2;s=nobody")
        asked = OpcUaDriver(driver._connection, "meter", identity=nodes)
        return await asked.identify()

    found = met(bench.connection(), by_nodes)
    assert (found.maker, found.model, found.serial, found.revision) == ("", "12.5", "7", "1.0")


def test_a_session_is_shared_and_given_back(bench: Bench) -> None:
    connection = bench.connection()

    async def meeting(driver: OpcUaDriver) -> int:
        other = OpcUaDriver(connection, "other meter")
        await asyncio.gather(values(driver, NODES[0]), values(other, NODES[1]))
        return bench.server.sessions

    assert met(connection, meeting) == 1
    assert bench.server.sessions == 0


def test_a_session_that_the_server_forgot_is_replaced(bench: Bench) -> None:
    async def meeting(driver: OpcUaDriver) -> DataValue:
        await values(driver, NODES[0])
        bench.run(bench.server.end_sessions())
        with pytest.raises(OpcUaSessionLostError):
            await values(driver, NODES[0])
        return (await values(driver, NODES[5]))[0]

    assert met(bench.connection(), meeting).value == 5.0


def test_a_session_that_was_silent_for_too_long_is_not_used_any_more(bench: Bench) -> None:
    connection = bench.connection()

    async def meeting(driver: OpcUaDriver) -> bool:
        await driver.open()
        session = await connection.session()
        assert await connection.session() is session
        session.expires_s = asyncio.get_running_loop().time()
        return await connection.session() is session

    assert not met(connection, meeting)


@pytest.mark.parametrize("tells", [True, False])
def test_a_request_is_split_at_the_servers_limit_told_or_not(bench: Bench, *, tells: bool) -> None:
    bench.server.set_up(OpcUaSettings(most_nodes=60, tells_limit=tells))

    async def meeting(driver: OpcUaDriver) -> tuple[list[object], tuple[int, ...]]:
        await driver.open()
        before = len(bench.server.reads)
        found = await values(driver, *NODES)
        await values(driver, *NODES)
        return [each.value for each in found], bench.server.reads[before:]

    found, reads = met(bench.connection(), meeting)
    assert found == [float(number) for number in range(200)]
    halved = (50, 50, 50, 50)
    assert reads == ((60, 60, 60, 20) * 2 if tells else (200, 100, *halved, *halved))


def test_faults_of_nodes_are_told_as_they_are(bench: Bench) -> None:
    faults = (
        BadStatus(nodes=(NODES[1],), status=0x8031_0000),
        StaleTimestamp(nodes=(NODES[2],), by_s=90.0),
        TypeChange(nodes=(COUNT,), type="String"),
    )
    bench.server.set_up(OpcUaSettings(faults=faults))
    lost, stale, changed = met(
        bench.connection(), lambda driver: values(driver, NODES[1], NODES[2], COUNT)
    )
    assert (lost.value, lost.status_code) == (None, 0x8031_0000)
    assert stale.age_ns(bench.clock.now_ns()) == 90 * NS_PER_S
    assert (changed.type, changed.value) == ("String", str(bench.clock.now_ns() // NS_PER_S))


def test_where_the_server_has_no_session_left_it_is_said_and_tried_again(bench: Bench) -> None:
    bench.server.set_up(OpcUaSettings(faults=(SessionLimit(sessions=1),)))

    async def meeting(first: OpcUaDriver) -> None:
        await first.open()
        second = OpcUaDriver(bench.connection(), "second")
        with pytest.raises(OpcUaSessionLimitError):
            await second.open()
        await first.close()
        assert (await values(second, NODES[4]))[0].value == 4.0
        await second.close()

    met(bench.connection(), meeting)


def test_one_late_answer_costs_no_session_two_do(bench: Bench) -> None:
    late = OpcUaSettings(faults=(SlowReply(delay_s=0.5),))

    async def meeting(driver: OpcUaDriver) -> list[str]:
        told = []
        await driver.open()
        session = await driver._connection.session()
        for settings in (OpcUaSettings(), late, late, OpcUaSettings()):
            bench.server.set_up(settings)
            try:
                found = await values(driver, NODES[6])
                told.append(f"{found[0].value} {session.alive}")
            except AgentError as wrong:
                told.append(f"{wrong.code} {session.alive}")
        return told

    assert met(bench.connection(), meeting, timeout_s=0.3) == [
        "6.0 True",
        "E_TIMEOUT True",  # a late answer finds no other request
        "E_TIMEOUT False",
        "6.0 False",  # by a new one
    ]
