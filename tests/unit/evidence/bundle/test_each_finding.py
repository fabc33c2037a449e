"""Every place of the verifier that finds something is the only one to find some cheat or damage.

So no such place can be taken away, nor can its condition, without that a bundle passes here that
must not.
"""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec
import pytest

from collector.bundling import choose
from evidence.bundle.policy import NO_POLICY, Head, PinnedAgent, Policy
from evidence.bundle.writing import Choice
from evidence.clock import parse_utc
from evidence.log import merkle
from evidence.log.batch import Batch, Record, RecordKind
from evidence.log.checkpoint import Checkpoint, origin, sign_checkpoint
from evidence.log.receipt import cosign
from evidence.statement.datum import Period
from tests.unit.collector.agent_log import SIGNER, key_of
from tests.unit.collector.api.plant import LINE_1, Plant, batch, stream
from tests.unit.collector.api.test_stack import CO2, DERIVATION, SHOWN, WHOLE
from tests.unit.collector.api.test_stack import FILES as STACK_FILES
from tests.unit.collector.api.test_stack import stream as stack_stream
from tests.unit.evidence.bundle.findings_seen import PLACES, Place, watched
from tests.unit.evidence.bundle.invoiced import no_entry_at_all, second_entry_in_part
from tests.unit.evidence.bundle.journaled import with_journal
from tests.unit.evidence.bundle.made import Made, failed, held, members, packed, stated, written
from tests.unit.evidence.bundle.planned import OF_PLANS, planned
from tests.unit.evidence.bundle.test_cheating import DAY, begun
from tests.unit.evidence.bundle.test_each_check import (
    OTHER,
    TABLE,
    WITNESS,
    datum,
    pinned,
    receipted,
    relogged,
    replaced,
    restated,
    rewritten,
    with_,
    with_log,
)

Case = tuple[bytes, Policy]
STRANGE: Final = "carbonmeter/gw-1/" + "e" * 32
NEVER_ALONE: Final = 3
"""A document that has not its digest is no document either; of a certificate or a confirmation
that is cited and not here, no hour can speak."""


def half_an_hour(made: Made) -> Case:
    period = datum(made).period
    later = Period(start=period.start, end=period.end.replace(":00:00", ":30:00"))
    return restated(made, period=later), NO_POLICY


def another_year(made: Made) -> Case:
    period = Period(start="2027-03-01T00:00:00Z", end="2027-03-02T00:00:00Z")
    return restated(made, period=period), NO_POLICY


def head_of_another_log(made: Made) -> Case:
    (log,) = made.choice.logs
    head = Checkpoint(origin=STRANGE, size=len(log.hashes), root=merkle.root_of(list(log.hashes)))
    note = sign_checkpoint(head, [key_of(log.agent)])
    return written(with_log(made.choice, note=note)), NO_POLICY


def receipt_of_another_log(made: Made) -> Case:
    (log,) = made.choice.logs
    head = Checkpoint(origin=STRANGE, size=len(log.hashes), root=merkle.root_of(list(log.hashes)))
    receipt = cosign(head.to_text(), SIGNER, made.choice.known_until_ns)
    return written(with_log(made.choice, receipt=receipt)), NO_POLICY


def tree_with_a_hole(made: Made) -> Case:
    parts = members(made.data)
    parts["logs/0000/tree.bin"] = parts["logs/0000/tree.bin"][:-48]
    return packed(parts), NO_POLICY


def receipt_of_less(made: Made) -> Case:
    (log,) = made.choice.logs
    receipt = receipted(log, list(log.hashes)[:10], made.choice.known_until_ns)
    return written(with_log(made.choice, receipt=receipt)), NO_POLICY


def unwitnessed(made: Made) -> Case:
    return made.data, pinned(witnesses=(WITNESS.verifier.to_text(),))


def other_head_remembered(made: Made) -> Case:
    (log,) = made.choice.logs
    other = Head(origin=origin(log.agent, log.epoch), size=len(log.hashes), root="0" * 64)
    return made.data, pinned(heads=(other,))


def no_collectors_key(made: Made) -> Case:
    keys = tuple(each for each in made.choice.keys if each.role == "agent")
    return written(with_(made.choice, keys=keys)), NO_POLICY


def unlisted_member(made: Made) -> Case:
    return packed(
        members(made.data),
        lambda each: msgspec.structs.replace(each, members=each.members[1:]),
    ), NO_POLICY


def altered_copy(made: Made) -> Case:
    parts = members(made.data)
    name = next(each for each in parts if each.startswith("documents/"))
    return packed({**parts, name: parts[name] + b"\n"}), NO_POLICY


def copy_of_nothing(made: Made) -> Case:
    empty = "documents/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    return packed({**members(made.data), empty: b""}), NO_POLICY


def other_collector_pinned(made: Made) -> Case:
    return made.data, pinned(collectors=(OTHER.verifier.to_text(),))


def other_site_pinned(made: Made) -> Case:
    agent = PinnedAgent(id="gw-1", key=key_of("gw-1").verifier.to_text(), site="weifang")
    return made.data, pinned(agents=(agent,))


def documents_turned(made: Made) -> Case:
    first, second, *rest = made.choice.leaves
    return written(with_(made.choice, leaves=[second, first, *rest])), NO_POLICY


def nonsense(made: Made) -> Case:
    *rest, last = made.choice.leaves
    return written(relogged(made.choice, [*rest, replaced(last, b"{}")])), NO_POLICY


def received_before(made: Made) -> Case:
    *rest, last = made.choice.leaves
    earlier = dataclasses.replace(last, received_ns=rest[-1].received_ns - 1)
    return written(with_(made.choice, leaves=[*rest, earlier])), NO_POLICY


