"""A table of checks: each has a change that it finds and no other check does."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Final

import msgspec
import pytest

from calibration.indication import Quality
from evidence.bundle.form import Manifest
from evidence.bundle.frames import ShownLeaf
from evidence.bundle.outcome import Check
from evidence.bundle.policy import Head, PinnedAgent, Policy
from evidence.bundle.writing import Choice, ChosenLog
from evidence.log import merkle
from evidence.log.batch import Batch, Document, Stream
from evidence.log.checkpoint import Checkpoint, origin, sign_checkpoint
from evidence.log.in_parts import encode_parted
from evidence.log.key import Algorithm, SigningKey, generate
from evidence.log.receipt import cosign
from evidence.statement.datum import ActivityData, digest_of
from tests.unit.collector.agent_log import SIGNER, key_of
from tests.unit.collector.api.plant import LINE_1
from tests.unit.evidence.bundle.made import Made, failed, members, packed, written
from tests.unit.evidence.statement.planned import UNDER_PLAN

OTHER: Final = generate("collector-1", b"o" * 32, Algorithm.COSIGNATURE_V1)
WITNESS: Final = generate("auditor", b"w" * 32, Algorithm.COSIGNATURE_V1)
BLIND: Final = b"b" * 32
Change = Callable[[Made], bytes]


def signed(log: ChosenLog, hashes: list[bytes], key: SigningKey | None = None) -> bytes:
    head = Checkpoint(
        origin=origin(log.agent, log.epoch), size=len(hashes), root=merkle.root_of(hashes)
    )
    return sign_checkpoint(head, [key or key_of(log.agent)])


def receipted(log: ChosenLog, hashes: list[bytes], at_ns: int, by: SigningKey = SIGNER) -> bytes:
    head = Checkpoint(
        origin=origin(log.agent, log.epoch), size=len(hashes), root=merkle.root_of(hashes)
    )
    return cosign(head.to_text(), by, at_ns)


def relogged(choice: Choice, leaves: list[ShownLeaf]) -> Choice:
    """The choice with other leaves, signed and receipted as they are now."""
    (log,) = choice.logs
    hashes = list(log.hashes)
    for each in leaves:
        hashes[each.sequence] = each.digest
    again = ChosenLog(
        agent=log.agent,
        epoch=log.epoch,
        note=signed(log, hashes),
        receipt=receipted(log, hashes, choice.known_until_ns),
        hashes=hashes,
    )
    return with_(choice, logs=(again,), leaves=leaves)


def with_(choice: Choice, **changes: object) -> Choice:
    fields = {name: getattr(choice, name) for name in Choice.__slots__}
    return Choice(**{**fields, **changes})


def with_log(choice: Choice, **changes: object) -> Choice:
    (log,) = choice.logs
    fields = {name: getattr(log, name) for name in ChosenLog.__slots__}
    return with_(choice, logs=(ChosenLog(**{**fields, **changes}),))


def rewritten(made: Made, change: Callable[[Batch], Batch], at: int = 0) -> bytes:
    """The bundle as if an agent had written one of its batches otherwise."""
    leaves = list(made.choice.leaves)
    batches = [n for n, each in enumerate(leaves) if isinstance(each.leaf(), Batch)]
    number = batches[at]
    leaf = leaves[number].leaf()
    assert isinstance(leaf, Batch)
    leaves[number] = replaced(leaves[number], encode_parted(change(leaf), BLIND))
    return written(relogged(made.choice, leaves))


def replaced(leaf: ShownLeaf, data: bytes) -> ShownLeaf:
    return ShownLeaf(log=leaf.log, sequence=leaf.sequence, received_ns=leaf.received_ns, data=data)


def of_line(batch: Batch, change: Callable[[Stream], Stream]) -> Batch:
    streams = tuple(change(each) if each.head.channel == LINE_1 else each for each in batch.streams)
    return msgspec.structs.replace(batch, streams=streams)


def restated(made: Made, **changes: object) -> bytes:
    datum = msgspec.structs.replace(made.choice.datum, **changes)
    whole = msgspec.structs.replace(datum, digest=digest_of(datum))
    return written(with_(made.choice, datum=whole))


def seal(made: Made) -> bytes:
    return made.data[:-1] + (b"0" if made.data[-1:] != b"0" else b"1")


def member_digest(made: Made) -> bytes:
    def change(manifest: Manifest) -> Manifest:
        first, *rest = manifest.members
        wrong = msgspec.structs.replace(first, bytes=first.bytes + 1)
        return msgspec.structs.replace(manifest, members=(wrong, *rest))

    return packed(members(made.data), change)


def statement_digest(made: Made) -> bytes:
    return packed(members(made.data), lambda each: msgspec.structs.replace(each, activity="0" * 64))


def foreign_signature(made: Made) -> bytes:
    (log,) = made.choice.logs
    return written(with_log(made.choice, note=signed(log, list(log.hashes), key_of("gw-2"))))


def other_tree(made: Made) -> bytes:
    (log,) = made.choice.logs
    hashes = [*log.hashes[:-1], b"x" * 32]
    return written(with_log(made.choice, hashes=hashes))


def misplaced(made: Made) -> bytes:
    leaves = list(made.choice.leaves)
    document = leaves[-1].leaf()
    moved = msgspec.structs.replace(document, sequence=77)
    # the last leaf is behind the period: no hour of it rests on it
    leaves[-1] = replaced(leaves[-1], encode_parted(moved, BLIND))
    return written(relogged(made.choice, leaves))


def foreign_receipt(made: Made) -> bytes:
    (log,) = made.choice.logs
    at_ns = made.choice.known_until_ns
    return written(with_log(made.choice, receipt=receipted(log, list(log.hashes), at_ns, OTHER)))


def forked_receipt(made: Made) -> bytes:
    (log,) = made.choice.logs
    hashes = [b"y" * 32, *log.hashes[1:]]
    receipt = receipted(log, hashes, made.choice.known_until_ns)
    return written(with_log(made.choice, receipt=receipt))


def early_receipt(made: Made) -> bytes:
    (log,) = made.choice.logs
    early_ns = made.choice.known_until_ns - 3_600_000_000_000
    return written(with_log(made.choice, receipt=receipted(log, list(log.hashes), early_ns)))


def document_copy(made: Made) -> bytes:
    (first, *_) = made.choice.documents
    rest = {name: data for name, data in made.choice.documents.items() if name != first}
    return written(with_(made.choice, documents=rest))


def other_raw(made: Made) -> bytes:
    def change(stream: Stream) -> Stream:
        return msgspec.structs.replace(stream, raw=("00" * 8, *stream.raw[1:]))

    return rewritten(made, lambda batch: of_line(batch, change))


def other_value(made: Made) -> bytes:
    def change(stream: Stream) -> Stream:
        return msgspec.structs.replace(stream, value=stream.indication)

    return rewritten(made, lambda batch: of_line(batch, change))


def unreadable_document(made: Made) -> bytes:
    """A leaf in the middle that says nothing readable: another channel's exchange of nonsense."""
    leaves = list(made.choice.leaves)
    leaves[0] = replaced(leaves[0], encode_parted(broken(leaves[0]), BLIND))
    return written(relogged(made.choice, leaves))


