"""The commands `carbonmeter profile list | show | lint | schema | page | new | decode`."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from device_profiles.decode import MOST_BYTES, PROTOCOLS, frame_of, told_of
from device_profiles.errors import (
    DecoderError,
    FileError,
    FrameTextError,
    ProfileError,
    UnknownIdError,
)
from device_profiles.new_arguments import add_new_parser, head_of
from device_profiles.phrase import Words
from device_profiles.wire_errors import WireError

OK, FINDING, USAGE, BAD_CONFIGURATION = 0, 1, 2, 78
_MISUSES = (UnknownIdError, FileError, FrameTextError, DecoderError)


def profile(argv: Sequence[str]) -> int:
    """The exit code of `carbonmeter profile`: 0 ok, 1 findings, 2 usage, 78 bad profile.

    A frame that must be refused is a finding.
    """
    arguments = _parser().parse_args(argv)
    commands = {
        "list": _list,
        "show": _show,
        "lint": _lint,
        "schema": _schema,
        "decode": _decode,
        "page": _page,
        "new": _new,
    }
    try:
        return commands[arguments.command](arguments)
    except ProfileError as wrong:
        sys.stderr.write(f"{wrong.say(arguments.language)}\n")
        for note in getattr(wrong, "__notes__", ()):
            sys.stderr.write(f"{note}\n")
        return USAGE if isinstance(wrong, _MISUSES) else BAD_CONFIGURATION


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="one JSON document on stdout")
    shared.add_argument("--language", choices=("en", "zh"), default="en", help="of messages")
    parser = argparse.ArgumentParser(prog="carbonmeter profile", description="device profiles")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", parents=[shared], help="all shipped profiles")
    show = commands.add_parser("show", parents=[shared], help="one profile's channels")
    show.add_argument("profile", metavar="ID", help="id of a shipped profile, or a .toml file")
    lint = commands.add_parser("lint", parents=[shared], help="check profiles")
    lint.add_argument("files", metavar="FILE", nargs="*", help="default: all shipped profiles")
    commands.add_parser("schema", parents=[shared], help="the JSON Schema, for editors")
    decode = commands.add_parser("decode", parents=[shared], help="what one frame says")
    decode.add_argument("--protocol", choices=tuple(PROTOCOLS), required=True, help="of the frame")
    decode.add_argument(
        "frame", nargs="+", metavar="FRAME", help="in hex, or as text; - reads it from stdin"
    )
    page = commands.add_parser("page", parents=[shared], help="a device's page, as Markdown")
    one_or_all = page.add_mutually_exclusive_group(required=True)
    one_or_all.add_argument("profile", metavar="ID", nargs="?", help="id, or a .toml file")
    one_or_all.add_argument("--all", metavar="DIR", help="write all pages and an index there")
    add_new_parser(commands, shared)
    return parser


def _list(arguments: argparse.Namespace) -> int:
    from device_profiles.load import catalogue, load_profile  # noqa: PLC0415

    loaded = [load_profile(profile_id) for profile_id in catalogue()]
    rows = [
        {
            "id": each.profile.id,
            "maker": each.profile.maker,
            "model": each.profile.model,
            "protocol": each.profile.protocol,
            "grades": "".join(sorted({source.grade for source in each.profile.sources})),
            "channels": len(each.profile.channels),
            "sha256": each.sha256,
            "title": getattr(each.profile.title, arguments.language),
        }
        for each in loaded
    ]
    if arguments.json:
        _print_json({"profiles": rows})
    else:
        shown = ("id", "maker", "model", "protocol", "grades", "channels", "title")
        _print_table(shown, [[str(row[column]) for column in shown] for row in rows])
    return OK


def _show(arguments: argparse.Namespace) -> int:
    import msgspec  # noqa: PLC0415

    from device_profiles.load import load_profile  # noqa: PLC0415
    from device_profiles.show import COLUMNS, channel_rows, heading  # noqa: PLC0415

    loaded = load_profile(arguments.profile)
    if arguments.json:
        _print_json({"profile": msgspec.to_builtins(loaded.profile), "sha256": loaded.sha256})
        return OK
    print("\n".join(heading(loaded.profile, arguments.language)))
    print(f"sha256 {loaded.sha256}\n")
    _print_table(COLUMNS, channel_rows(loaded.profile))
    return OK


def _lint(arguments: argparse.Namespace) -> int:
    from device_profiles.load import catalogue, path_of  # noqa: PLC0415

    paths = [Path(name) for name in arguments.files] or [path_of(each) for each in catalogue()]
    found = [finding for path in paths for finding in _findings_of(path)]
    if arguments.json:
        _print_json({"files": len(paths), "findings": [finding.record() for finding in found]})
    else:
        for finding in found:
            print(finding.say(arguments.language))
        print(f"{len(paths)} profiles, {len(found)} findings")
    return FINDING if found else OK


def _findings_of(path: Path) -> tuple[ProfileError, ...]:
    from device_profiles.load import read_limited  # noqa: PLC0415
    from device_profiles.parse import lint  # noqa: PLC0415

    try:
        return lint(read_limited(path), str(path))
    except FileError as wrong:
        return (wrong,)


def _schema(arguments: argparse.Namespace) -> int:
    from device_profiles.load import SCHEMA  # noqa: PLC0415

    del arguments
    sys.stdout.write(SCHEMA.read_text("utf-8"))
    return OK


def _decode(arguments: argparse.Namespace) -> int:
    from device_profiles.decoded_table import lines  # noqa: PLC0415

    name, text = arguments.protocol, " ".join(arguments.frame)
    given = sys.stdin.buffer.read(MOST_BYTES + 1) if text == "-" else os.fsencode(text)
    frame = frame_of(given, name)
    document: dict[str, object] = {"protocol": name, "frame": frame.hex(" ").upper()}
    try:
        told = told_of(frame, name)
    except WireError as wrong:
        if not arguments.json:
            sys.stderr.write(f"{wrong.say(arguments.language)}\n")
        else:
            _print_json({**document, "error": wrong.record()})
        return FINDING
    if arguments.json:
        _print_json({**document, "told": told.content})
    else:
        print("\n".join(lines(told.content, told.zh if arguments.language == "zh" else {})))
    return OK


def _page(arguments: argparse.Namespace) -> int:
    from device_profiles.load import catalogue, load_profile  # noqa: PLC0415
    from device_profiles.page import device_page, page_files  # noqa: PLC0415

    if arguments.profile is not None:
        shown = load_profile(arguments.profile).profile
        sys.stdout.write(device_page(shown, arguments.language))
        return OK
    folder = Path(arguments.all)
    profiles = [load_profile(profile_id).profile for profile_id in catalogue()]
    for name, text in page_files(profiles).items():
        _write(folder / name, text)
    print(f"{len(profiles)} devices in {folder}")
    return OK


def _new(arguments: argparse.Namespace) -> int:
    from device_profiles.load import read_limited  # noqa: PLC0415
    from device_profiles.points import profile_from_points  # noqa: PLC0415

    source = Path(arguments.from_csv)
    made = profile_from_points(read_limited(source), str(source), head_of(arguments))
    for finding in made.findings:
        sys.stderr.write(f"{finding.say(arguments.language)}\n")
    if made.text is None:
        return FINDING
    for guess in made.guesses:
        sys.stderr.write(f"{guess.say(arguments.language)}\n")
    if arguments.out is None:
        sys.stdout.write(made.text)
    else:
        _write(Path(arguments.out), made.text)
    return OK


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except (OSError, ValueError) as wrong:
        why = getattr(wrong, "strerror", None) or str(wrong)
        limit = Words("a writable file", "可写文件")
        raise FileError(str(path), key="file", why=why, limit=limit) from wrong


def _print_json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def _print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """The rows under their columns, as wide as their widest cell; the last one runs free."""
    table = [list(columns), *(list(row) for row in rows)]
    widths = [max(len(row[index]) for row in table) for index in range(len(columns) - 1)]
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)]
        print("  ".join(cells).rstrip())
