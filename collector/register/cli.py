"""The commands `carbonmeter register ...`, against a collector's folder.

Against a running collector on another machine, ask its HTTP interface: the answers are the same.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

OK: Final = 0
FINDING: Final = 1
USAGE: Final = 2
CONFIGURATION: Final = 78


def register(argv: Sequence[str]) -> int:
    """Exit status: 0; 1 an instrument is out of use, a chain has gaps, or nothing rests on it.

    2 is wrong usage, 78 a configuration, a ledger or a paper that cannot be used.
    """
    arguments = _parser().parse_args(argv)
    from calibration.errors import CalibrationError  # noqa: PLC0415 - keeps --help fast
    from evidence.errors import CodedError  # noqa: PLC0415

    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except (CodedError, CalibrationError) as wrong:
        print(wrong.say("en"), wrong.say("zh"), sep="\n", file=sys.stderr)
        return CONFIGURATION
    except OSError as wrong:
        print(f"E_REGISTER_FILE {wrong}", file=sys.stderr)
        return CONFIGURATION


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carbonmeter register",
        description="instruments, chains of standards, what rests on them",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listed = commands.add_parser("list", help="every instrument that stood at a channel")
    listed.add_argument("--csv", type=Path, metavar="FILE", help="write the table of GB 17167")
    listed.add_argument("--xlsx", type=Path, metavar="FILE", help="write it as a workbook")
    listed.set_defaults(command=_list)
    chain = commands.add_parser("chain", help="the standards behind a certificate")
    chain.add_argument("certificate", help="its id")
    chain.set_defaults(command=_chain)
    rests = commands.add_parser("rests-on", help="what rests on a certificate, standard, cylinder")
    rests.add_argument("id", help="a certificate, an influence, or a cylinder's number")
    rests.set_defaults(command=_rests_on)
    _add_originals(commands)
    for each in (listed, chain, rests):
        each.add_argument("--json", action="store_true", help="one JSON document on stdout")
        each.add_argument("--language", choices=("en", "zh"), default="en", help="of words")
        each.add_argument("--config", type=Path, default=Path("collector.toml"), metavar="FILE")
    return parser


def _add_originals(commands: Any) -> None:  # noqa: ANN401 - argparse names no type for it
    from collector.register import originals_cli  # noqa: PLC0415 - of the same weight

    keep = commands.add_parser("keep", help="keep a laboratory's document, byte for byte")
    keep.add_argument("file", help="at most 16 MiB")
    keep.add_argument("--site", required=True, help="that it concerns")
    keep.add_argument("--reason", required=True, help="why")
    keep.add_argument("--by", help="who; default: the account's name")
    keep.set_defaults(command=originals_cli.keep)
    kept = commands.add_parser("originals", help="documents that are kept, or cited and missing")
    kept.add_argument("--json", action="store_true", help="one JSON document on stdout")
    kept.set_defaults(command=originals_cli.listed)
    for each in (keep, kept):
        each.add_argument("--config", type=Path, default=Path("collector.toml"), metavar="FILE")


def _list(arguments: argparse.Namespace) -> int:
    from collector.audit.folder import opened  # noqa: PLC0415 - keeps --help fast
    from collector.register.gather import instruments  # noqa: PLC0415
    from collector.register.workbook import write_workbook  # noqa: PLC0415
    from evidence.audit.gb17167 import notes, table, to_csv  # noqa: PLC0415

    with opened(arguments.config) as seen:
        rows = instruments(seen, seen.lookup.channels())
    cells = table(rows, arguments.language)
    if arguments.csv is not None:
        arguments.csv.write_bytes(to_csv(cells))
    if arguments.xlsx is not None:
        with arguments.xlsx.open("wb") as file:
            write_workbook(file, cells, notes(arguments.language))
    if arguments.json:
        _print_json(rows)
    else:
        for each in rows:
            words = each.words.say(arguments.language)
            print(
                f"{each.status:<11} {each.channel}  {each.serial}  {each.certificate or '-'}",
                words,
                sep="  ",
            )
    return FINDING if any(each.status == "out_of_use" for each in rows) else OK


def _chain(arguments: argparse.Namespace) -> int:
    from collector.audit.folder import opened  # noqa: PLC0415 - keeps --help fast
    from collector.register.gather import chains  # noqa: PLC0415

    with opened(arguments.config) as seen:
        found = chains(seen, sorted(set(seen.sites.values())), arguments.certificate)
    if arguments.json:
        _print_json(found)
    else:
        for each in found:
            print(f"{each.site}  {each.certificate}  {each.laboratory}  > {', '.join(each.tops)}")
            for gap in each.gaps:
                print(f"  ! {' > '.join(gap.path)}: {gap.words.say(arguments.language)}")
    return OK if found and all(each.unbroken for each in found) else FINDING


def _rests_on(arguments: argparse.Namespace) -> int:
    from collector.audit.folder import opened  # noqa: PLC0415 - keeps --help fast
    from collector.register.gather import rests_on  # noqa: PLC0415

    with opened(arguments.config) as seen:
        sites = sorted(set(seen.sites.values()))
        found = rests_on(seen, seen.lookup.channels(), sites, arguments.id)
    if arguments.json:
        _print_json(found)
    else:
        print(f"{found.id}: {', '.join(found.known_as) or '-'}")
        print(*(f"certificate {each}" for each in found.certificates), sep="\n")
        for channel in found.channels:
            print(
                f"channel {channel.channel}: {channel.hours} h, {channel.first} .. {channel.last}"
            )
        for each in found.statements:
            print(f"statement {each.digest} {each.channel} {each.start} .. {each.end}")
    return OK if found.known_as else FINDING


def _print_json(document: object) -> None:
    import msgspec  # noqa: PLC0415 - keeps --help fast

    sys.stdout.write(msgspec.json.encode(document).decode() + "\n")
