"""The agent as a service: ticks, signals, and a real broker in between."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carbonmeter.ports import free_port
from edge_agent.assembly import attach_uplink, open_agent
from edge_agent.cli import agent as agent_command
from edge_agent.connected import mqtt_link
from edge_agent.cycle import PolledDevice
from edge_agent.installation import load_installation
from edge_agent.service import (
    LONGEST_WAIT_S,
    SHORTEST_WAIT_S,
    deliver_once,
    run_until,
    seconds_to_close,
    serve,
    ticks_due,
    ticks_gone,
)
from evidence.clock import ScaledClock, start_scaled_clock
from evidence.load import write_signing_key
from evidence.log.column import progressed
from tests.unit.edge_agent import broker
from tests.unit.edge_agent.collector_stub import COLLECTOR_KEY, Collector, CollectorLink
from tests.unit.edge_agent.modbus_server import serving
from tests.unit.edge_agent.plant import Meter, streams
from tests.unit.edge_agent.site import KEY, START_NS, S, device, installed, world, write_site
from tests.unit.edge_agent.test_cli import meter_in_thread


class Ticking:
    """Two devices with grids of their own; hypothesis would print all of a dataclass."""

    def __init__(self, folder: Path) -> None:
        second = device(name="feeder-2", unit=2, period_s=3.0, more="phase_s = 1.0")
        site = installed(folder, device(period_s=1.0) + second)
        self.devices: tuple[PolledDevice, ...] = tuple(site.devices.values())


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Ticking:
    return Ticking(tmp_path_factory.mktemp("two"))


@given(st.lists(st.integers(1, 8_000_000_000), min_size=1, max_size=20))
def test_every_tick_is_polled_or_named_once_whenever_the_task_wakes(
    two: Ticking, sleeps_ns: list[int]
) -> None:
    last_ns = now_ns = START_NS
    seen: dict[str, list[int]] = {each.name: [] for each in two.devices}
    for sleep_ns in sleeps_ns:
        now_ns += sleep_ns
        for each in two.devices:
            seen[each.name] += ticks_gone(each, last_ns, now_ns)
        for name, tick in ticks_due(two.devices, last_ns, now_ns).items():
            seen[name].append(tick)
        last_ns = now_ns
    for each in two.devices:
        ticks = range(START_NS + S, now_ns + 1, S)
        own = [tick for tick in ticks if (tick - each.phase_ns) % each.period_ns == 0]
        assert seen[each.name] == own


def test_a_line_is_polled_on_its_grid_and_sigterm_ends_it_in_order(tmp_path: Path) -> None:
    collector = Collector(agent=KEY.verifier)

    async def run() -> None:
        async with serving(Meter()) as server:
            path = write_site(tmp_path, device(period_s=10.0), server.port)
            clock = start_scaled_clock(START_NS, 50.0)
            agent = open_agent(load_installation(path), KEY, world(clock))
            link = CollectorLink(collector)
            uplink = attach_uplink(agent, link, COLLECTOR_KEY.verifier)
            end = asyncio.get_running_loop().call_later
            end(2.5, os.kill, os.getpid(), signal.SIGTERM)
            await serve(agent, link, uplink)

    asyncio.run(run())
    (found,) = streams(collector).values()
    shown = [value for stream in found for value in stream.indication]
    assert len(shown) >= 5
    assert shown == [1001.0 + n for n in range(len(shown))]
    numbers = [n for s in found for n in progressed(s.sequence, s.rows)]
    assert numbers == sorted(set(numbers))


def test_every_poll_that_makes_a_batch_due_closes_it_however_fast_polls_follow(
    tmp_path: Path,
) -> None:
    """Twenty polls a second, each a batch of its own: nothing looks only now and then."""
    collector = Collector(agent=KEY.verifier)

    async def run() -> None:
        async with serving(Meter()) as server:
            path = write_site(tmp_path, device(period_s=1.0), server.port)
            rules = "readings_per_channel = 1\nmax_age_s ="
            path.write_text(path.read_text().replace("max_age_s =", rules))
            agent = open_agent(
                load_installation(path), KEY, world(start_scaled_clock(START_NS, 20.0))
            )
            link = CollectorLink(collector)
            uplink = attach_uplink(agent, link, COLLECTOR_KEY.verifier)
            stop = asyncio.Event()
            running = asyncio.create_task(run_until(agent, link, uplink, stop))
            async with asyncio.timeout(30):
                while agent.spool.base < 20:
                    await asyncio.sleep(0.05)
            stop.set()
            await running

    asyncio.run(run())
    found = [stream.rows for batch in collector.batches() for stream in batch.streams]
    assert len(found) > 10
    assert max(found) == 1


@given(st.integers(-(10**12), 10**12), st.integers(0, 10**10))
def test_nothing_is_closed_before_it_is_due_and_the_wait_is_never_long(
    ahead_ns: int, factor: int
) -> None:
    clock = ScaledClock(start_real_ns=0, start_virtual_ns=START_NS, factor=1 + factor)
    now_ns = clock.now_ns()
    wait_s = seconds_to_close(clock, now_ns + ahead_ns, now_ns)
    assert SHORTEST_WAIT_S <= wait_s <= LONGEST_WAIT_S
    assert wait_s <= max(ahead_ns / 1e9 / (1 + factor), SHORTEST_WAIT_S) or ahead_ns <= 0
    assert seconds_to_close(clock, None, now_ns) == LONGEST_WAIT_S


def pinned_site(folder: Path, meter_port: int, broker_port: int) -> Path:
    """A site whose broker is here, with the agent's key in its place."""
    path = write_site(folder, device(), meter_port)
    key = COLLECTOR_KEY.verifier.to_text()
    uplink = f'[uplink]\nport = {broker_port}\ncollector_key = "{key}"\n[spool]'
    path.write_text(path.read_text().replace("[spool]", uplink))
    (folder / "state").mkdir(exist_ok=True)
    if not (folder / "state" / "agent.key").exists():
        write_signing_key(folder / "state" / "agent.key", KEY)
    return path


