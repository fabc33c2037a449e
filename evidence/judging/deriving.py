"""Channels that are computed from others: their hours follow the hours of their inputs."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from calibration.derivation import Derivation, derivation_in_force
from calibration.errors import CalibrationError
from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.measurand import Accumulation, Measurand
from calibration.model.declared import applied_at, resting_on, stated_setting
from calibration.model.derived import (
    InputHour,
    MeanHour,
    covered_of,
    derived_hour,
    derived_measurand,
    with_unknown_uncertainty,
)
from calibration.model.errors import DerivedChannelError
from calibration.model.load import constants_named, model_named
from calibration.setting import Setting
from calibration.window import FlowWindow, Window
from evidence.judging.computed import beyond_limit, within_limit
from evidence.judging.judgement import Fault, fault_of, fault_of_ours
from evidence.judging.kept import ChannelRow, KeptHours
from evidence.judging.library import Library
from evidence.judging.own import is_own_derivation
from evidence.log.batch import StreamHead

Hour = tuple[str, int]
"""Computed channel, start in UTC ns."""
_Said = tuple[tuple[Setting, ...], tuple[Derivation, ...]]
_MS_PER_HOUR = 3_600_000
_OURS: Final = (ArithmeticError, LookupError, TypeError, ValueError)
MOST_LINKS: Final = 4
"""Computed channels in a row, each an input of the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Computed:
    """An hour of a computed channel, what is measured there, and the hours that it is made of."""

    window: FlowWindow
    measurand: Measurand
    hours: tuple[MeanHour, ...]

    @property
    def shown(self) -> float | None:
        """The rate over the time that it is of, of a channel of amounts the amount.

        None of an hour in which an input gave no value at all.
        """
        covered = min(map(covered_of, self.hours))
        if covered <= 0.0:
            return None
        is_amount = self.measurand.accumulation == Accumulation.INTERVAL
        return self.window.value if is_amount else self.window.value / covered


