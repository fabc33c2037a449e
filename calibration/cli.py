"""The commands `carbonmeter calibration ...`: what each takes, and where it is done."""

import argparse
import datetime as dt
import importlib
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from calibration.conformity.options import add_conformity
from calibration.dcc.options import add_export, add_import
from calibration.document.options import add_check, add_in_force, add_show
from calibration.evaluation.options import add_evaluate
from calibration.fit.options import add_fit
from calibration.history.options import add_chain, add_due, add_history, add_shift
from calibration.interval.options import add_interval
from calibration.performance.options import (
    add_ast,
    add_drift,
    add_linearity,
    add_qal2,
    add_qal3,
    add_rata,
    add_response_time,
    add_velocity_field,
)
from calibration.plan_log.options import add_plans
from calibration.propagation.options import add_budget
from calibration.report.options import add_report
from calibration.setting_log.options import add_settings
from calibration.type_b.options import add_type_b

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
    "settings": Command(add_settings, "calibration.setting_log.cli:tell_settings"),
    "plans": Command(add_plans, "calibration.plan_log.cli:tell_plans"),
    "evaluate": Command(add_evaluate, "calibration.evaluation.cli:evaluate"),
    "history": Command(add_history, "calibration.history.cli:tell_history"),
    "chain": Command(add_chain, "calibration.history.cli:tell_chain"),
    "shift": Command(add_shift, "calibration.history.cli:tell_shift"),
    "due": Command(add_due, "calibration.history.cli:tell_due"),
    "report": Command(add_report, "calibration.report.cli:report"),
    "fit": Command(add_fit, "calibration.fit.cli:fit_points"),
    "budget": Command(add_budget, "calibration.propagation.cli:tell_budget"),
    "rata": Command(add_rata, "calibration.performance.cli:tell_rata"),
    "drift": Command(add_drift, "calibration.performance.cli:tell_drift"),
    "linearity": Command(add_linearity, "calibration.performance.cli:tell_linearity"),
    "response-time": Command(add_response_time, "calibration.performance.cli:tell_response_time"),
    "velocity-field": Command(
        add_velocity_field, "calibration.performance.cli:tell_velocity_field"
    ),
    "qal2": Command(add_qal2, "calibration.performance.cli:tell_qal2"),
    "ast": Command(add_ast, "calibration.performance.cli:tell_ast"),
    "qal3": Command(add_qal3, "calibration.performance.cli:tell_qal3"),
    "conformity": Command(add_conformity, "calibration.conformity.cli:tell_conformity"),
    "interval": Command(add_interval, "calibration.interval.cli:tell_interval"),
    "type-b": Command(add_type_b, "calibration.type_b.cli:tell_type_b"),
    "import": Command(add_import, "calibration.dcc.cli:import_dcc"),
    "export": Command(add_export, "calibration.dcc.cli:export_dcc"),
}


def calibration(argv: Sequence[str], today: dt.date | None = None) -> int:
    """The exit code of `carbonmeter calibration`: 0 ok, 1 findings, 2 usage, 78 bad file.

    Args:
        argv: the command and its options.
        today: the day as of which is judged where none is given; this room reads no clock.
    """
    from calibration.errors import CalibrationError  # noqa: PLC0415

    arguments = _parser().parse_args(argv)
    if getattr(arguments, "as_of", today) is None:
        arguments.as_of = today
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
        prog="carbonmeter calibration",
        description="certificates, fits, budgets, conformity, and tests of installed analysers",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for command in COMMANDS.values():
        command.add(commands, shared)
    return parser
