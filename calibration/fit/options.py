"""The options of `carbonmeter calibration fit`; read without what the fit itself needs."""

import argparse
from pathlib import Path
from typing import Any


def add_fit(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds the command to the others."""
    fit = commands.add_parser("fit", parents=[shared], help="a function through calibration points")
    fit.add_argument("paths", metavar="DATA.csv", nargs=1, type=Path)
    fit.add_argument("--form", choices=("polynomial", "power", "exponential"), default="polynomial")
    fit.add_argument("--degree", type=int, default=1, help="of a polynomial, 0 to 10 (default 1)")
    fit.add_argument(
        "--method",
        choices=("ols", "wls", "gls", "eiv"),
        help="default: what the columns ux, uy and --covariance allow",
    )
    fit.add_argument(
        "--covariance",
        metavar="FILE",
        type=Path,
        help="rows of numbers: of the n values, or of the n arguments and the n values",
    )
    fit.add_argument(
        "--convention",
        choices=("adjusted_points", "implicit"),
        default="adjusted_points",
        help="of the coefficients' covariance, for eiv",
    )
    fit.add_argument(
        "--toml", action="store_true", help="the function as a certificate's table, to paste"
    )
    fit.add_argument("--plot", type=Path, metavar="OUT.svg", help="draw it: curve, U, points")
