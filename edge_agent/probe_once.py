"""`agent test`: every device is read once and told of; nothing is stored, nothing is sent."""

import asyncio
import math
from collections.abc import Iterable, Mapping

import msgspec

from calibration.distribution import from_resolution
from calibration.measurand import Accumulation
from edge_agent.config import ClockSettings
from edge_agent.cycle import PolledDevice, by_device, poll_of
from edge_agent.errors import AgentError
from edge_agent.identity_watch import Findings, IdentityWatch, consequence
from edge_agent.installation import Installation
from edge_agent.line import Line, Outcome
from edge_agent.poll import Lacking, Poll
from edge_agent.strands import Strand, strands_of
from edge_agent.streams import streams_of
from edge_agent.tick import Tick
from evidence.clock import Clock
from evidence.clock_kernel import discipline_of
from evidence.clock_standing import ClockStanding, first_look, standard_uncertainty_s
from evidence.log.batch import Stream, contributions, values
from evidence.log.column import spread


class ProbedChannel(msgspec.Struct, frozen=True, kw_only=True):
    """One channel as `agent test` shows it.

    Args:
        channel, unit: `<site>/<device>/<channel>`, UCUM code.
        indication, value: as shown, and corrected; None where there is none. A register's
            value is its indication: calibration acts on its increments.
        standard_uncertainty: of the value, in its unit; None where it is unknown, never 0.
            Of a register, of the reading alone.
        basis: rung of the ladder the uncertainty stands on.
        quality: of the indication; empty where there is none.
        miss: why there is no indication; empty where there is one.
        error: the coded error behind a miss.
    """

    channel: str
    unit: str
    indication: float | int | None = None
    value: float | int | None = None
    standard_uncertainty: float | None = None
    basis: str = ""
    quality: str = ""
    miss: str = ""
    error: str = ""


class ProbedClock(msgspec.Struct, frozen=True, kw_only=True):
    """The machine's clock as `agent test` shows it.

    Args:
        standing: how it stands, by the operating system's word.
        bound_s: how far off it can be; None if that is not known.
        standard_uncertainty_s: of a stamp, as a batch would state it.
    """

    standing: ClockStanding
    bound_s: float | None
    standard_uncertainty_s: float

    @property
    def said(self) -> str:
        """It in words."""
        within = "" if self.bound_s is None else f", to within {self.bound_s:.3g} s"
        u_s = self.standard_uncertainty_s
        return f"clock: {self.standing.value}{within}; u = {u_s:.2g} s"


def probe_clock(settings: ClockSettings, clock: Clock) -> ProbedClock:
    """How the clock stands now."""
    mono_ns = clock.monotonic_ns()
    known = first_look(discipline_of(clock), clock.now_ns(), mono_ns)
    bound_s = known.bound_s(mono_ns, settings.drift_ppm)
    return ProbedClock(
        standing=known.standing(mono_ns, settings.drift_ppm),
        bound_s=bound_s,
        standard_uncertainty_s=standard_uncertainty_s(bound_s, settings.standard_uncertainty_s),
    )


async def probe_all(
    installation: Installation, lines: Mapping[str, Line], clock: Clock
) -> list[ProbedChannel]:
    """Every channel of every device, each read once; a dead device is told, and not fatal."""
    rows = await asyncio.gather(
        *(
            _probe_line(installation, [each.name for each in line.devices], lines[line.name], clock)
            for line in installation.config.lines
        )
    )
    return [row for some in rows for row in some]


async def _probe_line(
    installation: Installation, names: Iterable[str], line: Line, clock: Clock
) -> list[ProbedChannel]:
    devices = [installation.devices[name] for name in names]
    watch = IdentityWatch(devices, {})
    asks = {device.name: device.asks + watch.asks(device.name) for device in devices}
    outcomes = await line.cycle(asks)
    await line.close()
    tick = Tick(sequence=0, at_ns=clock.now_ns())
    own = by_device(outcomes)
    rows: list[ProbedChannel] = []
    for device in devices:
        poll = heard_of(device, own.get(device.name, ()), watch, tick)
        errors = errors_of(own.get(device.name, ()), watch.findings(device.name), "en")
        rows += rows_of(installation, poll, errors)
    return rows


def heard_of(
    device: PolledDevice, outcomes: Iterable[Outcome], watch: IdentityWatch, tick: Tick
) -> Poll:
    """The poll of a device, marked where it says of itself that it is another."""
    heard = tuple(outcomes)
    watch.heard(device, heard, tick)
    return watch.marked(device, poll_of(device, heard, tick), tick)


def errors_of(outcomes: Iterable[Outcome], findings: Findings, language: str) -> dict[str, str]:
    """The text behind each reason for a miss, the first of a kind."""
    told: dict[str, str] = {}
    made = consequence(findings)
    if made is not None:
        told[made.value] = "; ".join(each.say(language) for each in findings)
    for each in outcomes:
        if isinstance(each.answer, AgentError):
            told.setdefault(each.answer.miss_reason, each.answer.say(language))
    return told


def rows_of(
    installation: Installation, poll: Poll, errors: Mapping[str, str]
) -> list[ProbedChannel]:
    """The channels of one device as a poll shows them, in the order of its setup.

    Args:
        installation: Has the device.
        poll: Of the device; it holds every channel once.
        errors: The text behind each reason for a miss.
    """
    strands = sorted(strands_of([poll]), key=lambda strand: strand.key[1])
    return [_row(installation, strand, errors) for strand in strands]


def _row(installation: Installation, strand: Strand, errors: Mapping[str, str]) -> ProbedChannel:
    (stream,) = streams_of([strand], installation.calibrations)
    shown = ProbedChannel(
        channel=stream.head.channel,
        unit=stream.head.measurand.unit,
        basis=stream.head.basis.value,
    )
    ((_, what),) = strand.rows
    if isinstance(what, Lacking):
        reason = what.reason.value
        return msgspec.structs.replace(shown, miss=reason, error=errors.get(reason, ""))
    return msgspec.structs.replace(
        shown,
        indication=stream.indication[0],
        value=values(stream)[0],
        standard_uncertainty=_standard_uncertainty(stream),
        quality=spread(stream.quality, 1)[0].value,
    )


def _standard_uncertainty(stream: Stream) -> float | None:
    """Combined over influences and what is new in the reading; None where it is unknown."""
    fresh = spread(stream.fresh, 1)[0]
    own = [from_resolution(stream.head.resolution), fresh]
    if stream.head.measurand.accumulation != Accumulation.REGISTER:
        if stream.head.basis.value == "unknown":
            return None
        own += [contributions(stream, part)[0] for part in stream.contributions]
    return math.hypot(*own) or None
