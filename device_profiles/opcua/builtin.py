"""The scalar built-in types that an instrument's value can have (OPC 10000-6, 5.1.2 and 5.2.2)."""

import struct
from dataclasses import dataclass
from typing import Final, Literal

TypeName = Literal[
    "Boolean",
    "SByte",
    "Byte",
    "Int16",
    "UInt16",
    "Int32",
    "UInt32",
    "Int64",
    "UInt64",
    "Float",
    "Double",
    "String",
    "DateTime",
]
"""The standard's names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltIn:
    """One type: its id, and how its bytes are laid out (None: a length before them)."""

    name: TypeName
    id: int
    layout: struct.Struct | None


_LAYOUTS: Final[tuple[tuple[TypeName, int, str], ...]] = (
    ("Boolean", 1, "<B"),
    ("SByte", 2, "<b"),
    ("Byte", 3, "<B"),
    ("Int16", 4, "<h"),
    ("UInt16", 5, "<H"),
    ("Int32", 6, "<i"),
    ("UInt32", 7, "<I"),
    ("Int64", 8, "<q"),
    ("UInt64", 9, "<Q"),
    ("Float", 10, "<f"),
    ("Double", 11, "<d"),
    ("String", 12, ""),
    ("DateTime", 13, "<q"),
)
SCALARS: Final = {
    number: BuiltIn(name=name, id=number, layout=struct.Struct(layout) if layout else None)
    for name, number, layout in _LAYOUTS
}
"""By id."""
BY_NAME: Final = {each.name: each for each in SCALARS.values()}
NUMBERS: Final = frozenset(BY_NAME) - {"String", "DateTime"}
"""Types whose value is a number; a text that looks like one is not."""

_OTHERS: Final = (
    "Null",
    *("-",) * 13,
    "Guid",
    "ByteString",
    "XmlElement",
    "NodeId",
    "ExpandedNodeId",
    "StatusCode",
    "QualifiedName",
    "LocalizedText",
    "ExtensionObject",
    "DataValue",
    "Variant",
    "DiagnosticInfo",
)


def type_name(id: int) -> str:  # noqa: A002 - the standard calls it so
    """The standard's name of a built-in type; its id where the standard has none."""
    if id in SCALARS:
        return SCALARS[id].name
    return _OTHERS[id] if id < len(_OTHERS) else f"type {id}"
