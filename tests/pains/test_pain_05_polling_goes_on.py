"""Pain 5: polling does not stop silently; what was switched off and on again is read again."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import pytest

from edge_agent.drivers import talk
from edge_agent.drivers.modbus import ModbusConnection
from edge_agent.drivers.serial_wire import SerialWire
from edge_agent.drivers.stream_wire import StreamWire
from edge_agent.poll import Poll
from evidence.clock import SteppedClock
from simulators.plant import Plant
from simulators.servers.bus import Bus
from simulators.servers.modbus import ModbusServer
from simulators.servers.pseudo_terminal import PseudoTerminal
from simulators.servers.serial_server import SerialServer
from tests.pains.bench import HOST, Bench, Meter, Row, agent_on, plant_of
from tests.unit.edge_agent.site import START_NS

KINDS = ("modbus-tcp", "serial-tcp", "pty")
PATIENCE = 6
"""Polls within which a line is to be read again."""


class Served(Protocol):
    async def close(self) -> None: ...


class Site:
    """One line that can be switched off and on at the same place."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.clock = SteppedClock(START_NS)
        spoken = "modbus" if kind == "modbus-tcp" else "rtu"
        meters = [Meter(spoken=spoken, number=1), Meter(spoken=spoken, number=2)]
        self.row = Row(name="bus", kind=kind, meters=meters, timeout_s=0.1, late_s=0.02)
        self.plant: Plant = plant_of([self.row])
        self.at: int | str = str(folder / "ttyUSB0") if kind == "pty" else 0
        self._on: Served | None = None

    async def switch_on(self) -> None:
        port = self.at if isinstance(self.at, int) else 0
        if self.row.kind == "pty":
            terminal = PseudoTerminal(Bus(self.plant.seats["bus"]), self.clock.now_ns)
            self._plugged(await terminal.start())
            self._on = terminal
        elif self.row.kind == "serial-tcp":
            server = SerialServer(lambda: Bus(self.plant.seats["bus"]), self.clock.now_ns)
            self._on, self.at = server, await server.start(HOST, port)
        else:
            modbus = ModbusServer(self.plant.lines["bus"], self.clock)
            self._on, self.at = modbus, await modbus.start(HOST, port)

    async def switch_off(self) -> None:
        if self._on is not None:
            await self._on.close()
        if self.row.kind == "pty":
            self._plugged("")
        self._on = None

    def _plugged(self, device: str) -> None:
        """The path of the port leads to a device, or is gone."""
        path = Path(str(self.at))
        path.unlink(missing_ok=True)
        if device:
            path.symlink_to(device)


@asynccontextmanager
async def agent_at(site: Site, folder: Path) -> AsyncIterator[Bench]:
    agent = agent_on(folder, [site.row], {"bus": site.at}, site.clock)
    try:
        yield Bench(plant=site.plant, agent=agent, clock=site.clock)
    finally:
        await agent.stop()


def values(polls: Iterable[Poll]) -> int:
    return sum(len(each.readings) for each in polls)


def switched_off_and_on(folder: Path, kind: str) -> list[int]:
    """Values in a poll before, three polls meanwhile, and each poll after."""

    async def meeting() -> list[int]:
        site = Site(folder, kind)
        await site.switch_on()
        async with agent_at(site, folder) as bench:
            before = values(await bench.poll())
            await site.switch_off()
            meanwhile = values(await bench.poll(3))
            await site.switch_on()
            after = [values(await bench.poll()) for _ in range(PATIENCE)]
            assert bench.wrong() == []
            await site.switch_off()
        return [before, meanwhile, *after]

    return asyncio.run(meeting())


