"""Entries of the journal: the same after their bytes, and nothing in them that JSON cannot say."""

import contextlib
import json
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import LeafError
from evidence.log.entry import (
    MAX_ENTRY_BYTES,
    Act,
    Action,
    Entry,
    EntryError,
    decode_entry,
    encode_entry,
    entered,
    origin_of,
)
from evidence.log.merkle import EMPTY_ROOT

AT_NS = 1_774_972_800_123_000_000
ACT = Act(
    who="wang",
    role="engineer",
    action=Action.KEY_PINNED,
    site="jinan",
    subject="gw-1",
    reason="the gateway was exchanged",
    old=None,
    new={"key": "gw-1+2643d228+AbCd"},
)
ENTRY = entered(ACT, AT_NS, 7, EMPTY_ROOT)
VERSION_1 = msgspec.json.encode(ENTRY)
BLIND = b"b" * 32
_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=10,
)


def altered(**fields: object) -> bytes:
    return json.dumps({**json.loads(VERSION_1), **fields}).encode()


def test_an_entry_says_who_did_what_to_what_when_why_and_where_the_ledger_ended() -> None:
    assert json.loads(encode_entry(ENTRY, BLIND)) == {
        "carbonmeter": "journal/2",
        "blind": BLIND.hex(),
        "who": "wang",
        "role": "engineer",
        "action": "key-pinned",
        "site": "jinan",
        "subject": "gw-1",
        "reason": "the gateway was exchanged",
        "old": None,
        "new": {"key": "gw-1+2643d228+AbCd"},
        "at": "2026-03-31T16:00:00.123Z",
        "ledger_size": 7,
        "ledger_root": EMPTY_ROOT.hex(),
    }
    assert ENTRY.at_ns == AT_NS


@given(old=_json, new=_json)
def test_an_entry_is_the_same_after_its_bytes(old: object, new: object) -> None:
    entry = msgspec.structs.replace(ENTRY, old=old, new=new)
    assert decode_entry(encode_entry(entry, BLIND), "leaf") == entry


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, {"a": [-math.inf]}, (1, 2), {1: 2}, b"x", {"a": {"b": object()}}],
)
def test_what_json_cannot_say_is_not_entered(value: object) -> None:
    for field in ("old", "new"):
        with pytest.raises(EntryError, match="E_JOURNAL_ENTRY"):
            encode_entry(msgspec.structs.replace(ENTRY, **{field: value}), BLIND)


@pytest.mark.parametrize(
    "fields",
    [
        {"who": ""},
        {"who": "a\nb"},
        {"who": "a\n"},
        {"subject": "\n"},
        {"who": "w" * 201},
        {"reason": "\x1b[2J"},
        {"reason": "\udc80"},
        {"subject": "s" * 501},
        {"ledger_size": -1},
        {"ledger_root": "00"},
        {"new": "x" * MAX_ENTRY_BYTES},
        {"action": "made-up"},
    ],
    ids=str,
)
def test_a_field_out_of_its_limits_is_not_entered(fields: dict[str, object]) -> None:
    with pytest.raises(EntryError):
        encode_entry(msgspec.structs.replace(ENTRY, **fields), BLIND)


def test_json_that_is_too_deep_is_not_entered() -> None:
    deep: object = 1
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(EntryError, match="deep"):
        encode_entry(msgspec.structs.replace(ENTRY, new=deep), BLIND)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"null",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        altered(carbonmeter="journal/2"),
        altered(action="made-up"),
        altered(at="2026-03-31T16:00:00"),
        altered(at="2026-03-31T16:00:00+08:00"),
        altered(at="2026-02-30T00:00:00Z"),
        altered(ledger_root="00"),
        altered(ledger_size=2**63),
        altered(who=1),
        altered(new="x" * MAX_ENTRY_BYTES),
        VERSION_1.replace(b"{", b'{"who":"li",', 1),
        VERSION_1[:-1],
        encode_entry(ENTRY, BLIND)[:-1],
        encode_entry(ENTRY, BLIND).replace(b'\n"who"', b'"who"'),
        encode_entry(ENTRY, BLIND).replace(b'"ledger_size"', b'"who":"li","ledger_size"'),
    ],
    ids=lambda data: data[:24].decode(errors="replace"),
)
def test_bytes_that_hold_no_entry_are_refused(data: bytes) -> None:
    with pytest.raises(LeafError, match="E_JSON_LEAF leaf"):
        decode_entry(data, "leaf")


def test_an_entry_of_version_1_is_read_as_what_it_was() -> None:
    assert decode_entry(VERSION_1, "leaf") == ENTRY


def test_a_field_of_a_later_version_is_passed_over() -> None:
    assert decode_entry(altered(second_person="li"), "leaf") == ENTRY


@given(st.binary(max_size=200))
def test_any_bytes_are_an_entry_or_refused(data: bytes) -> None:
    with contextlib.suppress(LeafError):
        assert isinstance(decode_entry(data, "leaf"), Entry)


@pytest.mark.parametrize("collector", ["", "a/b", "a b", "-a", "a" * 65, "a\n"])
def test_an_id_that_cannot_name_a_log_is_refused(collector: str) -> None:
    assert origin_of("plant-3") == "plant-3/journal"
    with pytest.raises(EntryError):
        origin_of(collector)
