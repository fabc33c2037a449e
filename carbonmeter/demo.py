"""The command `demo`: the whole system on this machine, in simulated time."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Final

OK, UNAVAILABLE, INTERRUPTED = 0, 69, 130
DEFAULT_FACTOR: Final = 200.0


def demo(argv: Sequence[str]) -> int:
    """Exit status of `demo [--once] [--json]`.

    0 when it was ended by Ctrl-C or, with --once, when the first hour was closed; 69 when a
    part did not start or no hour was closed in time.
    """
    arguments = _parser().parse_args(argv)
    from carbonmeter.demo_run import DemoError, run  # noqa: PLC0415 - keeps --help fast

    try:
        rows = run(factor=arguments.factor, once=arguments.once)
    except DemoError as wrong:
        print(wrong.say("en"), wrong.say("zh"), sep="\n", file=sys.stderr)
        return UNAVAILABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    if arguments.once:
        print(json.dumps(rows, ensure_ascii=False, indent=1) if arguments.json else _table(rows))
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbonmeter demo",
        description="a simulated factory with a stack, three agents, a broker and a collector, "
        "as processes on free loopback ports; nothing leaves this machine, nothing is left behind",
    )
    parser.add_argument("--once", action="store_true", help="end when the first hour is closed")
    parser.add_argument("--json", action="store_true", help="with --once: rows as JSON")
    parser.add_argument(
        "--factor", type=float, default=DEFAULT_FACTOR, help="simulated seconds a second"
    )
    return parser


def _table(rows: Sequence[dict[str, object]]) -> str:
    from carbonmeter.demo_table import table  # noqa: PLC0415 - keeps --help fast

    return table(rows)
