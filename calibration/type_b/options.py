"""The options of `carbonmeter calibration type-b`; read without what the evaluation needs."""

import argparse
from pathlib import Path
from typing import Any


def add_type_b(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own
    """Adds the command to the others."""
    told = commands.add_parser(
        "type-b", parents=[shared], help="standard uncertainties from classes and data sheets"
    )
    told.add_argument("paths", metavar="SHEET.toml", nargs="*", type=Path)
    told.add_argument("--list", action="store_true", help="the classes that are known")
    told.add_argument("--serial", default="SERIAL", help="of the instrument")
    told.add_argument("--basis", choices=("nameplate", "verification"), default="nameplate")
    told.add_argument("--confirmation", action="store_true", help="entries to paste, as TOML")
    _add_sheet(told.add_argument_group("of a data sheet"))
    _add_class(told.add_argument_group("of a class"))
    _add_transformers(told.add_argument_group("of instrument transformers"))


def _add_sheet(group: Any) -> None:  # noqa: ANN401 - argparse's own
    group.add_argument("--at", type=float, metavar="READING", help="in the sheet's unit")
    group.add_argument("--years", type=float, help="since calibration")


def _add_class(group: Any) -> None:  # noqa: ANN401 - argparse's own
    group.add_argument("--class", dest="grade", metavar="NAME", help="such as iec62053-22/0.5S")
    group.add_argument("--current", type=float, help="in the unit of the marks; else of In, Itr")
    group.add_argument("--power-factor", metavar="COS", help="1, 0.8, 0.5L or 0.8C")
    group.add_argument("--flow", type=float, help="in the unit of the marks")
    group.add_argument("--temperature", type=float, metavar="Cel")
    group.add_argument("--temperature-difference", type=float, metavar="K")
    group.add_argument(
        "--ambient", type=float, nargs=2, metavar=("LOW", "HIGH"), help="interval in use, Cel"
    )
    group.add_argument("--swing", choices=("rectangular", "arcsine"), default="rectangular")
    group.add_argument("--influence", action="append", default=[], help="voltage, frequency")
    group.add_argument("--complete", action="store_true", help="a heat meter as one instrument")
    for name, example in (("quantity", "beta=0.6"), ("mark", "Imax=6")):
        text = f"such as {example}; as often as needed"
        group.add_argument(
            f"--{name}", action="append", default=[], type=number, metavar="NAME=N", help=text
        )
    group.add_argument("--where", action="append", default=[], type=condition, metavar="NAME=TEXT")


def _add_transformers(group: Any) -> None:  # noqa: ANN401 - argparse's own
    group.add_argument("--ct", metavar="NAME", help="such as iec61869-2/0.5S")
    group.add_argument("--vt", metavar="NAME", help="such as iec61869-3/0.5")
    group.add_argument("--ct-load", type=float, help="primary current over the rated one")
    group.add_argument("--vt-load", type=float, default=1.0, help="likewise; default 1")
    for name in ("ct", "vt"):
        group.add_argument(f"--{name}-serial", action="append", default=[], help="one, or three")


def number(text: str) -> tuple[str, float]:
    """A name and its number, for argparse."""
    name, value = condition(text)
    try:
        return name, float(value)
    except ValueError as cause:
        raise argparse.ArgumentTypeError(f"'{value[:40]}' is not a number") from cause


def condition(text: str) -> tuple[str, str]:
    """A name and its text, for argparse."""
    name, sign, value = text.partition("=")
    if not sign or not name or not value:
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is not like NAME=VALUE")
    return name, value
