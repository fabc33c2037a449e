"""The commands `carbonmeter calibration ...`: what each takes, and where it is done."""

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from calibration.dcc.options import add_export, add_import
from calibration.document.options import add_check, add_in_force, add_show
from calibration.fit.options import add_fit
from calibration.propagation.options import add_budget

USAGE, BAD_CONFIGURATION = 2, 78


class Command(NamedTuple):
    """How a command's options are added, and the function that answers it, "module:name".

    The module is imported when the command is called: most need numpy, some scipy.
    """

    add: Callable[[Any, argparse.ArgumentParser], None]
    answer: str


COMMANDS: Final = {
    "check": Command(add_check, "calibration.document.cli:tell_findings"),
    "show": Command(add_show, "calibration.document.cli:tell_file"),
    "in-force": Command(add_in_force, "calibration.document.cli:tell_in_force"),
    "fit": Command(add_fit, "calibration.fit.cli:fit_points"),
    "budget": Command(add_budget, "calibration.propagation.cli:tell_budget"),
    "import": Command(add_import, "calibration.dcc.cli:import_dcc"),
    "export": Command(add_export, "calibration.dcc.cli:export_dcc"),
}


def calibration(argv: Sequence[str]) -> int:
    """The exit code of `carbonmeter calibration`: 0 ok, 1 findings, 2 usage, 78 bad file."""
    from calibration.errors import CalibrationError  # noqa: PLC0415

    arguments = _parser().parse_args(argv)
    for path in arguments.paths:
        if not path.exists():
            sys.stderr.write(f"there is no file or folder '{path}'\n")
            return USAGE
    try:
        return _answer(COMMANDS[arguments.command])(arguments)
    except CalibrationError as wrong:
        sys.stderr.write(f"{wrong.say(arguments.language)}\n")
        return BAD_CONFIGURATION


def _answer(command: Command) -> Callable[[argparse.Namespace], int]:
    module, _, name = command.answer.partition(":")
    found: Callable[[argparse.Namespace], int] = getattr(importlib.import_module(module), name)
    return found


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="one JSON document on stdout")
    shared.add_argument("--language", choices=("en", "zh"), default="en", help="of messages")
    parser = argparse.ArgumentParser(
        prog="carbonmeter calibration", description="certificates, fits and uncertainty budgets"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for command in COMMANDS.values():
        command.add(commands, shared)
    return parser
