"""Several devices on one line: what each hears of the same bytes."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.fault import AnswersForAnother
from simulators.servers.bus import MOST_KEPT, Bus
from tests.unit.simulators.servers.lines import question, seat

SPOKEN = ("rtu", "dlt645", "cjt188")


SEATS = [seat(spoken) for spoken in SPOKEN]


def bus() -> Bus:
    """A Modbus RTU, a DL/T 645 and a CJ/T 188 meter."""
    return Bus(SEATS)


def replies(line: Bus, *pieces: bytes) -> list[bytes]:
    return [reply.content for piece in pieces for reply in line.hear(piece, 0)]


ALONE = {spoken: replies(Bus([seat(spoken)]), question(spoken)) for spoken in SPOKEN}


@pytest.mark.parametrize("spoken", SPOKEN)
def test_each_device_answers_in_its_own_protocol_and_no_other_does(spoken: str) -> None:
    line = bus()
    for _ in range(2):
        assert replies(line, question(spoken)) == ALONE[spoken]
    assert len(ALONE[spoken]) == 1


@settings(max_examples=40, deadline=None)
@given(order=st.lists(st.sampled_from(SPOKEN), min_size=1, max_size=5), data=st.data())
def test_questions_in_any_order_and_in_any_pieces_are_answered_in_order(
    order: list[str], data: st.DataObject
) -> None:
    line = bus()
    for spoken in order:
        sent = question(spoken)
        cuts = data.draw(st.lists(st.integers(0, len(sent)), max_size=3).map(sorted))
        pieces = [sent[a:b] for a, b in pairwise([0, *cuts, len(sent)])]
        assert replies(line, *pieces) == ALONE[spoken]


def test_a_question_that_is_not_for_the_line_is_answered_by_nobody() -> None:
    assert replies(bus(), question("rtu", "9")) == []
    assert replies(bus(), question("dlt645", "000000000009")) == []


def test_two_devices_of_one_address_both_answer() -> None:
    rogue = seat("rtu", AnswersForAnother(address="1"), address="2")
    line = Bus([seat("rtu"), rogue])
    first, second = replies(line, question("rtu"))
    assert first == second == ALONE["rtu"][0]


@settings(max_examples=60, deadline=None)
@given(noise=st.binary(max_size=200))
def test_noise_before_a_question_is_passed_over_within_two_questions(noise: bytes) -> None:
    line = bus()
    line.hear(noise, 0)
    found = [replies(line, question("rtu")) for _ in range(2)]
    assert ALONE["rtu"][0] in [one for some in found for one in some]


def test_a_flood_keeps_little() -> None:
    line = bus()
    for _ in range(20):
        line.hear(bytes([0x68]) * 10_000, 0)
    assert all(len(heard) <= MOST_KEPT for heard in line._heard.values())


def test_a_line_without_devices_is_silent() -> None:
    assert replies(Bus([]), question("rtu")) == []
