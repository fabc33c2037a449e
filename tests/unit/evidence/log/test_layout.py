"""Who reads a leaf of version 2 as JSON sees what a reader of lines sees, or it is refused."""

import hashlib
import json
from contextlib import suppress
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import LeafContentError, LeafError
from evidence.log.batch import Batch, decode
from evidence.log.in_parts import encode_parted
from evidence.log.merkle import leaf_hash
from evidence.log.parts import parted
from tests.unit.evidence.log.examples import DOCUMENT
from tests.wire_history.log_v1 import BATCH

BLIND: Final = b"\xab" * 32
DATA: Final = encode_parted(BATCH, BLIND)
FILE: Final = encode_parted(DOCUMENT, BLIND)
_ZERO, HEAD, FIRST, SECOND, BORDER, STEP, GAP, END = DATA.split(b"\n")


def lines(*parts: bytes) -> bytes:
    return b"\n".join((_ZERO, *parts))


def put(old: bytes, new: bytes, data: bytes = DATA) -> bytes:
    assert data.count(old) == 1
    return data.replace(old, new)


FOREIGN_LAYOUTS: Final = {
    "a stream on two lines": lines(
        HEAD, FIRST.replace(b',"rows"', b'\n,"rows"'), SECOND, BORDER, STEP, GAP, END
    ),
    "what describes a stream on two lines": DATA.replace(b'"measurand":', b'\n"measurand":', 1),
    "the stamps of a stream on two lines": DATA.replace(b'"steps":', b'\n"steps":', 1),
    "an influence on two lines": DATA.replace(b'"evaluation":', b'\n"evaluation":', 1),
    "as many lines as streams, parted elsewhere": lines(
        HEAD, FIRST.replace(b',"rows"', b'\n,"rows"') + SECOND, BORDER, STEP, GAP, END
    ),
    "two streams on one line": lines(HEAD, FIRST + SECOND, BORDER, STEP, GAP, END),
    "a stream on the line of the head": lines(HEAD + FIRST, SECOND, BORDER, STEP, GAP, END),
    "the border on the line of a stream": lines(HEAD, FIRST, SECOND + BORDER, STEP, GAP, END),
    "a comma on the line behind it": lines(HEAD, FIRST[:-1], b"," + SECOND, BORDER, STEP, GAP, END),
    "an empty line": lines(HEAD, FIRST, b"", SECOND, BORDER, STEP, GAP, END),
    "a line feed at the end": DATA + b"\n",
    "no line feeds": DATA.replace(b"\n", b""),
    "a carriage return before each line feed": DATA.replace(b"\n", b"\r\n"),
    "white space before a stream": lines(HEAD, b" " + FIRST, SECOND, BORDER, STEP, GAP, END),
    "white space behind a stream": lines(HEAD, FIRST, SECOND + b" ", BORDER, STEP, GAP, END),
    "a string that goes on over two lines": lines(
        HEAD, FIRST, SECOND.replace(b"natural gas", b"natural\ngas"), BORDER, STEP, GAP, END
    ),
    "a stream that is no object": lines(HEAD, b"7,", SECOND, BORDER, STEP, GAP, END),
    "a list of streams for one": lines(HEAD, b"[" + FIRST[:-1] + b"],", SECOND, BORDER, END),
    "no border": lines(HEAD, FIRST, SECOND, END),
    "two borders": lines(HEAD, FIRST, SECOND, BORDER, BORDER, END),
    "records before streams": lines(
        HEAD.replace(b'"streams":[', b'"records":['),
        STEP,
        GAP,
        b'],"streams":[',
        FIRST,
        SECOND,
        END,
    ),
    "a field behind the records": lines(HEAD, FIRST, SECOND, BORDER, STEP, GAP, b'],"later":1}'),
    "a comma behind the last stream": lines(HEAD, FIRST, SECOND + b",", BORDER, STEP, GAP, END),
    "no comma between records": lines(HEAD, FIRST, SECOND, BORDER, STEP[:-1], GAP, END),
    "a lost end": lines(HEAD, FIRST, SECOND, BORDER, STEP, GAP),
    "an end of its own": lines(HEAD, FIRST, SECOND, BORDER, STEP, GAP, b"]", b"}"),
    "no head": lines(FIRST, SECOND, BORDER, STEP, GAP, END),
    "a head that closes the object": lines(
        b'"a":1},{' + HEAD, FIRST, SECOND, BORDER, STEP, GAP, END
    ),
    "a head that ends within a string": lines(
        put(b',"streams":[', b',"later":",\\"streams\\":[', HEAD), FIRST, SECOND, BORDER, END
    ),
    "the blind again": put(b'"agent"', b'"blind":"00","agent"'),
    "the blind again, in other letters": put(b'"agent"', b'"\\u0062lind":"00","agent"'),
    "the kind again": put(b'"agent"', b'"carbonmeter":"batch/1","agent"'),
    "streams in the head": put(b'"agent"', b'"streams":[],"agent"'),
    "a key of a stream twice": put(b'"rows":1,', b'"rows":1,"rows":2,'),
    "a stream with another stream behind it": lines(
        HEAD, FIRST[:-1] + b"," + SECOND + b",", SECOND, BORDER, STEP, GAP, END
    ),
    "a stream that hides a line in what nobody reads": lines(
        HEAD, put(b'"rows":3', b'"later":[{},', FIRST[:-1]), b'{}],"rows":3', SECOND, BORDER, END
    ),
}
FOREIGN_FILES: Final = {
    "fields in another order": FILE.replace(b'"kind":"', b'"name":"', 1),
    "two fields on a line": put(b',\n"name"', b',"name"', FILE),
    "a field more": put(b'\n"name"', b'\n"later":1,\n"name"', FILE),
    "a field more on the line of another": put(b'\n"name"', b'\n"later":1,"name"', FILE),
    "a field that is another one too": put(b',\n"sha256"', b',"kind":"plan",\n"sha256"', FILE),
    "no end": FILE[:-1],
    "an end on a line of its own": FILE[:-1] + b"\n}",
    "a comma at the end": FILE[:-1] + b",",
    "a name in the head": put(b'"agent"', b'"name":"x","agent"', FILE),
    "parts of a batch": put(b"document/2", b"batch/2", FILE),
    "an entry of a journal": put(b"document/2", b"journal/2", FILE),
}
OTHER_FIRST_LINES: Final = {
    "white space": put(b'{"carbonmeter"', b'{ "carbonmeter"'),
    "another order": put(
        b'"carbonmeter":"batch/2","blind":"' + BLIND.hex().encode() + b'"',
        b'"blind":"' + BLIND.hex().encode() + b'","carbonmeter":"batch/2"',
    ),
    "a blind in capitals": put(BLIND.hex().encode(), BLIND.hex().upper().encode()),
    "a short blind": put(BLIND.hex().encode(), BLIND.hex()[2:].encode()),
    "a long blind": put(BLIND.hex().encode(), BLIND.hex().encode() + b"00"),
    "a later version": put(b"batch/2", b"batch/3"),
    "no blind": put(b'"blind":"' + BLIND.hex().encode() + b'",', b""),
    "no line feed": DATA.replace(b",\n", b",", 1),
    "a space before it": b" " + DATA,
}


