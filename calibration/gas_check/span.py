"""Readings between two checks, corrected by what zero and span gas showed (pure).

As EPA Method 7E does it (equation 7E-5): zero and span response are interpolated in time between
the check before and the check after. How the analyser moved in between is not known: a jump at an
unknown instant has the same mean and the larger variance (`calibration.history.bridge`), which is
taken as an influence of its own.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from calibration.errors import Words
from calibration.gas_check.check import GasCheck
from calibration.gas_check.errors import SpanPairError
from calibration.uncertainty import Influence, UncertaintyComponent, merge, name_of

_MOST_APART_NS: Final = 7_200_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GasPair:
    """What an analyser showed of zero and span gas at about one time.

    Attributes:
        zero, span: Checks of one analyser and range, each with a mean and a gas.

    Raises:
        SpanPairError: they do not belong together, or lead to no scale.
    """

    zero: GasCheck
    span: GasCheck

    def __post_init__(self) -> None:
        told = [(each.analyser, each.measuring_range, each.unit) for each in (self.zero, self.span)]
        if told[0] != told[1] or (self.zero.point, self.span.point) != ("zero", "span"):
            what = Words(f"{self.zero.id} with {self.span.id}", f"{self.zero.id} 与 {self.span.id}")
            limit = Words(
                "a zero and a span check of one analyser and range",
                "同一分析仪、同一量程的零点与量程校验各一次",
            )
            raise SpanPairError(self.zero.analyser, what=what, limit=limit)
        if not _have_scale(self.zero, self.span):
            (Z, c0), (S, C) = _figures(self.zero), _figures(self.span)
            what = Words(
                f"zero shows {Z} of {c0}, span {S} of {C}",
                f"零点示值 {Z}（标准值 {c0}），量程示值 {S}（标准值 {C}）",
            )
            raise SpanPairError(
                self.zero.analyser,
                what=what,
                limit=Words("span above zero in both", "两者中量程均高于零点"),
            )

    @property
    def at_ns(self) -> int:
        """The instant that the pair stands for: when the later of both ended."""
        return max(self.zero.end_ns, self.span.end_ns)

    @property
    def id(self) -> str:
        """Name of the pair among those of its analyser."""
        return self.span.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A reading that was corrected for zero and span.

    Attributes:
        value: In the analyser's unit.
        components: Of the correction: one `span:` influence for each check, one `crm:` for each
            cylinder, one for what happened in between. The reading's own are not among them;
            multiply them by `slope`.
        slope: What a change of the reading does to the value.
    """

    value: float
    components: tuple[UncertaintyComponent, ...]
    slope: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanCorrection:
    """The correction at an instant between two pairs of checks.

    Attributes:
        before: As the analyser was left after it, so after any adjustment.
        after: As it was found; None while there is none: then the pair before is held, and what
            comes later makes another version.
        share: Of the time between them that has passed, 0 to 1.
    """

    before: GasPair
    after: GasPair | None
    share: float

    def corrected(self, reading: float) -> Corrected:
        """A reading, corrected.

        Args:
            reading: In the analyser's unit.
        """
        weighed = list(self._weighed())
        Z, c0 = _mean((weight, pair.zero) for weight, pair in weighed)
        S, C = _mean((weight, pair.span) for weight, pair in weighed)
        part, slope = (reading - Z) / (S - Z), (C - c0) / (S - Z)
        found: list[UncertaintyComponent] = []
        for weight, pair in weighed:
            found += _components(pair.zero, -slope * (1.0 - part) * weight, (1.0 - part) * weight)
            found += _components(pair.span, -slope * part * weight, part * weight)
        found += self._bridge(reading)
        value = _corrected(reading, (Z, c0), (S, C))
        return Corrected(value=value, components=merge(found), slope=slope)

    def _weighed(self) -> Iterable[tuple[float, GasPair]]:
        if self.after is None:
            return [(1.0, self.before)]
        return [(1.0 - self.share, self.before), (self.share, self.after)]

    def _bridge(self, reading: float) -> list[UncertaintyComponent]:
        """The part from not knowing when the analyser moved from one pair to the other."""
        if self.after is None:
            return []
        ends = [
            _corrected(reading, _figures(pair.zero), _figures(pair.span))
            for pair in (self.before, self.after)
        ]
        u = math.sqrt(self.share * (1.0 - self.share)) * (ends[1] - ends[0])
        name = f"{name_of(self.before.id)}~{name_of(self.after.id)}"
        influence = Influence(id=f"span:{name_of(self.before.span.analyser)}/{name}")
        return [UncertaintyComponent(influence=influence, contribution=u)] if u else []


