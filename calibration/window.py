"""An hour's results in a form that merges to any period, exactly.

A window keeps the signed sum of each influence's contributions, so that merging hours
adds what is common linearly and what is new in quadrature. Merging is closed,
commutative and associative within rounding.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

import msgspec

from calibration.basis import WEAKEST_FIRST, UncertaintyBasis
from calibration.distribution import Distribution
from calibration.errors import WindowMergeError, Words
from calibration.increment import Finding, RegisterReading
from calibration.uncertainty import Influence, UncertaintyComponent, merge


class Tally(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How much of what was due is there: polls expected and present, misses by reason.

    `states` says what each slot of an hour was, a letter each (`calibration.slots`). It is empty
    where nobody knows: of a register, and of more than one hour.
    """

    expected: int
    present: int
    missed: Mapping[str, int] = {}
    qualities: Mapping[str, int] = {}
    states: str = ""


class UnstatedStandard(msgspec.Struct, frozen=True, kw_only=True, order=True, gc=False):
    """A standard that a certificate names without its share in the results.

    Two certificates that name the same one have something in common, and nobody said how much.
    """

    standard: str
    certificate: str


class SettingUsed(msgspec.Struct, frozen=True, kw_only=True, order=True, gc=False):
    """A setting that went into a computed value, and the paper that it rests on."""

    setting: str
    document: str
    document_sha256: str = ""


