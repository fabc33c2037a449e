"""A register that is read less than once an hour: its completeness follows, as it once was too."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from collector.bundling import choose
from evidence.bundle.outcome import Check, Result
from evidence.log.column import progression
from evidence.statement.datum import digest_of
from tests.unit.collector.api.plant import FILES, LINE_1, START_NS, Plant, batch, stream
from tests.unit.evidence.bundle.made import failed, held, outcomes, stated, written
from tests.unit.evidence.bundle.test_each_check import with_

EACH_MS = 6 * 3_600_000


@pytest.mark.parametrize(("ratio", "holds"), [(1.0, True), (0.0, True), (0.5, False)])
def test_what_was_stated_when_no_poll_was_due_still_follows(
    tmp_path: Path, ratio: float, *, holds: bool
) -> None:
    plant = Plant(tmp_path)
    for kind, name, data in FILES:
        plant.log_file(plant.gw1, kind, name, data)
    whole = stream(LINE_1, 0, 9)
    at_ms = progression([START_NS // 1_000_000 + poll * EACH_MS for poll in range(9)])
    read = replace(whole, head=replace(whole.head, period_ms=EACH_MS), at_ms=at_ms)
    plant.take(plant.gw1, batch(plant.gw1, [read]))
    plant.judging.catch_up()
    choice = choose(held(plant), stated(plant, query="start=2026-03-30&end=2026-04-01").digest)
    assert choice.datum.completeness.ratio == 1.0
    other = replace(choice.datum, completeness=replace(choice.datum.completeness, ratio=ratio))
    data = written(with_(choice, datum=replace(other, digest=digest_of(other))))
    assert failed(data) == (set() if holds else {Check.COMPLETENESS})
    assert (outcomes(data)[Check.COMPLETENESS].result is Result.OK) == holds
    plant.close()
