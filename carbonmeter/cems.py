"""`carbonmeter cems`: from stack to tonnes; each command is imported when it is asked for."""

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import Final

COMMANDS: Final = {
    "model": ("calibration.model.cli", "model", "a measurement model with its budget"),
    "hours": ("evidence.statement.hours.cli", "hours", "valid, missing and substituted hours"),
}


def cems(argv: Sequence[str]) -> int:
    """The exit code of `carbonmeter cems`; that of its command, or 2 for wrong usage."""
    rows = "\n".join(f"  {name:<6}  {words}" for name, (_, _, words) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="carbonmeter cems",
        description=f"continuous emission measurement, from stack to tonnes\n\n{rows}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=tuple(COMMANDS))
    name = parser.parse_args(argv[:1]).command
    module, function, _ = COMMANDS[name]
    return int(getattr(import_module(module), function)(list(argv[1:])))
