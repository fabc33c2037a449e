"""Pain 6: several meters on one RS-485 line: order, gaps and turnaround, seen by the devices."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest

import device_profiles
import edge_agent.stations
from edge_agent.line import LineRules
from evidence.clock import SteppedClock
from simulators.servers.bus import Bus
from simulators.servers.disturb import Reply
from simulators.servers.pseudo_terminal import PseudoTerminal
from simulators.servers.serial_server import SerialServer
from simulators.servers.spoken_station import SpokenStation
from tests.pains.bench import HOST, Bench, Meter, Row, agent_on, plant_of
from tests.unit.edge_agent.site import START_NS

GAP_S = 0.00175 * 2
"""What 3.5 characters take at 9600 bit/s is 3.6 ms; half a device's own clock error off."""
TURNAROUND_MS = 60
TOLERANCE_S = 0.0005
METERS = (
    Meter(spoken="rtu", number=1, channels=("voltage_l1", "active_power")),
    Meter(spoken="dlt645", number=2, channels=("active_energy_import", "active_energy_export")),
    Meter(spoken="rtu", number=3, channels=("voltage_l1", "active_power")),
    Meter(spoken="cjt188", number=4),
    Meter(spoken="dlt645", number=5, channels=("active_energy_import", "active_energy_export")),
)
ORDER = ["rtu-1", "rtu-1", "dlt645-2", "dlt645-2", "rtu-3", "rtu-3", "cjt188-4"]
ORDER += ["dlt645-5", "dlt645-5"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A request that a device answered: who, when it was whole, and when the answer left."""

    who: str
    asked_s: float
    answered_s: float


class Listening(SpokenStation):
    """A device that notes when it is asked."""

    def __init__(self, seat: SpokenStation, name: str, heard: list[Heard]) -> None:
        super().__init__(seat.place, seat.spoken, seat.address)
        self._name, self._noted = name, heard

    def hear(self, frame: bytes, at_ns: int) -> Reply | None:
        asked_s = monotonic()
        reply = super().hear(frame, at_ns)
        if reply is not None:
            self._noted.append(Heard(who=self._name, asked_s=asked_s, answered_s=monotonic()))
        return reply


def heard_on(
    folder: Path, kind: str, polls: int = 3, meters: Sequence[Meter] = METERS
) -> list[list[Heard]]:
    """What the devices heard in each of so many polls."""

    async def meeting() -> list[list[Heard]]:
        row = Row(name="bus", kind=kind, meters=meters, timeout_s=2.0)
        clock = SteppedClock(START_NS)
        plant, heard = plant_of([row]), list[Heard]()
        seats = dict(zip([each.name for each in meters], plant.seats["bus"], strict=True))
        bus = Bus([Listening(seat, name, heard) for name, seat in seats.items()])
        async with AsyncExitStack() as opened:
            server: PseudoTerminal | SerialServer
            if kind == "pty":
                server = PseudoTerminal(bus, clock.now_ns)
                reached: int | str = await server.start()
            else:
                server = SerialServer(lambda: bus, clock.now_ns)
                reached = await server.start(HOST, 0)
            opened.push_async_callback(server.close)
            agent = agent_on(folder, [row], {"bus": reached}, clock)
            opened.push_async_callback(agent.stop)
            bench, found = Bench(plant=plant, agent=agent, clock=clock), []
            for _ in range(polls):
                await bench.poll()
                found.append(list(heard))
                heard.clear()
            assert bench.wrong() == []
            assert not any(bench.missed().values())
        return found

    return asyncio.run(meeting())


def too_soon(heard: list[Heard]) -> list[str]:
    """Requests that came before the line was quiet for as long as it must be."""
    return [
        f"{two.who} {1000 * (two.asked_s - one.answered_s):.2f} ms after {one.who}"
        for one, two in pairwise(heard)
        if two.asked_s - one.answered_s < GAP_S - TOLERANCE_S
    ]


def rushed(heard: list[Heard], who: str) -> list[float]:
    """Times that a device was given to itself, where they are too short."""
    own = [each for each in heard if each.who == who]
    given = [two.asked_s - one.answered_s for one, two in pairwise(own)]
    assert given
    return [each for each in given if each < TURNAROUND_MS / 1000 - TOLERANCE_S]


@pytest.mark.parametrize("kind", ["serial-tcp", "pty"])
def test_devices_of_three_protocols_hear_one_request_at_a_time_in_order_with_gaps(
    tmp_path: Path, kind: str
) -> None:
    for heard in heard_on(tmp_path, kind):
        assert [each.who for each in heard] == ORDER
        assert too_soon(heard) == []


def test_without_the_gap_requests_come_too_soon(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edge_agent.stations, "LineRules", lambda **_kept: LineRules())
        assert any(too_soon(heard) for heard in heard_on(tmp_path, "serial-tcp"))


def test_each_device_has_its_own_turnaround_after_its_answer(tmp_path: Path) -> None:
    known = Path(device_profiles.__file__).parent / "catalogue/modbus/abb-b23.toml"
    slow, text = tmp_path / "slow.toml", known.read_text(encoding="utf-8")
    own = f"modbus.turnaround_ms = {TURNAROUND_MS}\nmodbus.unit_id"
    slow.write_text(text.replace("modbus.unit_id", own), encoding="utf-8")
    of_slow = [replace(each, file=str(slow)) if each.spoken == "rtu" else each for each in METERS]
    for heard in heard_on(tmp_path, "serial-tcp", polls=2, meters=of_slow):
        assert rushed(heard, "rtu-1") == rushed(heard, "rtu-3") == []
        assert rushed(heard, "dlt645-2")  # which needs none


def test_without_it_a_device_is_asked_before_it_is_ready(tmp_path: Path) -> None:
    (heard,) = heard_on(tmp_path, "serial-tcp", polls=1)
    assert rushed(heard, "rtu-1")
