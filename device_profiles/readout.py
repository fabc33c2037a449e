"""From replies to numbers in the channels' units (pure).

A number depends on nothing but the profile, the parameters and the registers' bytes,
so whoever keeps the bytes can compute it again: `readout` goes through `interpret`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from device_profiles.errors import ParameterError, WordCountError
from device_profiles.interpretation import Indicated, Interpretation, OutOfRange, interpretation
from device_profiles.model import Channel, DeviceProfile
from device_profiles.nearest import nearest
from device_profiles.plan import ReadRequest, extent, spans_of
from device_profiles.registers import wire_bytes

__all__ = [
    "ChannelReadout",
    "Indicated",
    "OutOfRange",
    "Reader",
    "interpret",
    "interpreter",
    "parameters_of",
    "reader_of",
    "readout",
]


class ChannelReadout(msgspec.Struct, frozen=True, kw_only=True):
    """What one channel indicated.

    Args:
        raw: the registers' bytes as they travelled: per term the value, then its scale
            factor register if it has one. A bit is one register, 0000 or 0001.
        number: the indication in the channel's unit, or why there is none.
    """

    raw: bytes
    number: Indicated


def parameters_of(
    profile: DeviceProfile, given: Mapping[str, float] | None = None
) -> dict[str, float]:
    """The value of every parameter of `profile`: as `given`, else its default.

    Raises:
        ParameterError: a name the profile does not declare, or a value that is not > 0.
    """
    for name, value in (given or {}).items():
        if name not in profile.parameters:
            known = nearest(name, profile.parameters) or "-"
            _refuse_parameter(profile, name, "is not declared", "未声明", known)
        if not (math.isfinite(value) and value > 0):
            _refuse_parameter(profile, name, f"cannot be {value}", f"不能为 {value}", "-")
    defaults = {name: parameter.default for name, parameter in profile.parameters.items()}
    return defaults | dict(given or {})


def readout(
    profile: DeviceProfile,
    plan: Sequence[ReadRequest],
    replies: Mapping[ReadRequest, Sequence[int]],
    parameters: Mapping[str, float] | None = None,
) -> dict[str, ChannelReadout]:
    """What every channel indicated whose read was answered, by name.

    Args:
        profile: a profile without findings.
        plan: the reads that were asked, see `plan_reads`.
        replies: register words (bits as 0 or 1) per answered read; others are left out,
            and with them their channels.
        parameters: site values; missing ones take the profile's default.

    A scaled integer stays an exact `int` while scale and parameters are integral.

    Raises:
        WordCountError: a reply has another length than its read asked for.
        WordRangeError: a reply holds what is no 16-bit word.
        ParameterError: an unknown parameter, or one that is not > 0.
    """
    names = [channel.name for channel in profile.channels]
    answered = {read: replies[read] for read in plan if read in replies}
    return reader_of(profile, names, parameters).read(answered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A channel, the smallest read that holds it, and what makes its indication of its bytes."""

    channel: Channel
    whole: ReadRequest
    interpret: Interpretation


_Cut = tuple[int, tuple[slice, ...], Interpretation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A device's channels, prepared to be read out many times; made by `reader_of`.

    Args:
        profile: a profile without findings.
        slots: the channels, in the order they were asked for.
    """

    profile: DeviceProfile
    slots: tuple[Slot, ...]
    _cuts: dict[ReadRequest, tuple[_Cut, ...]] = field(default_factory=dict)

    def read(self, replies: Mapping[ReadRequest, Sequence[int]]) -> dict[str, ChannelReadout]:
        """What every channel indicated whose read was answered, by name.

        Raises:
            WordCountError, WordRangeError: as for `readout`.
        """
        found: dict[int, ChannelReadout] = {}
        for read, words in replies.items():
            for place, raw, number in self.places(read, words):
                found.setdefault(place, ChannelReadout(raw=raw, number=number))
        return {self.slots[place].channel.name: found[place] for place in sorted(found)}

    def places(
        self, read: ReadRequest, words: Sequence[int]
    ) -> Iterator[tuple[int, bytes, Indicated]]:
        """What the channels that a read holds indicated: place among the slots, bytes, number.

        Raises:
            WordCountError, WordRangeError: as for `readout`.
        """
        reply = _bytes_of(self.profile, read, words)
        cuts = self._cuts.get(read)
        if cuts is None:
            cuts = self._cuts[read] = tuple(self._cut(read))
        for place, pieces, interpret in cuts:
            raw = reply[pieces[0]] if len(pieces) == 1 else b"".join(reply[at] for at in pieces)
            yield place, raw, interpret(raw)

    def _cut(self, read: ReadRequest) -> Iterator[_Cut]:
        """Where in a read's bytes the registers of each channel stand that it holds."""
        for place, slot in enumerate(self.slots):
            if read.covers(slot.whole):
                pieces = (span for term in slot.channel.terms for span in spans_of(term))
                at = tuple(
                    slice(2 * (start - read.address), 2 * (end - read.address))
                    for start, end in pieces
                )
                yield place, at, slot.interpret


def reader_of(
    profile: DeviceProfile, names: Sequence[str], parameters: Mapping[str, float] | None = None
) -> Reader:
    """A reader of the channels `names`, with site values for parameters.

    Raises:
        UnknownChannelError: the profile has no such channel.
        ParameterError: an unknown parameter, or one that is not > 0.
    """
    channels = [profile.channel(name) for name in names]
    factors = parameters_of(profile, parameters)
    return Reader(
        profile=profile,
        slots=tuple(
            Slot(
                channel=channel,
                whole=extent(channel, profile.modbus),
                interpret=interpretation(profile, channel, factors),
            )
            for channel in channels
        ),
    )


def interpret(
    profile: DeviceProfile, name: str, raw: bytes, parameters: Mapping[str, float] | None = None
) -> Indicated:
    """What channel `name` indicated, from the bytes that `ChannelReadout.raw` keeps.

    Raises:
        UnknownChannelError: the profile has no such channel.
        WordCountError: `raw` has another length than the channel's registers.
        ParameterError: an unknown parameter, or one that is not > 0.
    """
    return interpreter(profile, name, parameters)(raw)


def interpreter(
    profile: DeviceProfile, name: str, parameters: Mapping[str, float] | None = None
) -> Interpretation:
    """What interprets the bytes of channel `name`, as `interpret`, any number of times.

    Raises:
        UnknownChannelError: the profile has no such channel.
        ParameterError: an unknown parameter, or one that is not > 0.
    """
    channel = profile.channel(name)
    known = interpretation(profile, channel, parameters_of(profile, parameters))
    limit_bytes = 2 * sum(end - start for term in channel.terms for start, end in spans_of(term))

    def checked(raw: bytes) -> Indicated:
        if len(raw) != limit_bytes:
            found = f"{len(raw) / 2:g}"
            raise WordCountError(profile.id, key=name, found=found, limit=limit_bytes // 2)
        return known(raw)

    return checked


def _refuse_parameter(
    profile: DeviceProfile, name: str, what: str, what_zh: str, known: str
) -> None:
    raise ParameterError(
        profile.id,
        key=name,
        what=f"parameter '{name}' {what}",
        what_zh=f"参数 '{name}' {what_zh}",
        limit="> 0",
        nearest=known,
    )


def _bytes_of(profile: DeviceProfile, read: ReadRequest, words: Sequence[int]) -> bytes:
    """The reply's bytes, if it has the length that was asked for."""
    where = f"{profile.id} function {read.function} address {read.address}"
    if len(words) != read.count:
        raise WordCountError(where, key="reply", found=len(words), limit=read.count)
    return wire_bytes(words, where)
