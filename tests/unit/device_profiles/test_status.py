"""Status words: which reads bring them, and what their values mean for which channel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_profiles.plan import ReadRequest, plan_reads
from device_profiles.status import Condition, conditions, status_reads, status_values
from tests.unit.device_profiles.examples import channel, profile
from tests.words import content

CHANNELS = [
    channel("so2", '{ address = 0, format = "float32" }'),
    channel("o2", '{ address = 2, format = "float32" }'),
]
WORDS = """status = [
  { name = "mode", source = { address = 4, format = "uint16" }, normal = [0], marks = [
    { values = [1, 2], means = "calibrating" },
    { values = [6], means = "maintenance", channels = ["so2"] },
  ] },
  { name = "alarms", source = { address = 6, format = "uint32", word_order = "CDAB" }, marks = [
    { bits = [0, 17], means = "fault" },
    { bits = [3], means = "over_range", channels = ["o2"] },
  ] },
  { name = "held", source = { address = 9, format = "bit", function = 2 }, marks = [
    { values = [0], means = "invalid" },
  ] },
]"""
DEVICE = profile(*CHANNELS, more=WORDS)
NOTHING: frozenset[Condition] = frozenset()


def of(**values: int) -> dict[str, frozenset[Condition]]:
    return conditions(DEVICE, values)


def test_a_profile_without_status_words_asks_for_none_and_says_nothing() -> None:
    plain = profile(*CHANNELS)
    assert status_reads(plain) == ()
    assert conditions(plain, {"mode": 1}) == {"so2": NOTHING, "o2": NOTHING}


def test_status_words_are_read_apart_from_the_channels_that_are_polled() -> None:
    assert plan_reads(DEVICE) == (ReadRequest(function=3, address=0, count=4),)
    assert status_reads(DEVICE) == (
        ReadRequest(function=2, address=9, count=1),
        ReadRequest(function=3, address=4, count=1),
        ReadRequest(function=3, address=6, count=2),
    )


def test_the_gap_that_a_device_allows_is_read_through() -> None:
    device = profile(*CHANNELS, more=WORDS, modbus="modbus.gap_registers = 1")
    assert status_reads(device)[1:] == (ReadRequest(function=3, address=4, count=4),)


def test_words_are_taken_from_whatever_reads_hold_them_whole() -> None:
    replies = {
        ReadRequest(function=3, address=0, count=8): (0, 0, 0, 0, 6, 0, 0x0008, 0x0002),
        ReadRequest(function=2, address=9, count=1): (1,),
    }
    values = status_values(DEVICE, {each: content(each, its) for each, its in replies.items()})
    assert values == {"mode": 6, "alarms": 0x00020008, "held": 1}
    assert conditions(DEVICE, values) == {
        "so2": {Condition.MAINTENANCE, Condition.FAULT},
        "o2": {Condition.FAULT, Condition.OVER_RANGE},
    }


def test_a_word_that_was_not_read_or_came_short_is_left_out() -> None:
    short = {ReadRequest(function=3, address=4, count=4): (1, 0)}
    assert status_values(DEVICE, {each: content(each, its) for each, its in short.items()}) == {}
    assert status_values(DEVICE, {}) == {}
    assert of() == {"so2": NOTHING, "o2": NOTHING}


def test_a_normal_value_means_nothing_and_a_marked_one_what_its_mark_says() -> None:
    assert of(mode=0)["so2"] == NOTHING
    assert of(mode=2) == {name: {Condition.CALIBRATING} for name in ("so2", "o2")}
    assert of(mode=6) == {"so2": {Condition.MAINTENANCE}, "o2": NOTHING}
    assert of(held=0)["o2"] == {Condition.INVALID}
    assert of(held=1)["o2"] == NOTHING


def test_a_value_that_the_document_does_not_list_is_never_taken_for_normal() -> None:
    assert of(mode=9) == {name: {Condition.UNLISTED} for name in ("so2", "o2")}
    assert of(alarms=1 << 5)["so2"] == NOTHING  # no value of this word is said to be normal


def test_a_set_bit_that_is_not_listed_is_told_beside_those_that_are() -> None:
    device = profile(*CHANNELS, more=WORDS.replace('"CDAB" }', '"CDAB" }, normal = [0]'))
    assert conditions(device, {"alarms": 1})["so2"] == {Condition.FAULT}
    both = conditions(device, {"alarms": 1 | 1 << 5})
    assert both["so2"] == {Condition.FAULT, Condition.UNLISTED}


def test_bits_of_a_signed_word_are_those_that_travelled() -> None:
    signed = WORDS.replace('"uint32", word_order = "CDAB"', '"int32"')
    device = profile(*CHANNELS, more=signed)
    assert conditions(device, {"alarms": -(2**31) + 8})["o2"] == {Condition.OVER_RANGE}


@given(
    values=st.dictionaries(
        st.sampled_from(["mode", "alarms", "held", "foreign"]), st.integers(-(2**63), 2**63)
    )
)
def test_any_values_give_conditions_for_exactly_the_channels(values: dict[str, int]) -> None:
    found = conditions(DEVICE, values)
    assert set(found) == {"so2", "o2"}
    assert all(isinstance(each, Condition) for one in found.values() for each in one)


@given(words=st.lists(st.integers(0, 0xFFFF), min_size=8, max_size=8), held=st.integers(0, 1))
def test_any_registers_give_values_of_all_words(words: list[int], held: int) -> None:
    replies = {
        ReadRequest(function=3, address=0, count=8): words,
        ReadRequest(function=2, address=9, count=1): [held],
    }
    values = status_values(DEVICE, {each: content(each, its) for each, its in replies.items()})
    assert values["mode"] == words[4]
    assert values["alarms"] == words[7] << 16 | words[6]
    assert values["held"] == held


@pytest.mark.parametrize("condition", Condition)
def test_every_condition_may_be_named_by_a_profile(condition: Condition) -> None:
    text = WORDS.replace('"calibrating"', f'"{condition}"')
    device = profile(*CHANNELS, more=text)
    assert conditions(device, {"mode": 1})["o2"] == {condition}
