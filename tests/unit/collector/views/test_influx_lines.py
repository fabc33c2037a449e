"""Line protocol of our own readings: read back by a foreign parser and by a strict one."""

import math
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_protocol_parser import parse_line

from calibration.indication import MissReason, Quality
from collector.lookup import Place
from collector.views.influx_line_errors import (
    LineError,
    LineNumberError,
    LineSizeError,
    LineStampError,
    LineTextError,
)
from collector.views.influx_lines import (
    FLOATS,
    INTEGERS,
    MEASUREMENT,
    TAGS,
    TEXTS,
    Point,
    Unwritten,
    points,
    series_of,
)
from collector.views.influx_plain import stamp
from collector.views.influx_syntax import LAST_NS, carried, line, restored, series
from collector.views.rows import JudgedLeaf, StreamRows, stream_rows
from evidence.judging.bounds import ALL_TIME
from evidence.log.batch import Miss, Stream
from tests.unit.collector.api.plant import LINE_1, POWER, START_NS, stream
from tests.unit.collector.views.influx_bench import filled_plant, truth
from tests.unit.collector.views.line_protocol import NotLineProtocolError, read_line

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
EPOCH = "0123456789abcdef" * 2


def rows(part: Stream, epoch: str = EPOCH, **head: str) -> StreamRows:
    shown = msgspec.structs.replace(part, head=msgspec.structs.replace(part.head, **head))
    return stream_rows(shown, Place(agent="gw-1", epoch=epoch, sequence=7), ALL_TIME)


def told(*streams: StreamRows, received_ns: int = START_NS) -> list[Point]:
    found = list(points(JudgedLeaf(position=7, received_ns=received_ns, streams=streams)))
    assert not any(isinstance(each, Unwritten) for each in found)
    return [each for each in found if isinstance(each, Point)]


@given(TEXT.filter(bool), TEXT, TEXT, NUMBER, st.integers(-(2**63) + 1, 2**63 - 1))
def test_what_is_written_is_what_a_strict_reader_finds(
    name: str, tag: str, text: str, number: float, whole: int
) -> None:
    key = series("reading", {"channel": name, "serial": tag}, name)
    data = line(key, {"value": number, "poll": whole, "quality": text}, 12, name)
    found = read_line(data)
    tags = {"channel": carried(name), "serial": carried(tag)}
    assert found.tags == {name: text for name, text in tags.items() if text}
    fields = {"value": number, "poll": whole, "quality": carried(text)}
    assert found.fields == {name: value for name, value in fields.items() if value != ""}
    assert (found.measurement, found.stamp, data.count(b"\n")) == ("reading", 12, 0)
    assert {type(found.fields[each]) for each in ("value", "poll")} == {float, int}


# the foreign parser takes no number below the smallest normal one
@given(TEXT.filter(bool), st.floats(-1e300, 1e300, allow_subnormal=False), TEXT.filter(bool))
def test_a_foreign_parser_finds_the_same(name: str, number: float, text: str) -> None:
    key = series("reading", {"channel": name}, name)
    found = parse_line(line(key, {"value": number, "quality": text}, 5, name).decode())
    assert found["tags"] == {"channel": carried(name)}
    assert found["fields"] == {"value": number, "quality": carried(text)}
    assert (found["measurement"], found["time"]) == ("reading", 5)


@given(TEXT)
def test_what_cannot_be_carried_is_replaced_and_can_be_restored(text: str) -> None:
    assert restored(carried(text)) == text
    assert not any(ord(char) < 32 or char in "\\\x7f" for char in carried(text))


def test_the_strict_reader_refuses_what_the_reference_does_not_allow() -> None:
    bad = [
        b"reading value=1",
        b"reading value=1 -5",
        b"reading,a= value=1 5",
        b"reading,b=1,a=2 value=1 5",
        b"reading,a=x=y value=1 5",
        b"reading,a=x\\ value=1 5",
        b"reading value=NaN 5",
        b"reading value=1e999 5",
        b"reading value=1,5 5",
        b"reading,a=x\ty value=1 5",
        b'reading quality="a 5',
        b",a=b value=1 5",
        b"reading value=\xff 5",
        b"",
    ]
    for data in bad:
        with pytest.raises(NotLineProtocolError):
            read_line(data)


def test_a_reading_becomes_a_point_with_all_that_is_known_of_it() -> None:
    part = stream(POWER, 4, 1)
    (point,) = told(rows(part), received_ns=START_NS + 4 * 900_000_000_000 + 2_500_000_000)
    found = read_line(point.line)
    u = rows(part).standard_uncertainty()[0]
    assert found.measurement == MEASUREMENT
    assert found.tags == {
        "accumulation": "rate",
        "agent": "gw-1",
        "channel": POWER,
        "device": "line-1",
        "epoch": EPOCH[:8],
        "kind_of_quantity": "active_power",
        "serial": "S-P",
        "site": "jinan",
        "unit": "kW",
    }
    assert part.value is not None
    assert found.fields == {
        "present": 1,
        "value": part.value[0],
        "indication": float(part.indication[0]),
        "u": u,
        "u_basis": "calibration",
        "certificate": "P-1",
        "delay_s": 2.5,
        "poll": 4,
        "leaf": 7,
        "quality": "good",
    }
    assert u is not None
    assert u > 0
    assert found.stamp == START_NS + 4 * 900_000_000_000 + 4
    assert tuple(found.tags) == TAGS
    assert set(found.fields) <= {*FLOATS, *INTEGERS, *TEXTS}


