"""Columns of a table, and how far each is confirmed (pure)."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

_MARK: Final[Mapping[str, str]] = {"unconfirmed": " *", "own": " +"}


class Column(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column: its heading in both languages, and how far it is confirmed."""

    key: str
    zh: str
    en: str
    status: Literal["unconfirmed", "own"]

    def heading(self, language: str) -> str:
        """The heading with the mark of its status."""
        return (self.zh if language == "zh" else self.en) + _MARK[self.status]


class Layout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table's columns, their version and their source."""

    version: int
    status: str
    source: str
    columns: tuple[Column, ...]
