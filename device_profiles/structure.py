"""Does foreign data have the shape of a type? Every finding, not only the first (pure).

msgspec converts and stops at the first fault; an author wants them all. This walk
follows the types of the model, converts each leaf alone, and names the key of each
finding.
"""

import math
import sys
from collections.abc import Iterator
from functools import lru_cache
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

import msgspec

from device_profiles.errors import (
    AddressError,
    GradeError,
    LimitError,
    MissingKeyError,
    ProfileError,
    UnknownFormatError,
    UnknownKeyError,
    WrongTypeError,
)
from device_profiles.nearest import nearest

_SPECIAL: dict[str, type[ProfileError]] = {
    "address": AddressError,
    "scale_factor_address": AddressError,
    "format": UnknownFormatError,
    "grade": GradeError,
}


def findings(value: object, kind: object, where: str, key: str = "") -> Iterator[ProfileError]:
    """Every way in which `value` is not a `kind`, with the key of each.

    Args:
        value: what a TOML or JSON parser gave.
        kind: a msgspec Struct, or a type one of its fields may have.
        where: the file, for the findings.
        key: the place of `value` within the file.
    """
    arm = _arm(value, kind)
    if isinstance(arm, type) and issubclass(arm, msgspec.Struct) and isinstance(value, dict):
        yield from _in_table(value, arm, where, key)
        return
    clean = True
    for finding in _in_items(value, arm, where, key):
        clean = False
        yield finding
    if clean:
        yield from _in_leaf(value, kind, where, key)


def _arm(value: object, kind: object) -> object:
    """The alternative of a union that the shape of `value` asks for, without annotations."""
    if get_origin(kind) is Annotated:
        return _arm(value, get_args(kind)[0])
    if get_origin(kind) not in {Union, UnionType}:
        return kind
    arms = [_arm(value, each) for each in get_args(kind) if each is not type(None)]
    tagged = [arm for arm in arms if _tag_of(arm) is not None and _has_tag(value, arm)]
    listed = [arm for arm in arms if (get_origin(arm) is tuple) == isinstance(value, list)]
    return (tagged or listed or arms)[0]


def _tag_of(arm: object) -> tuple[str, object] | None:
    """The key and the value that tell a type of a tagged union from the others."""
    if not (isinstance(arm, type) and issubclass(arm, msgspec.Struct)):
        return None
    config = arm.__struct_config__
    return None if config.tag_field is None else (config.tag_field, config.tag)


def _tags(kind: type[msgspec.Struct], tag: tuple[str, object]) -> str:
    """What may stand there, as far as the types of the same module say."""
    module = sys.modules[kind.__module__]
    own = (_tag_of(each) for each in vars(module).values() if isinstance(each, type))
    same = dict.fromkeys(str(each[1]) for each in own if each is not None and each[0] == tag[0])
    return " | ".join(same)


def _has_tag(value: object, arm: object) -> bool:
    tag = _tag_of(arm)
    return isinstance(value, dict) and tag is not None and value.get(tag[0]) == tag[1]


def _in_table(
    table: dict[str, object], kind: type[msgspec.Struct], where: str, key: str
) -> Iterator[ProfileError]:
    fields, tag = _fields(kind), _tag_of(kind)
    if tag is not None and table.get(tag[0]) != tag[1]:
        found, choices = _shown(table.get(tag[0])), _tags(kind, tag)
        yield LimitError(where, key=_join(key, tag[0]), found=found, limit=choices)
        return
    for name in sorted(table.keys() - fields.keys() - ({tag[0]} if tag else set())):
        limit = kind.__name__
        guess = nearest(name, fields)
        yield UnknownKeyError(where, key=_join(key, name), limit=limit, nearest=guess)
    for name, field in fields.items():
        if name in table:
            yield from findings(table[name], field.type, where, _join(key, name))
        elif field.required:
            yield MissingKeyError(where, key=_join(key, name), limit=_named(field.type))


@lru_cache(maxsize=64)
def _fields(kind: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    """The fields of a type by the key that stands for them; it takes msgspec longest to say."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _in_items(value: object, arm: object, where: str, key: str) -> Iterator[ProfileError]:
    """Findings inside a list of tables or a table of tables."""
    arguments = get_args(arm)
    if get_origin(arm) is tuple and isinstance(value, list) and arguments[-1] is Ellipsis:
        for index, item in enumerate(value):
            yield from findings(item, arguments[0], where, f"{key}[{_label(item, index)}]")
    elif get_origin(arm) is dict and isinstance(value, dict):
        for name, item in value.items():
            yield from findings(name, arguments[0], where, _join(key, name))
            yield from findings(item, arguments[1], where, _join(key, name))


def _in_leaf(value: object, kind: object, where: str, key: str) -> Iterator[ProfileError]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as wrong:
        yield _named_finding(value, str(wrong), kind, where, key)
        return
    numbers = value if isinstance(value, list) else [value]
    if any(isinstance(number, float) and not math.isfinite(number) for number in numbers):
        yield LimitError(where, key=key, found=_shown(value), limit="finite")


def _named_finding(value: object, message: str, kind: object, where: str, key: str) -> ProfileError:
    """The coded error for what msgspec said about one leaf."""
    limit = message.partition(" - at `")[0].removeprefix("Expected ")
    typed = ", got `" in limit and "length" not in limit
    error: type[ProfileError] = WrongTypeError if typed else LimitError
    special = _SPECIAL.get(key.rpartition(".")[2])
    if special is not None and not typed:
        error, limit = special, _named(kind)
    guess = nearest(value, _choices(kind)) if isinstance(value, str) else "-"
    return error(where, key=key, found=_shown(value), limit=limit, nearest=guess or "-")


def _choices(kind: object) -> tuple[str, ...]:
    """The strings a Literal type allows."""
    return tuple(choice for choice in get_args(kind) if isinstance(choice, str))


def _named(kind: object) -> str:
    """A type in words short enough for a message."""
    if get_origin(kind) is Annotated:
        base, *limits = get_args(kind)
        bounds = (
            f"{sign} {bound}"
            for limit in limits
            for sign, bound in ((">=", limit.ge), ("<=", limit.le), (">", limit.gt))
            if bound is not None
        )
        return " ".join((_named(base), *bounds))
    choices = get_args(kind)
    if choices and get_origin(kind) not in {tuple, dict, Union, UnionType}:
        return " | ".join(map(str, choices))
    return getattr(kind, "__name__", str(kind)).replace("tuple", "array").replace("dict", "table")


def _label(item: object, index: int) -> str:
    """How a list's item is called in a key: by its name where it has one, else by position."""
    if isinstance(item, dict):
        for naming in ("name", "key"):
            if isinstance(item.get(naming), str):
                return _shown(item[naming]).strip("'")
    return str(index)


def _join(key: str, name: str) -> str:
    return f"{key}.{name[:80]}" if key else name[:80]


def _shown(value: object) -> str:
    """`value` as a message shows it, at most 80 characters."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
