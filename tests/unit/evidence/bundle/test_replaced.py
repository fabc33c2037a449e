"""A day with another meter, or another ratio, that nobody recorded: stated, told, and proven."""

import hashlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from evidence.bundle.outcome import Check
from evidence.bundle.verify import verify
from evidence.log.batch import Stream
from evidence.statement.datum import ActivityData
from tests.unit.collector.api.plant import FILES, LINE_1, PROFILE, Plant, batch, shown, stream
from tests.unit.collector.api.plant import showing as shows
from tests.unit.evidence.bundle.made import bundle_of, failed, stated
from tests.unit.evidence.bundle.test_two_verifiers import MINIMAL

DAYS = "start=2026-03-30&end=2026-04-01"
SECOND = "start=2026-03-31&end=2026-04-01"
BARE = {"serial": "S-9", "certificate": "", "confirmation": ""}
WITH_RATIO = (
    PROFILE.decode()
    .replace(
        'modbus.word_order = "ABCD"\n',
        'modbus.word_order = "ABCD"\n'
        'parameters.ct_ratio = { default = 1.0, unit = "1", meaning = "CT" }\n',
        1,
    )
    .replace('name = "energy"\n', 'name = "energy"\nmultiply_by = ["ct_ratio"]\n', 1)
    .encode()
)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Plant]:
    plant = Plant(tmp_path)
    yield plant
    plant.close()


def polled(
    first: int, count: int, ratio: float = 1.0, more: float = 0.0, *, other: bool = False
) -> Stream:
    """Polls of a meter behind current transformers; it shows so much more."""
    part = stream(LINE_1, first, count)
    named = {"profile": hashlib.sha256(WITH_RATIO).hexdigest(), "parameters": {"ct_ratio": ratio}}
    part = shows(part, *(each + more for each in part.indication))
    return msgspec.structs.replace(
        part,
        head=msgspec.structs.replace(part.head, **named, **(BARE if other else {})),
        indication=tuple(each * ratio for each in part.indication),
    )


def read(plant: Plant, parts: Sequence[Stream]) -> ActivityData:
    """Two days of these parts, each in a leaf."""
    for file in FILES[:-1]:
        plant.log_file(plant.gw1, *file)
    plant.log_file(plant.gw1, "profile", "meter.toml", WITH_RATIO)
    for each in parts:
        plant.take(plant.gw1, batch(plant.gw1, [each]))
    plant.judging.catch_up()
    return stated(plant, query=DAYS)


def growth(first: int, last: int) -> float:
    return shown(LINE_1, last) - shown(LINE_1, first)


CASES = {
    "another meter": ([polled(0, 96), polled(96, 100, more=5000.0, other=True)], (1.0, 1.0), 96),
    "another ratio": ([polled(0, 96, 4.0), polled(96, 100, 6.0)], (4.0, 6.0), 96),
    "in a gap of 20 h": (
        [polled(0, 96), polled(176, 40, more=5000.0, other=True)],
        (1.0, 1.0),
        176,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_jump_is_an_event_and_no_energy_and_the_bundle_proves_it(
    fresh: Plant, name: str
) -> None:
    parts, (before, after), first = CASES[name]
    datum = read(fresh, parts)
    grown = before * growth(0, 95) + after * growth(first, 192)
    assert datum.uncorrected_value == pytest.approx(grown)
    (event,) = datum.events
    assert event.kind == "replaced"
    assert datum.completeness.present < datum.completeness.expected
    for query in (DAYS, SECOND):
        data = bundle_of(fresh, LINE_1, query)
        lacking = {Check.POLLS} if first > 96 else set()  # of the gap nothing is in the log
        assert failed(data) == lacking
        assert MINIMAL.outcomes(data)[Check.VALUE][0] is not False


def test_a_verifier_that_lets_the_register_go_on_finds_another_amount(
    fresh: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test before."""
    read(fresh, CASES["another meter"][0])
    data = bundle_of(fresh, LINE_1, DAYS)
    monkeypatch.setattr("evidence.judging.in_service._leads", lambda *_: True)
    found = {each.id: each.result for each in verify(io.BytesIO(data)).outcomes}
    assert found[Check.VALUE].value == "failed"
