"""What a quarter says, month by month: rows for programs and a table for people (pure)."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec


class InDoubt(msgspec.Struct, frozen=True, kw_only=True):
    """Hours between a good check and the one after it that failed.

    Attributes:
        start, end: RFC 3339, UTC.
        value: amount of these hours, in the row's unit.
        correction, expanded_uncertainty: what the analyser's error makes of it; None: not known.
    """

    start: str
    end: str
    value: float
    correction: float | None
    expanded_uncertainty: float | None


class OutOfControl(msgspec.Struct, frozen=True, kw_only=True):
    """Hours in a row in which the analyser was not in control, RFC 3339, UTC."""

    start: str
    end: str
    because: str


class Ruled(msgspec.Struct, frozen=True, kw_only=True):
    """What a scheme's rules make of a period.

    Attributes:
        rules: pack that they come from.
        compliance: by the rules, with substituted hours, in the row's unit; None: no hour has one.
        best_estimate, expanded_uncertainty: what most likely left, with U (95 %); None: not known.
        substituted_h, out_of_control_h: hours of the period.
        checks: zero and span checks by outcome.
        spells: in which the analyser was not in control.
        doubts: before checks that failed.
    """

    rules: str
    compliance: float | None
    best_estimate: float | None
    expanded_uncertainty: float | None
    substituted_h: int
    out_of_control_h: int
    checks: Mapping[str, int]
    spells: tuple[OutOfControl, ...]
    doubts: tuple[InDoubt, ...]


class QuarterRow(msgspec.Struct, frozen=True, kw_only=True):
    """A period of the quarter, or all of it.

    Attributes:
        start, end: local time, RFC 3339.
        value: of the minutes that were measured, in `unit`; nothing is substituted.
        expanded_uncertainty: 95 %, in `unit`; None: unknown.
        true_of_measured: what the simulator alone knows of the same share of each hour, in `unit`.
        truth: what it knows of the whole period.
        completeness: share of minutes that are in the value.
        missing: minutes by reason.
        ruled: by the scheme; None where no rules were applied.
    """

    kind: Literal["month", "quarter"]
    start: str
    end: str
    unit: str
    value: float
    expanded_uncertainty: float | None
    true_of_measured: float
    truth: float
    completeness: float
    u_basis: str
    missing: Mapping[str, int]
    ruled: Ruled | None = None


def quarter_table(rows: Sequence[QuarterRow]) -> str:
    """The rows as a table, value and U to two significant digits of U; then what the rules say."""
    head = (
        f"{'':<8} {'from':<11} {'measured ± U (95 %)':>20} {'truth of it':>12} {'complete':>9} "
        f"{'whole truth':>12}  basis"
    )
    lines = [head, *(_measured(row) for row in rows)]
    ruled = [(row, row.ruled) for row in rows if row.ruled is not None]
    if ruled:
        head = (
            f"{'':<8} {'from':<11} {'by the rules':>16} {'best estimate ± U':>20} "
            f"{'whole truth':>12} {'substituted':>12} {'no control':>11}"
        )
        lines += ["", head, *(_by_rules(row, each) for row, each in ruled)]
        lines += [line for row, each in ruled if row.kind == "quarter" for line in _told(row, each)]
    return "\n".join(lines)


def _measured(row: QuarterRow) -> str:
    of_it, whole = (f"{each:.0f} {row.unit}" for each in (row.true_of_measured, row.truth))
    return (
        f"{row.kind:<8} {row.start[:10]:<11} {_stated(row):>20} {of_it:>12} "
        f"{row.completeness:>9.1%} {whole:>12}  {row.u_basis}"
    )


def _stated(row: QuarterRow) -> str:
    return _with_u(row.value, row.expanded_uncertainty, row.unit)


def _with_u(value: float | None, expanded: float | None, unit: str) -> str:
    """Value and U to two significant digits of U."""
    if value is None:
        return "unknown"
    if not expanded:
        return f"{value:.6g} {unit}, U unknown"
    digits = 1 - math.floor(math.log10(expanded))
    shown = (round(each, digits) for each in (value, expanded))
    return "{:.{places}f} ± {:.{places}f} {unit}".format(*shown, places=max(digits, 0), unit=unit)


def _by_rules(row: QuarterRow, ruled: Ruled) -> str:
    amount = "unknown" if ruled.compliance is None else f"{ruled.compliance:.0f} {row.unit}"
    complied = f"{amount} ({ruled.rules})"
    best = _with_u(ruled.best_estimate, ruled.expanded_uncertainty, row.unit)
    return (
        f"{row.kind:<8} {row.start[:10]:<11} {complied:>16} {best:>20} "
        f"{f'{row.truth:.0f} {row.unit}':>12} {ruled.substituted_h:>10} h "
        f"{ruled.out_of_control_h:>9} h"
    )


def _told(row: QuarterRow, ruled: Ruled) -> Iterator[str]:
    """What happened, as far as anything did."""
    counted = ", ".join(f"{number} {name}" for name, number in ruled.checks.items())
    yield f"checks            {counted or 'none'}"
    for spell in ruled.spells:
        yield f"not in control    {spell.start} .. {spell.end} ({spell.because})"
    for doubt in ruled.doubts:
        yield f"in doubt          {doubt.start} .. {doubt.end}: {doubt.value:.0f} {row.unit}"
        if doubt.correction is not None and doubt.expanded_uncertainty is not None:
            effect = _with_u(doubt.correction, doubt.expanded_uncertainty, row.unit)
            yield f"  to be added     {effect}"