@pytest.mark.parametrize("kind", KINDS)
def test_a_line_that_was_switched_off_is_read_again_without_a_restart(
    tmp_path: Path, kind: str
) -> None:
    before, meanwhile, *after = switched_off_and_on(tmp_path, kind)
    assert (before, meanwhile) == (2, 0)
    assert after[-1] == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_driver_that_keeps_its_first_connection_would_be_found(tmp_path: Path, kind: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        _keep_what_was_opened(patch)
        before, meanwhile, *after = switched_off_and_on(tmp_path, kind)
    assert (before, meanwhile) == (2, 0)
    assert after == [0] * PATIENCE


def _keep_what_was_opened(patch: pytest.MonkeyPatch) -> None:
    """Of controls: a line is opened once, and taken to be open ever after."""
    fresh = ModbusConnection._fresh_transport

    async def first(connection: ModbusConnection) -> object:
        found = connection._transport or await fresh(connection)
        connection._transport = found
        return found

    def opened(wire: StreamWire | SerialWire) -> bool:
        was = bool(getattr(wire, "was_open", False))
        wire.was_open = True  # type: ignore[union-attr]
        return was

    patch.setattr(ModbusConnection, "_fresh_transport", first)
    patch.setattr(ModbusConnection, "_give_up", lambda _connection: None)
    patch.setattr(StreamWire, "is_open", property(opened))
    patch.setattr(SerialWire, "is_open", property(opened))
    patch.setattr(talk, "MOST_UNHEARD", 10**9)


class Forgetful:
    """A serial server that loses its power: old connections stay, and lead nowhere."""

    def __init__(self, server: SerialServer) -> None:
        self._server, self._alive, self._peers = server, 0, list[asyncio.StreamWriter]()

    async def start(self) -> int:
        self._port = await self._server.start(HOST, 0)
        self._front = await asyncio.start_server(self._serve, HOST, 0)
        return int(self._front.sockets[0].getsockname()[1])

    def lose_power(self) -> None:
        self._alive += 1

    async def close(self) -> None:
        self._front.close()
        for peer in self._peers:
            peer.transport.abort()
        await self._server.close()
        await asyncio.sleep(0.01)

    async def _serve(self, asks: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        born = self._alive
        replies, line = await asyncio.open_connection(HOST, self._port)
        self._peers += [answers, line]
        back = asyncio.create_task(self._pass(replies, answers, born))
        await self._pass(asks, line, born)
        back.cancel()

    async def _pass(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, born: int
    ) -> None:
        try:
            while data := await source.read(1000):
                if born == self._alive:
                    sink.write(data)
        except ConnectionError:
            return


def after_a_power_loss(folder: Path) -> list[int]:
    """Values in each poll after a serial server lost its power and every connection with it."""

    async def meeting() -> list[int]:
        site = Site(folder, "serial-tcp")
        server = SerialServer(lambda: Bus(site.plant.seats["bus"]), site.clock.now_ns)
        forgetful = Forgetful(server)
        site.at = await forgetful.start()
        async with agent_at(site, folder) as bench:
            assert values(await bench.poll()) == 2
            forgetful.lose_power()
            found = [values(await bench.poll()) for _ in range(PATIENCE)]
        await forgetful.close()
        return found

    return asyncio.run(meeting())


def test_a_connection_that_leads_nowhere_is_made_anew(tmp_path: Path) -> None:
    assert after_a_power_loss(tmp_path)[-1] == 2


def test_without_counting_what_is_unheard_it_leads_nowhere_for_ever(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(talk, "MOST_UNHEARD", 10**9)
        assert after_a_power_loss(tmp_path) == [0] * PATIENCE


STUCK = """
import asyncio, os, tty
from device_profiles.speed import Speed
from edge_agent.drivers.serial_wire import SerialWire
from edge_agent.errors import NoSerialPortError

async def main():
    ours, theirs = os.openpty()
    tty.setraw(ours), tty.setraw(theirs)
    wire = SerialWire(os.ttyname(theirs))
    await wire.open(Speed())
    try:
        for _ in range(1_000_000):
            {send}
    except NoSerialPortError as wrong:
        assert not wire.is_open
        print(wrong.code)

asyncio.run(main())
"""


def _two_seconds() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (2, 3))


def into_a_full_port(send: str) -> subprocess.CompletedProcess[str]:
    """What becomes of a process that sends to a port which carries nothing away."""
    return subprocess.run(
        [sys.executable, "-c", STUCK.format(send=send)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        preexec_fn=_two_seconds,
        timeout=60,
    )


def test_a_port_that_carries_nothing_away_is_given_up() -> None:
    ended = into_a_full_port("wire.send(bytes(8))")
    assert (ended.returncode, ended.stdout) == (0, "E_SERIAL_PORT\n"), ended.stderr


def test_the_librarys_own_write_into_a_full_port_never_returns() -> None:
    ended = into_a_full_port("wire._port.write(bytes(8))")
    assert ended.returncode == -signal.SIGXCPU
