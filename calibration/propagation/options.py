"""The options of `carbonmeter calibration budget`; read without what the budget itself needs."""

import argparse
from pathlib import Path
from typing import Any


def add_budget(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds the command to the others."""
    told = commands.add_parser("budget", parents=[shared], help="an uncertainty budget")
    told.add_argument("paths", metavar="FILE.toml", nargs="*", type=Path)
    told.add_argument("--models", action="store_true", help="list the models that a file may name")
    told.add_argument(
        "--monte-carlo",
        metavar="TRIALS",
        nargs="?",
        const=0,
        type=int,
        help="compare with so many trials, 10000 or more; without a number until they stand",
    )
