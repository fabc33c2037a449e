"""What is the matter with a device's indications, from its status words (pure)."""

from collections.abc import Collection, Mapping

from device_profiles.formats import limits
from device_profiles.plan import ReadRequest
from device_profiles.register_model import ModbusProfile
from device_profiles.status_model import Condition, Mark, StatusWord
from device_profiles.words import Replies, number_at, reads_of

__all__ = ["Condition", "conditions", "status_reads", "status_values"]


def status_reads(profile: ModbusProfile) -> tuple[ReadRequest, ...]:
    """The fewest legal reads that bring all status words; none for a profile without any."""
    return reads_of(profile, [word.source for word in profile.status])


def status_values(profile: ModbusProfile, replies: Replies) -> dict[str, int]:
    """The value of every status word whose read was answered, by name.

    Args:
        profile: a profile without findings.
        replies: the data bytes of each answered read.

    Raises:
        DigitsError: a bit that is neither 0 nor 1.
    """
    found = (
        (word.name, number_at(word.source, profile.modbus, replies)) for word in profile.status
    )
    return {name: int(number) for name, number in found if number is not None}


def conditions(
    profile: ModbusProfile, values: Mapping[str, int]
) -> dict[str, frozenset[Condition]]:
    """What is the matter with each channel, by name; an empty set where nothing is.

    Args:
        profile: a profile without findings.
        values: value of status words by name; words that were not read are left out, and say
            nothing. Names that the profile does not have are passed over.
    """
    found: dict[str, set[Condition]] = {channel.name: set() for channel in profile.channels}
    for word in profile.status:
        if word.name not in values:
            continue
        value = values[word.name]
        for mark in word.marks:
            if _applies(mark, word, value):
                _add(found, mark.channels, mark.means)
        if _unlisted(word, value):
            _add(found, (), Condition.UNLISTED)
    return {name: frozenset(each) for name, each in found.items()}


def _applies(mark: Mark, word: StatusWord, value: int) -> bool:
    return value in mark.values or any(_pattern(word, value) >> bit & 1 for bit in mark.bits)


def _pattern(word: StatusWord, value: int) -> int:
    """The word's bits: a negative number of a signed format as its two's complement."""
    low, high = limits(word.source.format)
    return value if value >= 0 else value + int(high) - int(low) + 1


def _unlisted(word: StatusWord, value: int) -> bool:
    """Whether something is left of the value that is neither normal nor marked."""
    if not word.normal or value in word.normal:
        return False
    if any(value in mark.values for mark in word.marks):
        return False
    whole = rest = _pattern(word, value)
    for mark in word.marks:
        for bit in mark.bits:
            rest &= ~(1 << bit)
    fully_marked = rest == 0 and whole != 0
    return not fully_marked and rest not in {_pattern(word, each) for each in word.normal}


def _add(found: Mapping[str, set[Condition]], channels: Collection[str], means: Condition) -> None:
    """Adds what is the matter to the channels that are named, or to all."""
    for name in channels or found:
        found[name].add(means)
