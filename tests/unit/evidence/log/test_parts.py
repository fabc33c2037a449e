"""Parts of a leaf of version 2: what binds them, and what who sees some of them can say."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.bundle.errors import BundleError
from evidence.bundle.frames import ShownLeaf, frame, framed
from evidence.errors import LeafContentError, LeafError
from evidence.log.batch import Batch, Leaf, Record, RecordKind, decode, encode
from evidence.log.in_parts import decode_partly, encode_parted
from evidence.log.layout import first_record
from evidence.log.merkle import leaf_hash
from evidence.log.parts import (
    MAX_PARTS,
    Opened,
    Part,
    Parted,
    PartlyShown,
    blind_of,
    parted,
    partly_shown,
)
from tests.unit.evidence.log.examples import BATCH, DOCUMENT, leaves
from tests.wire_history.log_v1 import BATCH as TWO_STREAMS

BLIND: Final = bytes(range(32))
DATA: Final = encode_parted(TWO_STREAMS, BLIND)
HEAD, FIRST, SECOND, BORDER, STEP, GAP, END = range(1, 8)
"""Numbers of the parts of `DATA`."""


def cut(data: bytes = DATA) -> Parted:
    found = parted(data)
    assert found is not None
    return found


def without(*numbers: int, data: bytes = DATA) -> PartlyShown:
    return partly_shown(cut(data), lambda number: number not in numbers)


def by_the_page(data: bytes) -> bytes:
    """The hash as docs/reference/batch-v2.md says it, by nothing of ours."""
    first, *lines = data.split(b"\n")
    told = json.loads(first[:-1] + b"}")
    blind, commitments = bytes.fromhex(told["blind"]), b""
    for number, line in enumerate(lines, 1):
        salt = hashlib.sha256(b"carbonmeter/salt/1\n" + blind + number.to_bytes(4, "big"))
        commitments += hashlib.sha256(salt.digest() + line).digest()
    head = b"\x02" + told["carbonmeter"].encode() + b"\n" + len(lines).to_bytes(4, "big")
    return hashlib.sha256(head + commitments).digest()


@given(leaves, st.binary(min_size=32, max_size=32))
@settings(max_examples=50, deadline=None)
def test_a_leaf_in_parts_says_what_it_says_in_one_piece(leaf: Leaf, blind: bytes) -> None:
    data = encode_parted(leaf, blind)
    assert decode(data) == decode(encode(leaf))
    told = json.loads(data)
    assert told.pop("blind") == blind.hex()
    told["carbonmeter"] = told["carbonmeter"].replace("/2", "/1")
    assert told == json.loads(encode(leaf))
    assert leaf_hash(data) == by_the_page(data)


def test_a_document_in_parts_says_what_it_says_in_one_piece() -> None:
    data = encode_parted(DOCUMENT, BLIND)
    assert decode(data) == DOCUMENT
    assert json.loads(data) == json.loads(encode(DOCUMENT)) | {
        "carbonmeter": "document/2",
        "blind": BLIND.hex(),
    }
    assert leaf_hash(data) == by_the_page(data)


def test_the_first_line_is_bound_with_the_parts() -> None:
    other = encode_parted(TWO_STREAMS, bytes(32))
    assert other.split(b"\n")[1:] == DATA.split(b"\n")[1:]
    assert leaf_hash(other) != leaf_hash(DATA)
    kinds = {leaf_hash(DATA.replace(b"batch/2", kind)) for kind in (b"document/2", b"journal/2")}
    assert len(kinds | {leaf_hash(DATA)}) == 3


@pytest.mark.parametrize(
    "hidden", [(), (FIRST,), (SECOND,), (STEP,), (GAP,), (FIRST, SECOND), (SECOND, STEP, GAP)]
)
def test_what_is_shown_is_read_and_leads_to_the_hash_of_the_whole(hidden: tuple[int, ...]) -> None:
    shown = without(*hidden)
    assert shown.digest == leaf_hash(DATA)
    assert shown.withheld == len(hidden)
    found = decode_partly(shown)
    assert isinstance(found, Batch)
    assert found == replace_lists(
        [each for n, each in enumerate(TWO_STREAMS.streams, FIRST) if n not in hidden],
        [each for n, each in enumerate(TWO_STREAMS.records, STEP) if n not in hidden],
    )
    assert first_record(len(TWO_STREAMS.streams)) == STEP


def replace_lists(streams: list[object], records: list[object]) -> Batch:
    fields = {name: getattr(TWO_STREAMS, name) for name in Batch.__struct_fields__}
    return Batch(**{**fields, "streams": tuple(streams), "records": tuple(records)})


@pytest.mark.parametrize("number", [HEAD, BORDER, END])
def test_nothing_is_told_of_a_batch_without_its_head_and_its_borders(number: int) -> None:
    shown = without(number)
    assert shown.digest == leaf_hash(DATA)
    with pytest.raises(LeafError):
        decode_partly(shown)


def test_of_a_document_only_the_name_can_be_withheld() -> None:
    data = encode_parted(DOCUMENT, BLIND)
    told = [n for n in range(1, 6) if _is_read(without(n, data=data))]
    assert told == [3]
    found = decode_partly(without(3, data=data))
    fields = ("agent", "epoch", "sequence", "kind", "sha256", "content")
    assert [getattr(found, each) for each in fields] == [getattr(DOCUMENT, each) for each in fields]
    assert DOCUMENT.name.encode() not in b"".join(
        each.line for each in without(3, data=data).parts if isinstance(each, Opened)
    )


def _is_read(shown: PartlyShown) -> bool:
    try:
        decode_partly(shown)
    except LeafError:
        return False
    return True


def opened(shown: PartlyShown, number: int) -> Opened:
    part = shown.parts[number - 1]
    assert isinstance(part, Opened)
    return part


def placed(shown: PartlyShown, parts: dict[int, Part]) -> PartlyShown:
    """What is shown with other parts in some places."""
    each = enumerate(shown.parts, 1)
    return replace(shown, parts=tuple(parts.get(number, part) for number, part in each))


OTHER: Final = without(data=encode_parted(TWO_STREAMS, blind_of(b"s" * 32, 1)))
SHOWN: Final = without(GAP)
CHEATS: Final[dict[str, Callable[[], PartlyShown]]] = {
    "two parts change places": lambda: placed(
        SHOWN, {FIRST: opened(SHOWN, SECOND), SECOND: opened(SHOWN, FIRST)}
    ),
    "a part stands twice": lambda: placed(SHOWN, {SECOND: opened(SHOWN, FIRST)}),
    "a part stands in the place of a withheld one": lambda: placed(
        SHOWN, {GAP: opened(SHOWN, STEP)}
    ),
    "a part has the salt of another": lambda: placed(
        SHOWN, {FIRST: replace(opened(SHOWN, FIRST), salt=opened(SHOWN, SECOND).salt)}
    ),
    "a part is of another leaf": lambda: placed(SHOWN, {FIRST: opened(OTHER, FIRST)}),
    "a commitment is of another leaf": lambda: placed(
        SHOWN, {GAP: without(GAP, data=encode_parted(TWO_STREAMS, bytes(32))).parts[GAP - 1]}
    ),
    "bytes move from a line to its salt": lambda: placed(
        SHOWN,
        {FIRST: Opened(salt=opened(SHOWN, FIRST).salt, line=opened(SHOWN, FIRST).line[1:])},
    ),
    "a withheld part is left out": lambda: replace(
        SHOWN, parts=(*SHOWN.parts[: GAP - 1], *SHOWN.parts[GAP:])
    ),
    "a part is added": lambda: replace(SHOWN, parts=(*SHOWN.parts, bytes(32))),
    "two parts are one": lambda: replace(
        SHOWN,
        parts=(
            SHOWN.parts[0],
            Opened(
                salt=opened(SHOWN, FIRST).salt,
                line=opened(SHOWN, FIRST).line + b"\n" + opened(SHOWN, SECOND).line,
            ),
            *SHOWN.parts[3:],
        ),
    ),
    "it is said to be of another kind": lambda: replace(SHOWN, kind="document/2"),
    "nothing is shown": lambda: replace(SHOWN, parts=()),
}


@pytest.mark.parametrize("cheat", CHEATS.values(), ids=CHEATS)
def test_what_is_put_together_otherwise_has_another_hash(cheat: Callable[[], PartlyShown]) -> None:
    assert cheat() != SHOWN
    assert cheat().digest != leaf_hash(DATA)


def test_a_withheld_part_may_be_hidden_by_who_has_only_the_rest() -> None:
    """Who passes a leaf on can withhold more; then one part more is known to be withheld."""
    commitment = hashlib.sha256(opened(SHOWN, STEP).salt + opened(SHOWN, STEP).line).digest()
    less = placed(SHOWN, {STEP: commitment})
    assert less.digest == leaf_hash(DATA)
    assert less.withheld == SHOWN.withheld + 1


def test_salts_of_shown_parts_tell_nothing_of_those_withheld() -> None:
    salts = [each.salt for each in without().parts if isinstance(each, Opened)]
    assert len(set(salts)) == 7
    shown = frame(ShownLeaf(log=0, sequence=1, received_ns=0, data=SHOWN))
    assert BLIND not in shown
    assert BLIND.hex().encode() not in shown
    assert salts[GAP - 1] not in shown
    assert b"boiler/gas" in shown  # the stream; its record of a gap is withheld
    assert b'"kind":"gap"' not in shown


SMALL: Final = encode_parted(replace_lists([TWO_STREAMS.streams[1]] * 2, []), BLIND)
IN_PART: Final = frame(ShownLeaf(log=0, sequence=1, received_ns=0, data=without(3, data=SMALL)))


def test_each_flipped_bit_of_a_leaf_that_is_shown_in_part_is_found() -> None:
    """By the hash that follows, or since it can be no frame; but for where it is said to stand."""
    missed, begin = [], 4 + 8 + 8
    for bit in range(8 * begin, 8 * len(IN_PART)):
        changed = bytearray(IN_PART)
        changed[bit // 8] ^= 1 << bit % 8
        if not _found(bytes(changed), leaf_hash(SMALL)):
            missed.append(bit)
    assert not missed
    assert not _found(IN_PART, leaf_hash(SMALL))


def _found(data: bytes, expected: bytes) -> bool:
    try:
        (leaf,) = framed(data, "leaves/00000.bin")
    except BundleError:
        return True
    return leaf.digest != expected


@given(st.integers(0, len(IN_PART)), st.binary(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_bytes_in_a_frame_are_read_or_refused_by_a_coded_error(at: int, put: bytes) -> None:
    try:
        found = list(framed(IN_PART[:at] + put + IN_PART[at + len(put) :], "leaves/00000.bin"))
        for each in found:
            assert len(each.digest) == 32
            each.leaf()
    except (BundleError, LeafError, LeafContentError):
        pass


def test_a_leaf_of_more_parts_than_hashing_may_cost_is_not_written_and_none_of_version_2() -> None:
    record = Record(kind=RecordKind.RESTART, at_ms=1)
    most = replace_lists([], [record] * (MAX_PARTS - 3))
    data = encode_parted(most, BLIND)
    assert leaf_hash(data) == by_the_page(data)
    with pytest.raises(LeafContentError, match="8193 parts"):
        encode_parted(replace_lists([], [record] * (MAX_PARTS - 2)), BLIND)
    more = data.replace(b"\n]}", b",\n{}\n]}")
    assert leaf_hash(more) == hashlib.sha256(b"\x00" + more).digest()
    with pytest.raises(LeafError):
        decode(more)


def test_blinds_of_one_seed_differ_from_place_to_place() -> None:
    assert len({blind_of(seed, n) for seed in (b"a" * 32, b"b" * 32) for n in range(9)}) == 18
    assert isinstance(BATCH, Batch)
