"""Rows of activity data for people."""

import math
from collections.abc import Sequence
from typing import Any


def table(rows: Sequence[Any]) -> str:
    """Rows as a table: value with U to two significant digits, completeness, quality, basis."""
    head = f"{'channel':<39} {'hour':<17} {'value ± U (95 %)':>24}  {'complete':>8}  quality, basis"
    return "\n".join([head, *(_row(row) for row in rows)])


def _row(row: Any) -> str:  # noqa: ANN401 - a JSON object
    share = row["completeness"]["ratio"]
    return (
        f"{row['channel']:<39} {row['period']['start'][:16]:<17} {stated(row):>24}  "
        f"{share:>8.1%}  {row['quality']}, {row['u_basis']}"
    )


def stated(row: Any) -> str:  # noqa: ANN401 - a JSON object
    """Value and U, both to the second significant digit of U (GUM 7.2.6)."""
    value, expanded = row["value"], row["expanded_uncertainty"]
    if not expanded:
        return f"{value:.6g} {row['unit']}, U unknown"
    digits = max(1 - math.floor(math.log10(expanded)), 0)
    return f"{value:.{digits}f} ± {expanded:.{digits}f} {row['unit']}"
