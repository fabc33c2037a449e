"""The command `carbonmeter evidence verify`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from evidence.bundle.outcome import Outcome, Result
from evidence.bundle.verify import Verified
from evidence.errors import CodedError
from evidence.printable import printable

OK, FINDING, UNREADABLE = 0, 1, 2
_ZH: Final = {Result.OK: "通过", Result.FAILED: "失败", Result.NOT_CHECKED: "未检查"}


def verify_command(argv: Sequence[str]) -> int:
    """The exit code of `carbonmeter evidence verify`: 0 all right, 1 a check failed, 2 unreadable.

    Checks that were not made do not fail, unless the policy requires them.
    """
    from evidence.bundle.load import load_notes, load_policy, verify_file  # noqa: PLC0415 - --help

    arguments = _parser().parse_args(argv)
    try:
        policy, notes = load_policy(arguments.policy), load_notes(arguments.witnessed)
        found = verify_file(arguments.bundle, policy, notes)
    except CodedError as wrong:
        print(*(printable(wrong.say(each)) for each in ("en", "zh")), sep="\n", file=sys.stderr)
        return UNREADABLE
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(record(found)), indent=1).decode())
    else:
        _show(found, arguments.language)
    wrong_ones = any(each.result is Result.FAILED for each in found.outcomes)
    return FINDING if wrong_ones else OK


def record(found: Verified) -> dict[str, Any]:
    """The outcomes as plain data."""
    datum = found.bundle.datum
    return {
        "activity": datum.digest,
        "channel": datum.channel,
        "start": datum.period.start,
        "end": datum.period.end,
        "readings": found.rows,
        "outcomes": found.outcomes,
    }


def _show(found: Verified, language: str) -> None:
    datum = found.bundle.datum
    lines = (
        f"{datum.channel}  {datum.period.start} .. {datum.period.end}",
        f"{datum.value!r} {datum.unit}  U = {datum.expanded_uncertainty!r}  {datum.digest}",
        *(_line(each, chinese=language == "zh") for each in found.outcomes),
    )
    print(*map(printable, lines), sep="\n")


def _line(each: Outcome, *, chinese: bool) -> str:
    what, said = (each.what_zh, each.zh) if chinese else (each.what, each.en)
    result = _ZH[each.result] if chinese else each.result.value
    where = f"{each.where}: " if each.where else ""
    return f"{each.id:>3}  {result:<11}  {what}: {where}{said}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbonmeter evidence verify",
        description="check a bundle offline, and compute its figures again from the raw bytes",
    )
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="the zip file")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="what is pinned and required")
    parser.add_argument(
        "--witnessed",
        type=Path,
        action="append",
        default=[],
        metavar="NOTE",
        help="a head that a witness cosigned; may be given more than once",
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--language", choices=("en", "zh"), default="en")
    return parser
