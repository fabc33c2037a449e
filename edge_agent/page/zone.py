"""The zone of the times that are shown: that of the configuration, else the machine's."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from edge_agent.config_errors import ConfigLimitError

LOCALTIME: Final = Path("/etc/localtime")
"""On Linux a link to the file of the machine's zone."""
_DATABASE: Final = "zoneinfo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone and what it is called.

    Attributes:
        name: Of the IANA database; "" where the machine does not say it.
        info: How times are shown; None for the machine's own.
        is_chosen: Whether the configuration says it.
    """

    name: str = ""
    info: tzinfo | None = None
    is_chosen: bool = False

    def named(self, at: datetime) -> str:
        """Its name, or how far its clocks are from UTC at an instant."""
        offset = at.astimezone(self.info).strftime("%z")
        return self.name or f"UTC{offset[:3]}:{offset[3:5]}"


MACHINE: Final = Zone()


def zone_of(
    name: str, where: str, localtime: Path = LOCALTIME, environment: Mapping[str, str] = os.environ
) -> Zone:
    """The zone of the page.

    Args:
        name: As the configuration says it; "" for the machine's.
        where: The configuration's file.
        localtime: The machine's file of its zone.
        environment: The process's; its TZ goes before that file.

    Raises:
        ConfigLimitError: this machine's database has no such zone.
    """
    if not name:
        return Zone(name=environment.get("TZ", "").lstrip(":") or _linked(localtime))
    try:
        return Zone(name=name, info=ZoneInfo(name), is_chosen=True)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        limit = "a zone that this machine knows, such as Asia/Shanghai (package tzdata)"
        raise ConfigLimitError(where, key="page.zone", found=f"'{name}'", limit=limit) from None


def _linked(localtime: Path) -> str:
    """The name of the zone that the machine's file leads to; "" where it is no link."""
    try:
        parts = localtime.readlink().parts
    except OSError:
        return ""
    return "/".join(parts[parts.index(_DATABASE) + 1 :]) if _DATABASE in parts else ""
