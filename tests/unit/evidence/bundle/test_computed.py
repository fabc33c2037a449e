"""A computed channel's bundle holds what it is computed from, and a corrected one proves both."""

import io
from pathlib import Path

import pytest

from collector.bundling import choose
from evidence.bundle.outcome import Check
from evidence.bundle.verify import verify
from evidence.bundle.writing import Choice
from evidence.log.batch import Document
from tests.unit.collector.api.plant import DAYS, START_NS, Plant, batch
from tests.unit.collector.api.test_stack import CO2, FILES, LATE_KV, SHOWN, WHOLE, stream
from tests.unit.evidence.bundle.made import failed, held, stated, written


@pytest.fixture
def stack(tmp_path: Path) -> Plant:
    built = Plant(tmp_path)
    built.log_profile()
    for kind, name, data in FILES:
        built.log_file(built.gw1, kind, name, data)
    built.take(built.gw1, batch(built.gw1, [stream(name, 18) for name in SHOWN]))
    built.judging.catch_up()
    return built


def test_a_stacks_tonnes_follow_from_its_inputs(stack: Plant) -> None:
    digest = stated(stack, CO2, WHOLE).digest
    choice = choose(held(stack), digest)
    assert len(choice.channels) == len(set(choice.channels)) > 3
    assert failed(written(choice)) == set()
    stack.close()


def test_after_a_correction_the_old_statement_is_proven_as_it_was_and_the_new_one_as_it_is(
    stack: Plant,
) -> None:
    before = stated(stack, CO2, WHOLE)
    stack.bench.clock.set_to(START_NS + (DAYS + 3) * 86_400_000_000_000)
    stack.log_file(stack.gw1, "setting", "kv-2.toml", LATE_KV)
    stack.judging.catch_up()
    stack.bench.clock.set_to(START_NS + (DAYS + 4) * 86_400_000_000_000)
    after = stated(stack, CO2, WHOLE)
    assert after.supersedes == before.digest
    old, new = (written(choose(held(stack), each.digest)) for each in (before, after))
    assert failed(old) == failed(new) == set()
    assert verify(io.BytesIO(old)).bundle.datum.value == before.value
    stack.close()


def test_without_a_setting_that_is_withheld_the_figure_does_not_follow(stack: Plant) -> None:
    choice = choose(held(stack), stated(stack, CO2, WHOLE).digest)
    fields = {name: getattr(choice, name) for name in Choice.__slots__}
    told = {each.sequence: each.leaf() for each in choice.leaves}
    shown = [
        each
        for each in choice.leaves
        if not (isinstance(leaf := told[each.sequence], Document) and leaf.kind == "setting")
    ]
    assert len(shown) < len(choice.leaves)
    found = failed(written(Choice(**{**fields, "leaves": shown, "documents": {}})))
    assert Check.VALUE in found
    assert Check.INCLUSION not in found
    stack.close()
