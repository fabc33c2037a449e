"""The options of `carbonmeter calibration settings`; read without numpy."""

import argparse
from pathlib import Path
from typing import Any

from calibration.document.options import instant


def add_settings(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds `settings` to the others."""
    words = "numbers that change results: what was set, from when, by whom and why"
    settings = commands.add_parser("settings", parents=[shared], help=words)
    settings.add_argument("paths", metavar="FOLDER|FILE", nargs="+", type=Path)
    settings.add_argument("--subject", help="of one stack or channel only")
    settings.add_argument("--at", type=instant, help="and which are in force then")
    settings.add_argument("--known-at", type=instant, help="only what was recorded by then")
