"""A backup put back into an empty state folder."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from collector.backup.copying import copy_file, digest_of
from collector.backup.errors import BackupAlteredError, BackupError, RestoreOccupiedError
from collector.backup.making import CONFIGURATION
from collector.backup.manifest import MANIFEST, Manifest, read_manifest
from collector.errors import LedgerRestoredError
from collector.journal import KEY as JOURNAL_KEY
from collector.journal import REMEMBERED, open_journal
from collector.journal_read import JOURNAL
from collector.ledger import accept_restored
from collector.ledger_head import sync_folder
from collector.ledger_read import LEDGER
from collector.people.administration import at_this_machine
from evidence.clock import Clock
from evidence.errors import Words
from evidence.log.entry import Act, Action

_KNOWING: Final = (LEDGER, "head", JOURNAL, REMEMBERED)
_ACT: Final = (Action.RESTORED, "ledger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put back.

    Attributes:
        manifest: Of the backup.
        size: Leaves from which the collector goes on.
        missing: Files that were not in the backup: keys, which have to be put back too.
        entered: Whether the journal says so; it cannot without its key.
    """

    manifest: Manifest
    size: int
    missing: tuple[str, ...]
    entered: bool


def checked(folder: Path) -> Manifest:
    """The manifest of a backup whose files are all there, and as they were written.

    Raises:
        BackupAlteredError: One is missing, another one, or too many; it is named.
        BackupError: One cannot be read.
    """
    manifest = read_manifest(folder)
    there = {each.name for each in folder.iterdir() if each.name != MANIFEST}
    named = {each.name for each in manifest.files}
    for name in sorted(named ^ there):
        state = ("is missing", "缺失") if name in named else ("is not of it", "不属于该备份")
        raise BackupAlteredError(str(folder), what=Words(f"{name} {state[0]}", name + state[1]))
    for each in manifest.files:
        if digest_of(folder / each.name) != (each.size_bytes, each.sha256):
            what = Words(f"{each.name} has another digest", f"{each.name} 的摘要不符")
            raise BackupAlteredError(str(folder), what=what)
    return manifest


def put_back(folder: Path, state_dir: Path) -> Manifest:
    """Copies a backup, once it was checked, into a state folder that holds no ledger.

    The ledger comes last: a restore that was broken off is begun again.

    Raises:
        BackupAlteredError: The backup is not as it was written.
        RestoreOccupiedError: There is a ledger, a head or a journal already.
        BackupError: It cannot be copied.
    """
    manifest = checked(folder)
    _require_free(state_dir)
    names = [each.name for each in manifest.files if each.name != CONFIGURATION]
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _copy(folder, state_dir, sorted(names, key=lambda name: (name in _KNOWING, name)))
        sync_folder(state_dir)
    except OSError as problem:
        raise BackupError(str(state_dir), what=problem.strerror or "?") from problem
    return manifest


def _require_free(state_dir: Path) -> None:
    for name in _KNOWING:
        if (state_dir / name).exists():
            raise RestoreOccupiedError(str(state_dir), found=name)


def _copy(folder: Path, state_dir: Path, names: Iterable[str]) -> None:
    """All files under other names first, then all names at once, the ledger's last."""
    scratch = state_dir / "restore.partial"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(mode=0o700)
    ordered = sorted(names, key=lambda name: name == LEDGER)
    try:
        for name in ordered:
            copy_file(folder / name, scratch / name)
        for name in ordered:
            os.replace(scratch / name, state_dir / name)  # noqa: PTH105 - both are known names
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def restore(folder: Path, state_dir: Path, by: str, reason: str, clock: Clock) -> Restored:
    """Puts a backup back for good; who did it and why stands in ledger and journal.

    What was receipted after the backup was made is not in it. Agents notice by themselves,
    open a new epoch, and send what they still have.

    Raises:
        BackupError: as `put_back`.
        LedgerError: The ledger cannot be used even so.
    """
    manifest = put_back(folder, state_dir)
    why = f"{by}: backup of {manifest.made_at}, {manifest.ledger_size} leaves: {reason}"
    head = accept_restored(state_dir, why, clock.now_ns())
    if (head.size, head.root.hex()) != (manifest.ledger_size, manifest.ledger_root):
        what = Words("the ledger has another head than its manifest", "账本头部与清单不符")
        raise LedgerRestoredError(str(state_dir / LEDGER), what=what)
    missing = tuple(name for name in manifest.left_out if not (state_dir / name).exists())
    entered = _entered(manifest, state_dir, clock, at_this_machine(by).act(*_ACT, reason))
    return Restored(manifest=manifest, size=head.size, missing=missing, entered=entered)


def _entered(manifest: Manifest, state_dir: Path, clock: Clock, act: Act) -> bool:
    """Whether the journal could be told; without its key it is told by `accept-restored`."""
    if (state_dir / JOURNAL).exists() and not (state_dir / JOURNAL_KEY).exists():
        return False
    head = {"size": manifest.ledger_size, "root": manifest.ledger_root}
    new = {"backup": manifest.made_at, **head}
    with open_journal(state_dir, manifest.collector, clock) as journal:
        journal.record(replace(act, new=new))
    return True