def certificate_of_no_leaf(made: Made) -> Case:
    return restated(made, certificates=(*datum(made).certificates, "E-9")), NO_POLICY


def unknown_exchange(made: Made) -> Case:
    record = Record(kind=RecordKind.EXCHANGE, at_ms=1_775_000_000_000, channel=LINE_1)

    def change(told: Batch) -> Batch:
        return msgspec.structs.replace(told, records=(record,))

    return rewritten(made, change, at=-1), NO_POLICY


def journal_without_a_key(made: Made) -> Case:
    return written(with_(with_journal(made.choice), keys=made.choice.keys)), NO_POLICY


def channel_that_nobody_reads(made: Made) -> Case:
    """Listed in a bundle whose digests and seal fit."""
    more = (*made.choice.channels, "jinan/meter-9/energy")
    return written(with_(made.choice, channels=more)), NO_POLICY


def site_of_a_stranger(made: Made) -> Case:
    return written(with_(made.choice, sites={**made.choice.sites, "gw-9": "jinan"})), NO_POLICY


def history_of_nothing(made: Made) -> Case:
    """No plan is spoken of."""
    early_ns = parse_utc(datum(made).period.start)
    return written(with_(made.choice, looks_back_ns=early_ns)), NO_POLICY


def silent_loss(folder: Path) -> Case:
    """An agent passes over eight polls, and has no gap on record."""
    plant = begun(folder)
    for first in (*range(0, 40, 8), *range(48, 112, 8)):
        plant.take(plant.gw1, batch(plant.gw1, [stream(LINE_1, first, 8)]))
    plant.judging.catch_up()
    data = written(choose(held(plant), stated(plant, LINE_1, DAY).digest))
    plant.close()
    return data, NO_POLICY


def input_passed_over(folder: Path) -> Case:
    """Tonnes that shall follow from a spare instrument from next year on: it is not listed."""
    plant = Plant(folder)
    plant.log_profile()
    for kind, name, data in STACK_FILES:
        plant.log_file(plant.gw1, kind, name, data)
    effective = b"effective_from = 2026-"
    later = DERIVATION.replace(effective, b"effective_from = 2027-").replace(b"/v_p", b"/spare")
    plant.log_file(plant.gw1, "derivation", "later.toml", later)
    plant.take(plant.gw1, batch(plant.gw1, [stack_stream(name, 18) for name in SHOWN]))
    plant.judging.catch_up()
    choice = choose(held(plant), stated(plant, CO2, WHOLE).digest)
    plant.close()
    return without_channel(choice, "jinan/cems/spare"), NO_POLICY


def own_channel_passed_over(folder: Path) -> Case:
    """Tonnes that are computed, of which the list has the inputs alone."""
    plant = Plant(folder)
    plant.log_profile()
    for kind, name, data in STACK_FILES:
        plant.log_file(plant.gw1, kind, name, data)
    plant.take(plant.gw1, batch(plant.gw1, [stack_stream(name, 18) for name in SHOWN]))
    plant.judging.catch_up()
    choice = choose(held(plant), stated(plant, CO2, WHOLE).digest)
    plant.close()
    return without_channel(choice, CO2), NO_POLICY


def without_channel(choice: Choice, channel: str) -> bytes:
    """The bundle of a choice that does not list one of its channels."""
    rest = tuple(each for each in choice.channels if each != channel)
    assert len(rest) == len(choice.channels) - 1
    return written(with_(choice, channels=rest))


ON_THE_PLANT: Final[tuple[Callable[[Made], Case], ...]] = (
    half_an_hour,
    another_year,
    head_of_another_log,
    receipt_of_another_log,
    tree_with_a_hole,
    receipt_of_less,
    unwitnessed,
    other_head_remembered,
    no_collectors_key,
    unlisted_member,
    altered_copy,
    copy_of_nothing,
    other_collector_pinned,
    other_site_pinned,
    documents_turned,
    nonsense,
    received_before,
    certificate_of_no_leaf,
    unknown_exchange,
    journal_without_a_key,
    channel_that_nobody_reads,
    site_of_a_stranger,
    history_of_nothing,
)
OF_INVOICES: Final = (no_entry_at_all, second_entry_in_part)
ON_THEIR_OWN: Final[tuple[Callable[[Path], Case], ...]] = (
    silent_loss,
    input_passed_over,
    own_channel_passed_over,
)


def cases(one: Made, folder: Path) -> Iterator[tuple[str, Case]]:
    for check, change in TABLE.items():
        yield check.name, (change(one), NO_POLICY)
    for made_of in ON_THE_PLANT:
        yield made_of.__name__, made_of(one)
    for entered in OF_INVOICES:
        yield entered.__name__, entered()
    under_plan = planned(folder / "planned")
    for of_plan in OF_PLANS:
        yield of_plan.__name__, of_plan(under_plan)
    under_plan.plant.close()
    for alone in ON_THEIR_OWN:
        yield alone.__name__, alone(folder / alone.__name__)


def test_each_place_that_finds_something_is_the_only_one_to_find_some_case(
    one: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: dict[str, set[Place]] = {}
    for name, (data, policy) in cases(one, tmp_path):
        with watched(monkeypatch) as seen:
            failed(data, policy)
        found[name] = seen
    assert not [name for name, seen in found.items() if not seen]
    alone = {place for seen in found.values() if len(seen) == 1 for place in seen}
    rest = sorted(set(PLACES) - alone)
    assert len(rest) == NEVER_ALONE, (rest, found)
    assert {file for file, _ in rest} == {"papers.py"}
