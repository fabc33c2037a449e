"""What a manifest lists must stand for something: else a reader takes it for checked."""

from pathlib import Path

import msgspec
import pytest

from collector.bundling import choose
from evidence.bundle.form import Key, Manifest
from evidence.bundle.outcome import Check, Result
from tests.unit.collector.agent_log import key_of
from tests.unit.collector.api.plant import LINE_1, LINE_2, Plant, batch
from tests.unit.collector.api.test_stack import CO2, DERIVATION, FILES, SHOWN, WHOLE, stream
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
from tests.unit.evidence.bundle.test_each_check import with_

NOBODY = "jinan/meter-9/energy"


def with_channel(data: bytes, channel: str) -> bytes:
    """The bundle with one more channel in its manifest, sealed again."""

    def change(manifest: Manifest) -> Manifest:
        return msgspec.structs.replace(manifest, channels=(*manifest.channels, channel))

    return packed(members(data), change)


def test_a_channel_that_nobody_reads_fails_check_18_by_its_name(one: Made) -> None:
    data = with_channel(one.data, NOBODY)
    assert failed(data) == {Check.POLLS}
    found = outcomes(data)[Check.POLLS]
    assert (found.result, found.where) == (Result.FAILED, f"manifest.json channels {NOBODY}")


def test_a_channel_that_is_listed_twice_fails_too(one: Made) -> None:
    assert failed(with_channel(one.data, LINE_1)) == {Check.POLLS}


def test_another_channel_of_the_same_leaves_is_none_of_the_statements(one: Made) -> None:
    assert LINE_2 not in one.choice.channels
    assert failed(with_channel(one.data, LINE_2)) == {Check.POLLS}


@pytest.fixture(scope="module")
def tonnes(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    """A stack whose tonnes are computed."""
    plant = Plant(tmp_path_factory.mktemp("tonnes"))
    plant.log_profile()
    for kind, name, data in FILES:
        plant.log_file(plant.gw1, kind, name, data)
    plant.take(plant.gw1, batch(plant.gw1, [stream(name, 18) for name in SHOWN]))
    plant.judging.catch_up()
    return plant


def test_the_inputs_of_a_computed_channel_are_reached(tonnes: Plant) -> None:
    data = written(choose(held(tonnes), stated(tonnes, CO2, WHOLE).digest))
    assert failed(data) == set()
    assert failed(with_channel(data, NOBODY)) == {Check.POLLS}


def test_the_channel_of_the_statement_itself_must_be_listed(tonnes: Plant) -> None:
    data = written(choose(held(tonnes), stated(tonnes, CO2, WHOLE).digest))

    def change(manifest: Manifest) -> Manifest:
        others = tuple(each for each in manifest.channels if each != CO2)
        return msgspec.structs.replace(manifest, channels=others)

    without = packed(members(data), change)
    assert Check.POLLS in failed(without)
    assert outcomes(without)[Check.POLLS].where == f"manifest.json channels {CO2}"


def test_a_derivation_that_came_after_the_statement_adds_no_channel(
    tonnes: Plant, tmp_path: Path
) -> None:
    plant = tonnes.again(tmp_path)
    digest = stated(plant, CO2, WHOLE).digest
    before = choose(held(plant), digest)
    plant.bench.clock.set_to(plant.bench.clock.now_ns() + 1_000_000_000)
    later = DERIVATION.replace(b"effective_from = 2026-", b"effective_from = 2027-")
    plant.log_file(plant.gw1, "derivation", "later.toml", later.replace(b"/v_p", b"/spare"))
    plant.judging.catch_up()
    after = choose(held(plant), digest)
    plant.close()
    assert after.channels == before.channels
    assert failed(written(after)) == set()


def test_a_key_of_an_agent_without_a_log_here_fails_check_2(one: Made) -> None:
    line = key_of("gw-2").verifier.to_text()
    keys = (*one.choice.keys, Key(role="agent", of="gw-2", line=line))
    data = written(with_(one.choice, keys=keys))
    assert failed(data) == {Check.MEMBERS}
    assert outcomes(data)[Check.MEMBERS].where == "manifest.json agent gw-2"


@pytest.mark.parametrize("field", ["looks_back_ns", "looks_ahead_ns"])
def test_a_history_where_no_plan_is_spoken_of_fails_check_28(one: Made, field: str) -> None:
    data = written(with_(one.choice, **{field: 2**62}))
    assert Check.UNDER_PLAN in failed(data)
    assert outcomes(data)[Check.UNDER_PLAN].where == f"manifest.json {field}"