def test_a_miss_is_a_point_that_is_not_present_and_has_no_value() -> None:
    part = stream(LINE_1, 0, 2, missed=[1])
    part = msgspec.structs.replace(
        part,
        missed=(
            Miss(
                sequence=1,
                at_ms=part.missed[0].at_ms,
                reason=MissReason.CALIBRATING,
                quality=Quality.CLOCK_SUSPECT,
                indication=3,
            ),
        ),
    )
    _, miss = told(rows(part))
    found = read_line(miss.line)
    assert miss.value is None
    assert found.fields["present"] == 0
    assert (found.fields["reason"], found.fields["shown"]) == ("calibrating", 3.0)
    assert "value" not in found.fields
    assert found.fields["quality"] == "clock_suspect"


def test_two_polls_of_one_millisecond_are_two_points_and_one_poll_twice_is_one() -> None:
    part = stream(LINE_1, 0, 2)
    together = msgspec.structs.replace(part, at_ms=msgspec.structs.replace(part.at_ms, steps=0))
    keys = [read_line(each.line).key for each in told(rows(together))]
    assert len(set(keys)) == 2
    assert keys == [read_line(each.line).key for each in told(rows(together))]


def test_one_instant_of_two_epochs_is_two_points() -> None:
    part = stream(LINE_1, 0, 1)
    keys = {read_line(told(rows(part, epoch=each * 16))[0].line).key for each in ("01", "fe")}
    assert len(keys) == 2


def test_what_can_be_found_otherwise_later_is_no_part_of_the_key() -> None:
    part = rows(stream(LINE_1, 0, 1))
    later = replace(part, quality=[Quality.CLOCK_SUSPECT])
    keys = {read_line(told(each)[0].line).key for each in (part, later)}
    assert len(keys) == 1


def test_a_number_keeps_its_last_digit() -> None:
    for number in (1234567.123456789, 0.1 + 0.2, 5e-324, 1e15, -0.0):
        found = read_line(line("a", {"value": number}, 5, "a")).fields["value"]
        assert math.copysign(1, float(found)) == math.copysign(1, number)
        assert found == number


def test_what_line_protocol_cannot_say_is_refused_by_name() -> None:
    for number in (math.nan, math.inf, -math.inf):
        with pytest.raises(LineNumberError, match=r"a/b.*value"):
            line("a", {"value": number}, 5, "a/b")
    with pytest.raises(LineNumberError):
        line("a", {"poll": 2**63}, 5, "a/b")
    for at_ns in (-1, LAST_NS + 1):
        with pytest.raises(LineStampError):
            line("a", {"value": 1.0}, at_ns, "a/b")
    with pytest.raises(LineTextError):
        series("reading", {"serial": "\ud800"}, "a/b")
    with pytest.raises(LineTextError):
        line("a", {"quality": "\udfff"}, 5, "a/b")
    with pytest.raises(LineSizeError):
        series("reading", {"serial": "x" * 70_000}, "a/b")
    with pytest.raises(LineSizeError):
        line("a", {"quality": "x" * 20_000}, 5, "a/b")


def test_a_stream_that_cannot_be_written_is_set_aside_row_by_row_and_holds_up_no_other() -> None:
    bad = rows(stream(LINE_1, 0, 3, missed=[1]), serial="x" * 70_000)
    good = rows(stream(POWER, 0, 2))
    found = list(points(JudgedLeaf(position=0, received_ns=START_NS, streams=(bad, good))))
    kinds = [type(each) for each in found]
    assert kinds == [Unwritten] * 3 + [Point] * 2
    assert {each.why.code for each in found if isinstance(each, Unwritten)} == {"E_LP_SIZE"}
    with pytest.raises(LineError):
        series_of(bad)


def test_a_stamp_stays_in_its_millisecond_and_its_hour() -> None:
    last = START_NS + 3_600_000_000_000 - 1_000_000
    assert stamp(last, 10**15 + 999_999) == last + 999_999
    assert stamp(last, 1_000_000) == last


def test_each_point_of_a_ledger_has_a_key_of_its_own(tmp_path: Path) -> None:
    plant = filled_plant(tmp_path)
    found = [read_line(each.line).key for each in truth(plant)]
    assert len(found) == len(set(found)) == 2 * 96 * 2
    plant.close()
