"""What a collector quarantined is left out by the verifier too, and must be wrong."""

from pathlib import Path

import msgspec

from collector.bundling import choose
from evidence.bundle.form import LeftOut, Manifest
from evidence.bundle.outcome import Check, Result
from tests.unit.collector.api.plant import (
    DAYS,
    FILES,
    LINE_1,
    POLLS_A_DAY,
    POWER,
    START_NS,
    Plant,
    batch,
    confirmation,
    raw_of,
    stream,
)
from tests.unit.evidence.bundle.made import (
    bundle_of,
    failed,
    held,
    members,
    outcomes,
    packed,
    stated,
    written,
)

PERIOD = "start=2026-03-29T16:00:00Z&end=2026-03-30T00:00:00Z"
DAY_NS = 86_400_000_000_000


def begun(folder: Path) -> Plant:
    plant = Plant(folder)
    for kind, name, data in FILES:
        plant.log_file(plant.gw1, kind, name, data)
    return plant


def with_a_wrong_leaf(folder: Path) -> Plant:
    """Twelve hours of a register; the second leaf shows what its bytes do not say."""
    plant = begun(folder)
    parts = [stream(LINE_1, first, 8) for first in range(0, 48, 8)]
    parts[1] = msgspec.structs.replace(parts[1], raw=raw_of([1.0] * 8))
    for part in parts:
        plant.take(plant.gw1, batch(plant.gw1, [part]))
    plant.judging.catch_up()
    return plant


def test_a_quarantined_stream_is_left_out_and_its_reason_is_found_again(tmp_path: Path) -> None:
    plant = with_a_wrong_leaf(tmp_path)
    data = bundle_of(plant, LINE_1, PERIOD)
    plant.close()
    assert failed(data) == set()
    assert outcomes(data)[Check.LEFT_OUT].en == "1 left out"


def test_a_wrong_stream_that_is_not_named_as_left_out_is_a_finding(tmp_path: Path) -> None:
    plant = with_a_wrong_leaf(tmp_path)
    data = bundle_of(plant, LINE_1, PERIOD)
    plant.close()
    quiet = packed(members(data), lambda each: msgspec.structs.replace(each, left_out=()))
    assert Check.INDICATION in failed(quiet)


def test_a_sound_stream_that_was_left_out_is_a_finding(tmp_path: Path) -> None:
    plant = with_a_wrong_leaf(tmp_path)
    data = bundle_of(plant, LINE_1, PERIOD)
    plant.close()
    places = range(len(FILES), len(FILES) + 6)

    def more(manifest: Manifest) -> Manifest:
        entries = tuple(LeftOut(log=0, sequence=each, subject=LINE_1) for each in places)
        return msgspec.structs.replace(manifest, left_out=entries)

    assert Check.LEFT_OUT in failed(packed(members(data), more))


def test_a_late_confirmation_changes_the_figure_and_both_statements_are_proven(
    tmp_path: Path,
) -> None:
    plant = begun(tmp_path)
    plant.take(plant.gw1, batch(plant.gw1, [stream(POWER, 0, POLLS_A_DAY)]))
    plant.judging.catch_up()
    before = stated(plant, POWER, PERIOD)
    plant.bench.clock.set_to(START_NS + (DAYS + 3) * DAY_NS)
    late = confirmation("K-L", "P-1", "S-P", "2027-04-01").replace(
        b'decision = "pass"', b'decision = "fail"'
    )
    moved = late.replace(b"2026-01-07T08:00:00+08:00", b"2026-03-29T18:00:00Z")
    plant.log_file(plant.gw1, "confirmation", "k-l.toml", moved)
    plant.judging.catch_up()
    plant.bench.clock.set_to(START_NS + (DAYS + 4) * DAY_NS)
    after = stated(plant, POWER, PERIOD)
    files = [written(choose(held(plant), each.digest)) for each in (before, after)]
    plant.close()
    assert before.value != after.value
    assert [failed(each) for each in files] == [set(), set()]
    assert all(each.result is not Result.FAILED for each in outcomes(files[1]).values())
