"""What waits for its batch is bytes, and comes back as what it was, a setup at a time."""

import sys
import tracemalloc

import pytest
from msgspec.structs import replace

from edge_agent.poll import Noted, Pending, Poll, read_pending
from edge_agent.waiting import polls_by_setup, read_again, records_in
from evidence.log.batch import Record, RecordKind
from evidence.log.envelope import compress
from tests.unit.edge_agent.site import START_NS, S, device, installed, poll, waiting

NAMES = ("one", "two")


@pytest.fixture(scope="module")
def pending(tmp_path_factory: pytest.TempPathFactory) -> list[Pending]:
    devices = "".join(
        device(name=name, unit=unit, channels=["active_power"])
        for unit, name in enumerate(NAMES, start=1)
    )
    site = installed(tmp_path_factory.mktemp("site"), devices)
    made: list[Pending] = [
        poll(site, START_NS + n * S, n, 100.0 + n, name=name) for n in range(3) for name in NAMES
    ]
    return [*made, Noted(record=Record(kind=RecordKind.RESTART, at_ms=1))]


def test_everything_is_read_again_as_it_was(pending: list[Pending]) -> None:
    kept = waiting(pending)
    assert list(read_again(kept)) == pending
    assert [each.at_ms for each in kept] == [each.at_ms for each in pending]


def test_records_are_told_from_polls(pending: list[Pending]) -> None:
    assert [each.kind for each in records_in(waiting(pending))] == [RecordKind.RESTART]
    assert sum(map(len, polls_by_setup(waiting(pending)))) == len(pending) - 1


def test_polls_come_a_setup_at_a_time_in_their_order(pending: list[Pending]) -> None:
    found = list(polls_by_setup(waiting(pending)))
    assert [[each.device for each in some] for some in found] == [["one"] * 3, ["two"] * 3]
    assert [[each.sequence for each in some] for some in found] == [[0, 1, 2]] * 2


def test_a_setup_s_polls_are_objects_only_when_they_are_asked_for(
    pending: list[Pending], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []

    def noting(data: bytes) -> Pending | None:
        read.append(data)
        return read_pending(data)

    monkeypatch.setattr("edge_agent.waiting.read_pending", noting)
    setups = polls_by_setup(waiting(pending))
    assert read == []
    next(setups)
    assert len(read) == 3


def test_what_waits_takes_less_than_its_readings_as_objects(pending: list[Pending]) -> None:
    whole = pending[0]
    assert isinstance(whole, Poll)
    wide = replace(whole, readings=whole.readings * 20)
    (kept,) = waiting([wide])
    objects = [part for each in wide.readings for part in (each, each.raw, each.number)]
    assert 2 * (sys.getsizeof(kept) + sys.getsizeof(kept.data)) < sum(map(sys.getsizeof, objects))


def test_frames_keep_no_more_room_than_they_need() -> None:
    leaf = bytes(100_000)
    tracemalloc.start()
    try:
        frames = [compress(leaf) for _ in range(20)]
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(map(len, frames)) < held < len(leaf)
