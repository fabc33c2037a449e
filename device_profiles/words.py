"""Words that are no quantity: how they are read, and what they hold (pure)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from device_profiles.formats import NotAvailable, Number, word_count
from device_profiles.modbus.pdu import data_bytes, unpacked
from device_profiles.plan import ReadRequest, cheapest_reads, declared_registers
from device_profiles.register_model import ModbusProfile, ModbusTraits
from device_profiles.registers import decode, wire_bytes
from device_profiles.word_source import AnySource, SettingSource, StatusSource, TextSource

Replies = Mapping[ReadRequest, bytes]
"""The data bytes of each answered read."""


def place_of(source: AnySource, traits: ModbusTraits) -> ReadRequest:
    """The smallest read that holds `source` whole."""
    function = traits.function if source.function is None else source.function
    count = source.registers if isinstance(source, TextSource) else word_count(source.format)
    return ReadRequest(function=function, address=source.address, count=count)


def sources_of(profile: ModbusProfile) -> Iterator[AnySource]:
    """Where all words lie that are no quantity: status, identity, settings."""
    yield from (word.source for word in profile.status)
    yield from identity_sources(profile)


def identity_sources(profile: ModbusProfile) -> Iterator[AnySource]:
    """Where the registers lie that say who the device is and how it is set."""
    for field in profile.identity:
        yield from (each for each in (field.text, field.number) if each is not None)
    for setting in profile.readback:
        yield from (each for each in (setting.number, setting.over) if each is not None)


def reads_of(profile: ModbusProfile, sources: Iterable[AnySource]) -> tuple[ReadRequest, ...]:
    """The fewest legal reads that bring `sources`, in order of function and address.

    Registers that any channel, status word, identity field or setting declares may be read
    through, others only as far as the device allows.
    """
    traits = profile.modbus
    documented = (place_of(source, traits) for source in sources_of(profile))
    declared = declared_registers(profile) | {
        (place.function, address)
        for place in documented
        for address in range(place.address, place.end)
    }
    return cheapest_reads([place_of(source, traits) for source in sources], traits, declared)


def words_at(place: ReadRequest, replies: Replies) -> Sequence[int] | None:
    """The words of `place` out of a reply that holds them all; None where there is none."""
    for read, content in replies.items():
        start = place.address - read.address
        if read.covers(place) and len(content) == data_bytes(read.function, read.count):
            words = unpacked(read.function, read.count, content)
            return words[start : start + place.count]
    return None


def number_at(
    source: StatusSource | SettingSource, traits: ModbusTraits, replies: Replies
) -> Number | None:
    """The number that `source` holds; None where it was not read, or holds none.

    Raises:
        DigitsError: a bit that is neither 0 nor 1.
    """
    words = words_at(place_of(source, traits), replies)
    if words is None:
        return None
    number = decode(words, source.format, source.word_order or traits.word_order)
    return None if isinstance(number, NotAvailable) else number


def text_at(source: TextSource, traits: ModbusTraits, replies: Replies) -> str | None:
    """The text that `source` holds, without what is left over behind it; None where not read.

    What is no printable ASCII shows as U+FFFD; what stands before the text is kept, because it
    shows that the address is wrong.
    """
    words = words_at(place_of(source, traits), replies)
    if words is None:
        return None
    return shown_text(wire_bytes(words))


def shown_text(raw: bytes) -> str:
    """The ASCII text in `raw`, without NUL and blanks behind it."""
    kept = raw.rstrip(b"\0 ")
    return "".join(chr(byte) if 32 <= byte < 127 else "\ufffd" for byte in kept)
