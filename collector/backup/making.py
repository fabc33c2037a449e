"""A backup of the state folder, made while the collector runs."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from collector.archive.keeping import ByHash
from collector.backup.copying import copy_database, copy_file, digest_of, require_sound
from collector.backup.errors import BackupError, BackupSourceError
from collector.backup.manifest import MANIFEST, BackupFile, Manifest
from collector.ledger_check import first_damage
from collector.ledger_head import Head, sync_folder
from collector.ledger_read import LEDGER, read_ledger
from collector.ledger_schema import SCHEMA
from collector.originals import ORIGINALS
from evidence.clock import NS_PER_S, utc_text
from evidence.errors import Words
from evidence.software import SOFTWARE

DATABASES: Final = (".db", ".sqlite")
KEYS: Final = (".key",)
CONFIGURATION: Final = "collector.toml"
_PASSING: Final = (".lock", "-wal", "-shm", ".new", "-journal", ".partial")
_LAST: Final = ("journal.sqlite", ORIGINALS, "derived.sqlite", LEDGER)
"""What follows from something else is copied before it: never ahead of it in the copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be backed up.

    Attributes:
        collector: The collector's id.
        state_dir: Its state folder.
        configuration: Its configuration file, copied along; None if there is none.
        keys: Whether files of private keys are copied too.
    """

    collector: str
    state_dir: Path
    configuration: Path | None = None
    keys: bool = False


def make_backup(wish: Wish, directory: Path, now_ns: int) -> Path:
    """The folder of a new backup below `directory`, complete and checked.

    The ledger in it is walked from the first leaf to its head, every database is checked by
    SQLite, and every file has its digest in the manifest. Until all that is done the folder
    has another name, and a backup that is not sound is not kept.

    Raises:
        BackupError: It cannot be made, or is not sound; other backups stay as they are.
        LedgerError: There is no ledger, or it cannot be read.
    """
    read_ledger(wish.state_dir).close()  # there is one
    made_at = utc_text(now_ns // NS_PER_S * NS_PER_S)
    folder = directory / f"{wish.collector}-{made_at.replace(':', '')}"
    partial = folder.with_name(f"{folder.name}.partial")
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.exists():
            raise BackupError(
                str(folder),
                what=Words("there is a backup of this second already", "同一秒的备份已存在"),
            )
        shutil.rmtree(partial, ignore_errors=True)  # of a run that was killed
        partial.mkdir(mode=0o700)
        _fill(wish, partial, made_at)
        sync_folder(partial)
        partial.rename(folder)
        sync_folder(directory)
    except OSError as problem:
        raise BackupError(str(folder), what=problem.strerror or "?") from problem
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _fill(wish: Wish, partial: Path, made_at: str) -> None:
    wanted, left_out = chosen(wish.state_dir, keys=wish.keys)
    for name in wanted:
        is_database = Path(name).suffix in DATABASES
        (copy_database if is_database else copy_file)(wish.state_dir / name, partial / name)
        if is_database:
            require_sound(partial / name)
    if wish.configuration is not None and CONFIGURATION not in wanted:
        copy_file(wish.configuration, partial / CONFIGURATION)
    head, schema = walked(partial)
    manifest = Manifest(
        collector=wish.collector,
        made_at=made_at,
        software=SOFTWARE,
        ledger_size=head.size,
        ledger_root=head.root.hex(),
        ledger_schema=schema,
        files=tuple(_file(path) for path in sorted(partial.iterdir())),
        left_out=left_out,
    )
    _write(partial / MANIFEST, manifest)


def chosen(state_dir: Path, *, keys: bool) -> tuple[Sequence[str], tuple[str, ...]]:
    """Names of the files to copy, in this order, and of those that are left out."""
    found = sorted(each.name for each in state_dir.iterdir() if each.is_file())
    lasting = [name for name in found if name != "lock" and not name.endswith(_PASSING)]
    out = tuple(name for name in lasting if not keys and name.endswith(KEYS))
    wanted = [name for name in lasting if name not in out]
    return sorted(wanted, key=_turn), out


def _turn(name: str) -> tuple[int, str]:
    """First small files, among them the head; the ledger last, so that it has all they know."""
    if name in _LAST:
        return 2 + _LAST.index(name), name
    return int(Path(name).suffix in DATABASES), name


def walked(folder: Path) -> tuple[Head, int]:
    """Head and schema of the ledger in a folder, after every leaf of it was looked at.

    Of leaves that are in the archive, which is not copied, hashes and places alone.

    Raises:
        BackupSourceError: Something is not as it was admitted; it is named.
    """
    with ByHash(read_ledger(folder).database) as ledger:
        damage = first_damage(ledger)
        if damage is not None:
            raise BackupSourceError(str(folder / LEDGER), what=str(damage)) from damage
        return ledger.head(), SCHEMA.known(ledger.database)


def _file(path: Path) -> BackupFile:
    size, sha256 = digest_of(path)
    return BackupFile(name=path.name, size_bytes=size, sha256=sha256)


def _write(path: Path, manifest: Manifest) -> None:
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text + b"\n")
        file.flush()
        os.fsync(descriptor)
