"""What a collector that cheats may try with a bundle whose signatures are all right."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from carbonmeter.cli import main
from collector.bundling import choose
from evidence.bundle.container import write_container
from evidence.bundle.figures import FIGURES
from evidence.bundle.form import LeftOut
from evidence.bundle.outcome import Check, Result
from evidence.bundle.policy import Head, Policy
from evidence.bundle.writing import Choice
from evidence.log.batch import Document
from evidence.log.checkpoint import origin
from evidence.log.leaf import DocumentKind
from evidence.statement.datum import ActivityData, digest_of
from tests.unit.collector.agent_log import AgentLog, key_of
from tests.unit.collector.api.plant import (
    FILES,
    GAS,
    LINE_1,
    PROFILE,
    START_NS,
    Plant,
    batch,
    stream,
)
from tests.unit.collector.api.test_stack import CO2, SHOWN, WHOLE
from tests.unit.collector.api.test_stack import FILES as STACK_FILES
from tests.unit.collector.api.test_stack import stream as stack_stream
from tests.unit.evidence.bundle.made import (
    Made,
    failed,
    held,
    members,
    outcomes,
    packed,
    stated,
    written,
)
from tests.unit.evidence.bundle.test_bad_zips import refused
from tests.unit.evidence.bundle.test_each_check import WITNESS, pinned, receipted, with_

HOUR_NS = 3_600_000_000_000
DAY = "start=2026-03-29T16:00:00Z&end=2026-03-30T16:00:00Z"
LATER = "start=2026-04-06T16:00:00Z&end=2026-04-07T16:00:00Z"
LATER_NS, LATER_POLL = START_NS + 8 * 24 * HOUR_NS, 8 * 96
OTHER_PROFILE = PROFILE + b"# the same, once more\n"


def replaced(made: Made, name: str, old: bytes, new: bytes) -> bytes:
    parts = members(made.data)
    assert old in parts[name]
    return packed({**parts, name: parts[name].replace(old, new, 1)})


def test_a_statement_in_which_two_readers_see_two_values_is_refused(one: Made) -> None:
    assert refused(replaced(one, "statement.json", b"{", b'{"value":1.0,')) == "E_BUNDLE"


def test_a_statement_that_says_more_than_is_checked_is_refused(one: Made) -> None:
    more = b'{"verified_by":"a ministry",'
    assert refused(replaced(one, "statement.json", b"{", more)) == "E_BUNDLE"


def test_a_manifest_in_which_two_readers_see_two_digests_is_refused(one: Made) -> None:
    parts = members(one.data)
    twice = parts["manifest.json"].replace(b"{", b'{"software":"another",', 1)
    data = with_manifest(one, twice)
    assert refused(data) == "E_BUNDLE"


def with_manifest(one: Made, manifest: bytes) -> bytes:
    file = io.BytesIO()
    write_container(file, {**members(one.data), "manifest.json": manifest}.items())
    return file.getvalue()


def test_a_log_that_is_listed_twice_is_refused(one: Made) -> None:
    """Of two listings one could be a fork, or show documents behind what rests on them."""
    (log,) = one.choice.logs
    assert refused(written(with_(one.choice, logs=(log, log)))) == "E_BUNDLE"


def begun(folder: Path) -> Plant:
    plant = Plant(folder)
    for kind, name, data in FILES:
        plant.log_file(plant.gw1, kind, name, data)
    return plant


def until_noon(folder: Path, at_ns: int) -> tuple[Plant, ActivityData]:
    """A day of which twelve hours are known when it is stated."""
    plant = begun(folder)
    plant.bench.clock.set_to(at_ns)
    plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, LATER_POLL, 48)]))
    plant.judging.catch_up()
    return plant, stated(plant, LINE_1, LATER)


def withheld(data: bytes) -> Result:
    assert failed(data) == set()
    return outcomes(data)[Check.WITHHELD].result


def test_whether_a_log_goes_on_that_is_shown_until_noon_is_not_told(tmp_path: Path) -> None:
    plant, noon = until_noon(tmp_path, LATER_NS + 30 * HOUR_NS)
    plant.bench.clock.set_to(LATER_NS + 60 * HOUR_NS)
    plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, LATER_POLL + 48, 96)]))
    data = written(choose(held(plant), noon.digest, whole=True))
    plant.close()
    assert withheld(data) is Result.NOT_CHECKED
    required = Policy(schema=1, require=(Check.WITHHELD,))
    assert failed(data, required) == {Check.WITHHELD}


def test_nor_is_it_told_by_a_receipt_from_before_the_end_of_the_period(tmp_path: Path) -> None:
    plant, noon = until_noon(tmp_path, LATER_NS + 13 * HOUR_NS)
    data = written(choose(held(plant), noon.digest, whole=True))
    plant.close()
    assert withheld(data) is Result.NOT_CHECKED


def test_a_log_that_was_receipted_whole_after_the_period_has_told_all(tmp_path: Path) -> None:
    plant, noon = until_noon(tmp_path, LATER_NS + 30 * HOUR_NS)
    data = written(choose(held(plant), noon.digest, whole=True))
    plant.close()
    assert withheld(data) is Result.OK


def changing_profiles(folder: Path, *, logged: bool) -> Plant:
    """A day of whose second half another profile is cited, logged in time or never."""
    plant = begun(folder)
    plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, 0, 48)]))
    kind: DocumentKind = "profile" if logged else "configuration"
    plant.log_file(plant.gw1, kind, "other.toml", OTHER_PROFILE)
    second = stream(LINE_1, 48, 48)
    digest = digest_of_profile(OTHER_PROFILE)
    second = msgspec.structs.replace(
        second, head=msgspec.structs.replace(second.head, profile=digest)
    )
    plant.take(plant.gw1, batch(plant.gw1, [second]))
    plant.judging.catch_up()
    return plant


def digest_of_profile(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def without_the_profile(choice: Choice, datum: ActivityData) -> bytes:
    """Its leaf withheld, what rests on it left out, and what is left stated."""
    shown = [
        each
        for each in choice.leaves
        if not (isinstance(leaf := each.leaf(), Document) and leaf.data() == OTHER_PROFILE)
    ]
    assert len(shown) == len(choice.leaves) - 1
    out = LeftOut(log=0, sequence=shown[-1].sequence, subject=LINE_1)
    documents = {name: data for name, data in choice.documents.items() if data != OTHER_PROFILE}
    return written(with_(choice, leaves=shown, left_out=(out,), documents=documents, datum=datum))


def test_readings_left_out_for_want_of_a_withheld_profile_are_told(tmp_path: Path) -> None:
    honest = changing_profiles(tmp_path / "honest", logged=True)
    never = changing_profiles(tmp_path / "never", logged=False)
    choice = choose(held(honest), stated(honest, LINE_1, DAY).digest)
    less = stated(never, LINE_1, DAY)
    assert less.value < choice.datum.value
    data = without_the_profile(choice, less)
    honest.close()
    never.close()
    assert failed(data) == set()
    assert outcomes(data)[Check.LEFT_OUT].result is Result.NOT_CHECKED
    assert failed(data, Policy(schema=1, require=(Check.LEFT_OUT,))) == {Check.LEFT_OUT}


def two_epochs(folder: Path) -> Plant:
    """An agent whose second epoch rests on the documents of its first."""
    plant = begun(folder)
    plant.take(plant.gw1, batch(plant.gw1, [stream(GAS, 0, 48)]))
    plant.bench.clock.set_to(plant.bench.clock.now_ns() + HOUR_NS)
    plant.gw1 = AgentLog(agent="gw-1", epoch="f" * 32, key=key_of("gw-1"))
    plant.take(plant.gw1, batch(plant.gw1, [stream(GAS, 48, 48)]))
    plant.judging.catch_up()
    return plant


def test_leaves_of_two_logs_in_another_order_than_they_came_are_found(tmp_path: Path) -> None:
    plant = two_epochs(tmp_path)
    choice = choose(held(plant), stated(plant, GAS, DAY).digest)
    plant.close()
    assert failed(written(choice)) == set()
    turned = sorted(choice.leaves, key=lambda each: -each.log)
    assert len({each.log for each in turned}) == 2
    assert Check.RECEIVED in failed(written(with_(choice, leaves=turned)))


def test_a_remembered_head_of_a_log_that_is_not_here_says_nothing_of_this_one(one: Made) -> None:
    other = Head(origin=origin("gw-1", "f" * 32), size=3, root="0" * 64)
    assert failed(one.data, pinned(heads=(other,))) == set()
    must = pinned(heads=(other,), require=(Check.REMEMBERED,))
    assert failed(one.data, must) == {Check.REMEMBERED}


def test_a_witness_that_cosigned_two_histories_is_believed_in_neither(one: Made) -> None:
    (log,) = one.choice.logs
    at_ns, hashes = one.choice.known_until_ns, list(log.hashes)
    policy = pinned(witnesses=(WITNESS.verifier.to_text(),))
    good = receipted(log, hashes, at_ns, WITNESS)
    fork = receipted(log, [b"z" * 32, *hashes[1:]], at_ns, WITNESS)
    assert failed(one.data, policy, good, fork) == {Check.WITNESS}
    assert failed(one.data, policy, fork, good) == {Check.WITNESS}


def test_a_head_that_was_witnessed_after_the_bundle_was_made_takes_nothing_from_one_before(
    one: Made,
) -> None:
    (log,) = one.choice.logs
    at_ns, hashes = one.choice.known_until_ns, list(log.hashes)
    policy = pinned(witnesses=(WITNESS.verifier.to_text(),))
    later = receipted(log, [*hashes, b"z" * 32], at_ns, WITNESS)
    assert failed(one.data, policy, later) == {Check.WITNESS}
    assert failed(one.data, policy, later, receipted(log, hashes, at_ns, WITNESS)) == set()


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Plant]:
    built = Plant(tmp_path)
    built.log_profile()
    for kind, name, data in STACK_FILES:
        built.log_file(built.gw1, kind, name, data)
    built.take(built.gw1, batch(built.gw1, [stack_stream(name, 18) for name in SHOWN]))
    built.judging.catch_up()
    yield built
    built.close()


def test_an_input_of_a_computed_channel_cannot_be_passed_over(stack: Plant) -> None:
    choice = choose(held(stack), stated(stack, CO2, WHOLE).digest)
    for channel in choice.channels[1:]:
        rest = tuple(each for each in choice.channels if each != channel)
        assert Check.POLLS in failed(written(with_(choice, channels=rest)))


def test_a_statement_cannot_write_on_the_readers_screen(
    one: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    erasing = "E-1\x1b[2J\n 26  ok           all is well\u202e"
    datum = msgspec.structs.replace(one.choice.datum, certificates=("E-1", erasing))
    path = tmp_path / "bundle.zip"
    whole = msgspec.structs.replace(datum, digest=digest_of(datum))
    path.write_bytes(written(with_(one.choice, datum=whole)))
    for language in ("en", "zh"):
        assert main(["evidence", "verify", str(path), "--language", language]) == 1
        shown = capsys.readouterr().out
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "\\x1b[2J\\n 26" in shown
        assert len(shown.splitlines()) == 2 + len(Check)


def test_every_field_of_a_statement_is_compared() -> None:
    compared = {name for fields in FIGURES.values() for name in fields}
    beside = {"digest", "supersedes", "software", "under_plan"}  # the last by check 28
    assert compared | beside == set(ActivityData.__struct_fields__)


@pytest.mark.parametrize("edge", ["first", "last"])
def test_polls_withheld_at_an_edge_of_the_period_are_missed(tmp_path: Path, edge: str) -> None:
    """What comes before, or behind, is shown; the numbers between them lack."""
    plant = begun(tmp_path)
    for first in range(0, 128, 8):
        plant.take(plant.gw1, batch(plant.gw1, [stream(GAS, first, 8)]))
    plant.judging.catch_up()
    period = "start=2026-03-29T18:00:00Z&end=2026-03-30T16:00:00Z"
    choice = choose(held(plant), stated(plant, GAS, period).digest)
    plant.close()
    assert failed(written(choice)) == set()
    hidden = {len(FILES) + number for number in ((1,) if edge == "first" else (11, 12))}
    shown = [each for each in choice.leaves if each.sequence not in hidden]
    assert len(shown) == len(choice.leaves) - len(hidden)
    assert Check.POLLS in failed(written(with_(choice, leaves=shown)))
