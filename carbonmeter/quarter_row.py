"""What a quarter says, month by month: rows for programs and a table for people (pure)."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec


class Ruled(msgspec.Struct, frozen=True, kw_only=True):
    """What a scheme's rules make of a period.

    Attributes:
        rules: pack that they come from.
        value: with substituted hours, in the row's unit.
        substituted_h, out_of_control_h: hours of the period.
        failed_check, repaired: when, RFC 3339; None where there was none in the period.
        suspect_from, suspect_until: between the last good check and the repair.
        suspect_effect: what the analyser's deviation makes of that time, in the row's unit.
    """

    rules: str
    value: float
    substituted_h: int
    out_of_control_h: int
    failed_check: str | None = None
    repaired: str | None = None
    suspect_from: str | None = None
    suspect_until: str | None = None
    suspect_effect: float | None = None


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
        head = f"{'':<8} {'from':<11} {'by the rules':>20} {'substituted':>12} {'no control':>11}"
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
    expanded = row.expanded_uncertainty
    if not expanded:
        return f"{row.value:.6g} {row.unit}, U unknown"
    digits = 1 - math.floor(math.log10(expanded))
    shown = (round(each, digits) for each in (row.value, expanded))
    return "{:.{places}f} ± {:.{places}f} {unit}".format(
        *shown, places=max(digits, 0), unit=row.unit
    )


def _by_rules(row: QuarterRow, ruled: Ruled) -> str:
    value = f"{ruled.value:.0f} {row.unit} ({ruled.rules})"
    return (
        f"{row.kind:<8} {row.start[:10]:<11} {value:>20} {ruled.substituted_h:>10} h "
        f"{ruled.out_of_control_h:>9} h"
    )


def _told(row: QuarterRow, ruled: Ruled) -> Iterator[str]:
    """What happened, as far as anything did."""
    if ruled.failed_check is not None:
        yield f"check failed      {ruled.failed_check}"
    if ruled.repaired is not None:
        yield f"repaired          {ruled.repaired}"
    if ruled.suspect_from is not None:
        yield f"in doubt          {ruled.suspect_from} .. {ruled.suspect_until or '-'}"
    if ruled.suspect_effect is not None:
        yield f"which makes       {ruled.suspect_effect:+.0f} {row.unit} of it"
