"""A batch that is read with heads recalled is the one that is read as a whole, or none.

`decode` is held against itself without what it recalls: it returns the same leaf, to the sign
of a zero, or refuses with the same words.
"""

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.uncertainty import Influence
from evidence.errors import EvidenceError, LeafError
from evidence.log import batch, heads
from evidence.log.batch import Batch, Contribution, Leaf, Stream, StreamHead, decode, encode
from evidence.log.heads import LONGEST, came_from_text, recalled
from tests.unit.evidence.log.examples import (
    BATCH,
    DOCUMENT,
    GAS,
    STREAM,
    batch_of,
    batches,
    of_rows,
    with_head,
)

TEXT = encode(batch_of(STREAM, with_head(measurand=GAS, rollover=1e6), of_rows(2, "a/b/c")))
MARKS = [place for place, byte in enumerate(TEXT) if byte in b'{}[],:"']
PUT = [
    b"",
    b"\n",
    b" ",
    b"\\",
    b'"',
    b"0",
    b"-0.0",
    b"1e400",
    b"NaN",
    b"1" * 400,
    b"null,",
    b'"unit":"kW",',
    b'"id":"std:NIM/REF-7",',
    b'"channel":"twice",',
    b'"parameters":{"a":1,"a":2},',
    b'"rows":3,',
    b'"later":[{"x":1,"x":2}],',
    b',"later":1',
    b'\\ud800","',
    b"\xff",
]


def read(data: bytes) -> bytes | tuple[str, str]:
    """What a leaf is, to the last digit; or how it is refused."""
    try:
        leaf = decode(data)
    except EvidenceError as refusal:
        return refusal.say("en"), refusal.say("zh")
    return repr(leaf).encode()


def read_as_a_whole(data: bytes) -> bytes | tuple[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "recalled", lambda _: None)
        return read(data)


@given(batches)
@settings(max_examples=50, deadline=None)
def test_any_batch_is_recalled_as_what_it_is(leaf: Batch) -> None:
    data = encode(leaf)
    found = recalled(data)
    assert found == leaf
    assert encode(found) == data
    assert read(data) == read_as_a_whole(data)


@given(
    st.lists(
        st.tuples(st.sampled_from(MARKS), st.integers(0, 2), st.sampled_from(PUT)),
        min_size=1,
        max_size=2,
    )
)
@settings(max_examples=300, deadline=None)
def test_whatever_is_put_into_a_leaf_it_is_read_or_refused_as_without_recalling(
    changes: list[tuple[int, int, bytes]],
) -> None:
    data = TEXT
    for place, gone, put in sorted(changes, reverse=True):
        data = data[: place + 1] + put + data[place + 1 + gone :]
    for _ in range(2):  # when it is seen again, too
        assert read(data) == read_as_a_whole(data)


SPOILT = {
    "a key twice in a head": (b'"serial":', b'"serial":"S","serial":'),
    "a key twice in a measurand": (b'"unit":', b'"unit":"kW","unit":'),
    "a key twice in parameters": (b'"ct_ratio":', b'"ct_ratio":1.0,"ct_ratio":'),
    "a key twice in an influence": (b'"evaluation":', b'"evaluation":"B","evaluation":'),
    "a key twice in a contribution": (b'"relative":', b'"relative":3e-4,"relative":'),
    "a head twice": (b'{"head":', b'{"head":1,"head":'),
    "a field nobody knows in a measurand": (b'"unit":', b'"later":1,"unit":'),
    "a field nobody knows in an influence": (b'"evaluation":', b'"later":1,"evaluation":'),
    "a head that is null": (b'"head":', b'"head":null,"gone":'),
    "no unit": (b'"unit":', b'"gone":'),
    "another unit": (b'"kW"', b'"m3"'),
}


@pytest.mark.parametrize(("good", "bad"), SPOILT.values(), ids=SPOILT)
def test_what_is_wrong_within_a_text_is_refused_at_each_sight(good: bytes, bad: bytes) -> None:
    data = encode(BATCH).replace(good, bad, 1)
    told = [read(encode(BATCH)) and read(data) for _ in range(2)]
    assert told == [read_as_a_whole(data)] * 2
    with pytest.raises(EvidenceError):
        decode(data)


