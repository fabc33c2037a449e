"""The options of the performance tests; read without what the tests themselves need."""

import argparse
import datetime as dt
from pathlib import Path
from typing import Any


def add_rata(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds the command to the others."""
    told = _test(commands, shared, "rata", "relative accuracy against the reference method")
    _limits(told, "part75-2011")
    told.add_argument("--pollutant", metavar="NAME", help="such as so2, nox, co2; none: no limit")
    _unit(told)
    told.add_argument("--level", choices=("low", "mid", "high", "normal"), help="of load")
    told.add_argument(
        "--aps", action="store_true", help="alternative performance specification of low emitters"
    )
    told.add_argument(
        "--on", metavar="DATE", type=dt.date.fromisoformat, help="last day of the test"
    )


def add_drift(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Adds the command to the others."""
    told = _test(commands, shared, "drift", "zero and span drift, calibration error")
    _limits(told, "hj75-2017")
    _pollutant(told)
    _full_scale(told)


def add_linearity(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Adds the command to the others."""
    told = _test(commands, shared, "linearity", "mean readings of certified gases")
    _limits(told, "hj75-2017")
    _pollutant(told)
    _full_scale(told)


def add_response_time(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Adds the command to the others."""
    told = _test(commands, shared, "response-time", "time until a change of gas is shown")
    _limits(told, "hj75-2017")
    _pollutant(told)
    told.add_argument("--final", metavar="X", help="reading that the change leads to")


def add_velocity_field(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Adds the command to the others."""
    told = _test(commands, shared, "velocity-field", "precision of the velocity-field coefficient")
    _limits(told, "hj75-2017")


def add_qal2(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Adds the command to the others."""
    told = _test(commands, shared, "qal2", "calibration function and variability (EN 14181)")
    _requirement(told)
    told.add_argument("--method", choices=("a", "b", "c"), help="default: what the rules ask for")
    told.add_argument("--zero", metavar="Z", help="signal at zero, for method b")
    told.add_argument("--zero-uncertainty", metavar="U", default="0", help="standard, of Z")


def add_ast(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Adds the command to the others."""
    told = _test(commands, shared, "ast", "annual surveillance test (EN 14181)")
    _requirement(told)
    told.add_argument(
        "--function",
        metavar="A,B",
        required=True,
        help="intercept and slope: --function=-79.4,20.2",
    )


def add_qal3(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Adds the command to the others."""
    told = _test(commands, shared, "qal3", "control charts of zero and span (EN 14181)")
    _limits(told, "en14181-2014")
    told.add_argument("--chart", choices=("cusum", "shewhart"), default="cusum")
    told.add_argument("--s-zero", metavar="S", help="s_AMS at zero, in the unit of the readings")
    told.add_argument("--s-span", metavar="S", help="s_AMS at span")


def _test(
    commands: Any,  # noqa: ANN401
    shared: argparse.ArgumentParser,
    name: str,
    about: str,
) -> argparse.ArgumentParser:
    told: argparse.ArgumentParser = commands.add_parser(name, parents=[shared], help=about)
    told.add_argument("paths", metavar="DATA.csv", nargs=1, type=Path)
    return told


def _limits(told: argparse.ArgumentParser, default: str) -> None:
    about = f"name or file (default {default})"
    told.add_argument("--limits", metavar="NAME|FILE", default=default, help=about)


def _pollutant(told: argparse.ArgumentParser) -> None:
    told.add_argument("--pollutant", metavar="NAME", required=True, help="such as so2, nox, co2")
    _unit(told)


def _unit(told: argparse.ArgumentParser) -> None:
    told.add_argument("--unit", metavar="UCUM", help="of the readings, where limits differ by it")


def _full_scale(told: argparse.ArgumentParser) -> None:
    told.add_argument("--full-scale", metavar="R", help="of the analyser, in the readings' unit")


def _requirement(told: argparse.ArgumentParser) -> None:
    _limits(told, "en14181-2014")
    told.add_argument("--elv", metavar="E", required=True, help="emission limit value")
    told.add_argument(
        "--uncertainty-percent",
        metavar="P",
        required=True,
        help="permitted 95 %% half-width, in percent of E",
    )
