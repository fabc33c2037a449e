"""The options of `carbonmeter calibration check | show | in-force`; read without numpy."""

import argparse
import datetime as dt
from pathlib import Path
from typing import Any


def add_check(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds `check` to the others."""
    check = commands.add_parser("check", parents=[shared], help="every finding in the files")
    check.add_argument("paths", metavar="FOLDER|FILE", nargs="+", type=Path)


def add_show(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds `show` to the others."""
    show = commands.add_parser("show", parents=[shared], help="what one file states")
    show.add_argument("paths", metavar="FILE", nargs=1, type=Path)


def add_in_force(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds `in-force` to the others."""
    force = commands.add_parser("in-force", parents=[shared], help="what was applied, and when")
    force.add_argument("paths", metavar="FOLDER", nargs=1, type=Path)
    force.add_argument("--serial", required=True, help="of the instrument")
    force.add_argument("--at", required=True, type=instant, help="such as 2026-03-01T00:00Z")
    force.add_argument("--known-at", type=instant, help="only what was recorded by then")
    force.add_argument("--kind", required=True, help="of quantity, such as active_energy")
    force.add_argument("--channel", default="", help="where a certificate names channels")


def instant(text: str) -> dt.datetime:
    """An ISO 8601 instant with its time zone, for argparse."""
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError as cause:
        raise argparse.ArgumentTypeError(f"'{text}' is not an ISO 8601 instant") from cause
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"'{text}' has no time zone; end it in Z")
    return instant