class Grounds(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a window rests on: instruments, certificates, confirmations, rung of the ladder.

    A computed one rests on settings too. `double_count_groups` are those that its derivation names.
    """

    basis: UncertaintyBasis
    serials: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    confirmations: tuple[str, ...] = ()
    unstated_standards: tuple[UnstatedStandard, ...] = ()
    settings: tuple[SettingUsed, ...] = ()
    double_count_groups: tuple[str, ...] = ()


class FlowWindow(msgspec.Struct, frozen=True, kw_only=True, tag="flow", gc=False):
    """Amount from a rate's or an interval meter's indications over [start, end).

    Args:
        uncorrected: sum of w*x, the indications' own amount, in `unit`.
        value: sum of w*y, the corrected amount, in `unit`.
        components: signed sums per influence.
        fresh_variance: of deviations new in each reading, sum of (w*f'(x)*u)^2.
        sampling_variance: of the integral from samples; `sampling_spread` is the sum
            of variance^2/nu, for Welch-Satterthwaite over merged windows.
        course: means of the corrected rate over parts of the hour (`calibration.course`), in
            `unit` an hour; empty where not every part is there, and of more than one hour.
    """

    channel: str
    start_ns: int
    end_ns: int
    unit: str
    uncorrected: float
    value: float
    components: tuple[UncertaintyComponent, ...]
    fresh_variance: float
    tally: Tally
    grounds: Grounds
    sampling_variance: float = 0.0
    sampling_spread: float = 0.0
    course: tuple[float, ...] = ()


class RegisterWindow(msgspec.Struct, frozen=True, kw_only=True, tag="register", gc=False):
    """Growth of a register over [start, end), between an opening and a closing reading.

    `components` holds the ends of every unbroken run of readings as `read:` influences,
    - at its opening and + at its closing. Inner readings cancel. `follows_break` says that
    no growth is known between the window before and this one (a reset, an exchange, a start).
    """

    channel: str
    start_ns: int
    end_ns: int
    unit: str
    opening: RegisterReading
    closing: RegisterReading
    uncorrected: float
    value: float
    components: tuple[UncertaintyComponent, ...]
    fresh_variance: float
    tally: Tally
    grounds: Grounds
    findings: tuple[Finding, ...] = ()
    follows_break: bool = False


Window = FlowWindow | RegisterWindow
W = TypeVar("W", FlowWindow, RegisterWindow)
N = TypeVar("N", str, UnstatedStandard, SettingUsed)


def components_of(window: Window) -> tuple[UncertaintyComponent, ...]:
    """All components of a window's value, the fresh and the sampling ones among them."""
    extra = [_fresh(f"fresh:{window.channel}", window.fresh_variance, None)]
    if isinstance(window, FlowWindow) and window.sampling_variance > 0.0:
        nu = window.sampling_variance**2 / window.sampling_spread
        extra.append(_fresh(f"sampling:{window.channel}", window.sampling_variance, nu))
    return merge(window.components, (part for part in extra if part.contribution > 0.0))


def _fresh(influence: str, variance: float, nu: float | None) -> UncertaintyComponent:
    described = Influence(
        id=influence, evaluation="A" if nu else "B", degrees_of_freedom=nu, shared=False
    )
    return UncertaintyComponent(influence=described, contribution=math.sqrt(variance))


def read_influence(channel: str, key: str) -> Influence:
    """The influence of one reading: its resolution, or its place between two others."""
    return Influence(id=f"read:{channel}/{key}", distribution=Distribution.RECTANGULAR)


def merge_flow(windows: Sequence[FlowWindow]) -> FlowWindow:
    """One window over all of `windows`, which need not touch; at least one.

    Of a channel that is computed from a register, a reading between two hours acts with + in the
    one and - in the other; what is left of it becomes part of the fresh variance, as in
    `merge_register`.

    Raises:
        WindowMergeError: different channels or units, or overlapping intervals.
    """
    ordered = _in_order(windows)
    groups = [each.components for each in ordered]
    components, left_over = _fold(merge(*groups), _met(groups))
    return FlowWindow(
        channel=ordered[0].channel,
        start_ns=ordered[0].start_ns,
        end_ns=ordered[-1].end_ns,
        unit=ordered[0].unit,
        uncorrected=math.fsum(each.uncorrected for each in ordered),
        value=math.fsum(each.value for each in ordered),
        components=components,
        fresh_variance=math.fsum([left_over, *(each.fresh_variance for each in ordered)]),
        sampling_variance=math.fsum(each.sampling_variance for each in ordered),
        sampling_spread=math.fsum(each.sampling_spread for each in ordered),
        tally=merge_tallies(each.tally for each in ordered),
        grounds=merge_grounds(each.grounds for each in ordered),
    )


def merge_register(windows: Sequence[RegisterWindow]) -> RegisterWindow:
    """One window over consecutive `windows`, each closing where the next opens.

    A reading between two windows deviates with + in the one and - in the other; what is
    left of it, where the two ran under different loads or certificates, is no longer
    shared with anything and becomes part of the fresh variance.

    Raises:
        WindowMergeError: different channels or units, or readings that do not meet.
    """
    ordered = _in_order(windows)
    for before, after in pairwise(ordered):
        if before.closing != after.opening and not after.follows_break:
            raise WindowMergeError(
                before.channel,
                what=Words(
                    f"reading {before.closing.key} closes the one, "
                    f"{after.opening.key} opens the next",
                    f"前一窗口止于读数 {before.closing.key}，后一窗口始于 {after.opening.key}",
                ),
            )
    components, left_over = _fold(
        merge(*(each.components for each in ordered)),
        {
            f"read:{before.channel}/{before.closing.key}"
            for before, after in pairwise(ordered)
            if before.closing == after.opening
        },
    )
    return RegisterWindow(
        channel=ordered[0].channel,
        start_ns=ordered[0].start_ns,
        end_ns=ordered[-1].end_ns,
        unit=ordered[0].unit,
        opening=ordered[0].opening,
        closing=ordered[-1].closing,
        uncorrected=math.fsum(each.uncorrected for each in ordered),
        value=math.fsum(each.value for each in ordered),
        components=components,
        fresh_variance=math.fsum([left_over, *(each.fresh_variance for each in ordered)]),
        tally=merge_tallies(each.tally for each in ordered),
        grounds=merge_grounds(each.grounds for each in ordered),
        findings=tuple(finding for each in ordered for finding in each.findings),
        follows_break=ordered[0].follows_break,
    )


def _met(groups: Sequence[Sequence[UncertaintyComponent]]) -> set[str]:
    """The readings of a register that act in more than one window."""
    counted = Counter(
        part.influence.id
        for group in groups
        for part in group
        if part.influence.id.startswith("read:")
    )
    return {name for name, count in counted.items() if count > 1}


def _fold(
    components: Sequence[UncertaintyComponent], inner: set[str]
) -> tuple[tuple[UncertaintyComponent, ...], float]:
    """Components without those of inner readings, and the variance these leave."""
    kept = tuple(part for part in components if part.influence.id not in inner)
    gone = (part.contribution**2 for part in components if part.influence.id in inner)
    return kept, math.fsum(gone)


def _in_order(windows: Sequence[W]) -> list[W]:
    ordered = sorted(windows, key=lambda each: each.start_ns)
    for before, after in pairwise(ordered):
        if (before.channel, before.unit) != (after.channel, after.unit):
            raise WindowMergeError(
                before.channel,
                what=Words(f"the other is of {after.channel}", f"另一窗口属于 {after.channel}"),
            )
        if before.end_ns > after.start_ns:
            raise WindowMergeError(before.channel, what=Words("the windows overlap", "窗口重叠"))
    return ordered


def merge_tallies(tallies: Iterable[Tally]) -> Tally:
    """Sums of what was expected, present and missed; states of slots only where there is one."""
    expected = present = 0
    states: list[str] = []
    missed: dict[str, int] = {}
    qualities: dict[str, int] = {}
    for each in tallies:
        expected += each.expected
        present += each.present
        _add(missed, each.missed)
        _add(qualities, each.qualities)
        states.append(each.states)
    return Tally(
        expected=expected,
        present=present,
        missed=missed,
        qualities=qualities,
        states=states[0] if len(states) == 1 else "",
    )


def _add(counts: dict[str, int], more: Mapping[str, int]) -> None:
    """A `Counter` takes five times as long to look what it was given: a year has 365 of these."""
    for name, count in more.items():
        counts[name] = counts.get(name, 0) + count


def merge_grounds(grounds: Iterable[Grounds]) -> Grounds:
    """All that a merged window rests on; its basis is the weakest of the parts."""
    parts = list(dict.fromkeys(grounds))
    return Grounds(
        basis=next(basis for basis in WEAKEST_FIRST if any(each.basis == basis for each in parts)),
        serials=_union(each.serials for each in parts),
        certificates=_union(each.certificates for each in parts),
        confirmations=_union(each.confirmations for each in parts),
        unstated_standards=_union(each.unstated_standards for each in parts),
        settings=_union(each.settings for each in parts),
        double_count_groups=_union(each.double_count_groups for each in parts),
    )


def _union(groups: Iterable[tuple[N, ...]]) -> tuple[N, ...]:
    return tuple(sorted({name for group in groups for name in group}))
