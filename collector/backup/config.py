"""[backup] of collector.toml: where copies of the state go."""

from pathlib import Path
from typing import Annotated

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]


class BackupSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Backups; left out, `collector backup` needs a folder, and nothing watches their age.

    Attributes:
        directory: Folder of the backups, on another disk; relative to the configuration file.
        keep: How many of them stay, 1 to 3,650; older ones go once a new one was checked.
        at_least_every_h: The alarm `E_ALARM_BACKUP` is raised when the last is older, 1 to 8,784.
    """

    directory: Text
    keep: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 14
    at_least_every_h: Annotated[float, msgspec.Meta(ge=1, le=8_784)] = 26.0


def backup_beside(folder: Path, section: BackupSection | None) -> BackupSection | None:
    """The section with its folder's path absolute, starting from `folder`."""
    if section is None:
        return None
    return msgspec.structs.replace(section, directory=str(folder / section.directory))
