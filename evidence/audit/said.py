"""What an auditor is told, in two languages, and where the evidence for it is (pure)."""

from typing import Literal

import msgspec

PointedAt = Literal[
    "certificate",
    "confirmation",
    "event",
    "setting",
    "derivation",
    "plan",
    "test",
    "profile",
    "configuration",
    "leaf",
    "hour",
    "statement",
    "original",
]


class Said(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One sentence in English and in Chinese."""

    en: str
    zh: str

    def say(self, language: str) -> str:
        """The sentence in `language` ("en" or "zh")."""
        return self.zh if language == "zh" else self.en


class Pointer(msgspec.Struct, frozen=True, kw_only=True, order=True, gc=False):
    """Where evidence is.

    Args:
        kind: of what it leads to.
        id: of a paper, the digest of a statement, the beginning of an hour.
        sha256: of a document's exact bytes; "" where it is none, or is not in the log.
        leaf: agent/epoch/number of the log's leaf that holds it; "" where it is not known.
    """

    kind: PointedAt
    id: str
    sha256: str = ""
    leaf: str = ""


def counted(count: int, one: str, others: str) -> str:
    """A number before its word in English: 1 leaf, 2 leaves."""
    return f"{count} {one if count == 1 else others}"


def said(en: str, zh: str) -> Said:
    """One sentence."""
    return Said(en=en, zh=zh)