@pytest.mark.parametrize(
    "data", [*FOREIGN_LAYOUTS.values(), *FOREIGN_FILES.values()],
    ids=[*FOREIGN_LAYOUTS, *FOREIGN_FILES],
)  # fmt: skip
def test_another_layout_is_refused_and_has_a_hash_all_the_same(data: bytes) -> None:
    assert data not in (DATA, FILE)
    assert len(leaf_hash(data)) == 32
    with pytest.raises(LeafError) as refused:
        decode(data)
    assert "版本 1 或 2" in refused.value.say("zh")


@pytest.mark.parametrize("data", OTHER_FIRST_LINES.values(), ids=OTHER_FIRST_LINES)
def test_with_another_first_line_it_is_hashed_in_one_piece_and_refused(data: bytes) -> None:
    assert data != DATA
    assert parted(data) is None
    assert leaf_hash(data) == hashlib.sha256(b"\x00" + data).digest()
    with pytest.raises(LeafError):
        decode(data)


LATER: Final = {
    "in the head": put(b'"agent"', b'"later":{"deep":[1,"]}"]},"agent"'),
    "in a stream": put(b'"rows":3', b'"later":[{"head":{}},{"head":{}}],"rows":3'),
    "in a record": put(b'"kind":"gap"', b'"later":"],\\"records\\":[","kind":"gap"'),
}


@pytest.mark.parametrize("data", LATER.values(), ids=LATER)
def test_fields_of_a_later_writer_are_passed_over(data: bytes) -> None:
    assert decode(data) == BATCH


def test_a_batch_without_streams_or_records_has_four_parts() -> None:
    fields = {name: getattr(BATCH, name) for name in Batch.__struct_fields__}
    bare = Batch(**{**fields, "streams": (), "records": ()})
    data = encode_parted(bare, BLIND)
    assert [len(data.split(b"\n")), decode(data)] == [4, bare]


def seen_as_json(data: bytes) -> tuple[list[object], list[object]] | None:
    """Streams and records as a reader of JSON sees them; None if it is none."""
    try:
        told = json.loads(data)
        return told["streams"], told["records"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def seen_in_lines(data: bytes) -> tuple[list[object], list[object]]:
    """The same as a reader of lines sees them."""
    found = data.split(b"\n")[2:-1]
    border = found.index(b'],"records":[')
    lists = (found[:border], found[border + 1 :])
    one, two = ([json.loads(line.rstrip(b",")) for line in each] for each in lists)
    return one, two


CUTS: Final = (b"", b"\n", b",\n", b"{", b"}", b"[", b"]", b'"', b"\\", b" ")
PIECES: Final = (*CUTS, b'"x":{},', b"\n{},\n", b"},\n{")


@given(st.integers(0, len(DATA)), st.integers(0, 40), st.sampled_from(PIECES))
@settings(max_examples=600, deadline=None)
def test_whatever_is_read_is_the_same_as_json_and_in_lines(at: int, cut: int, new: bytes) -> None:
    data = DATA[:at] + new + DATA[at + cut :]
    with suppress(LeafError, LeafContentError):
        leaf = decode(data)
        assert isinstance(leaf, Batch)
        assert parted(data) is not None
        assert seen_as_json(data) == seen_in_lines(data)
        assert (len(leaf.streams), len(leaf.records)) == tuple(map(len, seen_in_lines(data)))
