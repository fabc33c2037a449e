"""What an agent says of its clock, and which of its readings it does not vouch for."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from calibration.indication import MissReason, Quality
from evidence.clock_kernel import Discipline
from evidence.clock_standing import ClockStanding
from evidence.log.batch import Batch, Record, RecordKind
from evidence.log.column import spread
from tests.unit.edge_agent.collector_stub import Collector
from tests.unit.edge_agent.plant import Plant, in_a_site, in_plant
from tests.unit.edge_agent.site import KEY, START_NS, S, device

KEPT = Discipline(synchronised=True, bound_s=0.3)
ALONE = Discipline(synchronised=False, bound_s=16.0)
HOUR_NS = 3600 * S


def qualities(batches: list[Batch]) -> list[Quality]:
    return [
        quality
        for batch in batches
        for stream in batch.streams
        for quality in spread(stream.quality, stream.rows)
    ]


def records(collector: Collector, kind: RecordKind) -> list[Record]:
    return [each for batch in collector.batches() for each in batch.records if each.kind is kind]


async def delivered(plant: Plant, collector: Collector) -> None:
    """Delivers; the collector signs with the time that it is."""
    collector.at_ns = START_NS + plant.clock.monotonic_ns()
    await plant.deliver()
    plant.agent.pump()


def test_a_batch_of_a_clock_that_nobody_speaks_of_says_unknown_and_what_was_configured(
    tmp_path: Path,
) -> None:
    async def test(plant: Plant) -> None:
        await plant.poll(1)

    collector = in_a_site(tmp_path, device(), test)
    (state,) = {batch.clock for batch in collector.batches() if batch.streams}
    assert (state.standing, state.synchronised, state.bound_s) == (
        ClockStanding.UNKNOWN,
        None,
        None,
    )
    assert state.standard_uncertainty_s == 0.05
    assert records(collector, RecordKind.CLOCK_STATE) == []


def test_the_standing_of_a_clock_is_in_its_batches_and_each_change_is_a_record(
    tmp_path: Path,
) -> None:
    async def test(plant: Plant) -> None:
        plant.clock.disciplined(KEPT)
        await plant.poll(1)
        plant.agent.close_batch(plant.clock.now_ns())
        plant.clock.disciplined(ALONE)
        plant.clock.advance(19_980 * S)
        await plant.poll(1)

    collector = in_a_site(tmp_path, device(), test)
    first, second = [batch.clock for batch in collector.batches() if batch.streams]
    assert (first.standing, first.synchronised) == (ClockStanding.SYNCHRONISED, True)
    assert (first.bound_s, first.since_ms) == (0.3, START_NS // 1_000_000 + 60_000)
    assert (second.standing, second.synchronised) == (ClockStanding.HOLDOVER, False)
    assert second.bound_s == 0.3 + 20_040 * 50e-6
    assert second.standard_uncertainty_s == second.bound_s / 3**0.5
    said = [each.facts for each in records(collector, RecordKind.CLOCK_STATE)]
    assert [(each["former"], each["standing"]) for each in said] == [
        ("unknown", "synchronised"),
        ("synchronised", "holdover"),
    ]
    assert said[1]["since_ms"] == first.since_ms


def test_one_bound_holds_for_all_stamps_of_a_batch(tmp_path: Path) -> None:
    async def test(plant: Plant) -> None:
        plant.clock.disciplined(Discipline(synchronised=True, bound_s=9.0))
        await plant.poll(1)
        plant.clock.disciplined(KEPT)
        await plant.poll(1)

    (batch,) = [each for each in in_a_site(tmp_path, device(), test).batches() if each.streams]
    assert batch.clock.bound_s == 9.0


def after_a_step(
    folder: Path, then: Callable[[Plant, Collector], Awaitable[None]]
) -> tuple[Collector, list[Quality]]:
    """A reading, a clock that is set an hour ahead, a reading, and what comes `then`."""
    collector = Collector(agent=KEY.verifier)

    async def run() -> None:
        async with in_plant(folder, device(), collector) as plant:
            await plant.poll(1)
            plant.clock.step_forward(HOUR_NS)
            await plant.poll(1)
            await then(plant, collector)
            await delivered(plant, collector)

    asyncio.run(run())
    return collector, qualities(collector.batches())


def test_what_is_read_after_a_step_ahead_is_suspect_until_it_is_taken_back(tmp_path: Path) -> None:
    async def then(plant: Plant, _: Collector) -> None:
        plant.clock.step_back(HOUR_NS)
        await plant.poll(2)

    collector, found = after_a_step(tmp_path, then)
    suspect = Quality.CLOCK_SUSPECT
    assert found == [Quality.GOOD, suspect, Quality.GOOD, Quality.GOOD]
    steps = [each.facts["step_ms"] for each in records(collector, RecordKind.CLOCK_STEP)]
    assert steps == [3_600_000, -3_600_000]


def test_what_keeps_the_clock_may_say_that_the_step_was_right(tmp_path: Path) -> None:
    async def then(plant: Plant, _: Collector) -> None:
        plant.clock.disciplined(KEPT)
        await plant.poll(1)

    assert after_a_step(tmp_path, then)[1][-1] is Quality.GOOD


def test_a_receipt_that_agrees_says_it_too(tmp_path: Path) -> None:
    async def then(plant: Plant, collector: Collector) -> None:
        plant.clock.step_back(HOUR_NS - 60 * S)
        await plant.poll(2)
        await delivered(plant, collector)
        await plant.poll(1)

    collector, found = after_a_step(tmp_path, then)
    assert found[-3:] == [Quality.CLOCK_SUSPECT, Quality.CLOCK_SUSPECT, Quality.GOOD]
    last = collector.batches()[-1].clock
    assert last.bound_s is not None
    assert 60.0 <= last.bound_s <= 72.0


def test_a_receipt_that_does_not_agree_leaves_it_suspect(tmp_path: Path) -> None:
    async def then(plant: Plant, collector: Collector) -> None:
        await delivered(plant, collector)
        await plant.poll(1)

    assert after_a_step(tmp_path, then)[1][-1] is Quality.CLOCK_SUSPECT


def test_a_receipt_from_before_the_step_says_nothing(tmp_path: Path) -> None:
    collector = Collector(agent=KEY.verifier)

    async def run() -> None:
        async with in_plant(tmp_path, device(), collector) as plant:
            await plant.poll(1)
            await delivered(plant, collector)
            plant.clock.step_back(120 * S)
            await plant.poll(1)
            await delivered(plant, collector)

    asyncio.run(run())
    assert qualities(collector.batches()) == [Quality.GOOD, Quality.CLOCK_SUSPECT]


def test_what_was_stamped_ahead_does_not_outlive_the_step_back(tmp_path: Path) -> None:
    """The agent is started a day ahead: it cannot know, until the clock is set right."""
    collector = Collector(agent=KEY.verifier)

    async def run() -> None:
        async with in_plant(tmp_path, device(), collector) as plant:
            await plant.stop()
            plant.clock.step_forward(24 * HOUR_NS)
            plant.start()
            await plant.poll(1)
            plant.clock.step_back(24 * HOUR_NS)
            await plant.poll(1)
            plant.clock.disciplined(KEPT)
            await plant.poll(2)
            await plant.stop()
            plant.start()
            await plant.poll(1)
            await delivered(plant, collector)

    asyncio.run(run())
    good, suspect = Quality.GOOD, Quality.CLOCK_SUSPECT
    assert qualities(collector.batches()) == [good, suspect, good, good, good]


def test_a_clock_that_was_set_back_while_the_agent_did_not_run_is_suspect(tmp_path: Path) -> None:
    collector = Collector(agent=KEY.verifier)

    async def run() -> None:
        async with in_plant(tmp_path, device(), collector) as plant:
            await plant.poll(1)
            await plant.stop()
            plant.clock.step_back(HOUR_NS)
            plant.start()
            await plant.poll(70)  # the stamps are later again than the first one
            await delivered(plant, collector)

    asyncio.run(run())
    assert set(qualities(collector.batches())[1:]) == {Quality.CLOCK_SUSPECT}
    assert len(records(collector, RecordKind.CLOCK_STEP)) == 1


def test_a_miss_under_a_suspect_clock_says_so(tmp_path: Path) -> None:
    async def then(plant: Plant, _: Collector) -> None:
        plant.meter.dead.add(1)
        await plant.poll(1)

    collector, _ = after_a_step(tmp_path, then)
    (miss,) = [each for b in collector.batches() for s in b.streams for each in s.missed]
    assert (miss.reason, miss.quality) == (MissReason.TIMEOUT, Quality.CLOCK_SUSPECT)


def test_a_batch_names_the_receipt_that_came_before_its_first_reading(tmp_path: Path) -> None:
    collector = Collector(agent=KEY.verifier)

    async def run() -> None:
        async with in_plant(tmp_path, device(), collector) as plant:
            await plant.poll(1)
            await delivered(plant, collector)
            await plant.poll(1)
            await delivered(plant, collector)

    asyncio.run(run())
    first, second = [batch.clock for batch in collector.batches() if batch.streams]
    assert (first.opened_after_s, first.last_receipt_s) == (0, None)
    assert second.opened_after_s == START_NS // S + 60


def test_a_reading_from_before_the_first_receipt_is_not_bound_by_it(tmp_path: Path) -> None:
    collector = Collector(agent=KEY.verifier)

    async def run() -> None:
        async with in_plant(tmp_path, device(), collector) as plant:
            await plant.poll(1)
            plant.agent.spool.receipted(plant.agent.spool.base, START_NS // S + 7200)
            await delivered(plant, collector)

    asyncio.run(run())
    (clock,) = [batch.clock for batch in collector.batches() if batch.streams]
    assert (clock.opened_after_s, clock.last_receipt_s) == (0, START_NS // S + 7200)