def test_once_delivers_through_a_real_broker_and_awaits_the_receipt(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    collector = Collector(agent=KEY.verifier)
    with meter_in_thread() as meter_port, broker.running(tmp_path) as port:
        path = pinned_site(tmp_path, meter_port, port)
        with broker.collecting(collector, port, "line-1"):
            assert agent_command(["once", "--config", str(path), "--wait", "20"]) == 0
            assert agent_command(["once", "--config", str(path), "--wait", "20"]) == 0
    (found,) = streams(collector).values()
    assert [value for stream in found for value in stream.indication] == [1001.0, 1002.0]
    assert len(collector.leaves) == 1
    assert "delivered" in capsys.readouterr().err


def test_once_without_a_collector_is_69_and_loses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with meter_in_thread() as meter_port, broker.running(tmp_path) as port:
        path = pinned_site(tmp_path, meter_port, port)
        assert agent_command(["once", "--config", str(path), "--wait", "2"]) == 69
        collector = Collector(agent=KEY.verifier)
        with broker.collecting(collector, port, "line-1"):
            assert agent_command(["once", "--config", str(path), "--wait", "20"]) == 0
    (found,) = streams(collector).values()
    assert [value for stream in found for value in stream.indication] == [1001.0, 1002.0]
    assert "E_" not in capsys.readouterr().out


def test_a_broker_that_forbids_the_topic_is_named(tmp_path: Path) -> None:
    (tmp_path / "acl").write_text("topic read nothing\ntopic read carbonmeter/v1/line-1/receipt\n")
    rules = f"allow_anonymous true\nacl_file {tmp_path / 'acl'}\n"
    said: list[str] = []

    async def run() -> None:
        async with serving(Meter()) as server:
            with broker.running(tmp_path, rules) as port:
                path = pinned_site(tmp_path, server.port, port)
                installation = load_installation(path)
                clock = start_scaled_clock(START_NS, 1.0)
                agent = open_agent(installation, KEY, world(clock))
                link = mqtt_link(installation)
                uplink = attach_uplink(agent, link, COLLECTOR_KEY.verifier)
                assert not await deliver_once(agent, link, uplink, wait_s=3.0)
                said.append("" if uplink.trouble is None else uplink.trouble.say("en"))

    asyncio.run(run())
    assert "E_UPLINK_REFUSED" in said[0]
    assert "Not authorized" in said[0]


def test_a_broker_that_restarts_is_found_again(tmp_path: Path) -> None:
    collector = Collector(agent=KEY.verifier)

    async def run() -> None:
        async with serving(Meter()) as server:
            path = pinned_site(tmp_path, server.port, free_port())
            path.write_text(path.read_text().replace("max_age_s = 3600", "max_age_s = 30"))
            installation = load_installation(path)
            port = installation.config.uplink.port
            clock = start_scaled_clock(START_NS, 60.0)
            agent = open_agent(installation, KEY, world(clock))
            link = mqtt_link(installation)
            uplink = attach_uplink(agent, link, COLLECTOR_KEY.verifier)
            stop = asyncio.Event()
            running = asyncio.create_task(run_until(agent, link, uplink, stop))
            for times in (1, 2):
                with (
                    broker.running(tmp_path, port=port),
                    broker.collecting(collector, port, "line-1"),
                ):
                    before = agent.spool.base
                    async with asyncio.timeout(30 * times):
                        while agent.spool.base < before + 2:
                            await asyncio.sleep(0.05)
            stop.set()
            await running

    asyncio.run(run())
    assert len(collector.leaves) == 1
