"""One poll of a device: the line's outcomes become indications and misses. Pure."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from msgspec.structs import replace

from calibration.indication import MissReason, Quality
from device_profiles.cost import FEWEST, LineCost
from device_profiles.dialect import Reader
from device_profiles.dialects import reader_of, requests_of
from device_profiles.errors import ProfileError
from device_profiles.formats import NotAvailable
from device_profiles.indicated import Impaired, Indicated, OutOfRange
from device_profiles.model import DeviceProfile
from device_profiles.plan import ReadRequest
from device_profiles.readout import RegisterReader
from edge_agent.blocks import Ask, ask_block
from edge_agent.checked import PlannedCheck
from edge_agent.condition import worst
from edge_agent.driver import Reply
from edge_agent.errors import AgentError
from edge_agent.line import Outcome
from edge_agent.poll import Lacking, Poll, Reading
from edge_agent.setup import DeviceSetup
from edge_agent.states import States, states_of
from edge_agent.tick import NS_PER_MS, Tick
from evidence.log.column import MOST

_UNUSABLE: Final = (NotAvailable, OutOfRange)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingPlan:
    """What devices have in common that are read in the same way; made by `plan_of`.

    Attributes:
        profile: Of the devices, with the channels that are read alone.
        asks: What to ask in a cycle.
        reader: Reads the channels out of replies.
        states: Status words that are asked with them.
    """

    profile: DeviceProfile
    asks: tuple[Ask, ...]
    reader: Reader[Any]
    states: States


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledDevice:
    """A device as the agent polls it.

    Attributes:
        setup, digest: What holds for its readings, and the digest that names it.
        plan: How the setup's channels are read.
        period_ns, phase_ns: Its poll grid.
        frozen_after_ns: For how long its channels may show the same; None for ever.
        probe_serial: Of the probe behind the transmitter, where the site states one.
        checks: With gas, that its status words do not tell.
    """

    setup: DeviceSetup
    digest: bytes
    plan: ReadingPlan
    period_ns: int
    phase_ns: int
    frozen_after_ns: int | None = None
    probe_serial: str | None = None
    checks: tuple[PlannedCheck, ...] = ()

    @property
    def name(self) -> str:
        """Its name in the configuration."""
        return self.setup.device

    def polled_at(self, at_ns: int) -> bool:
        """Whether an instant stands on its poll grid."""
        return (at_ns - self.phase_ns) % self.period_ns == 0

    def serial_at(self, at_ns: int) -> str:
        """The serial number of the instrument that stands here at an instant."""
        standing = [each.serial for each in self.setup.installed if each.from_ns <= at_ns]
        return standing[-1] if standing else self.setup.installed[0].serial

    @property
    def profile(self) -> DeviceProfile:
        """Of the device, with the setup's channels alone."""
        return self.plan.profile

    @property
    def asks(self) -> tuple[Ask, ...]:
        """What to ask in a cycle."""
        return self.plan.asks


def plan_of(
    profile: DeviceProfile,
    channels: Sequence[str],
    parameters: Mapping[str, float],
    cost: LineCost = FEWEST,
) -> ReadingPlan:
    """How `channels` of devices of one profile are read, at the least cost to their line.

    Args:
        profile: Without findings.
        channels: Names of its channels.
        parameters: As the site gives them; missing ones take the profile's default.
        cost: Of a question on the line.

    Raises:
        UnknownChannelError: The profile has no such channel.
        ParameterError: An unknown parameter, or one that is not > 0.
    """
    chosen = [profile.channel(name) for name in channels]
    reader, states = reader_of(profile, channels, parameters), states_of(profile, channels)
    asked = (_ask(request, reader) for request in requests_of(profile, channels, cost))
    return ReadingPlan(
        # Only what is read is interpreted: a profile can have a hundred channels.
        profile=replace(profile, channels=tuple(chosen)),
        asks=(*asked, *(Ask(request=read) for read in states.reads)),
        reader=reader,
        states=states,
    )


def _ask(request: Hashable, reader: Reader[Any]) -> Ask:
    if isinstance(request, ReadRequest) and isinstance(reader, RegisterReader):
        return ask_block(request, reader.wholes)
    return Ask(request=request)


