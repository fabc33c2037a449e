"""TOML from bytes that nobody vouches for: bounded in size, depth and time (pure)."""

import re
import tomllib
from typing import Any, Final

MOST_BYTES: Final = 256 * 1024
MOST_PARTS: Final = 32
"""Of a dotted key: the standard library takes n^2 steps for n of them, minutes for a full file."""
_DEEP: Final = re.compile(
    rb"""(?<![\w-])(?:(?:"[^"\n]*+"|'[^'\n]*+'|[\w-]++)[ \t]*+\.[ \t]*+){%d}""" % MOST_PARTS
)


def table_of(data: bytes) -> dict[str, Any]:
    """The table that a TOML document states.

    Args:
        data: UTF-8, at most `MOST_BYTES`; no key has more than `MOST_PARTS` dotted parts.

    Raises:
        ValueError: it is no such document; it says why.
    """
    require_shallow(data)
    try:
        return tomllib.loads(data.decode("utf-8"))
    except RecursionError as cause:
        raise ValueError("tables or arrays are nested too deeply") from cause


def require_shallow(data: bytes) -> None:
    """Refuses what would take long to read, before it is read.

    Raises:
        ValueError: more than `MOST_BYTES`, or a key of more than `MOST_PARTS` parts.
    """
    if len(data) > MOST_BYTES:
        raise ValueError(f"{len(data)} bytes, more than {MOST_BYTES}")
    if _DEEP.search(data):
        raise ValueError(f"a key of more than {MOST_PARTS} dotted parts")
