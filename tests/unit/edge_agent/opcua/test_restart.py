"""The server stops and comes back: values, reasoned misses, values; and nothing hangs."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from device_profiles.opcua.datavalue import decode
from device_profiles.opcua.delivery import Gap, split
from device_profiles.opcua.request import NodesRequest
from edge_agent.blocks import Ask
from edge_agent.driver import Reply
from edge_agent.drivers.opcua import OpcUaDriver
from edge_agent.drivers.opcua_settings import Sampling
from edge_agent.drivers.opcua_subscription import OpcUaSubscriptionDriver
from edge_agent.errors import AgentError, NoConnectionError
from edge_agent.line import Line, Outcome, Station
from edge_agent.schedule import ANSWERING
from evidence.clock import SteppedClock
from simulators.servers.opcua import OpcUaSettings
from simulators.servers.opcua_image import Down
from tests.unit.edge_agent.opcua.bench import COUNT, NODES, Bench
from tests.unit.edge_agent.opcua.test_subscription import QUICK

ASKS = {"meter": (Ask(request=NodesRequest(nodes=NODES[:3])),)}


def test_values_then_reasoned_misses_then_values(bench: Bench) -> None:
    async def meeting() -> list[object]:
        clock, connection = SteppedClock(0), bench.connection(connect_timeout_s=2.0)
        station = Station(name="meter", driver=OpcUaDriver(connection, "meter", timeout_s=2.0))
        line = Line([station], clock=clock)
        told = [said(await line.cycle(ASKS))]
        await asyncio.to_thread(bench.stop)
        for _ in range(3):
            clock.advance(600_000_000_000)
            told.append(said(await line.cycle(ASKS)))
        await asyncio.to_thread(bench.start)
        for _ in range(2):
            clock.advance(600_000_000_000)
            told.append(said(await line.cycle(ASKS)))
        assert line.healths["meter"] == ANSWERING
        await line.close()
        return told

    begun = time.monotonic()
    numbers = [0.0, 1.0, 2.0]
    assert asyncio.run(meeting()) == [numbers, *["unreachable"] * 3, numbers, numbers]
    assert time.monotonic() - begun < 60


def test_a_server_that_is_away_for_a_while_is_missed_for_as_long(bench: Bench) -> None:
    begin = datetime.fromtimestamp(bench.clock.now_ns() / 1e9, UTC) + timedelta(seconds=60)
    away = Down(starts_at=begin, ends_at=begin + timedelta(seconds=60))
    bench.server.set_up(OpcUaSettings(faults=(away,), sampling_s=0.02))

    async def seen() -> str:
        connection = bench.connection(connect_timeout_s=2.0)
        try:
            await connection.session()
        except NoConnectionError as wrong:
            return wrong.code
        finally:
            await connection.close()
        return "there"

    async def until(wanted: str) -> None:
        async with asyncio.timeout(20):
            while await seen() != wanted:
                await asyncio.sleep(0.02)

    for wanted in ("there", "E_CONNECT", "there"):
        asyncio.run(until(wanted))
        bench.advance(60.0)


def said(outcomes: tuple[Outcome, ...]) -> object:
    """The whole numbers of a cycle, or the reason of its miss."""
    (outcome,) = outcomes
    if isinstance(outcome.answer, AgentError):
        return outcome.answer.miss_reason
    return [float(int(value)) for value in numbers_of(outcome.answer, 3)]


def numbers_of(reply: Reply, nodes: int) -> list[float]:
    found = [decode(value).value for each in split(reply.raw, nodes) for value in each.values]
    return [value for value in found if isinstance(value, float)]


def test_a_subscription_says_that_it_was_lost_and_goes_on(bench: Bench) -> None:
    request = NodesRequest(nodes=(COUNT,))

    async def meeting() -> tuple[list[Gap], list[str]]:
        connection = bench.connection(connect_timeout_s=2.0)
        driver = OpcUaSubscriptionDriver(connection, "meter", QUICK, timeout_s=2.0)
        gaps, errors = [split((await driver.exchange(request)).raw, 1)[0].gap], []
        await asyncio.to_thread(bench.stop)
        await noticed(driver)
        for _ in range(2):
            try:
                await driver.exchange(request)
            except NoConnectionError as wrong:
                errors.append(wrong.code)
        await asyncio.to_thread(bench.start)
        (found,) = split((await driver.exchange(request)).raw, 1)
        assert len(found.values) == 1
        gaps.append(found.gap)
        gaps.append(split((await driver.exchange(request)).raw, 1)[0].gap)
        await driver.close()
        return gaps, errors

    gaps, errors = asyncio.run(meeting())
    assert gaps == [Gap.NONE, Gap.CONNECTION, Gap.NONE]
    assert errors == ["E_CONNECT"] * 2


async def noticed(driver: OpcUaSubscriptionDriver) -> None:
    """Returns once the end of the connection has come here."""
    while driver._current is not None and driver._current.inbox.ended is None:
        await asyncio.sleep(0.01)


def test_a_subscription_that_the_server_forgot_is_made_anew(bench: Bench) -> None:
    request = NodesRequest(nodes=(COUNT,))

    async def meeting() -> list[Gap]:
        driver = OpcUaSubscriptionDriver(bench.connection(), "meter", QUICK, timeout_s=2.0)
        gaps = [split((await driver.exchange(request)).raw, 1)[0].gap]
        await asyncio.to_thread(bench.run, bench.server.end_sessions())
        assert driver._current is not None
        driver._current.inbox.heard_s -= 6.0  # such a server says nothing any more
        gaps += [split((await driver.exchange(request)).raw, 1)[0].gap for _ in range(2)]
        await driver.close()
        return gaps

    assert asyncio.run(meeting()) == [Gap.NONE, Gap.CONNECTION, Gap.NONE]


def test_a_subscription_that_goes_silent_is_given_up_and_made_anew(bench: Bench) -> None:
    sampling = Sampling(sampling_s=0.02, publishing_s=0.04, silence_s=60.0)
    request = NodesRequest(nodes=(COUNT,))

    async def meeting() -> list[Gap]:
        driver = OpcUaSubscriptionDriver(bench.connection(), "meter", sampling, timeout_s=2.0)
        gaps = [split((await driver.exchange(request)).raw, 1)[0].gap]
        current = driver._current
        assert current is not None
        current.session.forget(current.number)  # from now on no message comes here
        current.inbox.heard_s -= 50.0
        gaps.append(split((await driver.exchange(request)).raw, 1)[0].gap)
        assert driver._current is current
        current.inbox.heard_s -= 11.0
        gaps.append(split((await driver.exchange(request)).raw, 1)[0].gap)
        assert driver._current is not current
        await driver.close()
        return gaps

    assert asyncio.run(meeting()) == [Gap.NONE, Gap.NONE, Gap.CONNECTION]
