"""The options of `carbonmeter calibration plans`; read without numpy."""

import argparse
from pathlib import Path
from typing import Any

from calibration.document.options import instant
from calibration.history.options import add_day


def add_plans(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds `plans` to the others."""
    words = "monitoring plans: by which rules a channel is told, and what proves its analysers"
    plans = commands.add_parser("plans", parents=[shared], help=words)
    plans.add_argument("paths", metavar="FOLDER|FILE", nargs="+", type=Path)
    plans.add_argument("--channel", help="of one channel only")
    plans.add_argument("--at", type=instant, help="and which are in force then")
    plans.add_argument("--known-at", type=instant, help="only what was recorded by then")
    add_day(plans)
