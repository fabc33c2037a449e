"""The figures of a statement against those that follow from its bundle's leaves."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import msgspec

from calibration.errors import CalibrationError
from calibration.rounding import with_u
from calibration.unit_symbol import with_symbol
from evidence.bundle.memory import Memory
from evidence.bundle.opened import Bundle
from evidence.bundle.outcome import Check, Findings
from evidence.bundle.said_before import counted_today
from evidence.errors import CodedError, Words
from evidence.judging.library import Library
from evidence.software import SOFTWARE
from evidence.statement.activity import activity_data
from evidence.statement.datum import ActivityData, digest_of
from evidence.statement.groups import groups_of
from evidence.statement.stating import suspects_of

_ROW: Final = (list, tuple)
Near = Callable[[float, float], bool]
RELATIVE: Final = 1e-12
OF_UNCERTAINTY: Final = 1e-9
FIGURES: Final[Mapping[Check, tuple[str, ...]]] = {
    Check.VALUE: ("channel", "measurand", "unit", "period", "value", "uncorrected_value"),
    Check.UNCERTAINTY: (
        "standard_uncertainty",
        "expanded_uncertainty",
        "coverage_factor",
        "coverage_probability",
        "distribution",
        "effective_degrees_of_freedom",
        "assumed_correlations",
        "u_basis",
        "unstated_standards",
    ),
    Check.COMPONENTS: ("components",),
    Check.COMPLETENESS: ("completeness", "quality", "qualities"),
    Check.TRACE: (
        "opening",
        "closing",
        "events",
        "serials",
        "certificates",
        "confirmations",
        "settings",
        "double_count_groups",
        "doubts",
        "entered",
    ),
}
"""Which fields of a statement each check compares; `under_plan` has one of its own. With these,
digest, supersedes and software, all."""


def check_digest(bundle: Bundle, findings: Findings) -> None:
    """Whether the statement has the digest that it and the manifest name."""
    found = digest_of(bundle.datum)
    for stated in (bundle.datum.digest, bundle.manifest.activity):
        if stated != found:
            findings.wrong(
                Check.STATEMENT,
                "statement.json digest",
                f"{stated} is stated, {found} follows",
                f"所述为 {stated}，计算得 {found}",
            )
    findings.held(Check.STATEMENT, found, found)


def check_figures(
    bundle: Bundle, memory: Memory, libraries: Mapping[str, Library], findings: Findings
) -> None:
    """Whether every figure of the statement follows from the hours that were computed again."""
    try:
        again = _again(bundle, memory, libraries)
    except (CodedError, CalibrationError) as wrong:
        findings.wrong(Check.VALUE, bundle.datum.channel, wrong.say("en"), wrong.say("zh"))
        return
    if again is None:
        findings.wrong(
            Check.VALUE,
            bundle.datum.channel,
            "no hour of the period follows from the leaves",
            "由各叶得不出该期间的任何小时",
        )
        return
    compare_figures(bundle.datum, again, findings)


def compare_figures(stated: ActivityData, again: ActivityData, findings: Findings) -> None:
    """Notes where a statement says something else than what follows."""
    stated = counted_today(stated)
    for check, fields in FIGURES.items():
        _compare(stated, again, check, fields, findings)


def _again(bundle: Bundle, memory: Memory, libraries: Mapping[str, Library]) -> ActivityData | None:
    """The statement as it follows; None where no hour does."""
    channel, period = bundle.datum.channel, bundle.period
    row, windows = memory.channel(channel), memory.windows(channel, *period)
    if row is None or not windows:
        return None
    register = libraries.get(row.agent, Library()).register
    return activity_data(
        windows,
        row.head.measurand,
        period,
        software=SOFTWARE,
        suspects=suspects_of(register, channel, row.head.measurand, windows),
        double_count_groups=groups_of(register, windows),
    )


def _compare(
    stated: ActivityData,
    again: ActivityData,
    check: Check,
    fields: tuple[str, ...],
    findings: Findings,
) -> None:
    said, follows = (_plain(each, fields) for each in (stated, again))
    near = _nearness(again, check)
    for name in fields:
        differing = apart(name, said.get(name), follows.get(name), near)
        if differing is not None:
            where, one, other = differing
            findings.wrong(
                check,
                f"statement.json {where}",
                f"{shortened(one)} is stated where {shortened(other)} follows",
                f"所述为 {shortened(one)}，复算得 {shortened(other)}",
            )
    findings.held(check, *_said(stated, check))


def _nearness(again: ActivityData, check: Check) -> Near:
    """When two numbers are the same: the order of sums differs between machines, no more."""
    if check is Check.VALUE:
        return partial(math.isclose, rel_tol=RELATIVE, abs_tol=RELATIVE * abs(again.value))
    u = again.standard_uncertainty or 0.0
    return partial(math.isclose, rel_tol=OF_UNCERTAINTY, abs_tol=OF_UNCERTAINTY * u)


def _said(stated: ActivityData, check: Check) -> Words:
    """What a statement states of what a check is about."""
    if check is Check.UNCERTAINTY and stated.expanded_uncertainty is None:
        return Words("no uncertainty is stated", "未给出不确定度")
    value, U = with_u(stated.value, stated.expanded_uncertainty or 0.0)
    k = f"{stated.coverage_factor or 0.0:.3g}"
    told = {
        Check.VALUE: with_symbol(value, stated.unit),
        Check.UNCERTAINTY: f"{with_symbol(f'U = {U}', stated.unit)}, k = {k}",
        Check.COMPONENTS: f"{len(stated.components)}",
        Check.COMPLETENESS: f"{stated.completeness.present}/{stated.completeness.expected}",
    }.get(check, ", ".join(stated.certificates))
    return Words(told, told)


def _plain(datum: ActivityData, fields: tuple[str, ...]) -> dict[str, Any]:
    whole = msgspec.to_builtins(datum)
    return {name: whole[name] for name in fields if name in whole}


def apart(name: str, one: object, other: object, near: Near) -> tuple[str, Any, Any] | None:
    """Where two plain values differ by more than rounding, and both; None if they do not.

    Args:
        name: of the values.
        one: what is stated.
        other: what follows.
        near: when two numbers are the same.
    """
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs = [(f"{name}.{key}", one[key], other[key]) for key in one]
    elif isinstance(one, _ROW) and isinstance(other, _ROW) and len(one) == len(other):
        pairs = [(f"{name}[{n}]", *pair) for n, pair in enumerate(zip(one, other, strict=True))]
    elif isinstance(one, float) and isinstance(other, float):
        return None if near(one, other) else (name, one, other)
    else:
        return None if one == other else (name, one, other)
    found = (apart(*pair, near) for pair in pairs)
    return next((each for each in found if each is not None), None)


def shortened(value: object) -> str:
    """A value as text of at most 80 letters."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
