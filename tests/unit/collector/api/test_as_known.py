"""Statements as they would have been made at an instant, from what had been received by then."""

from contextlib import closing

import pytest

from collector.api.statement import statements
from collector.api.suspects import Suspects
from collector.as_known import stated_as_known
from collector.bundle_held import Held
from collector.judging import Judging
from collector.ledger_read import read_ledger
from evidence.statement.datum import ActivityData
from tests.unit.collector.api.plant import (
    DAYS,
    LINE_1,
    LINE_2,
    POLLS_A_DAY,
    POWER,
    SITES,
    SOFTWARE,
    START_NS,
    Plant,
    batch,
    energy_certificate,
    stream,
)

DAY_NS = 86_400_000_000_000
SPAN = (START_NS, START_NS + DAY_NS)
HOUR_NS = 3_600_000_000_000


def now(plant: Plant, channel: str, span: tuple[int, int] = SPAN) -> ActivityData:
    """The statement as the collector gives it now."""
    parts = plant.parts()
    with parts.sources.lease() as sources:
        row = sources.store.lookup.channel(channel)
        assert row is not None
        (found,) = statements(sources, row, [span], SOFTWARE, Suspects(sources))
    parts.sources.close()
    return found


def known(plant: Plant, channel: str, at_ns: int, *spans: tuple[int, int]) -> list[ActivityData]:
    with closing(plant.open_store()) as store, read_ledger(plant.folder) as ledger:
        held = Held(lookup=store.lookup, ledger=ledger, sites=SITES, keys=())
        return stated_as_known(held, channel, spans or (SPAN,), at_ns, SOFTWARE)


@pytest.mark.parametrize("channel", [LINE_1, LINE_2, POWER])
def test_by_all_that_was_received_it_is_what_is_stated_now(plant: Plant, channel: str) -> None:
    found = known(plant, channel, plant.bench.clock.now_ns())
    assert found == [now(plant, channel)]


def filled(plant: Plant) -> Plant:
    plant.fill()
    return plant


def later(plant: Plant, hours: int) -> int:
    """Lets hours pass; the instant before what comes then."""
    before_ns = plant.bench.clock.now_ns()
    plant.bench.clock.set_to(before_ns + hours * HOUR_NS)
    return before_ns


def test_a_corrected_certificate_is_not_known_before_it_came(fresh: Plant) -> None:
    plant = filled(fresh)
    first = now(plant, LINE_1)
    before_ns = later(plant, 24)
    other = energy_certificate("E-1", "S-1").replace(b"[0.002]", b"[0.004]")
    other = other.replace(b"2026-01-06T08", b"2026-02-06T08")
    plant.log_file(plant.gw1, "certificate", "e-1b.toml", other)
    plant.judging.catch_up()
    after = now(plant, LINE_1)
    assert after.value == pytest.approx(first.value * 1.002 / 1.004, rel=1e-12)
    assert known(plant, LINE_1, before_ns) == [first]
    assert known(plant, LINE_1, plant.bench.clock.now_ns()) == [after]
    # and the same after all that is derived was made anew
    plant.store.forget()
    Judging(plant.ledger, plant.store, plant.sites).catch_up()
    assert known(plant, LINE_1, before_ns) == [first]


def test_readings_that_came_late_are_not_known_before(fresh: Plant) -> None:
    plant = filled(fresh)
    day = DAYS
    span = (START_NS + day * DAY_NS, START_NS + (day + 1) * DAY_NS)
    half = POLLS_A_DAY // 2
    plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, day * POLLS_A_DAY, half)]))
    plant.judging.catch_up()
    first = now(plant, LINE_1, span)
    before_ns = later(plant, 48)
    rest = [stream(LINE_1, day * POLLS_A_DAY + half, half + 4)]
    plant.take(plant.gw1, batch(plant.gw1, rest))
    plant.judging.catch_up()
    after = now(plant, LINE_1, span)
    assert after.completeness.present > first.completeness.present
    assert known(plant, LINE_1, before_ns, span) == [first]
    assert known(plant, LINE_1, plant.bench.clock.now_ns(), span) == [after]


def test_before_anything_was_received_nothing_was_known(plant: Plant) -> None:
    assert known(plant, LINE_1, START_NS) == []


def test_several_periods_are_told_at_once(plant: Plant) -> None:
    spans = [(START_NS + day * DAY_NS, START_NS + (day + 1) * DAY_NS) for day in range(3)]
    found = known(plant, LINE_1, plant.bench.clock.now_ns(), *spans)
    assert found == [now(plant, LINE_1, span) for span in spans]
