"""What a backup says of itself: `backup.json`, beside the files."""

from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from collector.backup.errors import BackupAlteredError
from evidence.errors import Words

MANIFEST: Final = "backup.json"
MAX_BYTES: Final = 4 * 1024 * 1024
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]


class BackupFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of a backup: its name in the state folder, its size and digest."""

    name: Name
    size_bytes: Annotated[int, msgspec.Meta(ge=0)]
    sha256: Sha256


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A backup.

    Attributes:
        collector: Whose it is.
        made_at: When it was begun, RFC 3339, UTC.
        software: What made it.
        ledger_size, ledger_root: The head of the ledger in it.
        ledger_schema: The version of the ledger's tables.
        files: All of it, in order of name.
        left_out: Files of the state folder that are not in it: keys, unless asked for.
    """

    carbonmeter: Literal["backup/1"] = "backup/1"
    collector: str
    made_at: str
    software: str
    ledger_size: Annotated[int, msgspec.Meta(ge=0)]
    ledger_root: Sha256
    ledger_schema: int
    files: tuple[BackupFile, ...]
    left_out: tuple[str, ...] = ()

    @property
    def size_bytes(self) -> int:
        """All files together."""
        return sum(each.size_bytes for each in self.files)

    def to_line(self) -> str:
        """The backup in one line."""
        return (
            f"{self.made_at} {self.ledger_size} leaves, {len(self.files)} files,"
            f" {self.size_bytes} bytes, root {self.ledger_root[:16]}"
        )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the backup in `folder`.

    Raises:
        BackupAlteredError: There is none, or it is damaged.
    """
    path = folder / MANIFEST
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        return msgspec.json.decode(data, type=Manifest)
    except OSError as problem:
        raise BackupAlteredError(str(path), what=problem.strerror or "?") from problem
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        what = Words(f"it cannot be read ({problem})", f"无法读取（{problem}）")
        raise BackupAlteredError(str(path), what=what) from problem
