"""The channels of a profile as a device answers them: a value, or the reason for none."""

from collections.abc import Sequence

import msgspec

from device_profiles.model import Channel, DeviceProfile
from edge_agent.cycle import answer_to, given, plan_of
from edge_agent.driver import Driver
from edge_agent.errors import AgentError
from edge_agent.field.reached import Reached
from edge_agent.field.sensible import is_sensible
from edge_agent.line import Line, LineRules, Station
from edge_agent.line_time import silence_s
from edge_agent.poll import Reading
from edge_agent.tick import Tick
from evidence.clock import Clock

_NAME = "device"


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One channel of a profile, asked once.

    Attributes:
        name, unit: Of the channel; UCUM code.
        required: Whether a device that does not answer it is another.
        number: What it indicates; None where there is nothing.
        raw: The bytes behind it as they travelled, in hex.
        miss: Why there is nothing; empty where there is something.
        error: The coded error behind a miss.
        sensible: Whether there is a number, and an instrument may show it.
    """

    name: str
    unit: str
    required: bool
    number: float | int | None = None
    raw: str = ""
    miss: str = ""
    error: str = ""
    sensible: bool = False


def wanted(profile: DeviceProfile, *, quick: bool) -> list[str]:
    """The names of a profile's channels; `quick` takes the required ones, if it has any."""
    required = [channel.name for channel in profile.channels if channel.required]
    return required if quick and required else [channel.name for channel in profile.channels]


async def read_points(
    driver: Driver[object],
    profile: DeviceProfile,
    names: Sequence[str],
    clock: Clock,
    language: str,
    gap_s: float = 0.0,
) -> list[Point]:
    """The channels `names`, in their order, each asked once as an agent would.

    Args:
        driver: Of the device; it stays open.
        profile: Without findings.
        names: Of its channels.
        clock: Stamps.
        language: Of errors.
        gap_s: Least silence on the line between two questions.
    """
    plan = plan_of(profile, names, {})
    station = Station(name=_NAME, driver=driver, turnaround_s=_turnaround_s(profile))
    line = Line([station], clock=clock, rules=LineRules(gap_s=gap_s, most_splits=256))
    outcomes = await line.cycle({_NAME: plan.asks})
    tick = Tick(sequence=0, at_ns=clock.now_ns())
    answers = {outcome.request: outcome.answer for outcome in outcomes}
    found = given(plan, len(names), outcomes, tick)
    return [
        _point(profile.channel(name), what, answer_to(place, plan.reader, answers), language)
        for place, (name, what) in enumerate(zip(names, found, strict=True))
    ]


def gap_of(reached: Reached, profile: DeviceProfile) -> float:
    """The silence between questions that a place needs."""
    if not reached.target.carries_bytes:
        return 0.0
    return silence_s(reached.target.speed or profile.speed or reached.target.usual_speed)


def _turnaround_s(profile: DeviceProfile) -> float:
    traits = getattr(profile, "modbus", None)
    return 0.0 if traits is None else float(traits.turnaround_ms) / 1000


def _point(channel: Channel, what: object, answer: object, language: str) -> Point:
    plain = Point(name=channel.name, unit=channel.unit, required=channel.required)
    if isinstance(what, Reading):
        told = what.raw.hex(" ").upper()
        sensible = is_sensible(channel, what.number)
        return msgspec.structs.replace(plain, number=what.number, raw=told, sensible=sensible)
    miss = str(getattr(what, "reason", "not_polled"))
    error = answer.say(language) if isinstance(answer, AgentError) else ""
    return msgspec.structs.replace(plain, miss=miss, error=error)
