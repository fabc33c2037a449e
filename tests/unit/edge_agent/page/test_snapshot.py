"""How a running agent is told: a real one, whose meter dies and whose broker goes away."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason, Quality
from edge_agent.custody_errors import SpoolFullError
from edge_agent.page.health import Cost, DeviceState, Health, SpoolLevel, last_day
from edge_agent.page.server import AgentSource, page_of
from evidence.clock_kernel import Discipline
from evidence.clock_standing import ClockStanding
from tests.unit.edge_agent.collector_stub import Collector
from tests.unit.edge_agent.plant import Plant, in_plant
from tests.unit.edge_agent.site import KEY, START_NS, S, device, write_certificate, write_site

TWO = device(channels=["active_energy_import", "active_power"]) + device(
    "feeder-2", 2, channels=["active_power"]
)


Test = Callable[[Plant], Awaitable[None]]


def utc(after_s: float) -> datetime:
    return datetime.fromtimestamp(START_NS // S + after_s, UTC)


async def looked(plant: Plant) -> tuple[AgentSource, Health]:
    source = AgentSource(plant.agent)
    await plant.poll(1)
    return source, source.health()


def in_works(folder: Path, test: Test, devices: str = TWO) -> None:
    async def run() -> None:
        async with in_plant(folder, devices, Collector(agent=KEY.verifier)) as plant:
            await test(plant)

    asyncio.run(run())


def test_devices_are_told_as_they_were_last_polled(tmp_path: Path) -> None:
    async def test(plant: Plant) -> None:
        source = AgentSource(plant.agent)
        before = source.health()
        assert [each.state for each in before.devices] == [DeviceState.WAITING] * 2
        assert before.repairs[0].cost is Cost.DOUBT  # no certificate, and nothing worse
        await plant.poll(1)
        found = source.health()
        first, second = found.devices
        assert (first.state, second.state) == (DeviceState.GOOD, DeviceState.GOOD)
        assert (first.name, first.line, first.profile) == ("feeder-1", "bus-1", "abb-b23")
        assert (first.serial, first.period_s, first.channels) == ("SIM-1", 60.0, 2)
        assert first.last_poll == utc(60)
        assert first.last_reading == utc(60)
        assert found.started == utc(0)
        assert found.at == utc(60)
        assert found.clock.simulated

    in_works(tmp_path, test)


def test_a_dead_device_says_why_since_when_and_what_it_showed_last(tmp_path: Path) -> None:
    async def test(plant: Plant) -> None:
        source, _ = await looked(plant)
        plant.meter.dead.add(1)
        await plant.poll(4)
        found = source.health()
        first, second = found.devices
        assert (first.state, second.state) == (DeviceState.SILENT, DeviceState.GOOD)
        assert first.last_reading == utc(60)
        assert first.lacking_since == utc(120)
        assert first.failures == 4
        assert first.said is not None
        assert first.said.code == "E_TIMEOUT"
        assert [(each.reason, each.channels) for each in first.missing] == [
            (MissReason.TIMEOUT, 1),
            (MissReason.NOT_POLLED, 1),  # it was not asked again in that cycle
        ]
        repair = found.repairs[0]
        assert (repair.cost, repair.devices, repair.since) == (Cost.LOST, ("feeder-1",), utc(120))
        told = source.device("feeder-1")
        assert told is not None
        energy, power = told.channels
        assert (energy.number, energy.unit, energy.read_at) == (1001.0, "kW.h", utc(60))
        assert (power.number, power.unit) == (20_000.0, "W")
        assert (energy.missing, power.missing) == (MissReason.TIMEOUT, MissReason.NOT_POLLED)
        plant.meter.dead.clear()
        plant.clock.advance(600 * S)
        await plant.poll(1)
        again = source.health().devices[0]
        assert (again.state, again.failures, again.said) == (DeviceState.GOOD, 0, None)

    in_works(tmp_path, test)


def test_what_waits_for_a_receipt_and_why_is_told_with_the_uplink_dead(tmp_path: Path) -> None:
    async def test(plant: Plant) -> None:
        source, _ = await looked(plant)
        await plant.deliver()
        sound = source.health().delivery
        assert (sound.connected, sound.waiting, sound.trouble) == (True, 0, None)
        assert sound.last_receipt is not None
        plant.link.cut()
        plant.agent.pump()
        await plant.poll(25)
        found = source.health()
        assert not found.delivery.connected
        assert found.delivery.waiting > 0
        assert found.delivery.pending > 0
        assert found.delivery.trouble is not None
        assert found.delivery.trouble.code == "E_UPLINK_UNREACHABLE"
        waits = [each for each in found.repairs if each.cost is Cost.WAITING]
        assert [each.since for each in waits] == [sound.last_receipt]

    in_works(tmp_path, test)


def test_certificates_and_their_end_are_told_by_channel(tmp_path: Path) -> None:
    async def test(plant: Plant) -> None:
        source, found = await looked(plant)
        told = source.device("feeder-1")
        assert told is not None
        energy, power = told.channels
        assert (power.basis, power.certificate) == (UncertaintyBasis.CALIBRATION, "C-1")
        assert (energy.basis, energy.certificate) == (UncertaintyBasis.UNKNOWN, "")
        assert power.due is not None
        assert last_day(power.due) == date(2026, 6, 30)  # as the confirmation has it
        assert found.devices[0].due == power.due
        assert found.devices[0].basis is UncertaintyBasis.UNKNOWN  # the weakest of its channels
        plant.clock.advance(300 * 86_400 * S)
        assert found.devices[0].state is DeviceState.GOOD
        late = source.health()
        (overdue,) = [each for each in late.repairs if each.said.code == "E_HEALTH_OVERDUE"]
        assert (overdue.since, overdue.due_on) == (power.due, date(2026, 6, 30))
        assert [each.state for each in late.devices] == [DeviceState.OVERDUE, DeviceState.GOOD]

    write_site(tmp_path)
    write_certificate(tmp_path)
    in_works(tmp_path, test)


def test_how_the_clock_stands_is_told(tmp_path: Path) -> None:
    async def test(plant: Plant) -> None:
        source, found = await looked(plant)
        assert found.clock.standing is ClockStanding.UNKNOWN
        plant.clock.disciplined(Discipline(synchronised=True, bound_s=0.01))
        await plant.poll(1)
        clock = source.health().clock
        assert clock.standing is ClockStanding.SYNCHRONISED
        assert clock.bound_s is not None
        plant.clock.disciplined(None)
        plant.clock.step_back(3600 * S)
        await plant.poll(1)
        assert source.health().clock.suspect

    in_works(tmp_path, test)


def test_a_spool_that_fills_up_is_told(tmp_path: Path) -> None:
    async def test(plant: Plant) -> None:
        source = AgentSource(plant.agent)
        room = source.health().spool
        assert room.level is SpoolLevel.ROOMY
        assert 0 < room.used_bytes < room.limit_bytes == 64 * 2**20
        assert room.disk_free_bytes > 0
        plant.agent.room.disk_full(SpoolFullError("spool", found="disk", limit="-"))
        found = source.health()
        assert found.spool.level is SpoolLevel.STOP
        assert found.repairs[0].said.code == "E_HEALTH_SPOOL_STOP"

    in_works(tmp_path, test)


def test_the_process_says_how_much_memory_it_has(tmp_path: Path) -> None:
    async def test(plant: Plant) -> None:
        memory = AgentSource(plant.agent).health().memory_bytes
        assert memory is not None
        assert 10 * 2**20 < memory < 2**32

    in_works(tmp_path, test)


def test_nothing_is_remembered_where_there_is_no_page(tmp_path: Path) -> None:
    async def test(plant: Plant) -> None:
        assert page_of(plant.agent) is None
        await plant.poll(1)
        assert plant.agent.seen is None

    in_works(tmp_path, test)


def test_readings_that_stand_still_are_marked(tmp_path: Path) -> None:
    async def test(plant: Plant) -> None:
        source = AgentSource(plant.agent)
        await plant.poll(8)
        (found,) = source.health().devices
        assert found.state is DeviceState.MARKED
        assert found.qualities == (Quality.FROZEN,)

    frozen = device(channels=["active_power"], more="frozen_after_s = 120")
    in_works(tmp_path, test, frozen)
