"""What changed between two dumps of registers, and what a profile makes of one (pure)."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from device_profiles.formats import CODECS, FormatName, NotAvailable, Number
from device_profiles.guesses import guesses
from device_profiles.indicated import Impaired, Indicated, OutOfRange
from device_profiles.modbus.pdu import packed
from device_profiles.plan import ReadRequest, extent
from device_profiles.readout import reader_of
from device_profiles.register_model import ModbusProfile
from edge_agent.field.dump import Dump
from edge_agent.field.points import Point
from edge_agent.field.sensible import is_sensible

Key = tuple[int, int]
"""Function and address."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A register that is not what it was; None where it was not told."""

    function: int
    address: int
    before: str | None
    after: str | None


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A number that registers which changed could be, plausible both times."""

    function: int
    address: int
    format: str
    order: str
    before: float | int
    after: float | int


def changes(before: Dump, after: Dump) -> list[Change]:
    """The registers that differ, by function and address."""
    old, new = before.words, after.words
    return [
        Change(function=key[0], address=key[1], before=_hex(old, key), after=_hex(new, key))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    ]


def moved(before: Dump, after: Dump, formats: Sequence[FormatName]) -> list[Moved]:
    """The numbers in which changed registers are plausible in both dumps, by address."""
    old, new = before.words, after.words
    changed = {key for key in old.keys() & new.keys() if old[key] != new[key] and key[0] > 2}
    windows = {
        (key[0], key[1] - back, name)
        for key in changed
        for name in formats
        for back in range(CODECS[name].word_count)
    }
    return [each for window in sorted(windows) for each in _moved(window, old, new)]


def _moved(
    window: tuple[int, int, FormatName], old: Mapping[Key, int], new: Mapping[Key, int]
) -> Iterator[Moved]:
    function, first, name = window
    keys = [(function, first + place) for place in range(CODECS[name].word_count)]
    if not all(key in old and key in new for key in keys):
        return
    was, is_now = ([words[key] for key in keys] for words in (old, new))
    for one, other in zip(guesses(was, [name]), guesses(is_now, [name]), strict=False):
        if one.plausible and other.plausible and one.order == other.order:
            yield Moved(
                function=function,
                address=first,
                format=name,
                order=one.order,
                before=_number(one.number),
                after=_number(other.number),
            )


def _number(number: Number | NotAvailable) -> Number:
    if isinstance(number, NotAvailable):
        raise TypeError(number)  # a plausible reading is a number
    return number


def _hex(words: Mapping[Key, int], key: Key) -> str | None:
    return f"{words[key]:04X}" if key in words else None


def shown_by(profile: ModbusProfile, dump: Dump) -> list[Point]:
    """What a profile's channels show in a dump, in the profile's order."""
    words = dump.words
    points = []
    for channel in profile.channels:
        whole = extent(channel, profile.modbus)
        plain = Point(name=channel.name, unit=channel.unit, required=channel.required)
        raw = _content(whole, words)
        if raw is None:
            points.append(msgspec.structs.replace(plain, miss=_why(whole, dump)))
            continue
        found = reader_of(profile, [channel.name]).read({whole: raw})[channel.name]
        number = _plain(found.number)
        if isinstance(number, NotAvailable):
            points.append(msgspec.structs.replace(plain, miss=f"no value ({number.reason})"))
        elif isinstance(number, OutOfRange):
            miss = f"out of range: {number.number}"
            points.append(msgspec.structs.replace(plain, miss=miss))
        else:
            told, sensible = found.raw.hex(" ").upper(), is_sensible(channel, number)
            shown = msgspec.structs.replace(plain, number=number, raw=told, sensible=sensible)
            points.append(shown)
    return points


def _plain(indicated: Indicated) -> Number | NotAvailable | OutOfRange:
    """What is indicated, whatever the device says is the matter with it."""
    return indicated.number if isinstance(indicated, Impaired) else indicated


def _content(whole: ReadRequest, words: Mapping[Key, int]) -> bytes | None:
    keys = [(whole.function, address) for address in range(whole.address, whole.end)]
    if not all(key in words for key in keys):
        return None
    return packed(whole.function, [words[key] for key in keys])


def _why(whole: ReadRequest, dump: Dump) -> str:
    """Why a dump does not hold a channel whole."""
    for refusal in dump.refused:
        overlaps = refusal.first < whole.end and whole.address <= refusal.last
        if refusal.function == whole.function and overlaps:
            return f"refused: {refusal.code}"
    return f"not in the dump: FC{whole.function:02} {whole.address}..{whole.end - 1}"
