"""`carbonmeter evidence`: prove a statement, check the proof, remember heads."""

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import Final

COMMANDS: Final = {
    "bundle": ("collector.bundle_cli", "bundle_command", "all that proves a stated activity datum"),
    "verify": ("evidence.bundle.cli", "verify_command", "check such a bundle offline"),
    "witness": ("carbonmeter.witness", "witness_command", "remember and cosign heads of logs"),
}


def evidence(argv: Sequence[str]) -> int:
    """The exit code of `carbonmeter evidence`; that of its command, or 2 for wrong usage."""
    rows = "\n".join(f"  {name:<7}  {words}" for name, (_, _, words) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="carbonmeter evidence",
        description=f"evidence for activity data\n\n{rows}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=tuple(COMMANDS))
    name = parser.parse_args(argv[:1]).command
    module, function, _ = COMMANDS[name]
    return int(getattr(import_module(module), function)(list(argv[1:])))
