"""The commands `collector backup`, `restore` and `drill`."""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Final

OK: Final = 0
FINDING: Final = 1


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> list[argparse.ArgumentParser]:
    """Adds the three commands; their parsers, for what all commands have."""
    backup: argparse.ArgumentParser = commands.add_parser(
        "backup", help="copy the state, also while the collector runs, and check the copy"
    )
    backup.add_argument("directory", nargs="?", type=Path, help="where to; else [backup] directory")
    backup.add_argument("--keys", action="store_true", help="the private keys too")
    backup.add_argument("--list", action="store_true", help="show the backups there, make none")
    backup.set_defaults(command=_backup)
    restore: argparse.ArgumentParser = commands.add_parser(
        "restore", help="put a backup back into a state folder that holds no ledger"
    )
    restore.add_argument("backup", type=Path, help="folder of the backup")
    restore.add_argument("--by", required=True, help="who does it")
    restore.add_argument("--reason", required=True, help="why")
    restore.set_defaults(command=_restore)
    drill: argparse.ArgumentParser = commands.add_parser(
        "drill", help="prove a backup: put it back beside everything, check all of it"
    )
    drill.add_argument("backup", nargs="?", type=Path, help="folder; else the newest")
    drill.add_argument("--scratch", type=Path, help="an existing folder with room; else $TMPDIR")
    drill.add_argument("--json", action="store_true", help="one JSON document on stdout")
    drill.set_defaults(command=_drill)
    return [backup, restore, drill]


def _backup(arguments: argparse.Namespace) -> int:
    from collector.backup.kept import backups, prune  # noqa: PLC0415 - keeps --help fast
    from collector.backup.making import Wish, make_backup  # noqa: PLC0415
    from collector.config import load_config  # noqa: PLC0415
    from evidence.clock import SystemClock  # noqa: PLC0415

    config = load_config(arguments.config)
    directory = _directory(config.backup, arguments.directory)
    if arguments.list:
        for folder, manifest in backups(directory, config.collector.id):
            print(folder, manifest.to_line())
        return OK
    wish = Wish(
        collector=config.collector.id,
        state_dir=config.state_dir,
        configuration=arguments.config,
        keys=arguments.keys,
    )
    print(make_backup(wish, directory, SystemClock().now_ns()))
    if config.backup is not None and arguments.directory is None:
        for gone in prune(directory, config.collector.id, config.backup.keep):
            print(f"removed {gone}", file=sys.stderr)
    return OK


def _directory(section: object, named: Path | None) -> Path:
    """The folder of the backups.

    Raises:
        BackupError: None is named, and there is no [backup].
    """
    from collector.backup.config import BackupSection  # noqa: PLC0415 - keeps --help fast
    from collector.backup.errors import BackupError  # noqa: PLC0415
    from evidence.errors import Words  # noqa: PLC0415

    if named is not None:
        return named
    if isinstance(section, BackupSection):
        return Path(section.directory)
    what = Words("name a folder, or add [backup] with its directory", "请给出目录或添加 [backup]")
    raise BackupError("backup", what=what)


def _restore(arguments: argparse.Namespace) -> int:
    from collector.backup.restoring import restore  # noqa: PLC0415 - keeps --help fast
    from collector.config import load_config  # noqa: PLC0415
    from evidence.clock import SystemClock  # noqa: PLC0415

    state_dir = load_config(arguments.config).state_dir
    done = restore(arguments.backup, state_dir, arguments.by, arguments.reason, SystemClock())
    print(f"the ledger goes on from {done.size} leaves", file=sys.stderr)
    for name in done.missing:
        print(f"not in the backup, put it back too: {name}", file=sys.stderr)
    if not done.entered:
        said = "the journal's key is missing: put it back, then `collector accept-restored`"
        print(said, file=sys.stderr)
    return OK


def _drill(arguments: argparse.Namespace) -> int:
    import msgspec  # noqa: PLC0415 - keeps --help fast

    from collector.backup.drill import drill  # noqa: PLC0415
    from collector.backup.expected import expected_of  # noqa: PLC0415
    from collector.config import load_config  # noqa: PLC0415

    config = load_config(arguments.config)
    folder = arguments.backup or _newest(_directory(config.backup, None), config.collector.id)
    with tempfile.TemporaryDirectory(prefix="drill-", dir=arguments.scratch) as scratch:
        steps = drill(folder, Path(scratch), expected_of(config))
    if arguments.json:
        print(msgspec.json.encode({"backup": str(folder), "steps": steps}).decode())
    else:
        print(folder)
        print(*(f"{each.outcome:11} {each.name}: {each.said}" for each in steps), sep="\n")
    return FINDING if any(each.outcome == "failed" for each in steps) else OK


def _newest(directory: Path, collector: str) -> Path:
    from collector.backup.errors import BackupError  # noqa: PLC0415 - keeps --help fast
    from collector.backup.kept import backups  # noqa: PLC0415
    from evidence.errors import Words  # noqa: PLC0415

    found = backups(directory, collector)
    if not found:
        raise BackupError(str(directory), what=Words("there is no backup", "没有备份"))
    return found[-1][0]