TOLERATED = {
    "a line feed between streams": (b'{"head":', b'\n{"head":'),
    "a field nobody knows in a head": (b'"serial":', b'"later":[1],"serial":'),
    "a default that is written out": (b'"serial":', b'"rollover":null,"serial":'),
    "a space in a head": (b'"serial":', b' "serial" : '),
    "an escaped letter": (b'"channel":"j', b'"channel":"\\u006a'),
}


@pytest.mark.parametrize(("good", "other"), TOLERATED.values(), ids=TOLERATED)
def test_a_head_that_is_written_otherwise_is_recalled_too(good: bytes, other: bytes) -> None:
    data = encode(BATCH).replace(good, other)
    assert data != encode(BATCH)
    assert recalled(data) == BATCH == decode(data)


def test_heads_and_influences_of_a_later_batch_are_those_of_the_earlier() -> None:
    first, later = (decode(encode(batch_of(STREAM, sequence=n))) for n in (1, 2))
    assert isinstance(first, Batch)
    assert isinstance(later, Batch)
    assert [stream.head is again.head for stream, again in both(first, later)] == [True]
    parts = [both_parts for pair in both(first, later) for both_parts in contributions(*pair)]
    assert all(part.influence is again.influence for part, again in parts)
    assert came_from_text(first.streams[0].head)
    assert not came_from_text(STREAM.head)


def both(first: Batch, later: Batch) -> Iterator[tuple[Stream, Stream]]:
    return zip(first.streams, later.streams, strict=True)


def contributions(first: Stream, later: Stream) -> Iterator[tuple[Contribution, Contribution]]:
    return zip(first.contributions, later.contributions, strict=True)


def test_a_sender_of_ever_new_heads_is_not_kept_beyond_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heads, "MOST", 150)
    heads._HEADS.clear()
    heads._HEADS.by_identity.clear()
    for number in range(4):
        some = [of_rows(0, f"flood/{number}/{each}") for each in range(100)]
        assert decode(encode(batch_of(*some))) == batch_of(*some)
        assert 0 < len(heads._HEADS) == len(heads._HEADS.by_identity) <= 150


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(with_head(serial="S" * LONGEST), id="long"),
        pytest.param(with_head(parameters={f"p{n}": 1.0 for n in range(40)}), id="many names"),
    ],
)
def test_a_head_that_would_take_much_room_is_read_and_not_kept(stream: Stream) -> None:
    first, later = (decode(encode(batch_of(stream))) for _ in range(2))
    assert first == later == batch_of(stream)
    assert isinstance(first, Batch)
    assert not came_from_text(first.streams[0].head)


@pytest.mark.parametrize("leaf", [DOCUMENT, BATCH])
def test_only_batches_are_recalled(leaf: Leaf) -> None:
    assert (recalled(encode(leaf)) is None) is (leaf is DOCUMENT)


@pytest.mark.parametrize(
    ("whole", "with_texts"),
    [(Batch, heads._Frame), (Stream, heads._Columns), (Contribution, heads._Part)],
)
def test_what_is_read_has_all_fields_of_what_is_given(
    whole: type[msgspec.Struct], with_texts: type[msgspec.Struct]
) -> None:
    """A field that is added to a leaf is to be added to how it is recalled."""
    assert described(whole) == described(with_texts)


def described(kind: type[msgspec.Struct]) -> list[tuple[str, bool, object]]:
    return [(each.name, each.required, each.default) for each in msgspec.structs.fields(kind)]


def test_texts_of_another_kind_are_refused() -> None:
    texts = heads._Texts(msgspec.json.Decoder(Influence))
    with pytest.raises(msgspec.ValidationError):
        texts[msgspec.json.encode(STREAM.head)]
    with pytest.raises(LeafError):
        heads._Texts(msgspec.json.Decoder(StreamHead))[
            msgspec.json.encode(STREAM.head).replace(b'{"ch', b'{"serial":"","ch')
        ]
    assert not texts
