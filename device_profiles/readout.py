"""From replies to numbers in the channels' units, for Modbus (pure).

A number depends on nothing but the profile, the parameters and the registers' bytes,
so whoever keeps the bytes can compute it again.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from device_profiles.finish import finished
from device_profiles.formats import NotAvailable, Number
from device_profiles.indicated import Decoding, Indicated, Interpretation
from device_profiles.interpretation import decoding
from device_profiles.modbus.pdu import data_bytes, unpacked
from device_profiles.model import DeviceProfile
from device_profiles.parameters import parameters_of
from device_profiles.plan import ReadRequest, extent, spans_of
from device_profiles.register_errors import WordCountError
from device_profiles.register_model import ModbusProfile, RegisterChannel, modbus_of
from device_profiles.registers import wire_bytes

BIT_FUNCTIONS: Final = frozenset({1, 2})
"""Coils and discrete inputs: their answers pack eight to a byte, the lowest first."""


class ChannelReadout(msgspec.Struct, frozen=True, kw_only=True):
    """What one channel indicated.

    Args:
        raw: the registers' bytes as they travelled: per term the value, then its scale
            factor register if it has one. A bit is one register, 0000 or 0001.
        number: the indication in the channel's unit, or why there is none.
    """

    raw: bytes
    number: Indicated


def readout(
    device: DeviceProfile,
    replies: Mapping[ReadRequest, bytes],
    parameters: Mapping[str, float] | None = None,
) -> dict[str, ChannelReadout]:
    """What every channel indicated whose read was answered, by name.

    Args:
        device: a Modbus profile without findings.
        replies: the data bytes of every answered read; others are left out, and with them
            their channels.
        parameters: site values; missing ones take the profile's default.

    A scaled integer stays an exact `int` while scale and parameters are integral.

    Raises:
        WordCountError: a reply has another length than its read asked for.
        ParameterError: an unknown parameter, or one that is not > 0.
        ProtocolError: it is no Modbus profile.
    """
    profile = modbus_of(device)
    names = [channel.name for channel in profile.channels]
    return reader_of(profile, names, parameters).read(replies)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A channel, the smallest read that holds it, and what makes its indication of its bytes."""

    channel: RegisterChannel
    whole: ReadRequest
    interpret: Interpretation


_Cut = tuple[int, tuple[slice, ...], Interpretation]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterReader:
    """A device's channels, prepared to be read out many times; made by `reader_of`.

    Args:
        profile: a profile without findings.
        slots: the channels, in the order they were asked for.
    """

    profile: ModbusProfile
    slots: tuple[Slot, ...]
    _cuts: dict[ReadRequest, tuple[_Cut, ...]] = field(default_factory=dict)

    @property
    def wholes(self) -> tuple[ReadRequest, ...]:
        """The smallest read that holds each channel, in their order."""
        return tuple(slot.whole for slot in self.slots)

    def read(self, replies: Mapping[ReadRequest, bytes]) -> dict[str, ChannelReadout]:
        """What every channel indicated whose read was answered, by name.

        Raises:
            WordCountError: as for `readout`.
        """
        found: dict[int, ChannelReadout] = {}
        for read, content in replies.items():
            for place, raw, number in self.places(read, content):
                found.setdefault(place, ChannelReadout(raw=raw, number=number))
        return {self.slots[place].channel.name: found[place] for place in sorted(found)}

    def held(self, read: Hashable) -> tuple[int, ...]:
        """The places of the channels that a read holds whole; none of what reads no registers."""
        if not isinstance(read, ReadRequest):
            return ()
        return tuple(place for place, slot in enumerate(self.slots) if read.covers(slot.whole))

    def places(self, read: Hashable, content: bytes) -> Iterator[tuple[int, bytes, Indicated]]:
        """What the channels that a read holds indicated: place among the slots, bytes, number.

        Raises:
            WordCountError: as for `readout`.
        """
        if not isinstance(read, ReadRequest):
            return
        reply = _registers(self.profile, read, content)
        cuts = self._cuts.get(read)
        if cuts is None:
            cuts = self._cuts[read] = tuple(self._cut(read))
        for place, pieces, interpret in cuts:
            raw = reply[pieces[0]] if len(pieces) == 1 else b"".join(reply[at] for at in pieces)
            yield place, raw, interpret(raw)

    def _cut(self, read: ReadRequest) -> Iterator[_Cut]:
        """Where in a read's bytes the registers of each channel stand that it holds."""
        for place in self.held(read):
            slot = self.slots[place]
            pieces = (span for term in slot.channel.terms for span in spans_of(term))
            at = tuple(
                slice(2 * (start - read.address), 2 * (end - read.address)) for start, end in pieces
            )
            yield place, at, slot.interpret


def reader_of(
    profile: ModbusProfile, names: Sequence[str], parameters: Mapping[str, float] | None = None
) -> RegisterReader:
    """A reader of the channels `names`, with site values for parameters.

    Raises:
        UnknownChannelError: the profile has no such channel.
        ParameterError: an unknown parameter, or one that is not > 0.
    """
    channels = [profile.channel(name) for name in names]
    factors = parameters_of(profile, parameters)
    return RegisterReader(
        profile=profile,
        slots=tuple(
            Slot(
                channel=channel,
                whole=extent(channel, profile.modbus),
                interpret=finished(decoding(profile, channel), channel, factors),
            )
            for channel in channels
        ),
    )


def register_decoding(profile: ModbusProfile, name: str) -> Decoding:
    """The number in the bytes that `ChannelReadout.raw` keeps of channel `name`.

    Raises:
        UnknownChannelError: the profile has no such channel.
        WordCountError: (of what is returned) the bytes have another length than its registers.
    """
    channel = profile.channel(name)
    known = decoding(profile, channel)
    limit_bytes = 2 * sum(end - start for term in channel.terms for start, end in spans_of(term))

    def checked(raw: bytes) -> Number | NotAvailable:
        if len(raw) != limit_bytes:
            found = f"{len(raw) / 2:g}"
            raise WordCountError(profile.id, key=name, found=found, limit=limit_bytes // 2)
        return known(raw)

    return checked


def _registers(profile: ModbusProfile, read: ReadRequest, content: bytes) -> bytes:
    """The reply's registers, if it has the length that was asked for; a bit is one register."""
    bits, expected = read.function in BIT_FUNCTIONS, data_bytes(read.function, read.count)
    if len(content) != expected:
        where = f"{profile.id} function {read.function} address {read.address}"
        found = f"{len(content) if bits else len(content) / 2:g}"
        raise WordCountError(where, key="reply", found=found, limit=expected // (2 - bits))
    return wire_bytes(unpacked(read.function, read.count, content)) if bits else content
