"""What a device that shows several instruments of a stack answers."""

from pathlib import Path

import pytest

from device_profiles.register_model import modbus_of
from device_profiles.status import conditions, status_reads, status_values
from device_profiles.status_model import Condition
from simulators.fault import Spike
from simulators.load import load_plant, shipped
from simulators.servers.answer import Image
from simulators.stack.place import StackPlace
from simulators.stack.state import State
from simulators.stack.waves import NS_PER_MIN
from tests.unit.simulators.stack.stacks import local


@pytest.fixture
def analyser() -> StackPlace:
    place = load_plant(shipped(Path("quarter"))).lines["stack"][1]
    assert isinstance(place, StackPlace)
    return place


def said(place: StackPlace, at_ns: int) -> frozenset[Condition]:
    profile = modbus_of(place.site.profile)
    (read,) = status_reads(profile)
    image = place.image(at_ns)
    word = image.words[read.function, read.address]
    return conditions(profile, status_values(profile, {read: word.to_bytes(2, "big")}))["co2"]


def words(image: Image) -> dict[tuple[int, int], int]:
    return dict(image.words)


def test_of_two_instruments_states_the_later_one_is_told(analyser: StackPlace) -> None:
    both = local("2026-03-10T08:47")
    assert {*analyser.states(both).values()} == {State.FAULT, State.BLOW_BACK}
    assert said(analyser, both) == {Condition.FAULT}
    assert said(analyser, both - 24 * 60 * NS_PER_MIN) == {Condition.BLOW_BACK}


def test_settling_is_told_as_values_that_are_not_to_be_used(analyser: StackPlace) -> None:
    assert said(analyser, local("2026-01-05T02:19")) == {Condition.CALIBRATING}
    assert said(analyser, local("2026-01-05T02:20")) == {Condition.INVALID}
    assert said(analyser, local("2026-01-05T02:22")) == frozenset()


def test_a_minute_is_the_same_throughout_and_the_next_one_is_not(analyser: StackPlace) -> None:
    at_ns = local("2026-01-05T12:00")
    first, last = analyser.image(at_ns), analyser.image(at_ns + NS_PER_MIN - 1)
    assert words(first) == words(last)
    assert words(first) != words(analyser.image(at_ns + NS_PER_MIN))


def test_a_fault_is_seen_at_once_and_gone_when_it_is_over(analyser: StackPlace) -> None:
    at_ns, spike = local("2026-01-05T12:00"), Spike(channel="co2", factor=2.0)
    sound = words(analyser.image(at_ns))
    assert words(analyser.image(at_ns, (spike,))) != sound
    assert words(analyser.image(at_ns)) == sound
