"""A place where an instrument stands: what it shows, and what becomes of each request."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from device_profiles.dialects import dialect_of
from device_profiles.errors import ProfileError
from device_profiles.finish import unfinished
from device_profiles.formats import NotAvailable
from device_profiles.healthy import SIMULATED_SERIAL, healthy_words, telling_words
from device_profiles.modbus.pdu import Adu
from device_profiles.model import DeviceProfile
from device_profiles.parameters import parameters_of
from device_profiles.register_model import ModbusProfile
from device_profiles.write import write_words
from evidence.errors import Words
from simulators.errors import FaultPlaceError
from simulators.fault import (
    AnyFault,
    active_faults,
    disturbed,
    faulted_channels,
    reset_channels,
    shown_instant_ns,
    silenced_channels,
    stuck_channels,
)
from simulators.fault_place import never_strikes
from simulators.instrument import InstrumentTruth, indicated_rate, indicated_total
from simulators.process import Process
from simulators.register import Register
from simulators.servers.answer import DEVICE_FAILURE, Gaps, Image, answer, exception
from simulators.servers.disturb import Reply, reply
from simulators.stack.state import CONDITIONS, State


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
    """What belongs to the place and not to the instrument.

    Attributes:
        on_bytes: it stands on a line of bare bytes.
        serial: where no instrument stands.
    """

    profile: DeviceProfile
    constants: Mapping[str, float]
    parameters: Mapping[str, float]
    faults: tuple[AnyFault, ...]
    gaps: Gaps
    on_bytes: bool = False
    serial: str = SIMULATED_SERIAL


def _steady_channels(
    site: Site, instruments: Sequence[Instrument], faults: Sequence[AnyFault]
) -> frozenset[str]:
    """The channels whose words never change, so that they are written once.

    None in a profile with scale factor registers: what one channel shows moves the others.
    """
    if not isinstance(site.profile, ModbusProfile):
        return frozenset()
    terms = (term for channel in site.profile.channels for term in channel.terms)
    if any(term.scale_factor_address is not None for term in terms):
        return frozenset()
    carried = {shown.channel for one in instruments for shown in one.shown}
    return frozenset(site.constants) - carried - faulted_channels(faults)


def _require_striking(site: Site, faults: Sequence[AnyFault]) -> None:
    protocol, named = site.profile.protocol, site.profile.id
    known = {channel.name for channel in site.profile.channels}
    for fault in faults:
        kind = str(fault.__struct_config__.tag)
        if what := never_strikes(fault, on_bytes=site.on_bytes, protocol=protocol):
            raise FaultPlaceError(named, kind=kind, what=what)
        if unknown := faulted_channels([fault]) - known:
            raise FaultPlaceError(
                named,
                kind=kind,
                what=Words(f"names no channel: {min(unknown)}", f"未指明通道：{min(unknown)}"),
            )


def _always_shown(
    site: Site, steady: Mapping[str, float], serial: str
) -> dict[tuple[int, int], int]:
    """The words of a Modbus device that never change: steady channels, status, identity."""
    if not isinstance(site.profile, ModbusProfile):
        return {}
    return {
        **healthy_words(site.profile, site.parameters, serial),
        **write_words(site.profile, steady, site.parameters),
    }


class Place:
    """An address on a line: the instruments that stand there in turn, and the requests so far."""

    def __init__(self, site: Site, instruments: Sequence[Instrument]) -> None:
        self.site = site
        self.instruments = tuple(instruments)
        self.polls = 0
        self._held: dict[str, float] = {}
        self._begun: dict[str, float] = {}
        self.strike(site.faults)

    def strike(self, faults: Sequence[AnyFault]) -> None:
        """From now on these faults are planned, and no others; what they count is not reset.

        Raises:
            FaultPlaceError: one of them can strike nothing here.
        """
        _require_striking(self.site, faults)
        self._faults = tuple(faults)
        self._steady = _steady_channels(self.site, self.instruments, faults)
        steady = {name: self.site.constants[name] for name in self._steady}
        serials = [each.serial for each in self.instruments] or [self.site.serial]
        self._steady_words = {each: _always_shown(self.site, steady, each) for each in serials}

    def active(self, at_ns: int) -> tuple[int, tuple[AnyFault, ...]]:
        """The number of the next request, which is counted, and the faults that strike it."""
        poll, self.polls = self.polls, self.polls + 1
        return poll, active_faults(self._faults, poll, at_ns)

    def planned(self, at_ns: int) -> tuple[AnyFault, ...]:
        """The faults that would strike the next request, which is not counted."""
        return active_faults(self._faults, self.polls, at_ns)

    def instrument_at(self, at_ns: int) -> Instrument | None:
        """The instrument that stands here at an instant; the first one before it is installed."""
        standing = (one for one in reversed(self.instruments) if one.installed_at_ns <= at_ns)
        return next(standing, next(iter(self.instruments), None))

    def states(self, at_ns: int, over_ns: int = 0) -> Mapping[str, State]:  # noqa: ARG002 - it has none
        """What is the matter with channels at an instant, or over the time before it."""
        return {}

    def indications(self, at_ns: int, over_ns: int = 0) -> dict[str, float]:  # noqa: ARG002 - shows an instant
        """What every channel shows at an instant without faults, in the channels' units.

        `over_ns` is the length of the interval that ends then, for devices that show its mean.
        """
        standing = self.instrument_at(at_ns)
        return {**self.site.constants, **(standing.indications(at_ns) if standing else {})}

    def shown(
        self, at_ns: int, active: Sequence[AnyFault] = (), over_ns: int = 0
    ) -> dict[str, float | NotAvailable]:
        """What every channel shows at an instant, under the active faults."""
        indicated = self.indications(shown_instant_ns(active, at_ns), over_ns)
        values: dict[str, float | NotAvailable] = {**self._disturbed(active, indicated)}
        return values | {name: NotAvailable() for name in silenced_channels(active)}

    def image(self, at_ns: int, active: Sequence[AnyFault] = ()) -> Image:
        """The words that can be read of a Modbus device at an instant, under the active faults.

        Raises:
            ProfileError: a value that its format cannot carry.
        """
        shown = self.shown(at_ns, active)
        moving = {name: value for name, value in shown.items() if name not in self._steady}
        words = write_words(self.site.profile, moving, self.site.parameters)
        standing = self.instrument_at(at_ns)
        serial = self.site.serial if standing is None else standing.serial
        said = self._said(shown_instant_ns(active, at_ns))
        return Image(words=self._steady_words[serial] | said | words, gaps=self.site.gaps)

    def _said(self, at_ns: int) -> dict[tuple[int, int], int]:
        """The status words of a device with which something is the matter; of two the later one."""
        profile, states = self.site.profile, self.states(at_ns)
        if not isinstance(profile, ModbusProfile) or not states:
            return {}
        return telling_words(profile, [CONDITIONS[each] for each in sorted(set(states.values()))])

    def content(self, request: Hashable, at_ns: int, active: Sequence[AnyFault] = ()) -> bytes:
        """The content of the answer to a request of the device's protocol.

        Raises:
            ProfileError: a value that its format cannot carry, or no item of the device.
        """
        profile, parameters = self.site.profile, self.site.parameters
        dialect = dialect_of(profile)
        content: bytes = dialect.compose(profile, request, self.shown(at_ns, active), parameters)
        return content

    def number(self, name: str, at_ns: int) -> float | int | NotAvailable:
        """The number that carries channel `name` at an instant, under the faults of that time."""
        shown = self.shown(at_ns, self.planned(at_ns)).get(name, NotAvailable())
        if isinstance(shown, NotAvailable):
            return shown
        profile = self.site.profile
        factors = parameters_of(profile, self.site.parameters)
        return unfinished(profile.channel(name), shown, factors)

    def respond(self, request: Adu, at_ns: int) -> Reply:
        """The reply to the next Modbus TCP request; exception 4 where a value cannot be carried."""
        poll, active = self.active(at_ns)
        try:
            pdu = answer(request.pdu, self.image(at_ns, active))
        except ProfileError:
            pdu = exception(request.pdu[0], DEVICE_FAILURE)
        return reply(request, pdu, active, poll)

    def _disturbed(
        self, active: Sequence[AnyFault], indicated: Mapping[str, float]
    ) -> dict[str, float]:
        """The values after faults that change them; those that remember do it here."""
        since = self._first_seen(self._begun, reset_channels(active), indicated)
        counted = {name: value - since.get(name, 0.0) for name, value in indicated.items()}
        values = disturbed(active, counted)
        return values | self._first_seen(self._held, stuck_channels(active), values)

    @staticmethod
    def _first_seen(
        seen: dict[str, float], names: frozenset[str], values: Mapping[str, float]
    ) -> dict[str, float]:
        """The values that channels had when a fault began; those of others are forgotten."""
        kept = {name: seen.get(name, values[name]) for name in names if name in values}
        seen.clear()
        seen.update(kept)
        return kept