class Deriving:
    """Keeps computed channels abreast of their inputs, and of what says how they are computed.

    An agent speaks for a computed channel if it reads one of its inputs or more; what several
    such agents say counts together. So an agent that has the same files and reads none of the
    inputs changes nothing, however old its files are.

    Args:
        store: Where hours are kept; written within the caller's transactions.
        sites: agent -> site; a computed channel and its inputs are of the agent's own site.
    """

    def __init__(self, store: KeptHours, sites: Mapping[str, str]) -> None:
        self._store, self._sites = store, sites
        self._known: dict[str, _Said] = {}

    def take_as_known(self, libraries: Mapping[str, Library]) -> None:
        """Takes hours that are kept as computed by these documents: so a restart finds them."""
        self._known = {agent: _said(library) for agent, library in libraries.items()}

    def follow(
        self, hours: Iterable[Window | MeanWindow], libraries: Mapping[str, Library]
    ) -> list[Fault]:
        """Computes what rests on hours that were kept just now; what could not be, and why."""
        faults: list[Fault] = []
        due = self._resting(((each.channel, each.start_ns) for each in hours), libraries)
        due |= self._documented(libraries, faults)
        for _ in range(MOST_LINKS):
            if not due:
                break
            found, changed = self._derived(sorted(due), libraries)
            faults += found
            due = self._resting(changed, libraries)
        return faults

    def _resting(self, changed: Iterable[Hour], libraries: Mapping[str, Library]) -> set[Hour]:
        """The hours that are computed from these."""
        starts: dict[str, set[int]] = {}
        for channel, start_ns in changed:
            starts.setdefault(channel, set()).add(start_ns)
        return {
            (each.derivation, start_ns)
            for library in libraries.values()
            for each in within_limit(library)
            for channel in each.inputs.values()
            for start_ns in starts.get(channel, ())
        }

    def _documented(self, libraries: Mapping[str, Library], beyond: list[Fault]) -> set[Hour]:
        """All hours of agents whose settings or derivations became others; who says too much."""
        due: set[Hour] = set()
        for agent, library in libraries.items():
            said = _said(library)
            if self._known.get(agent) == said:
                continue
            self._known[agent] = said
            beyond += beyond_limit(agent, library)
            due |= {
                (each.derivation, start_ns)
                for each in within_limit(library)
                for start_ns in self._starts(each)
            }
        return due

    def _starts(self, derivation: Derivation) -> Iterator[int]:
        """The hours of which an input is kept."""
        for channel in derivation.inputs.values():
            yield from self._store.lookup.starts(channel)

    def _derived(
        self, due: Iterable[Hour], libraries: Mapping[str, Library]
    ) -> tuple[list[Fault], list[Hour]]:
        """What could not be computed, and which hours became others."""
        faults: dict[tuple[str, str], Fault] = {}
        changed: list[Hour] = []
        speaking = {channel: self._speaking(channel, libraries) for channel, _ in due}
        for channel, start_ns in due:
            try:
                if self._derive(channel, start_ns, speaking[channel]):
                    changed.append((channel, start_ns))
            except CalibrationError as wrong:
                fault = fault_of(channel, wrong)
                faults[channel, fault.code] = fault
                changed.append((channel, start_ns))
            except _OURS as ours:
                fault = fault_of_ours(channel, ours)
                faults[channel, fault.code] = fault
                changed.append((channel, start_ns))
        return list(faults.values()), changed

    def _speaking(self, channel: str, libraries: Mapping[str, Library]) -> dict[str, _Said]:
        """What the agents that may speak for a computed channel say of it, by agent."""
        found: dict[str, _Said] = {}
        for agent, library in sorted(libraries.items()):
            own = tuple(
                each
                for each in within_limit(library)
                if each.derivation == channel and self._is_own(agent, each)
            )
            if own:
                found[agent] = library.register.settings, own
        return found

    def _derive(self, channel: str, start_ns: int, speaking: Mapping[str, _Said]) -> bool:
        """Computes an hour; whether it became another one."""
        at = dt.datetime.fromtimestamp(start_ns / 1e9, dt.UTC)
        derivations = [each for _, own in speaking.values() for each in own]
        settings = [each for said, _ in speaking.values() for each in said]
        derivation = derivation_in_force(derivations, channel, at)
        if derivation is None:
            return False
        self._require_free(channel)
        try:
            made = self._computed(derivation, settings, at, start_ns)
        except (CalibrationError, *_OURS):
            self._leave_in_doubt(channel, start_ns)
            raise
        if made is None:
            return self._leave_in_doubt(channel, start_ns)
        if not self._store.keep_window(made.window):
            return False
        if made.shown is not None:
            self._store.keep_channel(_row(next(iter(speaking)), made, made.shown))
        return True

    def _computed(
        self,
        derivation: Derivation,
        settings: Iterable[Setting],
        at: dt.datetime,
        start_ns: int,
    ) -> "_Computed | None":
        """The hour by what is known now; None where an input is lacking."""
        inputs = self._inputs(derivation, start_ns)
        if len(inputs) < len(derivation.inputs):
            return None
        model = model_named(derivation.model, derivation.derivation)
        constants = constants_named(derivation.constants) if derivation.constants else None
        applied = applied_at(derivation, settings, at)
        declared = {name: stated_setting(each) for name, each in applied.items()}
        window = derived_hour(derivation, model, inputs, declared, constants)
        return _Computed(
            window=resting_on(window, applied.values()),
            measurand=derived_measurand(derivation, model, declared),
            hours=tuple(each.hour for each in inputs.values()),
        )

    def _leave_in_doubt(self, channel: str, start_ns: int) -> bool:
        """What was computed for an hour before and cannot be now stays, its uncertainty unknown.

        Its settings contradict each other since, or an input is another one and not there.
        """
        held = self._store.lookup.windows(channel, start_ns, start_ns + NS_PER_HOUR)
        return any(
            self._store.keep_window(with_unknown_uncertainty(window))
            for window in held
            if isinstance(window, FlowWindow)
        )

    def _is_own(self, agent: str, derivation: Derivation) -> bool:
        """Whether it is of the agent's own site alone, and the agent reads one of the inputs."""
        if not is_own_derivation(derivation, self._sites.get(agent, "")):
            return False
        rows = (self._store.lookup.channel(channel) for channel in derivation.inputs.values())
        return any(row is not None and row.agent == agent for row in rows)

    def _require_free(self, channel: str) -> None:
        """Refuses to compute what an instrument shows under that name.

        Raises:
            DerivedChannelError: there are readings of the channel.
        """
        row = self._store.lookup.channel(channel)
        if row is not None and row.head.profile:
            raise DerivedChannelError(channel, found=row.agent)

    def _inputs(self, derivation: Derivation, start_ns: int) -> dict[str, InputHour]:
        """The hours of the inputs, by the model's names; without those that are lacking."""
        found = {name: self._input(one, start_ns) for name, one in derivation.inputs.items()}
        return {name: each for name, each in found.items() if each is not None}

    def _input(self, channel: str, start_ns: int) -> InputHour | None:
        end_ns = start_ns + NS_PER_HOUR
        for mean in self._store.lookup.means(channel, start_ns, end_ns):
            return InputHour(hour=mean, measurand=mean.measurand)
        for window in self._store.lookup.windows(channel, start_ns, end_ns):
            row = self._store.lookup.channel(channel)
            if row is not None:
                return InputHour(hour=window, measurand=row.head.measurand)
        return None


def _said(library: Library) -> _Said:
    return library.register.settings, library.register.derivations


def _row(agent: str, made: _Computed, shown: float) -> ChannelRow:
    window = made.window
    head = StreamHead(
        channel=window.channel,
        measurand=made.measurand,
        period_ms=_period_ms(made.hours),
        serial="",
        profile="",
        basis=window.grounds.basis,
    )
    return ChannelRow(
        channel=head.channel,
        agent=agent,
        head=head,
        last_ms=window.start_ns // 1_000_000,
        last_value=shown,
        last_quality="good",
    )


def _period_ms(hours: Iterable[MeanHour]) -> int:
    """Distance of the results, as the input with the fewest readings an hour has it."""
    return round(_MS_PER_HOUR / max(1, min(each.tally.expected for each in hours)))
