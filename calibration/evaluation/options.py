"""The options of `carbonmeter calibration evaluate`; read without numpy."""

import argparse
from pathlib import Path
from typing import Any


def add_evaluate(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds the command to the others."""
    told = commands.add_parser(
        "evaluate", parents=[shared], help="what a certificate says at an argument, or backwards"
    )
    told.add_argument("paths", metavar="CERTIFICATE", nargs=1, type=Path)
    asked = told.add_mutually_exclusive_group(required=True)
    asked.add_argument("--at", type=float, metavar="X", help="an indication or a load")
    asked.add_argument("--inverse", type=float, metavar="Y", help="a value of the function")
    told.add_argument("--kind", help="of quantity, where the certificate states several")
    told.add_argument("--channel", default="", help="where it names channels")
    told.add_argument("--condition", choices=("as_found", "as_left"), default="as_left")
