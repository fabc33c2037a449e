"""The options of `carbonmeter calibration interval`; read without what the methods need."""

import argparse
from pathlib import Path
from typing import Any


def add_interval(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds the command to the others."""
    told = commands.add_parser(
        "interval", parents=[shared], help="how long a calibration holds, from its history"
    )
    told.add_argument("paths", metavar="HISTORY.csv", nargs=1, type=Path)
    told.add_argument(
        "--method",
        choices=("a3", "growth"),
        help="NCSLI RP-1 A3, or growth of deviation; default: what the columns hold",
    )
    told.add_argument("--lower", type=float, help="limit of the true value")
    told.add_argument("--upper", type=float, help="limit of the true value")
    _add_a3(told.add_argument_group("a3"))
    _add_growth(told.add_argument_group("growth"))


def _add_a3(a3: Any) -> None:  # noqa: ANN401 - argparse's own
    a3.add_argument("--interval-days", metavar="DAYS", type=float, help="the current interval")
    a3.add_argument("--target-reliability", metavar="R", type=float, default=0.95)
    a3.add_argument(
        "--confidence", type=float, default=0.5, help="from which the interval is rejected"
    )


def _add_growth(growth: Any) -> None:  # noqa: ANN401 - argparse's own
    growth.add_argument("--standard-uncertainty", metavar="u", type=float, help="at calibration")
    growth.add_argument("--degree", type=int, default=1, help="of the polynomial, 1 to 3")
    growth.add_argument("--uncertainty-limit", metavar="u", type=float, help="not to be reached")
    growth.add_argument("--start", metavar="VALUE", type=float, help="as left; default: the file's")
    growth.add_argument("--probability", metavar="p", type=float, default=0.95)
    growth.add_argument("--unit", default="", help="of the values, for the picture")
    growth.add_argument("--plot", metavar="OUT.svg", type=Path, help="a picture of the growth")
