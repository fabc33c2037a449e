"""Channels that are computed from others: their hours follow the hours of their inputs."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from calibration.derivation import Derivation, derivation_in_force
from calibration.errors import CalibrationError
from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.model.declared import declared_at
from calibration.model.derived import (
    InputHour,
    MeanHour,
    derived_hour,
    derived_measurand,
    share_of,
)
from calibration.model.errors import DerivedChannelError
from calibration.model.load import constants_named, model_named
from calibration.setting import Setting
from calibration.window import FlowWindow, Window
from collector.judgement import Fault, fault_of
from collector.library import Library
from collector.lookup import ChannelRow
from collector.store import Store
from evidence.log.batch import StreamHead

Hour = tuple[str, int]
"""Computed channel, start in UTC ns."""
_Said = tuple[tuple[Setting, ...], tuple[Derivation, ...]]
_MS_PER_HOUR = 3_600_000


class Deriving:
    """Keeps computed channels abreast of their inputs, and of what says how they are computed.

    An agent speaks for a computed channel if it reads one of its inputs or more; what several
    such agents say counts together. So an agent that has the same files and reads none of the
    inputs changes nothing, however old its files are.

    Args:
        store: Of the hours; written within the caller's transactions.
        sites: agent -> site; a computed channel and its inputs are of the agent's own site.
    """

    def __init__(self, store: Store, sites: Mapping[str, str]) -> None:
        self._store, self._sites = store, sites
        self._known: dict[str, _Said] = {}

    def take_as_known(self, libraries: Mapping[str, Library]) -> None:
        """Takes hours that are kept as computed by these documents: so a restart finds them."""
        self._known = {agent: _said(library) for agent, library in libraries.items()}

    def follow(
        self, hours: Iterable[Window | MeanWindow], libraries: Mapping[str, Library]
    ) -> list[Fault]:
        """Computes what rests on hours that were kept just now; what could not be, and why."""
        changed = {(each.channel, each.start_ns) for each in hours}
        due = {
            (each.derivation, start_ns)
            for library in libraries.values()
            for each in library.register.derivations
            for channel, start_ns in changed
            if channel in each.inputs.values()
        }
        return self._derived(sorted(due | self._documented(libraries)), libraries)

    def _documented(self, libraries: Mapping[str, Library]) -> set[Hour]:
        """All hours of agents whose settings or derivations became others."""
        due: set[Hour] = set()
        for agent, library in libraries.items():
            said = _said(library)
            if self._known.get(agent) == said:
                continue
            self._known[agent] = said
            due |= {
                (each.derivation, start_ns)
                for each in library.register.derivations
                for start_ns in self._starts(each)
            }
        return due

    def _starts(self, derivation: Derivation) -> Iterator[int]:
        """The hours of which an input is kept."""
        for channel in derivation.inputs.values():
            yield from self._store.lookup.starts(channel)

    def _derived(self, due: Iterable[Hour], libraries: Mapping[str, Library]) -> list[Fault]:
        faults: dict[tuple[str, str], Fault] = {}
        speaking = {channel: self._speaking(channel, libraries) for channel, _ in due}
        for channel, start_ns in due:
            try:
                self._derive(channel, start_ns, speaking[channel])
            except CalibrationError as wrong:
                fault = fault_of(channel, wrong)
                faults[channel, fault.code] = fault
            except (ArithmeticError, LookupError, TypeError, ValueError) as ours:
                # A gap in our own checks: it must not hold up the leaves behind this one.
                faults[channel, "E_JUDGE"] = Fault(
                    subject=channel, code="E_JUDGE", message=repr(ours)
                )
        return list(faults.values())

    def _speaking(self, channel: str, libraries: Mapping[str, Library]) -> dict[str, _Said]:
        """What the agents that may speak for a computed channel say of it, by agent."""
        found: dict[str, _Said] = {}
        for agent, library in sorted(libraries.items()):
            own = tuple(
                each
                for each in library.register.derivations
                if each.derivation == channel and self._is_own(agent, each)
            )
            if own:
                found[agent] = library.register.settings, own
        return found

    def _derive(self, channel: str, start_ns: int, speaking: Mapping[str, _Said]) -> None:
        at = dt.datetime.fromtimestamp(start_ns / 1e9, dt.UTC)
        derivations = [each for _, own in speaking.values() for each in own]
        settings = [each for said, _ in speaking.values() for each in said]
        derivation = derivation_in_force(derivations, channel, at)
        if derivation is None:
            return
        self._require_free(channel)
        inputs = {name: self._input(one, start_ns) for name, one in derivation.inputs.items()}
        known = {name: each for name, each in inputs.items() if each is not None}
        if len(known) < len(inputs):
            return
        model = model_named(derivation.model, channel)
        constants = constants_named(derivation.constants) if derivation.constants else None
        declared = declared_at(derivation, settings, at)
        window = derived_hour(derivation, model, known, declared, constants)
        if window is not None and self._store.keep_window(window):
            measurand = derived_measurand(derivation, model)
            head = StreamHead(
                channel=channel,
                measurand=measurand,
                period_ms=_period_ms(each.hour for each in known.values()),
                serial="",
                profile="",
                basis=window.grounds.basis,
            )
            self._store.keep_channel(_row(next(iter(speaking)), head, window))

    def _is_own(self, agent: str, derivation: Derivation) -> bool:
        """Whether it is of the agent's own site alone, and the agent reads one of the inputs."""
        site, inputs = f"{self._sites.get(agent, '')}/", derivation.inputs.values()
        rows = (self._store.lookup.channel(channel) for channel in inputs)
        return all(
            channel.startswith(site) for channel in (derivation.derivation, *inputs)
        ) and any(row is not None and row.agent == agent for row in rows)

    def _require_free(self, channel: str) -> None:
        """Refuses to compute what an instrument shows under that name.

        Raises:
            DerivedChannelError: there are readings of the channel.
        """
        row = self._store.lookup.channel(channel)
        if row is not None and row.head.profile:
            raise DerivedChannelError(channel, found=row.agent)

    def _input(self, channel: str, start_ns: int) -> InputHour | None:
        end_ns = start_ns + NS_PER_HOUR
        for mean in self._store.lookup.means(channel, start_ns, end_ns):
            return InputHour(hour=mean, measurand=mean.measurand)
        for window in self._store.lookup.windows(channel, start_ns, end_ns):
            row = self._store.lookup.channel(channel)
            if isinstance(window, FlowWindow) and row is not None:
                return InputHour(hour=window, measurand=row.head.measurand)
        return None


def _said(library: Library) -> _Said:
    return library.register.settings, library.register.derivations


def _period_ms(hours: Iterable[MeanHour]) -> int:
    """Distance of the results, as the input with the fewest readings an hour has it."""
    return round(_MS_PER_HOUR / max(1, min(each.tally.expected for each in hours)))


def _row(agent: str, head: StreamHead, window: FlowWindow) -> ChannelRow:
    share = share_of(window.tally)
    return ChannelRow(
        channel=head.channel,
        agent=agent,
        head=head,
        last_ms=window.start_ns // 1_000_000,
        last_value=window.value / share if share else 0.0,
        last_quality="good",
    )
