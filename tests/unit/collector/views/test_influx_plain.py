"""Lines by one pattern for a stream are those that each reading gets by itself."""

import math
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason, Quality
from collector.lookup import Place
from collector.views.influx_lines import Point, Unwritten, _one_by_one, points, series_of
from collector.views.influx_plain import PlainLine, pattern_of, plain_lines
from collector.views.rows import JudgedLeaf, MissRow, ReadingRow, StreamRows, stream_rows
from evidence.judging.bounds import ALL_TIME
from evidence.log.batch import Batch, decode, encode
from tests.unit.collector.api.plant import GAS, LINE_1, POWER, START_NS, TEMPERATURE, stream
from tests.unit.evidence.log.examples import STREAM, batch_of, of_rows

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
NS_PER_MS = 1_000_000


def rows(channel: str, count: int = 6, **head: object) -> StreamRows:
    part = stream(channel, 4, count, (7,))
    shown = msgspec.structs.replace(part, head=msgspec.structs.replace(part.head, **head))
    return stream_rows(shown, Place(agent="gw-1", epoch="ab" * 16, sequence=7), ALL_TIME)


def told(part: StreamRows) -> list[Point | Unwritten]:
    leaf = JudgedLeaf(position=7, received_ns=START_NS, streams=(part,))
    return list(points(leaf))


def by_pattern(part: StreamRows) -> list[PlainLine] | None:
    return plain_lines([part], [pattern_of(series_of(part), part)], START_NS)


def alone(part: StreamRows) -> list[Point | Unwritten]:
    each: list[ReadingRow | MissRow] = [*part.readings(), *part.missed]
    return list(_one_by_one(each, series_of(part), part, START_NS))


@pytest.mark.parametrize("channel", [POWER, LINE_1, GAS, TEMPERATURE])
def test_a_streams_lines_are_those_of_its_readings(channel: str) -> None:
    part = rows(channel)
    assert by_pattern(part) is not None
    assert told(part) == alone(part)


@settings(max_examples=60, deadline=None)
@given(TEXT, TEXT, st.lists(NUMBER, min_size=5, max_size=5), st.sampled_from(Quality))
def test_any_names_and_numbers_are_written_alike(
    serial: str, certificate: str, values: list[float], quality: Quality
) -> None:
    part = rows(POWER, serial=serial, certificate=certificate)
    part = replace(part, value=values, quality=[quality] * 5)
    assert told(part) == alone(part)


def test_a_percent_sign_in_a_name_stands_for_itself() -> None:
    part = rows(POWER, serial="50 %d %s %%", certificate="100 %r")
    (first, *_) = told(part)
    assert isinstance(first, Point)
    assert b"serial=50\\ %d\\ %s\\ %%" in first.line
    assert b'certificate="100 %r"' in first.line
    assert told(part) == alone(part)


def test_whole_numbers_become_floats_and_unknown_uncertainty_has_no_field() -> None:
    part = replace(rows(GAS, basis=UncertaintyBasis.UNKNOWN), value=[1, 2, 3, 4, 5])
    (first, *_) = told(part)
    assert isinstance(first, Point)
    assert b"value=1.0" in first.line
    assert b",u=" not in first.line
    assert told(part) == alone(part)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_one_reading_that_cannot_be_written_leaves_the_others_theirs(number: float) -> None:
    part = rows(POWER)
    part = replace(part, value=[*part.value[:2], number, *part.value[3:]])
    found = told(part)
    assert [type(each) for each in found].count(Unwritten) == 1
    assert [each.place for each in found] == [each.place for each in alone(part)]


def test_numbers_whose_sum_is_no_float_are_written_one_by_one() -> None:
    part = replace(rows(POWER), value=[1e308] * 5)
    assert by_pattern(part) is None
    assert told(part) == alone(part)
    assert not any(isinstance(each, Unwritten) for each in told(part))


@pytest.mark.parametrize("at_ns", [-NS_PER_MS, 2**63 + NS_PER_MS])
def test_a_stamp_out_of_all_time_is_named_by_its_reading(at_ns: int) -> None:
    part = rows(POWER)
    part = replace(part, at_ns=[*part.at_ns[:4], at_ns])
    kinds = [type(each) for each in told(part)]
    assert kinds.count(Unwritten) == 1


@pytest.mark.parametrize("odd", [None, 0, 2, 4], ids=str)
def test_the_lines_of_a_leaf_are_those_of_its_streams_one_after_the_other(odd: int | None) -> None:
    """Also where one of them has a number that cannot be written."""
    missed = (MissRow(at_ns=START_NS, poll=9, reason=MissReason.TIMEOUT, quality=Quality.GOOD),)
    place = rows(POWER).place
    parts = [
        rows(POWER),
        replace(rows(GAS), missed=missed),
        replace(rows(LINE_1), fresh=None, components=(), resolution=None),
        stream_rows(of_rows(0, "jinan/line-1/dead"), place, ALL_TIME),
        replace(rows(TEMPERATURE), fresh=(0.0,) * 5, components=(), resolution=None),
    ]
    if odd is not None:
        parts[odd] = replace(parts[odd], value=[math.inf, *parts[odd].value[1:]])
    leaf = JudgedLeaf(position=7, received_ns=START_NS, streams=tuple(parts))
    found = list(points(leaf))
    assert str(found) == str([point for part in parts for point in alone(part)])
    assert [type(each) for each in found].count(Unwritten) == (odd is not None)


def test_lines_of_a_head_that_comes_again_are_those_of_its_own_leaf() -> None:
    """What is kept of a head speaks of one agent and epoch alone."""
    batch = decode(encode(batch_of(STREAM)))
    assert isinstance(batch, Batch)
    for agent, epoch in (("gw-1", "ab" * 16), ("gw-2", "ab" * 16), ("gw-1", "cd" * 16)) * 2:
        place = Place(agent=agent, epoch=epoch, sequence=7)
        part = stream_rows(batch.streams[0], place, ALL_TIME)
        assert told(part) == alone(part)