def broken(leaf: ShownLeaf) -> Document:
    document = leaf.leaf()
    assert isinstance(document, Document)
    data = b"nonsense"
    return msgspec.structs.replace(
        document, kind="derivation", content=base64.b64encode(data).decode()
    )


def lied_left_out(made: Made) -> bytes:
    entry = {"log": 0, "sequence": 10_000, "subject": LINE_1}
    return packed(
        members(made.data),
        lambda each: msgspec.convert({**as_plain(each), "left_out": [entry]}, Manifest),
    )


def as_plain(manifest: Manifest) -> Mapping[str, object]:
    return dict(msgspec.to_builtins(manifest))


def hole(made: Made) -> bytes:
    """A miss at the end of the period is not told."""

    def change(stream: Stream) -> Stream:
        return msgspec.structs.replace(stream, missed=stream.missed[:1])

    return rewritten(made, lambda batch: of_line(batch, change), at=1)


def simulated(made: Made) -> bytes:
    def change(batch: Batch) -> Batch:
        clock = msgspec.structs.replace(batch.clock, simulated=True)
        return msgspec.structs.replace(batch, clock=clock)

    choice = with_(made.choice, accept_simulated=True)
    return rewritten(Made(plant=made.plant, choice=choice), change)


def miscounted(made: Made) -> bytes:
    def change(manifest: Manifest) -> Manifest:
        (log,) = manifest.logs
        return msgspec.structs.replace(
            manifest, logs=(msgspec.structs.replace(log, withheld=log.withheld + 1),)
        )

    return packed(members(made.data), change)


def uncited_original(made: Made) -> bytes:
    digest = hashlib.sha256(b"scan").hexdigest()
    return written(with_(made.choice, originals={digest: b"scan"}))


def datum(made: Made) -> ActivityData:
    return made.choice.datum


