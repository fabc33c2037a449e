"""A database's hours beside the ledger's: what differs, and what is no answer at all."""

import math
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.views.influx_errors import InfluxSpeechError
from collector.views.influx_hours import Counted, Sign, differences, read_hours

KEY = ("a/b/c", 3_600_000_000_000)
LEDGER = Counted(polls=4, readings=3, total=6.0, magnitude=6.0)


def sign(found: Counted, expected: Counted = LEDGER) -> Sign | None:
    wrong = differences({KEY: expected}, {KEY: found} if found.polls else {})
    return wrong[0].sign if wrong else None


def test_hours_that_agree_do_not_differ() -> None:
    assert sign(Counted(polls=4, readings=3, total=6.0)) is None
    assert sign(Counted(polls=4, readings=3, total=6.000_000_000_001)) is None


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (Counted(), Sign.MISSING),
        (Counted(polls=3, readings=3, total=6.0), Sign.MISSING),
        (Counted(polls=4, readings=2, total=6.0), Sign.ALTERED),
        (Counted(polls=4, readings=3, total=6.001), Sign.ALTERED),
        (Counted(polls=4, readings=3, total=math.nan), Sign.ALTERED),
        (Counted(polls=4, readings=3, total=math.inf), Sign.ALTERED),
        (Counted(polls=5, readings=3, total=6.0), Sign.FOREIGN),
    ],
)
def test_a_difference_is_named_by_its_kind(found: Counted, why: Sign) -> None:
    assert sign(found) is why


def test_an_hour_that_the_ledger_does_not_have_is_foreign() -> None:
    (wrong,) = differences({}, {KEY: Counted(polls=1)})
    assert wrong.sign is Sign.FOREIGN


def test_what_was_refused_may_be_there_or_not() -> None:
    expected = LEDGER._replace(aside=2)
    for polls in (4, 5, 6):
        assert sign(Counted(polls=polls, readings=3, total=1.0), expected) is None
    assert sign(Counted(polls=3, readings=3), expected) is Sign.MISSING
    assert sign(Counted(polls=7, readings=3), expected) is Sign.FOREIGN


def body(*rows: list[object], **more: object) -> bytes:
    columns = ["time", "polls", "readings", "total"]
    series = {"tags": {"channel": "a"}, "columns": columns, "values": rows} | more
    return msgspec.json.encode({"results": [{"series": [series]}]})


def test_an_answer_is_read_to_the_last_digit() -> None:
    at_ns = 1_774_972_800_000_000_000
    found = read_hours(body([at_ns, 4, 3, 6.5], [at_ns + 1, 1, 0, None]), "q")
    assert found["a", at_ns] == Counted(polls=4, readings=3, total=6.5)
    assert found["a", at_ns + 1] == Counted(polls=1)
    assert read_hours(b'{"results":[{"statement_id":0}]}', "q") == {}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"results":[{"error":"database not found"}]}',
        b'{"error":"unauthorized","results":[]}',
        b'{"results":' + b"[" * 100_000,
        body(["x", 1, 1, 1.0]),
        body([1, True, 1, 1.0]),
        body([1, 1e300, 1, 1.0]),
        body([1, 1, 1, "much"]),
        body([1, 1, 1, 1.0], partial=True),
        body(["carbonmeter"], columns=["name"]),
    ],
)
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    with pytest.raises(InfluxSpeechError):
        read_hours(data, "q")


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with suppress(InfluxSpeechError):
        assert read_hours(data, "q") == {}
