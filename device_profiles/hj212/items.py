"""The content of CP cut into its pairs name=value: `;` between items, `,` within one (6.3.3.1).

Logs stand between `//` and may hold either separator (table B.10).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_ITEMS: Final = re.compile(rb"=//.*?//|;", re.DOTALL)
_PAIRS: Final = re.compile(rb"=//.*?//|,", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One name=value.

    Attributes:
        item: the number of the item it stands in, from 0.
        raw: its bytes as they stand.
        name: without spaces around it.
        text: the value without spaces around it; None where there is no `=`.
    """

    item: int
    raw: bytes
    name: bytes
    text: bytes | None


def pairs(content: bytes) -> Iterator[Pair]:
    """The pairs of `content`, in order; nothing between two separators is left out."""
    for number, item in enumerate(_cut(content, _ITEMS)):
        for raw in _cut(item, _PAIRS):
            if not raw.strip():
                continue
            name, equals, text = raw.partition(b"=")
            shown = text.strip() if equals else None
            yield Pair(item=number, raw=raw, name=name.strip(), text=shown)


def _cut(data: bytes, separator: re.Pattern[bytes]) -> Iterator[bytes]:
    begin = 0
    for match in separator.finditer(data):
        if len(match[0]) == 1:
            yield data[begin : match.start()]
            begin = match.end()
    yield data[begin:]
