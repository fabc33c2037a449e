"""The inbox of a subscription: order, bounds, holes, silence. No clock, no network."""

from hypothesis import given
from hypothesis import strategies as st

from device_profiles.opcua.datavalue import DataValue, encode
from device_profiles.opcua.delivery import Gap
from device_profiles.opcua.services import Publication
from edge_agent.drivers.opcua_inbox import SERVER_TIME_HANDLE, Inbox

LOSSY = encode(DataValue(type="Double", value=1.0, status=0x480))


def value(number: int) -> bytes:
    return encode(DataValue(type="Int32", value=number))


def inbox(nodes: int = 2, most: int = 100, gap: Gap = Gap.NONE) -> Inbox:
    return Inbox(nodes=nodes, most=most, silence_s=10.0, heard_s=0.0, gap=gap)


def message(sequence: int, *changes: tuple[int, bytes], ended: int | None = None) -> Publication:
    return Publication(
        subscription=1,
        sequence=sequence,
        carries=bool(changes) or ended is not None,
        changes=changes,
        ended=ended,
    )


@given(st.lists(st.lists(st.integers(1, 3), max_size=6), max_size=8), st.integers(1, 20))
def test_what_is_delivered_is_a_beginning_of_what_came_in_its_order(
    messages: list[list[int]], most: int
) -> None:
    box, sent, number, sequence = inbox(3, most), [], 0, 1
    for handles in messages:
        changes = []
        for handle in handles:
            changes.append((handle, value(number)))
            number += 1
        sent += changes
        box.take(message(sequence, *changes), 1.0)
        sequence += bool(changes)
    taken = sent[:most]
    assert [each.values for each in box.drain()] == [
        tuple(raw for handle, raw in taken if handle == place) for place in (1, 2, 3)
    ]
    assert (box.ended is Gap.OVERFLOW) == (len(sent) > most)


def test_nothing_is_taken_after_the_end() -> None:
    box = inbox(1, most=1)
    box.take(message(1, (1, value(1)), (1, value(2))), 1.0)
    assert [each.values for each in box.drain()] == [(value(1),)]
    box.take(message(2, (1, value(3))), 1.0)
    assert [each.values for each in box.drain()] == [()]


def test_a_hole_in_the_messages_ends_the_subscription() -> None:
    box = inbox(1)
    box.take(message(1, (1, value(1))), 1.0)
    box.take(message(2), 1.0)  # a sign of life names the next number, and does not use it up
    box.take(message(2, (1, value(2))), 1.0)
    assert box.ended is None
    box.take(message(4, (1, value(4))), 1.0)
    assert box.ended is Gap.SEQUENCE
    assert box.drain()[0].values == (value(1), value(2))


def test_the_number_after_the_last_is_one() -> None:
    box = inbox(1)
    box._next = 0xFFFF_FFFF
    box.take(message(0xFFFF_FFFF, (1, value(1))), 1.0)
    box.take(message(1, (1, value(2))), 1.0)
    assert box.ended is None


def test_the_last_value_holds_until_the_subscription_ends() -> None:
    box = inbox(1)
    box.take(message(1, (1, value(1))), 1.0)
    assert box.drain()[0].latest == value(1)
    assert (box.drain()[0].values, box.drain()[0].held) == ((), value(1))
    box.take(message(2, ended=0x800A_0000), 1.0)
    assert (box.ended, box.drain()[0].held) == (Gap.CONNECTION, b"")


def test_messages_without_the_servers_time_are_silence_too() -> None:
    for ticked_s, ended in ((None, None), (0.0, Gap.CONNECTION), (5.0, None)):
        box = inbox(1)
        box.ticked_s = ticked_s
        box.take(message(1), 11.0)
        box.look(12.0)
        assert box.ended is ended
    box = inbox(1)
    box.take(message(1, (SERVER_TIME_HANDLE, value(0))), 11.0)
    assert (box.ticked_s, box.drain()[0].values) == (11.0, ())
    box.look(21.5)
    assert box.ended is Gap.CONNECTION


def test_a_gap_is_told_once_and_outweighs_an_overflow_bit() -> None:
    box = inbox(2, gap=Gap.CONNECTION)
    box.take(message(1, (1, LOSSY)), 1.0)
    assert [each.gap for each in box.drain()] == [Gap.CONNECTION] * 2
    box.take(message(2, (1, value(1)), (1, LOSSY)), 1.0)
    assert [each.gap for each in box.drain()] == [Gap.SERVER_QUEUE, Gap.NONE]


def test_nodes_that_the_server_does_not_watch_are_known_from_the_start() -> None:
    box = inbox(2)
    box.refuse({1: value(9)})
    assert not box.complete
    box.take(message(1, (1, value(1)), (77, value(5))), 1.0)
    assert box.complete
    assert [each.latest for each in box.drain()] == [value(1), value(9)]