def by_device(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of a line's cycle, each device's by its name."""
    found: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        found.setdefault(outcome.device, []).append(outcome)
    return found


def poll_of(device: PolledDevice, outcomes: Iterable[Outcome], tick: Tick) -> Poll:
    """What the outcomes of one cycle, of `device` alone, say about each of its channels.

    A channel whose read failed, and one that the device says it has no value for, is lacking
    with its reason: every channel of the setup is in the poll exactly once.
    """
    whole = given(device.plan, len(device.setup.channels), outcomes, tick)
    readings = [each for each in whole if isinstance(each, Reading)]
    return _poll(device, tick, readings, [each for each in whole if isinstance(each, Lacking)])


def given(
    plan: ReadingPlan, count: int, outcomes: Iterable[Outcome], tick: Tick
) -> list[Reading | Lacking]:
    """What outcomes say about each of a plan's `count` channels, in their order."""
    answers = {outcome.request: outcome.answer for outcome in outcomes}
    found = _shown(plan.reader, answers, tick)
    for place, made in plan.states.marks(answers).items():
        if place in found:
            found[place] = _marked(found[place], made, tick)
    return [
        found.get(place) or _unanswered(place, answer_to(place, plan.reader, answers), tick)
        for place in range(count)
    ]


def as_marked(poll: Poll, made: MissReason | Quality, tick: Tick) -> Poll:
    """A poll of a device with which something is the matter as a whole."""
    marked = [_marked(each, made, tick) for each in poll.readings]
    readings = tuple(each for each in marked if isinstance(each, Reading))
    lacking = [each for each in marked if isinstance(each, Lacking)]
    whole = sorted((*poll.lacking, *lacking), key=lambda each: each.channel)
    return replace(poll, readings=readings, lacking=tuple(whole))


def unpolled(device: PolledDevice, tick: Tick, reason: MissReason = MissReason.NOT_POLLED) -> Poll:
    """The poll of a tick at which the device was not asked."""
    places = range(len(device.setup.channels))
    gone = [_lacking(place, tick.at_ms, reason, tick) for place in places]
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


def _shown(
    reader: Reader[Any], answers: Mapping[Hashable, Reply | AgentError], tick: Tick
) -> dict[int, Reading | Lacking]:
    """What each place shows that an answer holds; of several answers the first counts."""
    found: dict[int, Reading | Lacking] = {}
    for read, answer in answers.items():
        if isinstance(answer, Reply):
            at_ms = answer.answered_at_ns // NS_PER_MS
            quality = Quality.CLOCK_SUSPECT if answer.off_time else tick.quality(at_ms)
            # Content that is none of the request is foreign: the driver proves lengths.
            with suppress(ProfileError):
                for place, raw, number in reader.places(read, answer.content):
                    if place in found:
                        continue
                    found[place] = _filed(place, raw, number, at_ms, quality, tick)
    return found


def _filed(
    place: int, raw: bytes, number: Indicated, at_ms: int, quality: Quality, tick: Tick
) -> Reading | Lacking:
    """What is kept of an indication: a reading, or why there is none."""
    if isinstance(number, Impaired):
        made = worst((number.condition,))
        if isinstance(made, MissReason):
            return _showing(_lacking(place, at_ms, made, tick), raw, number.number)
        number, quality = number.number, made or quality
    if isinstance(number, _UNUSABLE) or abs(number) > MOST:
        return _showing(_unusable(place, number, at_ms, tick), raw, number)
    return Reading(channel=place, at_ms=at_ms, raw=raw, number=number, quality=quality)


def _marked(shown: Reading | Lacking, made: MissReason | Quality, tick: Tick) -> Reading | Lacking:
    """An indication of a device that says of itself that something is the matter."""
    if isinstance(shown, Lacking):
        return shown
    if isinstance(made, MissReason):
        lacking = _lacking(shown.channel, shown.at_ms, made, tick)
        return _showing(lacking, shown.raw, shown.number)
    return replace(shown, quality=made)


def _showing(lacking: Lacking, raw: bytes, number: Indicated) -> Lacking:
    """A miss with what the device showed: of a check with gas, that is the check's indication."""
    plain = isinstance(number, int | float) and abs(number) <= MOST
    return replace(lacking, raw=raw, number=number if plain else None)


def answer_to(
    place: int, reader: Reader[Any], answers: Mapping[Hashable, Reply | AgentError]
) -> Reply | AgentError | None:
    """The answer that was to bring a channel and did not; None if it was not asked for."""
    covering = [answer for request, answer in answers.items() if place in reader.held(request)]
    return next((each for each in covering if isinstance(each, Reply)), next(iter(covering), None))


def _unanswered(place: int, answer: Reply | AgentError | None, tick: Tick) -> Lacking:
    reason = MissReason.NOT_POLLED
    if isinstance(answer, AgentError):
        reason = MissReason(answer.miss_reason)
    elif answer is not None:
        reason = MissReason.GARBAGE
    return _lacking(place, tick.at_ms, reason, tick)


def _unusable(place: int, number: Indicated, at_ms: int, tick: Tick) -> Lacking:
    reason = MissReason.OUT_OF_RANGE
    if isinstance(number, NotAvailable):
        foreign = number.reason in {"digits", "unit"}
        reason = MissReason.GARBAGE if foreign else MissReason.SENTINEL
    return _lacking(place, at_ms, reason, tick)


def _lacking(place: int, at_ms: int, reason: MissReason, tick: Tick) -> Lacking:
    # A tick that went by lies below the floor and is none the worse for it.
    quality = Quality.CLOCK_SUSPECT if tick.suspect else Quality.GOOD
    return Lacking(channel=place, at_ms=at_ms, reason=reason, quality=quality)
