"""Messages in parts: any order, twice, lost, too many."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_profiles.hj212.assemble import MOST_BYTES, MOST_FINISHED, Assembly, expire, take
from device_profiles.hj212.content import read_content
from device_profiles.hj212.logger import FactorRecord, upload
from device_profiles.hj212.received import Received
from device_profiles.wire_errors import WireValueError
from tests.unit.device_profiles.hj212 import examples
from tests.unit.device_profiles.hj212.examples import QN, SITE, received

RECORDS = [
    FactorRecord(code=f"a24{number:03d}", values={"Min": "1.0", "Avg": "2.25", "Max": f"{number}"})
    for number in range(60)
]


def _parts(data_time: str = "20160801080000", qn: str = QN) -> list[Received]:
    return [received(part) for part in upload(SITE, "2061", qn, data_time, RECORDS)]


def _part(number: int, of: int, content: bytes, **fields: object) -> Received:
    return examples.upload(content, flag=7, pnum=of, pno=number, **fields)


PARTS = _parts()


@pytest.mark.parametrize("order", list(permutations(range(len(PARTS)))))
def test_parts_in_any_order_make_the_message(order: tuple[int, ...]) -> None:
    assembly = Assembly()
    for place, number in enumerate(order):
        taken = take(assembly, PARTS[number], float(place))
        assembly = taken.assembly
        assert (taken.message is not None) == (place == len(order) - 1)
    assert taken.message is not None
    assert [part.pno for part in taken.message.parts] == list(range(1, len(PARTS) + 1))
    content = taken.message.content
    assert [each.code for each in content.factors] == [each.code for each in RECORDS]
    assert content.parameters == {"DataTime": "20160801080000"}
    assert content.findings == ()
    assert assembly.waiting == ()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 2 * len(PARTS) - 1), max_size=30))
def test_duplicates_and_two_messages_at_once_do_not_disturb_each_other(order: list[int]) -> None:
    both = [*PARTS, *_parts("20160801090000", "20160801095857223")]
    assembly, whole = Assembly(), []
    seen: set[int] = set()
    for number in [*order, *range(len(both))]:
        taken = take(assembly, both[number], 0.0)
        assembly = taken.assembly
        assert taken.duplicate == (number in seen)
        assert taken.lost == ()
        seen.add(number)
        if taken.message is not None:
            whole.append(taken.message.content.data_time)
    assert sorted(filter(None, whole)) == ["20160801080000", "20160801090000"]


def test_an_undivided_packet_is_whole_at_once() -> None:
    single = examples.upload(b"DataTime=20160801080000;a21026-Avg=1,a21026-Flag=N")
    taken = take(Assembly(), single, 0.0)
    assert taken.message is not None
    assert taken.message.parts == (single.segment,)
    assert taken.message.content == single.content
    assert take(taken.assembly, single, 1.0).message is not None


def test_a_message_in_one_part_is_whole_at_once() -> None:
    assert take(Assembly(), _part(1, 1, b"a1-Avg=1"), 0.0).message is not None


def test_a_lost_part_is_told_by_its_number() -> None:
    taken = take(Assembly(), PARTS[0], 100.0)
    taken = take(taken.assembly, PARTS[2], 130.0)
    assert expire(taken.assembly, 159.9, 60.0) == (taken.assembly, ())
    assembly, (lost,) = expire(taken.assembly, 160.0, 60.0)
    assert assembly.waiting == ()
    assert [part.pno for part in lost.parts] == [1, 3]
    assert lost.missing == (2, *range(4, len(PARTS) + 1))


def test_a_part_that_is_sent_again_after_the_message_is_a_duplicate() -> None:
    assembly = Assembly()
    for part in PARTS:
        assembly = take(assembly, part, 0.0).assembly
    again = take(assembly, PARTS[1], 5.0)
    assert again.duplicate
    assert again.assembly == assembly


def test_a_message_that_is_asked_for_again_comes_again() -> None:
    assembly = Assembly()
    for part in [*PARTS, *_parts(qn="20160801115857223")]:
        taken = take(assembly, part, 0.0)
        assembly = taken.assembly
    assert taken.message is not None
    assert not taken.duplicate


def test_a_sender_that_starts_again_with_other_content_makes_a_new_message() -> None:
    first = take(Assembly(), _part(1, 2, b"DataTime=20160801080000;a1-Avg=1"), 0.0)
    second = take(first.assembly, _part(1, 2, b"DataTime=20160801080000;a1-Avg=2"), 1.0)
    whole = take(second.assembly, _part(2, 2, b"DataTime=20160801080000;a2-Avg=3"), 2.0)
    assert whole.message is not None
    assert whole.message.parts[0].content.endswith(b"a1-Avg=2")
    _, (lost,) = expire(whole.assembly, 99.0, 60.0)
    assert lost.missing == (2,)


def test_a_part_without_its_own_time_joins_the_message_that_lacks_it() -> None:
    first = take(Assembly(), _part(1, 2, b"DataTime=20160801080000;a1-Avg=1,a1-Flag=N"), 0.0)
    whole = take(first.assembly, _part(2, 2, b"a2-Avg=3,a2-Flag=N"), 1.0)
    assert whole.message is not None
    assert whole.message.content.data_time == "20160801080000"


def test_parts_of_other_sites_do_not_mix() -> None:
    first = take(Assembly(), _part(1, 2, b"a1-Avg=1", mn="A"), 0.0)
    assert take(first.assembly, _part(2, 2, b"a2-Avg=1", mn="B"), 1.0).message is None


def test_a_number_beyond_the_whole_is_refused() -> None:
    beyond = replace(PARTS[0], segment=replace(PARTS[0].segment, pnum=2, pno=3))
    with pytest.raises(WireValueError) as caught:
        take(Assembly(), beyond, 0.0)
    assert caught.value.facts["limit"] == "1..2"


def test_what_waits_is_bounded_and_the_oldest_is_given_up() -> None:
    assembly, lost, most = Assembly(), [], 0
    for number in range(850):
        content = b"DataTime=20160801080000;a1-Info=" + b"x" * 850
        part = _part(1, 9999, content, qn=f"{20160801085857000 + number}", mn=f"{number}")
        taken = take(assembly, part, float(number))
        assembly = taken.assembly
        lost += [each.parts[0].mn for each in taken.lost]
        most = max(most, sum(each.size for each in assembly.waiting))
    assert MOST_BYTES - 2000 < most <= MOST_BYTES
    assert lost == [f"{number}" for number in range(len(lost))]
    assert len(lost) + len(assembly.waiting) == 850


def test_what_is_remembered_of_whole_messages_is_bounded() -> None:
    assembly = Assembly()
    for number in range(MOST_FINISHED + 10):
        part = _part(1, 1, b"a1-Avg=%d" % number)
        assembly = take(assembly, part, 0.0).assembly
    assert len(assembly.finished) == MOST_FINISHED


def test_the_parts_of_the_vector_are_read_by_themselves() -> None:
    assert read_content(PARTS[0].segment.content) == PARTS[0].content
