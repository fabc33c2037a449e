"""What calibration/load.py reads, as TOML text (pure).

The standard library reads TOML and does not write it; what a certificate holds needs texts,
numbers, days, instants, lists of numbers, tables and lists of tables, and no more.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

_DAYS: Final = (dt.date, dt.datetime)


def toml_of(document: msgspec.Struct, *name: str) -> str:
    """The text of a document's file, or of the table `name` of one that holds it.

    None and empty lists are left out.
    """
    plain: dict[str, Any] = msgspec.to_builtins(document, builtin_types=_DAYS)
    head = [f"[{'.'.join(name)}]"] if name else []
    return "\n".join([*head, *_table(_stated(plain), name)]) + "\n"


def _stated(found: Any) -> Any:  # noqa: ANN401 - plain data of any shape
    """Plain data without what says nothing: None and empty lists."""
    if isinstance(found, dict):
        inner = {key: _stated(value) for key, value in found.items()}
        return {key: value for key, value in inner.items() if value is not None and value != []}
    return [_stated(each) for each in found] if isinstance(found, list | tuple) else found


def _table(table: Mapping[str, Any], name: tuple[str, ...]) -> Iterator[str]:
    """The lines of a table: first its own values, then the tables within it."""
    for key, value in table.items():
        if not _is_table(value) and not _is_tables(value):
            yield f"{key} = {_value(value)}"
    for key, value in table.items():
        inner = (*name, key)
        if _is_table(value):
            yield from ("", f"[{'.'.join(inner)}]", *_table(value, inner))
        elif _is_tables(value):
            for each in value:
                yield from ("", f"[[{'.'.join(inner)}]]", *_table(each, inner))


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _value(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return f"[{', '.join(_value(each) for each in value)}]"
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, dt.date) else repr(value)


def _text(value: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for DEL, which TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
