"""One illegal register never takes the others with it."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.plan import ReadRequest
from edge_agent.blocks import Ask, BlockLimits, ask_block, halve, learn, pieces, still_held


def read(address: int, count: int) -> ReadRequest:
    return ReadRequest(function=3, address=address, count=count)


@st.composite
def asks(draw: st.DrawFn) -> Ask:
    """A block with channels of one to four registers, gaps and overlaps in it."""
    wholes, address = [], draw(st.integers(0, 1000))
    for _ in range(draw(st.integers(1, 30))):
        count = draw(st.integers(1, 4))
        wholes.append(read(address, count))
        address += draw(st.integers(max(1, count - 1), count + 3))
    end = max(one.end for one in wholes)
    return ask_block(read(wholes[0].address, end - wholes[0].address), wholes)


def legal(ask: Ask, is_legal: Callable[[ReadRequest], bool]) -> tuple[set[ReadRequest], int]:
    """The channels that are read after all halving, and the number of requests it took."""
    limits, refused, asked = BlockLimits(), [ask], 0
    while refused:
        one = refused.pop()
        asked += 1
        assert isinstance(one.request, ReadRequest)
        if not is_legal(one.request) and (halves := halve(one)) is not None:
            limits = learn(limits, one, halves)
            refused += halves
    known = pieces(limits, ask)
    good = {
        whole
        for piece in known
        for whole in piece.wholes
        if isinstance(piece.request, ReadRequest) and is_legal(piece.request)
    }
    return good, asked


@given(asks(), st.data())
def test_one_illegal_register_takes_only_the_channels_that_share_registers_with_it(
    ask: Ask, data: st.DataObject
) -> None:
    bad = data.draw(st.sampled_from(ask.wholes))
    illegal = data.draw(st.integers(bad.address, bad.end - 1))
    good, _ = legal(ask, lambda block: not block.address <= illegal < block.end)
    lost = set(ask.wholes) - good
    assert bad in lost
    for whole in lost - {bad}:  # chained to the bad one by registers that both need
        assert any(whole.address < other.end and other.address < whole.end
                   for other in lost - {whole})  # fmt: skip


def test_an_illegal_register_that_no_channel_needs_takes_none() -> None:
    wholes = [read(0, 2), read(2, 2), read(10, 2), read(12, 2)]
    good, _ = legal(ask_block(read(0, 14), wholes), lambda one: not one.address <= 7 < one.end)
    assert good == set(wholes)


@pytest.mark.parametrize("n", range(64))
def test_the_search_for_one_illegal_value_of_64_takes_at_most_13_requests(n: int) -> None:
    wholes = [read(2 * place, 2) for place in range(64)]
    good, asked = legal(
        ask_block(read(0, 128), wholes), lambda one: not one.address <= 2 * n < one.end
    )
    assert good == set(wholes) - {wholes[n]}
    assert asked <= 13


@given(asks(), st.integers(1, 40))
def test_a_device_with_a_shorter_limit_is_read_in_full_where_a_channel_fits(
    ask: Ask, longest: int
) -> None:
    good, _ = legal(ask, lambda block: block.count <= longest)
    alone = {one for one in ask.wholes if _overlaps_none(one, ask) and one.count <= longest}
    assert alone <= good


def _overlaps_none(one: ReadRequest, ask: Ask) -> bool:
    others = [other for other in ask.wholes if other is not one]
    return all(one.end <= other.address or other.end <= one.address for other in others)


@given(asks())
def test_halves_hold_every_channel_whole_and_once(ask: Ask) -> None:
    if (halves := halve(ask)) is None:
        return
    assert halves[0].wholes + halves[1].wholes == tuple(sorted(ask.wholes))
    for half in halves:
        assert isinstance(half.request, ReadRequest)
        assert all(half.request.covers(whole) for whole in half.wholes)


def test_what_is_no_block_of_registers_is_never_halved() -> None:
    assert halve(Ask(request="ns=2;s=flow")) is None
    assert pieces(BlockLimits(), Ask(request="ns=2;s=flow")) == (Ask(request="ns=2;s=flow"),)


def test_channels_of_another_block_are_left_to_it() -> None:
    ask = ask_block(read(0, 4), [read(2, 2), read(0, 2), read(100, 2)])
    assert ask.wholes == (read(0, 2), read(2, 2))


def test_what_was_learned_is_forgotten_after_a_while() -> None:
    ask = ask_block(read(0, 4), [read(0, 2), read(2, 2)])
    halves = halve(ask)
    assert halves is not None
    limits = learn(BlockLimits(since_ns=100), ask, halves)
    assert still_held(limits, 149, 50) == limits
    assert still_held(limits, 150, 50) == BlockLimits(since_ns=150)
