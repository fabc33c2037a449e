import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.errors import CalibrationError
from evidence.errors import EvidenceError, LeafError, Words
from evidence.log.batch import (
    MAX_LEAF_BYTES,
    Document,
    Leaf,
    decode,
    document,
    encode,
)
from evidence.log.row import results
from tests.unit.evidence.log.examples import (
    BATCH,
    EPOCH,
)

VALID = encode(BATCH)
TEXT = VALID.decode()


def refused(data: bytes) -> EvidenceError:
    """How `decode` refuses; it refuses with an error of this room or the test fails."""
    with pytest.raises(EvidenceError) as error:
        decode(data)
    return error.value


def leaf_or_error(data: bytes) -> Leaf | EvidenceError:
    try:
        return decode(data)
    except EvidenceError as error:
        return error


def survives(data: bytes) -> None:
    """Bytes are decoded and laid out, or refused by a coded error."""
    leaf = leaf_or_error(data)
    if isinstance(leaf, EvidenceError):
        assert leaf.code in {"E_JSON_LEAF", "E_JSON_CONTENT"}
        assert isinstance(leaf.facts["what"], Words)
        return
    with suppress(EvidenceError, CalibrationError):
        if isinstance(leaf, Document):
            leaf.data()
        else:
            assert [len(results(stream, leaf.epoch)) for stream in leaf.streams] == [
                stream.rows for stream in leaf.streams
            ]


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_are_a_leaf_or_a_coded_error(data: bytes) -> None:
    survives(data)


@given(st.integers(0, 8 * len(VALID) - 1))
@settings(max_examples=400, deadline=None)
def test_a_flipped_bit_is_read_or_refused_by_a_coded_error(bit: int) -> None:
    broken = bytearray(VALID)
    broken[bit // 8] ^= 1 << bit % 8
    survives(bytes(broken))


@given(st.integers(0, len(VALID) - 1))
@settings(deadline=None)
def test_a_cut_leaf_is_refused(size: int) -> None:
    assert refused(VALID[:size]).code == "E_JSON_LEAF"


def places(value: object) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a JSON value."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


PLACES = len(list(places(json.loads(VALID))))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**53 + 1, -(2**63), 2**63, 2**64, 10**30, 10**400, 1e308, -1, 0])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
)
ANYTHING: st.SearchStrategy[object] = st.recursive(
    SCALARS, lambda deeper: st.lists(deeper, max_size=3) | st.just({})
)


@given(st.integers(0, PLACES - 1), ANYTHING)
@settings(max_examples=400, deadline=None)
def test_any_value_in_any_place_is_read_or_refused_by_a_coded_error(
    place: int, value: object
) -> None:
    whole = json.loads(VALID)
    container, key = list(places(whole))[place]
    container[key] = value
    survives(json.dumps(whole).encode())


