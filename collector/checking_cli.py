"""The command `collector check`: is the ledger what was admitted and signed?"""

import argparse
from pathlib import Path

OK, FINDING = 0, 1


def add_check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `check` to the collector's commands."""
    check: argparse.ArgumentParser = commands.add_parser(
        "check", help="walk over the whole ledger; 1 if something is not as it was signed"
    )
    check.add_argument("--json", action="store_true", help="one JSON document on stdout")
    check.add_argument("--config", type=Path, default=Path("collector.toml"), metavar="FILE")
    check.set_defaults(command=_check)


def _check(arguments: argparse.Namespace) -> int:
    import msgspec  # noqa: PLC0415 - keeps --help fast

    from collector.checking import check  # noqa: PLC0415
    from collector.config import load_config  # noqa: PLC0415

    found = check(load_config(arguments.config))
    if arguments.json:
        print(msgspec.json.encode(found).decode())
    else:
        print(found.to_text())
    return OK if found.sound else FINDING
