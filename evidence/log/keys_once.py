"""Keys of JSON objects, each once: two readers of one signed text must see the same thing.

A JSON text may name a key twice; some readers take the first, some the last (RFC 8259,
section 4). What is signed is refused then.
"""

import json
from typing import Final

from evidence.errors import LeafError, Words


def _passed_over(_: str) -> None:
    """A number's text, of any length, that is not looked at."""


def _each_once(pairs: list[tuple[str, object]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            shown = name[:64].encode("unicode_escape").decode()
            what = Words(f"the key '{shown}' stands twice", f"键 '{shown}' 出现两次")
            raise LeafError("leaf", what=what)
        seen.add(name)


_SCANNER: Final = json.JSONDecoder(
    object_pairs_hook=_each_once,
    parse_int=_passed_over,
    parse_float=_passed_over,
    parse_constant=_passed_over,
)


def require_keys_once(data: bytes) -> None:
    """Returns if no object in a JSON text has a key twice.

    Args:
        data: UTF-8.

    Raises:
        LeafError: one has, or it is not JSON, or nested too deeply.
    """
    try:
        _SCANNER.decode(data.decode("utf-8"))
    except (ValueError, RecursionError) as cause:
        what = Words(f"it cannot be scanned ({cause})", f"无法扫描（{cause}）")
        raise LeafError("leaf", what=what) from cause
