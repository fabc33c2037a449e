"""The options of `carbonmeter calibration report`; read without numpy."""

import argparse
from pathlib import Path
from typing import Any


def add_report(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds the command to the others."""
    told = commands.add_parser("report", parents=[shared], help="a certificate as a page to read")
    told.add_argument("paths", metavar="CERTIFICATE", nargs=1, type=Path)
    told.add_argument("--html", required=True, type=Path, metavar="OUT.html")
    told.add_argument("--register", type=Path, metavar="FOLDER", help="for the chain of standards")
