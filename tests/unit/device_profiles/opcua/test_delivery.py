"""What an exchange delivered, joined to bytes and split again."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.opcua.delivery import Delivery, Gap, join, split
from device_profiles.wire_errors import WireError, WireFormError, WireLengthError

DELIVERIES = st.lists(
    st.builds(
        lambda values, gap, held: Delivery(values=tuple(values), gap=gap, held=held),
        st.lists(st.binary(max_size=12), max_size=4),
        st.sampled_from(Gap),
        st.binary(max_size=12),
    ),
    max_size=5,
)


@given(DELIVERIES)
def test_what_was_joined_is_split_again(deliveries: list[Delivery]) -> None:
    assert split(join(deliveries), len(deliveries)) == tuple(deliveries)


@given(DELIVERIES, st.data())
def test_mutated_bytes_are_split_or_refused(
    deliveries: list[Delivery], data: st.DataObject
) -> None:
    raw = bytearray(join(deliveries)) or bytearray(1)
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(WireError):
        split(bytes(raw[: data.draw(st.integers(0, len(raw)))]), len(deliveries))


def test_more_and_fewer_nodes_than_were_joined_are_refused() -> None:
    raw = join([Delivery(values=(b"\0",))])
    for nodes in (0, 2):
        with pytest.raises(WireLengthError):
            split(raw, nodes)
    with pytest.raises(WireFormError):
        split(b"\x09" + raw[1:], 1)


def test_a_count_that_the_bytes_cannot_hold_ends_at_once() -> None:
    with pytest.raises(WireLengthError):
        split(b"\0\xff\xff\xff\xff" + bytes(8), 1)


def test_the_latest_is_the_last_that_came_else_what_is_held() -> None:
    assert Delivery(values=(b"a", b"b"), held=b"c").latest == b"b"
    assert Delivery(held=b"c").latest == b"c"
    assert Delivery().latest == b""