def correction_at(pairs: Sequence[GasPair], at_ns: int) -> SpanCorrection:
    """The correction at an instant, from the pair before it and the one after.

    Args:
        pairs: Of one analyser and range, in order of time, 1 at least.
        at_ns: POSIX ns; not before the first pair.

    Raises:
        SpanPairError: there is no pair by then.
    """
    before = [each for each in pairs if each.at_ns <= at_ns]
    if not before:
        limit = Words("a pair of checks before the instant", "该时刻之前的一对校验")
        raise SpanPairError(
            "pairs", what=Words(f"no pair by {at_ns}", f"至 {at_ns} 没有成对校验"), limit=limit
        )
    following = [each for each in pairs if each.at_ns > at_ns]
    if not following:
        return SpanCorrection(before=before[-1], after=None, share=0.0)
    whole = following[0].at_ns - before[-1].at_ns
    share = (at_ns - before[-1].at_ns) / whole
    return SpanCorrection(before=before[-1], after=following[0], share=share)


def pairs_of(
    checks: Iterable[GasCheck], measuring_range: str = "", most_apart_ns: int = _MOST_APART_NS
) -> tuple[GasPair, ...]:
    """Each span check of a range with the nearest zero check, in order of time.

    Checks that are not valid, and span checks without a zero check near them, are left out; one
    that failed is not: it says how the analyser was found. Two that lead to no scale say nothing
    of it (a valve that is stuck shows one gas twice), and are left out too.

    Args:
        checks: Of one analyser.
        measuring_range: Of a dual-range analyser.
        most_apart_ns: Between the two.
    """
    usable = [
        each
        for each in checks
        if each.measuring_range == measuring_range and each.outcome != "not_valid"
    ]
    zeros = [each for each in usable if each.point == "zero"]
    found = []
    for span in sorted((each for each in usable if each.point == "span"), key=_end):
        zero = min(zeros, key=lambda each: abs(each.end_ns - span.end_ns), default=None)
        near = zero is not None and abs(zero.end_ns - span.end_ns) <= most_apart_ns
        if zero is not None and near and _have_scale(zero, span):
            found.append(GasPair(zero=zero, span=span))
    return tuple(found)


def _end(check: GasCheck) -> int:
    return check.end_ns


def _have_scale(zero: GasCheck, span: GasCheck) -> bool:
    """Whether what two checks showed tells readings apart."""
    (Z, c0), (S, C) = _figures(zero), _figures(span)
    return S > Z and c0 < C


def _figures(check: GasCheck) -> tuple[float, float]:
    """What was shown, and what the gas holds.

    Raises:
        SpanPairError: the check has no mean, or no gas.
    """
    if check.settled is None or check.reference is None:
        what = Words(f"{check.id} is not valid", f"{check.id} 无效")
        limit = Words("checks with a mean and a known gas", "有均值且气体已知的校验")
        raise SpanPairError(check.analyser, what=what, limit=limit)
    return check.settled.mean, check.reference


def _corrected(y: float, zero: tuple[float, float], span: tuple[float, float]) -> float:
    """Method 7E, equation 7E-5: (y - Z)*C_ref/(S - Z), for a zero gas that holds c0, not 0."""
    (Z, c0), (S, C_ref) = zero, span
    return c0 + (y - Z) * (C_ref - c0) / (S - Z)


def _mean(weighed: Iterable[tuple[float, GasCheck]]) -> tuple[float, float]:
    parts = [(weight, *_figures(check)) for weight, check in weighed]
    return sum(w * shown for w, shown, _ in parts), sum(w * held for w, _, held in parts)


def _components(check: GasCheck, of_shown: float, of_held: float) -> list[UncertaintyComponent]:
    """What a check's mean and its gas contribute, by their sensitivities."""
    if check.settled is None or check.gas is None:
        return []
    settled, u_gas = check.settled, check.reference_standard_uncertainty or 0.0
    shown = Influence(
        id=check.influence, evaluation="A", degrees_of_freedom=settled.degrees_of_freedom
    )
    parts = [
        (shown, of_shown * settled.standard_uncertainty),
        (Influence(id=check.gas.influence), of_held * u_gas),
    ]
    return [UncertaintyComponent(influence=each, contribution=u) for each, u in parts]
