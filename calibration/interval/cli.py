"""The command `carbonmeter calibration interval`."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from calibration.columns import Row
from calibration.conformity.requirement import Requirement
from calibration.interval.errors import HistoryError, IntervalFileError, PlotError
from calibration.interval.growth import Growth, fit_growth
from calibration.interval.history import Deviations, deviations_of, in_tolerance, is_of_words
from calibration.interval.load import read_history
from calibration.interval.reach import Allowed, Reach, reach_of
from calibration.interval.reliability import judge_interval
from calibration.printing import print_fields, print_json, print_table

OK, FINDING, USAGE = 0, 1, 2
NEEDS: Final = {"a3": "interval_days", "growth": "standard_uncertainty"}
SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "interval_rejected": {
        "en": "as-found results contradict the target reliability: take the new interval",
        "zh": "校准前（as-found）结果与目标可靠性不符：请采用新的校准间隔",
    },
    "beyond_history": {
        "en": "a time lies beyond the longest of the history: it is extrapolated",
        "zh": "所得时间超出历史数据的最长间隔：属于外推",
    },
    "reached_at_start": {
        "en": "a limit is reached already at calibration",
        "zh": "校准时即已达到限值",
    },
}


def tell_interval(arguments: argparse.Namespace) -> int:
    """Exit code of the command: 0 nothing speaks against the interval, 1 something does, 2 usage.

    Raises:
        CalibrationError: the history or a number does not do.
    """
    (path,) = arguments.paths
    rows = read_history(path)
    method = arguments.method or ("a3" if is_of_words(rows) else "growth")
    if getattr(arguments, NEEDS[method]) is None:
        sys.stderr.write(f"the method {method} needs --{NEEDS[method].replace('_', '-')}\n")
        return USAGE
    if method == "a3":
        return _tell_test(rows, arguments)
    return _tell_growth(rows, arguments)


def _limits(arguments: argparse.Namespace) -> Requirement | None:
    if arguments.lower is None and arguments.upper is None:
        return None
    return Requirement(lower=arguments.lower, upper=arguments.upper)


def _tell_test(rows: Sequence[Row], arguments: argparse.Namespace) -> int:
    """Method A3."""
    if arguments.plot is not None:
        raise PlotError("--plot", found="a3", limit="growth")
    told = judge_interval(
        in_tolerance(rows, _limits(arguments)),
        arguments.interval_days,
        arguments.target_reliability,
        arguments.confidence,
    )
    record = msgspec.to_builtins(told)
    if arguments.json:
        print_json({"method": "a3", **record})
    else:
        print_fields({name: _short(each) for name, each in record.items() if name != "findings"})
        _say(told.findings, arguments.language)
    return FINDING if told.findings else OK


def _tell_growth(rows: Sequence[Row], arguments: argparse.Namespace) -> int:
    """Growth of deviation."""
    history = deviations_of(rows)
    growth = fit_growth(history, arguments.standard_uncertainty, arguments.degree)
    allowed = _allowed(history, arguments)
    reach = reach_of(growth, allowed)
    if arguments.plot is not None:
        _write(arguments.plot, _picture(history, growth, allowed, reach, arguments.unit))
    if arguments.json:
        print_json(_record(history, growth, allowed, reach))
    else:
        _show(history, growth, allowed, reach)
        _say(reach.findings, arguments.language)
    return FINDING if reach.findings else OK


def _allowed(history: Deviations, arguments: argparse.Namespace) -> Allowed:
    limits, start = _limits(arguments), arguments.start
    if start is None:
        start = history.as_left
    if start is None and limits is not None:
        raise HistoryError("--start", found="no as_left", limit="--start | as_left")
    return Allowed(
        uncertainty=arguments.uncertainty_limit,
        start=0.0 if start is None else start,
        limits=limits,
        probability=arguments.probability,
    )


def _picture(
    history: Deviations, growth: Growth, allowed: Allowed, reach: Reach, unit: str
) -> bytes:
    try:
        from calibration.interval.plot import draw_growth  # noqa: PLC0415 - an extra of its own
    except ImportError as cause:
        limit = "pip install 'carbonmeter[analysis]'"
        raise PlotError("--plot", found=f"no {cause.name}", limit=limit) from cause
    return draw_growth(history, growth, allowed, reach, unit)


def _write(path: Path, picture: bytes) -> None:
    try:
        path.write_bytes(picture)
    except OSError as cause:
        raise IntervalFileError(str(path), found=cause.strerror, limit="OUT.svg") from cause


def _record(history: Deviations, growth: Growth, allowed: Allowed, reach: Reach) -> dict[str, Any]:
    days = np.array(history.days)
    return {
        "method": "growth",
        "growth": msgspec.to_builtins(growth),
        "allowed": msgspec.to_builtins(allowed),
        "days_until": msgspec.to_builtins(reach),
        "points": [
            {"days": t, "deviation": found, "fitted": fitted, "standard_uncertainty": u}
            for t, found, fitted, u in zip(
                history.days,
                history.deviation,
                growth.deviation(days).tolist(),
                growth.standard_uncertainty(days).tolist(),
                strict=True,
            )
        ],
        "findings": list(reach.findings),
    }


def _show(history: Deviations, growth: Growth, allowed: Allowed, reach: Reach) -> None:
    record = _record(history, growth, allowed, reach)
    rows = [[f"{number:.6g}" for number in point.values()] for point in record["points"]]
    print_table(("days", "deviation", "fitted", "u"), rows)
    print()
    coefficients = {f"b{k}": _short(b) for k, b in enumerate(growth.coefficients, start=1)}
    print_fields(
        {
            **coefficients,
            "residual standard deviation": _short(growth.residual_standard_deviation),
            "degrees of freedom": growth.degrees_of_freedom,
            "probability": allowed.probability,
            "days until u reaches its limit": _days(reach.uncertainty, reach),
            "days until the limits, two-sided": _days(reach.limits_two_sided, reach),
            "days until the limits, one-sided": _days(reach.limits_one_sided, reach),
        }
    )


def _days(days: float | None, reach: Reach) -> str:
    return f"- (looked ahead {reach.horizon:.6g} d)" if days is None else f"{days:.7g}"


def _say(findings: Sequence[str], language: str) -> None:
    for name in findings:
        print(f"\n{name}: {SAID[name][language]}")


def _short(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_short(each) for each in value]
    return float(f"{value:.8g}") if isinstance(value, float) else value