TABLE: Final[Mapping[Check, Change]] = {
    Check.SEAL: seal,
    Check.MEMBERS: member_digest,
    Check.STATEMENT: statement_digest,
    Check.CHECKPOINT: foreign_signature,
    Check.INCLUSION: other_tree,
    Check.PLACE: misplaced,
    Check.RECEIPT: foreign_receipt,
    Check.CONSISTENCY: forked_receipt,
    Check.RECEIVED: early_receipt,
    Check.DOCUMENTS: document_copy,
    Check.INDICATION: other_raw,
    Check.RESULT: other_value,
    Check.LEFT_OUT: lied_left_out,
    Check.CLOCK: simulated,
    Check.WITHHELD: miscounted,
    Check.VALUE: lambda made: restated(made, value=datum(made).value * (1 + 1e-10)),
    Check.UNCERTAINTY: lambda made: restated(
        made, expanded_uncertainty=(datum(made).expanded_uncertainty or 0.0) * (1 - 1e-7)
    ),
    Check.COMPONENTS: lambda made: restated(made, components=datum(made).components[1:]),
    Check.COMPLETENESS: lambda made: restated(made, quality=Quality.OVERDUE),
    Check.TRACE: lambda made: restated(made, serials=("S-2",)),
    Check.SEALS: uncited_original,
    Check.UNDER_PLAN: lambda made: restated(made, under_plan=UNDER_PLAN),
}


def test_the_bundle_itself_passes_all_checks(one: Made) -> None:
    assert failed(one.data) == set()


@pytest.mark.parametrize("check", list(TABLE), ids=lambda check: check.name)
def test_each_check_finds_what_no_other_finds(one: Made, check: Check) -> None:
    assert failed(TABLE[check](one)) == {check}


def test_checks_that_find_more_than_themselves_are_the_only_ones_besides(one: Made) -> None:
    """Content and polls change what hours are made of; pins, witness, heads need a policy."""
    looked_at_elsewhere = {Check.CONTENT, Check.POLLS, Check.JOURNAL}
    apart = {*looked_at_elsewhere, Check.PINNED, Check.WITNESS, Check.REMEMBERED}
    assert set(Check) - set(TABLE) == apart
    assert Check.POLLS in failed(hole(one))
    assert Check.CONTENT in failed(unreadable_document(one))


def pinned(**other: object) -> Policy:
    agent = PinnedAgent(id="gw-1", key=key_of("gw-1").verifier.to_text(), site="jinan")
    fields = {"agents": (agent,), "collectors": (SIGNER.verifier.to_text(),), **other}
    return msgspec.convert({"schema": 1, **fields}, Policy, from_attributes=True)


def test_a_policy_pins_keys_and_sites(one: Made) -> None:
    assert failed(one.data, pinned()) == set()
    assert failed(one.data, pinned(collectors=(OTHER.verifier.to_text(),))) == {Check.PINNED}
    agent = PinnedAgent(id="gw-1", key=key_of("gw-1").verifier.to_text(), site="weifang")
    assert failed(one.data, pinned(agents=(agent,))) == {Check.PINNED}


def test_a_required_check_that_was_not_made_has_failed(one: Made) -> None:
    assert failed(one.data, pinned(require=(Check.WITNESS,))) == {Check.WITNESS}
    assert failed(one.data, pinned(require=(Check.WITHHELD,))) == {Check.WITHHELD}


def test_a_witness_must_have_cosigned_a_head_that_covers_the_leaves(one: Made) -> None:
    (log,) = one.choice.logs
    at_ns = one.choice.known_until_ns
    policy = pinned(witnesses=(WITNESS.verifier.to_text(),))
    good = receipted(log, list(log.hashes), at_ns, WITNESS)
    forked = receipted(log, [b"z" * 32, *log.hashes[1:]], at_ns, WITNESS)
    assert failed(one.data, policy, good) == set()
    assert failed(one.data, policy, forked) == {Check.WITNESS}
    assert failed(one.data, policy) == {Check.WITNESS}


def test_a_remembered_head_must_be_a_beginning_of_the_log(one: Made) -> None:
    (log,) = one.choice.logs
    named = origin(log.agent, log.epoch)
    size = len(log.hashes) - 3
    root = merkle.root_of(list(log.hashes)[:size]).hex()
    proven = written(with_log(one.choice, remembered=(size,)))
    good = pinned(heads=(Head(origin=named, size=size, root=root),))
    other = pinned(heads=(Head(origin=named, size=size, root="0" * 64),))
    assert failed(proven, good) == set()
    assert failed(proven, other) == {Check.REMEMBERED}
    assert failed(one.data, good) == {Check.REMEMBERED}
