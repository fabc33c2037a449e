"""The whole agent in one process: a raw Modbus server on one side, a collector on the other."""

import asyncio
from pathlib import Path

import pytest

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason, Quality
from evidence.log.batch import RecordKind, values
from evidence.log.column import progressed, spread
from tests.unit.edge_agent.collector_stub import Collector
from tests.unit.edge_agent.plant import Plant, in_a_site, in_plant, streams
from tests.unit.edge_agent.site import (
    KEY,
    START_NS,
    S,
    device,
    write_certificate,
    write_site,
)


def test_what_a_meter_shows_arrives_signed_once_and_in_order(tmp_path: Path) -> None:
    async def test(plant: Plant) -> None:
        await plant.poll(25)

    collector = in_a_site(tmp_path, device(), test)
    (found,) = streams(collector).values()
    shown = [value for stream in found for value in stream.indication]
    assert shown == [1000.0 + n for n in range(1, 26)]
    stamps = [at for stream in found for at in progressed(stream.at_ms, stream.rows)]
    assert stamps == [START_NS // 1_000_000 + 60_000 * n for n in range(1, 26)]
    numbers = [n for stream in found for n in progressed(stream.sequence, stream.rows)]
    assert numbers == list(range(25))
    assert [stream.rows for stream in found] == [10, 10, 5]
    assert found[0].raw[0] == (100_100).to_bytes(8, "big").hex()
    assert {stream.value for stream in found} == {None}
    assert all(batch.clock.simulated for batch in collector.batches())


def test_files_are_logged_before_the_first_batch_that_cites_them(tmp_path: Path) -> None:
    async def test(plant: Plant) -> None:
        await plant.poll(2)

    write_site(tmp_path)
    write_certificate(tmp_path)
    collector = in_a_site(tmp_path, device(), test)
    documents = collector.documents()
    assert sorted(each.kind for each in documents) == [
        "certificate",
        "configuration",
        "confirmation",
        "profile",
    ]
    (epoch,) = collector.leaves
    cited = next(s for some in streams(collector).values() for s in some).head.profile
    logged = {each.sha256: each.sequence for each in documents}
    first = next(each.sequence for each in collector.batches(epoch) if each.streams)
    assert logged[cited] < first
    assert max(logged.values()) < first
    assert documents[0].data() == (tmp_path / "agent.toml").read_bytes()


def test_a_power_is_corrected_by_its_certificate_with_named_influences(tmp_path: Path) -> None:
    async def test(plant: Plant) -> None:
        await plant.poll(3)

    write_site(tmp_path)
    write_certificate(tmp_path)
    collector = in_a_site(tmp_path, device(channels=["active_power"]), test)
    found = [s for some in streams(collector).values() for s in some]
    stream = found[0]
    assert sum(each.rows for each in found) == 3
    assert stream.indication == (20_000.0,) * stream.rows
    assert values(stream) == pytest.approx([10.0 + 1.002 * 20_000.0] * stream.rows, rel=1e-12)
    assert stream.head.basis is UncertaintyBasis.CALIBRATION
    assert (stream.head.certificate, stream.head.confirmation) == ("C-1", "M-1")
    parts = {part.influence.id: part for part in stream.contributions}
    assert parts["cert:C-1/0"].relative == pytest.approx(1.0 / 20_050.0)
    assert parts["std:lab/S-1"].relative == 0.001
    assert set(parts) == {"cert:C-1/0", "cert:C-1/1", "std:lab/S-1", "inst:SIM-1/drift"}
    assert stream.fresh == pytest.approx(1.002 * 2.0)  # 0.002 kW, in W
    assert stream.quality is Quality.GOOD


def test_a_dead_meter_is_a_statement_and_holds_up_no_other(tmp_path: Path) -> None:
    async def test(plant: Plant) -> None:
        plant.meter.dead.add(2)
        await plant.poll(2)

    devices = device() + device(name="feeder-2", unit=2)
    collector = in_a_site(tmp_path, devices, test)
    found = streams(collector)
    (dead,) = found["works/feeder-2/active_energy_import"]
    assert dead.rows == 0
    assert [miss.reason for miss in dead.missed] == [MissReason.TIMEOUT] * 2
    assert [miss.sequence for miss in dead.missed] == [0, 1]
    assert sum(s.rows for s in found["works/feeder-1/active_energy_import"]) == 2


def test_a_set_clock_is_a_record_and_earlier_stamps_are_suspect(tmp_path: Path) -> None:
    async def test(plant: Plant) -> None:
        await plant.poll(1)
        plant.clock.step_back(3600 * S)
        await plant.poll(1)

    collector = in_a_site(tmp_path, device(), test)
    steps = [
        record
        for batch in collector.batches()
        for record in batch.records
        if record.kind is RecordKind.CLOCK_STEP
    ]
    assert [step.facts["step_ms"] for step in steps] == [-3_600_000]
    found = [s for some in streams(collector).values() for s in some]
    assert [q for s in found for q in spread(s.quality, s.rows)] == [
        Quality.GOOD,
        Quality.CLOCK_SUSPECT,
    ]


def test_an_agent_that_was_restored_opens_a_new_epoch_and_logs_again(tmp_path: Path) -> None:
    collector, state = Collector(agent=KEY.verifier), tmp_path / "state"

    async def run() -> None:
        async with in_plant(tmp_path, device(), collector) as plant:
            await plant.poll(2)
            await plant.stop()  # nothing is delivered yet
            backup = {path.name: path.read_bytes() for path in state.glob("spool.sqlite*")}
            plant.start()
            await plant.poll(12)
            await plant.deliver()
            await plant.stop()
            for path in state.iterdir():
                path.unlink()
            for name, data in backup.items():
                (state / name).write_bytes(data)
            plant.start()
            await plant.poll(2)
            await plant.deliver()

    asyncio.run(run())
    first, second = collector.leaves
    records = [record for batch in collector.batches(second) for record in batch.records]
    opened = [record.facts for record in records if record.kind is RecordKind.EPOCH_OPENED]
    assert (opened[0]["reason"], opened[0]["former_epoch"]) == ("restored", first)
    assert "new" in [facts["reason"] for facts in opened]  # it had no receipt: logged again
    again = [value for b in collector.batches(second) for s in b.streams for value in s.indication]
    assert again == [1001.0, 1002.0, 1015.0, 1016.0]
    assert {each.sha256 for each in collector.documents(first)} == {
        each.sha256 for each in collector.documents(second)
    }


def test_an_exchange_is_recorded_once_and_changes_the_serial(tmp_path: Path) -> None:
    more = """[[lines.devices.exchanges]]
at = 2026-01-01T00:01:30Z
old_serial = "SIM-1"
new_serial = "SIM-9"
closing = { active_energy_import = 1001.5 }
opening = { active_energy_import = 0.0 }
"""

    async def test(plant: Plant) -> None:
        await plant.poll(3)

    collector = in_a_site(tmp_path, device(more=more), test)
    records = [r for b in collector.batches() for r in b.records if r.kind is RecordKind.EXCHANGE]
    (record,) = records
    assert record.channel == "works/feeder-1/active_energy_import"
    assert record.facts == {
        "old_serial": "SIM-1",
        "new_serial": "SIM-9",
        "closing": 1001.5,
        "opening": 0.0,
    }
    found = [(s.head.serial, s.rows) for some in streams(collector).values() for s in some]
    assert sum(rows for serial, rows in found if serial == "SIM-1") == 1
    assert sum(rows for serial, rows in found if serial == "SIM-9") == 2


def test_readings_from_before_a_changed_configuration_keep_their_own(tmp_path: Path) -> None:
    collector = Collector(agent=KEY.verifier)

    async def run() -> None:
        before = device(more="nameplate_mpe_relative = 0.01")
        async with in_plant(tmp_path, before, collector) as plant:
            await plant.poll(1)
            await plant.kill()
            write_site(tmp_path, device(period_s=30.0), plant.port)
            plant.start()
            await plant.poll(1)
            await plant.deliver()

    asyncio.run(run())
    heads = [s.head for some in streams(collector).values() for s in some]
    assert [(head.period_ms, head.nameplate_mpe_relative) for head in heads] == [
        (60_000, 0.01),
        (30_000, None),
    ]
    kinds = [r.kind for b in collector.batches() for r in b.records]
    assert kinds.count(RecordKind.CONFIGURATION) == 2
    assert kinds.count(RecordKind.RESTART) == 1
    assert len([d for d in collector.documents() if d.kind == "configuration"]) == 2


def test_ticks_that_went_by_are_named_and_a_long_silence_is_a_gap(tmp_path: Path) -> None:
    collector = Collector(agent=KEY.verifier)

    async def run() -> None:
        async with in_plant(tmp_path, device(), collector) as plant:
            plant.agent.missed({"feeder-1": [START_NS + 60 * S, START_NS + 120 * S]})
            plant.agent.missed({"feeder-1": range(START_NS, START_NS + 6000 * S, 60 * S)})
            await plant.deliver()

    asyncio.run(run())
    (found_streams,) = streams(collector).values()
    (stream,) = found_streams
    assert [miss.reason for miss in stream.missed] == [MissReason.NOT_POLLED] * 2
    (gap,) = [r for b in collector.batches() for r in b.records if r.kind is RecordKind.GAP]
    assert gap.until_ms is not None
    assert gap.until_ms - gap.at_ms == 5_940_000
