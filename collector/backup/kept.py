"""The backups in a folder: which there are, and which go."""

import shutil
from pathlib import Path

from collector.backup.errors import BackupAlteredError, BackupError
from collector.backup.manifest import Manifest, read_manifest


def backups(directory: Path, collector: str) -> list[tuple[Path, Manifest]]:
    """The complete backups of a collector in `directory`, the oldest first.

    Raises:
        BackupError: The folder cannot be read.
    """
    try:
        folders = sorted(directory.glob(f"{collector}-*")) if directory.is_dir() else []
    except OSError as problem:
        raise BackupError(str(directory), what=problem.strerror or "?") from problem
    found = ((each, _manifest(each)) for each in folders if not each.name.endswith(".partial"))
    own = [(each, manifest) for each, manifest in found if manifest is not None]
    own = [(each, manifest) for each, manifest in own if manifest.collector == collector]
    return sorted(own, key=lambda pair: pair[1].made_at)


def _manifest(folder: Path) -> Manifest | None:
    try:
        return read_manifest(folder)
    except BackupAlteredError:
        return None  # nothing of ours; it is left alone


def prune(directory: Path, collector: str, keep: int) -> list[Path]:
    """The folders of backups that were removed: all but the newest `keep` (>= 1).

    Raises:
        BackupError: One cannot be removed.
    """
    gone = [folder for folder, _ in backups(directory, collector)[:-keep]]
    for folder in gone:
        try:
            shutil.rmtree(folder)
        except OSError as problem:
            raise BackupError(str(folder), what=problem.strerror or "?") from problem
    return gone
