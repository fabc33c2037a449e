"""The command `carbonmeter activity`: what people enter, correct, release and lock."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from collector.activity.writing import writing

if TYPE_CHECKING:  # --help shall be fast
    from collector.config import CollectorConfig
    from evidence.statement.datum import ActivityData
    from evidence.statement.entered.content import Content

OK: Final = 0
USAGE: Final = 2
CONFIGURATION: Final = 78


def activity(argv: Sequence[str]) -> int:
    """Exit status: 0 done, 2 usage or what is entered cannot stand, 78 bad configuration."""
    from calibration.errors import CalibrationError  # noqa: PLC0415 - keeps --help fast
    from evidence.errors import CodedError  # noqa: PLC0415
    from evidence.statement.entered.errors import EntryRefusedError  # noqa: PLC0415
    from evidence.statement.locks import LockError  # noqa: PLC0415

    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except (CodedError, CalibrationError) as wrong:
        print(wrong.say("en"), wrong.say("zh"), sep="\n", file=sys.stderr)
        return USAGE if isinstance(wrong, EntryRefusedError | LockError) else CONFIGURATION
    except OSError as wrong:
        print(f"E_FILE {wrong}", file=sys.stderr)
        return USAGE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbonmeter activity",
        description="what people enter, correct, release and lock; each act leaves one entry in "
        "the journal. The collector may be running.",
        epilog="exit code: 0 done; 2 wrong usage, or what is entered cannot stand; 78 a "
        "configuration, a journal or a store that cannot be used",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    entering = commands.add_parser("enter", help="a table of readings and amounts (CSV), or JSON")
    entering.add_argument("file", help="- for standard input; .json is JSON, all else a table")
    entering.set_defaults(command=_enter)
    listed = commands.add_parser("list", help="what was entered")
    listed.add_argument("--channel", help="of this channel only")
    listed.add_argument("--all", action="store_true", help="corrected entries too")
    listed.add_argument("--json", action="store_true", help="one JSON document on stdout")
    listed.set_defaults(command=_list)
    correcting = commands.add_parser("correct", help="what stands in the place of an entry")
    correcting.add_argument("entry", type=int, help="number of the entry, as listed")
    correcting.add_argument("file", help="a table or JSON with the one entry; - for standard input")
    correcting.set_defaults(command=_correct)
    withdrawn = commands.add_parser("withdraw", help="let an entry count no more")
    withdrawn.add_argument("entry", type=int, help="number of the entry, as listed")
    withdrawn.set_defaults(command=_withdraw)
    decided = []
    for name, words in (
        ("release", "a person stands for a statement"),
        ("lock", "let a released statement stand for its period"),
        ("unlock", "let the latest version count again"),
    ):
        each = commands.add_parser(name, help=words)
        each.add_argument("digest", help="of the statement")
        each.set_defaults(command=_decide, what=name)
        decided.append(each)
    for each in (entering, correcting, withdrawn, *decided):
        each.add_argument("--by", help="who does it; default: the account at this machine")
        each.add_argument("--reason", required=True, help="why")
    for each in (entering, listed, correcting, withdrawn, *decided):
        each.add_argument("--config", type=Path, default=Path("collector.toml"), metavar="FILE")
    return parser


def _enter(arguments: argparse.Namespace) -> int:
    from collector.activity.entering import enter  # noqa: PLC0415 - keeps --help fast
    from evidence.clock import SystemClock  # noqa: PLC0415

    contents = _contents(arguments.file)
    with writing(arguments) as (_, journal, author):
        found = enter(journal, author, contents, SystemClock(), arguments.reason)
    print(*found, sep="\n")
    return OK


def _correct(arguments: argparse.Namespace) -> int:
    from evidence.errors import Words  # noqa: PLC0415 - keeps --help fast
    from evidence.statement.entered.errors import EntryTableError  # noqa: PLC0415

    contents = _contents(arguments.file)
    if len(contents) != 1:
        what = Words(f"it has {len(contents)} entries, not one", f"有 {len(contents)} 条，须为一条")
        raise EntryTableError(arguments.file, what=what)
    return _corrected(arguments, contents[0])


def _withdraw(arguments: argparse.Namespace) -> int:
    return _corrected(arguments, None)


def _corrected(arguments: argparse.Namespace, content: "Content | None") -> int:
    from collector.activity.entering import correct  # noqa: PLC0415 - keeps --help fast
    from evidence.clock import SystemClock  # noqa: PLC0415

    with writing(arguments) as (_, journal, author):
        clock = SystemClock()
        print(correct(journal, author, arguments.entry, content, arguments.reason, clock))
    return OK


def _decide(arguments: argparse.Namespace) -> int:
    from collector.activity import entering  # noqa: PLC0415 - keeps --help fast

    decide = {"release": entering.release, "lock": entering.lock, "unlock": entering.unlock}
    with writing(arguments) as (config, journal, author):
        datum = _statement(config, arguments.digest)
        print(decide[arguments.what](journal, author, datum, arguments.reason))
    return OK


def _statement(config: "CollectorConfig", digest: str) -> "ActivityData":
    from contextlib import closing  # noqa: PLC0415 - keeps --help fast

    from collector.errors import LedgerAbsentError  # noqa: PLC0415
    from collector.opening import open_store  # noqa: PLC0415
    from evidence.errors import Words  # noqa: PLC0415

    with closing(open_store(config.state_dir)) as store:
        datum = store.lookup.activity(digest)
    if datum is None:
        raise LedgerAbsentError("digest", what=Words(f"a statement {digest}", f"陈述 {digest}"))
    return datum


def _contents(name: str) -> "Sequence[Content]":
    """What a file has to be entered, as a table or as JSON."""
    import msgspec  # noqa: PLC0415 - keeps --help fast

    from evidence.errors import Words  # noqa: PLC0415
    from evidence.statement.entered.content import ManualAmount, ManualReading  # noqa: PLC0415
    from evidence.statement.entered.errors import EntryTableError  # noqa: PLC0415
    from evidence.statement.entered.table import entries_of_table  # noqa: PLC0415

    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    if not name.endswith(".json"):
        return entries_of_table(data)
    try:
        return msgspec.json.decode(data, type=list[ManualReading | ManualAmount])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise EntryTableError(name, what=Words(str(cause), str(cause))) from None


def _list(arguments: argparse.Namespace) -> int:
    import msgspec  # noqa: PLC0415 - keeps --help fast

    from collector.activity.acts import known_in  # noqa: PLC0415
    from collector.config import load_config  # noqa: PLC0415
    from collector.journal_read import read_journal  # noqa: PLC0415

    config = load_config(arguments.config)
    with read_journal(config.state_dir, config.collector.id) as journal:
        book = known_in(journal).book
    found: list[Any] = []
    for channel in book.channels():
        if arguments.channel in (None, channel):
            found += book.of(channel) if arguments.all else book.standing(channel)
    if arguments.json:
        print(msgspec.json.encode({"entries": found}).decode())
        return OK
    for each in found:
        print(_line(each))
    return OK


def _line(entry: Any) -> str:  # noqa: ANN401 - imported late
    from evidence.clock import utc_text  # noqa: PLC0415 - keeps --help fast

    content = entry.content
    corrects = "" if entry.corrects is None else f" for {entry.corrects}"
    head = f"{entry.entry}{corrects}\t{utc_text(entry.at_ns)}\t{entry.who}\t{entry.channel}"
    if content is None:
        return f"{head}\twithdrawn\t{entry.reason}"
    when = getattr(content, "at", "") or f"{content.start} .. {content.end}"
    return f"{head}\t{when}\t{content.value:g} {content.unit}\t{content.source}"
