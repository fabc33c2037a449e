"""Hours as they are told: state, one method code, and two values that are never mixed (pure)."""

from collections.abc import Mapping, Sequence

import msgspec

from calibration.uncertainty import UncertaintyComponent, merge
from evidence.statement.hours.basis import Basis
from evidence.statement.hours.best_estimate import Estimated
from evidence.statement.hours.compliance import Substitute, substitutes
from evidence.statement.hours.gap import Gap
from evidence.statement.hours.hour import Hour, HourQuality, HourState
from evidence.statement.hours.observed import ObservedHour
from evidence.statement.hours.policies import instead
from evidence.statement.hours.reach import reach_ns
from evidence.statement.hours.statistic import complied
from evidence.statement.standing.standing import Standing


class Teller:
    """Tells hours one by one: its state, its one method code, its two values."""

    def __init__(
        self,
        *,
        basis: Basis,
        gaps: Sequence[Gap],
        estimates: Mapping[int, Estimated],
        lost_points: Sequence[UncertaintyComponent | None],
    ) -> None:
        self._basis, self._estimates, self._lost = basis, estimates, lost_points
        self._gap_of: dict[int, Gap] = {}
        self._substitutes: dict[int, Substitute] = {}
        for gap in gaps:
            for place, found in substitutes(gap, basis).items():
                start_ns = basis.ran.hours[place].start_ns
                self._gap_of[start_ns], self._substitutes[start_ns] = gap, found

    def hour(self, index: int, observed: ObservedHour) -> Hour:
        """The hour as it is told."""
        if observed.state == "shutdown":
            return self._still(observed)
        if observed.value is not None:
            lost = self._lost[index] if self._lost else None
            return self._valued(observed, observed.value, lost)
        return self._filled(observed)

    def _still(self, observed: ObservedHour) -> Hour:
        return _hour(observed, HourState.SHUTDOWN, self._basis.pack.shutdown, HourQuality.NONE, ())

    def _valued(
        self, observed: ObservedHour, value: float, lost: UncertaintyComponent | None
    ) -> Hour:
        pack, by_hand = self._basis.pack, observed.state == "manual"
        components = merge(observed.components, (lost,) if lost else ())
        made = _hour(
            observed,
            HourState.SUBSTITUTED if by_hand else HourState.MEASURED,
            pack.manual.code if by_hand and pack.manual else pack.measured,
            _quality(observed),
            components,
        )
        rule = pack.manual.id if by_hand and pack.manual else None
        value_complied = complied(value, self._basis.quantity)
        return msgspec.structs.replace(
            made, compliance=value_complied, best_estimate=value, rule=rule
        )

    def _filled(self, observed: ObservedHour) -> Hour:
        start_ns = observed.start_ns
        gap, found = self._gap_of[start_ns], self._substitutes[start_ns]
        estimated = instead(self._basis.settings, start_ns, self._estimates.get(start_ns))
        known = found.value is not None
        made = _hour(
            observed,
            HourState.SUBSTITUTED if known else HourState(observed.state),
            found.code,
            HourQuality.NONE if estimated is None else HourQuality.ESTIMATED,
            () if estimated is None else estimated.components,
        )
        return msgspec.structs.replace(
            made,
            compliance=found.value,
            best_estimate=None if estimated is None else estimated.value,
            rule=found.rule,
            gap=gap.name,
            provisional=self._is_provisional(gap, start_ns),
        )

    def _is_provisional(self, gap: Gap, start_ns: int) -> bool:
        pack, settings = self._basis.pack, self._basis.settings
        if settings.closed:
            return False
        if gap.after is None or pack.final == "at_once":
            return gap.after is None
        return settings.now_ns is None or settings.now_ns < reach_ns(
            pack, start_ns, settings.offset_s
        )


def _hour(
    observed: ObservedHour,
    state: HourState,
    method: str,
    quality: HourQuality,
    components: tuple[UncertaintyComponent, ...],
) -> Hour:
    return Hour(
        start_ns=observed.start_ns,
        state=state,
        method=method,
        operating_share=observed.operating_share,
        counts=observed.counts,
        compliance=None,
        best_estimate=None,
        components=components,
        quality=quality,
        because=observed.because,
        standing=observed.standing,
    )


def _quality(observed: ObservedHour) -> HourQuality:
    if observed.state == "manual":
        return HourQuality.MANUAL
    if observed.standing == Standing.NO_TEST:
        return HourQuality.NO_TEST
    if observed.standing == Standing.GRACE:
        return HourQuality.GRACE
    others = sum(n for name, n in observed.counts.items() if name not in ("valid", "stopped"))
    return HourQuality.PARTIAL if others else HourQuality.WHOLE
