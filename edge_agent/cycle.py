"""One poll of a device: the line's outcomes become indications and misses. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from calibration.indication import MissReason, Quality
from device_profiles.errors import ProfileError
from device_profiles.formats import NotAvailable, Number
from device_profiles.model import DeviceProfile
from device_profiles.plan import ReadRequest, extent, plan_reads
from device_profiles.readout import ChannelReadout, Indicated, OutOfRange, Reader, reader_of
from edge_agent.blocks import Ask, ask_block
from edge_agent.driver import Reply
from edge_agent.errors import AgentError
from edge_agent.line import Outcome
from edge_agent.poll import Lacking, Poll, Reading
from edge_agent.setup import DeviceSetup
from evidence.log.column import MOST

NS_PER_MS: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class PolledDevice:
    """A device as the agent polls it.

    Attributes:
        setup, digest: What holds for its readings, and the digest that names it.
        profile: Of the device, with the setup's channels alone.
        asks: What to ask in a cycle.
        extents: The read that holds each of the setup's channels, in their order.
        period_ns, phase_ns: Its poll grid.
    """

    setup: DeviceSetup
    digest: bytes
    profile: DeviceProfile
    asks: tuple[Ask, ...]
    extents: tuple[ReadRequest, ...]
    period_ns: int
    phase_ns: int

    @property
    def name(self) -> str:
        """Its name in the configuration."""
        return self.setup.device

    @cached_property
    def reader(self) -> Reader:
        """Reads the setup's channels out of replies, prepared once."""
        names = [channel.name for channel in self.setup.channels]
        return reader_of(self.profile, names, self.setup.parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A poll's place: its number, its instant, and the time below which stamps are suspect."""

    sequence: int
    at_ns: int
    floor_ms: int = 0

    @property
    def at_ms(self) -> int:
        """The instant in whole ms."""
        return self.at_ns // NS_PER_MS


def asks_of(profile: DeviceProfile, channels: Sequence[str]) -> tuple[Ask, ...]:
    """What to ask a device for its channels: the fewest legal reads."""
    extents = extents_of(profile, channels)
    return tuple(ask_block(read, extents) for read in plan_reads(profile, channels))


def extents_of(profile: DeviceProfile, channels: Sequence[str]) -> tuple[ReadRequest, ...]:
    """The read that holds each channel."""
    return tuple(extent(profile.channel(name), profile.modbus) for name in channels)


def poll_of(device: PolledDevice, outcomes: Iterable[Outcome], tick: Tick) -> Poll:
    """What the outcomes of one cycle say about each channel of `device`.

    A channel whose read failed, and one that the device says it has no value for, is lacking
    with its reason: every channel of the setup is in the poll exactly once.
    """
    answers = {
        outcome.request: outcome.answer
        for outcome in outcomes
        if outcome.device == device.name and isinstance(outcome.request, ReadRequest)
    }
    replies = {read: answer for read, answer in answers.items() if isinstance(answer, Reply)}
    found = _readouts(device, replies)
    readings: list[Reading] = []
    lacking: list[Lacking] = []
    for place, channel in enumerate(device.setup.channels):
        read = _read_of(device.extents[place], answers)
        answer = None if read is None else answers[read]
        shown = found.get(channel.name)
        if shown is None or not isinstance(answer, Reply):
            lacking.append(_unanswered(place, answer, tick))
        elif isinstance(shown.number, NotAvailable | OutOfRange) or abs(shown.number) > MOST:
            lacking.append(_unusable(place, shown.number, answer))
        else:
            readings.append(_reading(place, shown.raw, shown.number, answer, tick))
    return _poll(device, tick, readings, lacking)


def unpolled(device: PolledDevice, tick: Tick, reason: MissReason = MissReason.NOT_POLLED) -> Poll:
    """The poll of a tick at which the device was not asked."""
    places = range(len(device.setup.channels))
    gone = [Lacking(channel=place, at_ms=tick.at_ms, reason=reason) for place in places]
    return _poll(device, tick, [], gone)


def _poll(
    device: PolledDevice, tick: Tick, readings: Sequence[Reading], lacking: Sequence[Lacking]
) -> Poll:
    return Poll(
        device=device.name,
        setup=device.digest,
        sequence=tick.sequence,
        at_ms=tick.at_ms,
        readings=tuple(readings),
        lacking=tuple(lacking),
    )


def _readouts(
    device: PolledDevice, replies: Mapping[ReadRequest, Reply]
) -> dict[str, ChannelReadout]:
    words = {read: reply.words for read, reply in replies.items()}
    try:
        return device.reader.read(words)
    except ProfileError:  # words that are none; the driver proves counts, so this is foreign
        return {}


def _read_of(
    whole: ReadRequest, answers: Mapping[ReadRequest, Reply | AgentError]
) -> ReadRequest | None:
    """The read that was to bring a channel; an answered one first."""
    covering = [read for read in answers if read.covers(whole)]
    answered = [read for read in covering if isinstance(answers[read], Reply)]
    return next(iter(answered or covering), None)


def _unanswered(place: int, answer: Reply | AgentError | None, tick: Tick) -> Lacking:
    reason = MissReason.NOT_POLLED
    if isinstance(answer, AgentError):
        reason = MissReason(answer.miss_reason)
    elif answer is not None:
        reason = MissReason.GARBAGE
    return Lacking(channel=place, at_ms=tick.at_ms, reason=reason)


def _unusable(place: int, number: Indicated, answer: Reply) -> Lacking:
    reason = MissReason.OUT_OF_RANGE
    if isinstance(number, NotAvailable):
        digits = number.reason == "digits"
        reason = MissReason.GARBAGE if digits else MissReason.SENTINEL
    return Lacking(channel=place, at_ms=answer.answered_at_ns // NS_PER_MS, reason=reason)


def _reading(place: int, raw: bytes, number: Number, answer: Reply, tick: Tick) -> Reading:
    at_ms = answer.answered_at_ns // NS_PER_MS
    quality = Quality.CLOCK_SUSPECT if at_ms < tick.floor_ms else Quality.GOOD
    return Reading(channel=place, at_ms=at_ms, raw=raw, number=number, quality=quality)
