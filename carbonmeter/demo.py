"""The command `demo`: the whole system on this machine, in simulated time."""

import argparse
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Final

OK, USAGE, UNAVAILABLE, INTERRUPTED = 0, 2, 69, 130
DEFAULT_FACTOR: Final = 200.0
QUARTER: Final = date(2026, 1, 1), date(2026, 4, 1)


def demo(argv: Sequence[str]) -> int:
    """Exit status of `demo [--once | --quarter] [--json]`.

    0 with --once when the first hour was closed, or with --quarter when the days are over; 130
    when it was ended by Ctrl-C or SIGTERM; 2 for days that cannot be run; 69 when a part did not
    start, or did not deliver in time.
    """
    arguments = _parser().parse_args(argv)
    with _interruptible():
        try:
            return _quarter(arguments) if arguments.quarter else _factory(arguments)
        except KeyboardInterrupt:
            return INTERRUPTED


@contextmanager
def _interruptible() -> Iterator[None]:
    """Both signals that ask for an end give one, so that no process of the demo outlives it.

    A shell without job control starts what runs in the background with SIGINT ignored.
    """
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(each, signal.default_int_handler) for each in signals]
    try:
        yield
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)


def _factory(arguments: argparse.Namespace) -> int:
    from carbonmeter.demo_run import DemoError, run  # noqa: PLC0415 - keeps --help fast

    try:
        rows = run(factor=arguments.factor, once=arguments.once)
    except DemoError as wrong:
        print(wrong.say("en"), wrong.say("zh"), sep="\n", file=sys.stderr)
        return UNAVAILABLE
    if arguments.once:
        print(json.dumps(rows, ensure_ascii=False, indent=1) if arguments.json else _table(rows))
    return OK


def _quarter(arguments: argparse.Namespace) -> int:
    import msgspec  # noqa: PLC0415 - keeps --help fast

    from carbonmeter.quarter_row import quarter_table  # noqa: PLC0415
    from carbonmeter.quarter_run import Days, QuarterDaysError, run  # noqa: PLC0415
    from evidence.errors import CodedError, PeriodError  # noqa: PLC0415

    try:
        rows = run(Days(first=arguments.first, last=arguments.last))
    except CodedError as wrong:
        print(wrong.say("en"), wrong.say("zh"), sep="\n", file=sys.stderr)
        return USAGE if isinstance(wrong, QuarterDaysError | PeriodError) else UNAVAILABLE
    except TimeoutError:
        print("E_DEMO no receipt came for what was sent", file=sys.stderr)
        return UNAVAILABLE
    plain = json.dumps(msgspec.to_builtins(rows), ensure_ascii=False, indent=1)
    print(plain if arguments.json else quarter_table(rows))
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbonmeter demo",
        description="a simulated factory with a stack, three agents, a broker and a collector, "
        "as processes on free loopback ports; nothing leaves this machine, nothing is left behind",
    )
    parser.add_argument("--json", action="store_true", help="of --once and --quarter: as JSON")
    parser.add_argument(
        "--factor", type=float, default=DEFAULT_FACTOR, help="simulated seconds a second"
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--once", action="store_true", help="end when the first hour is closed")
    which.add_argument(
        "--quarter",
        action="store_true",
        help="instead: a boiler's quarter in one process, as fast as it goes; its CO2 analyser "
        "ages, fails a check, and is repaired",
    )
    begin, end = QUARTER
    _add_day(parser, "--from", "first", begin, "first day, local time")
    _add_day(parser, "--until", "last", end, "day after the last one")
    return parser


def _add_day(
    parser: argparse.ArgumentParser, option: str, name: str, usual: date, words: str
) -> None:
    parser.add_argument(
        option,
        dest=name,
        metavar="DAY",
        type=date.fromisoformat,
        default=usual,
        help=f"of --quarter: {words} ({usual})",
    )


def _table(rows: Sequence[dict[str, object]]) -> str:
    from carbonmeter.demo_table import table  # noqa: PLC0415 - keeps --help fast

    return table(rows)
