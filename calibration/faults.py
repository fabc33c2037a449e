"""Every fault of a document against the types it must have, with the key of each."""

import types
from collections.abc import Iterator
from typing import Any, get_args, get_origin

import msgspec

from calibration.errors import CalibrationError, CertificateError, Words


def faults(found: object, kind: Any, where: str) -> Iterator[CalibrationError]:  # noqa: ANN401
    """All faults of plain data that must convert to `kind`, the innermost ones.

    Args:
        found: tables, lists and plain values, as TOML gives them.
        kind: a struct, or any type that msgspec converts to.
        where: file and key that lead every fault's place; it ends in a space or a key.
    """
    try:
        msgspec.convert(found, kind)
    except (CalibrationError, msgspec.ValidationError) as cause:
        inner = list(_inner(found, kind, where))
        yield from inner or [_fault(cause, where)]


def _inner(found: object, kind: Any, where: str) -> Iterator[CalibrationError]:  # noqa: ANN401
    element, struct = _element(kind), _struct(kind)
    if isinstance(found, list) and element is not None:
        for k, each in enumerate(found):
            yield from faults(each, element, f"{where}[{k}]")
    elif isinstance(found, dict) and struct is not None:
        yield from _table_faults(found, struct, where)


def _table_faults(
    found: dict[str, object], struct: type[msgspec.Struct], where: str
) -> Iterator[CalibrationError]:
    dot = "" if where.endswith(" ") else "."
    known = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    for key, value in found.items():
        if key in known:
            yield from faults(value, known[key].type, f"{where}{dot}{key}")
        else:
            names = ", ".join(known)
            remedy = Words(f"use only: {names}", f"只能使用：{names}")
            yield CertificateError(
                f"{where}{dot}{key}", what=Words("this key is unknown", "未知的键"), remedy=remedy
            )
    for key, field in known.items():
        if field.required and key not in found:
            yield CertificateError(
                f"{where}{dot}{key}",
                what=Words("this key is missing", "缺少该键"),
                remedy=Words("add it", "请补充"),
            )


def _element(kind: Any) -> Any:  # noqa: ANN401
    """The type of a tuple's elements, where all are of one."""
    arguments = get_args(kind)
    return arguments[0] if get_origin(kind) is tuple and arguments[-1] is Ellipsis else None


def _struct(kind: Any) -> type[msgspec.Struct] | None:  # noqa: ANN401
    """The struct that `kind` is, or may be."""
    candidates = get_args(kind) if get_origin(kind) is types.UnionType else (kind,)
    structs = (each for each in candidates if isinstance(each, type))
    return next((each for each in structs if issubclass(each, msgspec.Struct)), None)


def _fault(cause: CalibrationError | msgspec.ValidationError, where: str) -> CalibrationError:
    if isinstance(cause, CalibrationError):
        place = where if where.endswith(" ") else f"{where}: "
        return type(cause)(f"{place}{cause.where}", **cause.facts)
    return CertificateError(
        where.strip(),
        what=str(cause),
        remedy=Words("correct the value of this key", "请更正该键的值"),
    )
