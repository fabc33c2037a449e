"""A place where an instrument stands: what it shows, and what becomes of each request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from device_profiles.errors import ProfileError
from device_profiles.formats import NotAvailable
from device_profiles.healthy import healthy_words
from device_profiles.model import DeviceProfile
from device_profiles.write import write_words
from simulators.fault import (
    AnyFault,
    active_faults,
    disturbed,
    faulted_channels,
    shown_instant_ns,
    silenced_channels,
    stuck_channels,
)
from simulators.instrument import InstrumentTruth, indicated_rate, indicated_total
from simulators.process import Process
from simulators.register import Register
from simulators.servers.answer import DEVICE_FAILURE, Gaps, Image, answer, exception
from simulators.servers.disturb import Reply, reply
from simulators.servers.mbap import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One channel of an instrument that shows the process.

    Attributes:
        factor: channel unit over process unit.
        resolution: last digit of a register, in the channel's unit; 0 for none.
        rollover: modulus of a register, in the channel's unit; 0 for none.
    """

    channel: str
    counts: bool
    factor: float
    resolution: float
    rollover: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One piece of equipment with its serial number, from the instant at which it is installed."""

    serial: str
    installed_at_ns: int
    truth: InstrumentTruth
    process: Process
    register: Register
    shown: tuple[Shown, ...]

    def indications(self, at_ns: int) -> dict[str, float]:
        """What its channels show at an instant, in the channels' units."""
        return {shown.channel: self._indication(shown, at_ns) for shown in self.shown}

    def _indication(self, shown: Shown, at_ns: int) -> float:
        if not shown.counts:
            return indicated_rate(self.truth, self.process, at_ns) * shown.factor
        digits = replace(
            self.truth, register_resolution=shown.resolution, rollover_modulus=shown.rollover
        )
        return indicated_total(digits, self.register.total_at(at_ns) * shown.factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What belongs to the place and not to the instrument."""

    profile: DeviceProfile
    constants: Mapping[str, float]
    parameters: Mapping[str, float]
    faults: tuple[AnyFault, ...]
    gaps: Gaps


def _steady_channels(site: Site, instruments: Sequence[Instrument]) -> frozenset[str]:
    """The channels whose words never change, so that they are written once.

    None in a profile with scale factor registers: what one channel shows moves the others.
    """
    terms = (term for channel in site.profile.channels for term in channel.terms)
    if any(term.scale_factor_address is not None for term in terms):
        return frozenset()
    carried = {shown.channel for one in instruments for shown in one.shown}
    return frozenset(site.constants) - carried - faulted_channels(site.faults)


class Place:
    """A unit id on a line: the instruments that stand there in turn, and the requests so far."""

    def __init__(self, site: Site, instruments: Sequence[Instrument]) -> None:
        self.site = site
        self.instruments = tuple(instruments)
        self.polls = 0
        self._stuck: dict[str, float] = {}
        self._steady = _steady_channels(site, self.instruments)
        steady = {name: site.constants[name] for name in self._steady}
        self._steady_words = {
            **healthy_words(site.profile, site.parameters),
            **write_words(site.profile, steady, site.parameters),
        }

    def instrument_at(self, at_ns: int) -> Instrument | None:
        """The instrument that stands here at an instant; the first one before it is installed."""
        standing = (one for one in reversed(self.instruments) if one.installed_at_ns <= at_ns)
        return next(standing, next(iter(self.instruments), None))

    def indications(self, at_ns: int) -> dict[str, float]:
        """What every channel shows at an instant without faults, in the channels' units."""
        standing = self.instrument_at(at_ns)
        return {**self.site.constants, **(standing.indications(at_ns) if standing else {})}

    def image(self, at_ns: int, active: Sequence[AnyFault] = ()) -> Image:
        """The words that can be read at an instant, under the active faults.

        Raises:
            ProfileError: a value that its format cannot carry.
        """
        shown = self.indications(shown_instant_ns(active, at_ns))
        moving = {name: value for name, value in shown.items() if name not in self._steady}
        values = disturbed(active, moving)
        values |= self._held(stuck_channels(active), values)
        silent = {name: NotAvailable() for name in silenced_channels(active)}
        words = write_words(self.site.profile, {**values, **silent}, self.site.parameters)
        return Image(words=self._steady_words | words, gaps=self.site.gaps)

    def respond(self, request: Request, at_ns: int) -> Reply:
        """The reply to the next request; a value that cannot be encoded is exception 4."""
        poll, self.polls = self.polls, self.polls + 1
        active = active_faults(self.site.faults, poll, at_ns)
        try:
            pdu = answer(request.pdu, self.image(at_ns, active))
        except ProfileError:
            pdu = exception(request.pdu[0], DEVICE_FAILURE)
        return reply(request, pdu, active, poll)

    def _held(self, stuck: frozenset[str], values: Mapping[str, float]) -> dict[str, float]:
        """The values at which channels are stuck; others are forgotten."""
        self._stuck = {
            name: self._stuck.get(name, values[name]) for name in stuck if name in values
        }
        return self._stuck
