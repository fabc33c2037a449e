"""The options of `carbonmeter calibration history | chain | shift | due`."""

import argparse
import datetime as dt
import re
from pathlib import Path
from typing import Any

from calibration.document.options import instant


def add_history(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds `history` to the others."""
    told = commands.add_parser(
        "history", parents=[shared], help="what is to be said of instruments and certificates"
    )
    told.add_argument("paths", metavar="FOLDER", nargs=1, type=Path)
    told.add_argument("--serial", help="of one instrument only")
    told.add_argument("--known-at", type=instant, help="only what was recorded by then")
    add_day(told)


def add_chain(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds `chain` to the others."""
    told = commands.add_parser(
        "chain", parents=[shared], help="the standards behind a certificate, and what rests on it"
    )
    told.add_argument("paths", metavar="FOLDER", nargs=1, type=Path)
    told.add_argument("--certificate", required=True, metavar="ID")


def add_shift(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds `shift` to the others."""
    told = commands.add_parser(
        "shift", parents=[shared], help="how an instrument moved between its certificates"
    )
    told.add_argument("paths", metavar="FOLDER", nargs=1, type=Path)
    told.add_argument("--serial", required=True, help="of the instrument")
    told.add_argument("--kind", required=True, help="of quantity, such as active_energy")
    told.add_argument("--channel", default="", help="where a certificate names channels")
    told.add_argument("--load", type=float, help="at which it was used, in the argument's unit")
    told.add_argument("--amount", type=float, help="counted at that load: the effect on it")
    told.add_argument("--from", dest="begins", type=day, help="first day of the amount")
    told.add_argument("--to", dest="ends", type=day, help="its last day")
    told.add_argument("--plot", type=Path, metavar="OUT.svg", help="draw it")


def add_due(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds `due` to the others."""
    told = commands.add_parser("due", parents=[shared], help="which instruments are due, and when")
    told.add_argument("paths", metavar="FOLDER", nargs=1, type=Path)
    told.add_argument("--within", type=days, default=60, help="such as 60d (default)")
    add_day(told)


def add_day(told: argparse.ArgumentParser) -> None:
    """Adds `--on`, the day as of which is judged."""
    told.add_argument(
        "--on", dest="as_of", type=day, help="judge as of this day (default today, UTC)"
    )


def day(text: str) -> dt.date:
    """A day such as 2026-03-31, for argparse."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as cause:
        raise argparse.ArgumentTypeError(f"'{text}' is not a day such as 2026-03-31") from cause


def days(text: str) -> int:
    """A number of days such as 60d, up to ten years, for argparse."""
    found = re.fullmatch(r"(\d{1,4})d?", text)
    if found is None or int(found[1]) > 3660:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of days such as 60d")
    return int(found[1])