NOT_JSON = {
    "empty": b"",
    "null": b"null",
    "a list": b"[]",
    "no version": b"{}",
    "another version": VALID.replace(b"batch/1", b"batch/2"),
    "a version that is a number": VALID.replace(b'"batch/1"', b"1"),
    "byte order mark": b"\xef\xbb\xbf" + VALID,
    "UTF-16": TEXT.encode("utf-16"),
    "trailing brace": VALID + b"}",
    "trailing zero byte": VALID + b"\x00",
    "two leaves": VALID + VALID,
    "NaN": VALID.replace(b"0.005", b"NaN"),
    "Infinity": VALID.replace(b"0.005", b"Infinity"),
    "a number beyond any float": VALID.replace(b"0.005", b"1e999"),
    "minus beyond any float": VALID.replace(b"100.84", b"-1e999"),
    "a number of 5000 digits": VALID.replace(b"100.84", b"1" * 5000),
    "invalid UTF-8": VALID.replace(b"line 1", b"line \xff"),
    "a surrogate in UTF-8": VALID.replace(b"line 1", b"\xed\xa0\x80"),
    "overlong UTF-8": VALID.replace(b"line 1", b"\xc0\xaf"),
    "half a surrogate pair": VALID.replace(b"line 1", b"\\ud800"),
    "the other half": VALID.replace(b"line 1", b"\\udc00"),
    "invalid UTF-8 in a field nobody knows": VALID[:-1] + b',"later":"\xff"}',
    "depth 100,000": b"[" * 100_000,
    "depth 100,000 in a field nobody knows": VALID[:-1] + b',"later":' + b"[" * 100_000,
    "a matched depth of 100,000": VALID[:-1] + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a comment": b"/* */" + VALID,
    "a single quote": VALID.replace(b'"', b"'"),
    "hexadecimal": VALID.replace(b"1000,", b"0x3e8,"),
    "full-width digits": VALID.replace(b"1000,", "１０００,".encode()),
    "True": VALID.replace(b"true", b"True"),
    "a text for a number": VALID.replace(b"100.84", b'"100.84"'),
    "an unknown quality": VALID.replace(b'"fresh"', b'"quality":"fine","fresh"'),
    "an unknown kind of record": VALID.replace(b"clock_step", b"clock_jump"),
    "an unknown unit": VALID.replace(b'"kW"', b'"KW"'),
    "a unit of another kind": VALID.replace(b'"kW"', b'"m3"'),
    "an influence against the grammar": VALID.replace(b"std:NIM/REF-7", b"sdt:NIM/REF-7"),
    "no degrees of freedom": VALID.replace(b'"degrees_of_freedom":null', b'"degrees_of_freedom":0'),
    "an unknown field in a measurand": VALID.replace(b'"unit"', b'"at_humidity":1,"unit"'),
    "a negative position": VALID.replace(b'"sequence":7', b'"sequence":-1'),
    "a position beyond 63 bits": VALID.replace(b'"sequence":7', b'"sequence":9223372036854775808'),
    "a period of nothing": VALID.replace(b'"period_ms":1000', b'"period_ms":0'),
    "negative rows": VALID.replace(b'"rows":3', b'"rows":-1'),
    "more rows than a batch holds": VALID.replace(b'"rows":3', b'"rows":1001'),
    "rows for the whole memory": VALID.replace(b'"rows":3', b'"rows":1000000000000'),
    "a negative repeatability": VALID.replace(b"0.005", b"-0.005"),
    "a clock that is off by more than 64 bits hold": VALID.replace(b"0.05,", b"1e300,"),
}


@pytest.mark.parametrize("data", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_leaf_of_this_version_is_refused(data: bytes) -> None:
    assert data != VALID
    error = refused(data)
    assert isinstance(error, LeafError)
    assert "这不是版本 1 或 2 的批次或文档" in error.say("zh")
    assert isinstance(error.facts["what"], Words)


TWICE = {
    "at the top": VALID.replace(b'"agent"', b'"agent":"other","agent"'),
    "the version": VALID[:-1] + b',"carbonmeter":"batch/1"}',
    "in a head": VALID.replace(b'"serial"', b'"serial":"other","serial"'),
    "written in another way": VALID.replace(b'"serial"', b'"\\u0073erial":"other","serial"'),
    "in the facts": VALID.replace(b'"step_ms"', b'"step_ms":250,"step_ms"'),
    "in a field nobody knows": VALID[:-1] + b',"later":{"a":1,"a":1}}',
}


@pytest.mark.parametrize("data", TWICE.values(), ids=TWICE)
def test_a_key_that_stands_twice_is_refused_since_readers_would_differ(data: bytes) -> None:
    json.loads(data)
    error = refused(data)
    assert isinstance(error, LeafError)
    assert "stands twice" in str(error)
    assert "出现两次" in error.say("zh")


@pytest.mark.parametrize(
    "marker",
    [
        b'"agent"',
        b'"synchronised"',
        b'"rows"',
        b'"serial"',
        b'"relative"',
        b'"reason"',
        b'"kind":"c',
    ],
)
def test_fields_of_a_later_writer_are_passed_over(marker: bytes) -> None:
    later = b'"later":{"deep":[1e999,123456789012345678901234567890]},'
    data = VALID.replace(marker, later + marker)
    assert data != VALID
    assert decode(data) == BATCH


def test_white_space_and_another_order_of_keys_mean_the_same() -> None:
    assert decode(json.dumps(json.loads(VALID), indent=2, sort_keys=True).encode()) == BATCH


def test_a_leaf_is_at_most_4_mib() -> None:
    padded = VALID[:-1] + b',"later":"' + b"x" * (MAX_LEAF_BYTES - len(VALID) - 11) + b'"}'
    assert len(padded) == MAX_LEAF_BYTES
    assert decode(padded) == BATCH
    error = refused(padded[:-2] + b'x"}')
    assert "4194305 bytes, more than 4194304" in str(error)
    assert "4194305 字节" in error.say("zh")


def test_what_is_too_large_to_be_read_is_not_written() -> None:
    large = document(("gw-1", EPOCH, 0), "configuration", "x", bytes(MAX_LEAF_BYTES * 3 // 4))
    with pytest.raises(LeafError, match="more than 4194304"):
        encode(large)
