"""The section [lake] of collector.toml."""

from pathlib import Path
from typing import Annotated

import msgspec


class LakeSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sealed days of readings and hours as Parquet files.

    Attributes:
        directory: Their folder; relative to the configuration file.
        on: Whether the collector keeps it abreast. `collector rebuild parquet` works without.
    """

    directory: Annotated[str, msgspec.Meta(min_length=1, max_length=1024)] = "lake"
    on: bool = True


def lake_beside(folder: Path, section: LakeSection | None) -> LakeSection | None:
    """The section with its directory made absolute, starting from `folder`."""
    if section is None:
        return None
    return msgspec.structs.replace(section, directory=str(folder / section.directory))
