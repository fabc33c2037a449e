"""Class tables of this package and data sheets of the user; the only file here that reads any."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from calibration.errors import CalibrationError
from calibration.toml import table_of
from calibration.type_b.errors import ClassUnknownError, SheetFileError, TableFileError, TypeBError
from calibration.type_b.orifice import OrificeRule
from calibration.type_b.sheet import DataSheet
from calibration.type_b.table import ClassTable

MOST_BYTES: Final = 64 * 1024

_ORIFICE: Final = "iso5167-2.toml"
T = TypeVar("T")


@cache
def class_tables() -> tuple[ClassTable, ...]:
    """All class tables of this package, by the names of their files.

    Raises:
        TableFileError: one is damaged.
    """
    folder = files("calibration.type_b") / "data"
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".toml"))
    return tuple(
        _converted((folder / name).read_bytes(), name, ClassTable, TableFileError)
        for name in names
        if name != _ORIFICE
    )


@cache
def orifice_rule() -> OrificeRule:
    """What ISO 5167-2 states of the uncertainty of orifice plates.

    Raises:
        TableFileError: the table is damaged.
    """
    data = (files("calibration.type_b") / "data" / _ORIFICE).read_bytes()
    return _converted(data, _ORIFICE, OrificeRule, TableFileError)


def class_of(name: str) -> tuple[ClassTable, str]:
    """The table and the class that a name such as "iec62053-22/0.5S" stands for.

    Raises:
        ClassUnknownError: there is no such table, or no such class in it.
    """
    standard, _, grade = name.partition("/")
    for table in class_tables():
        if standard in (table.id, *table.aliases):
            if grade in table.classes:
                return table, grade
            known = ", ".join(f"{table.id}/{each}" for each in table.classes)
            raise ClassUnknownError("--class", found=name[:80], limit=known)
    known = ", ".join(table.id for table in class_tables())
    raise ClassUnknownError("--class", found=name[:80], limit=known)


def read_data_sheet(path: Path) -> DataSheet:
    """The data sheet that a TOML file states.

    Raises:
        SheetFileError: it cannot be read, or does not say what a data sheet says.
        TypeBError: a number cannot be.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as cause:
        raise SheetFileError(path.name, found=str(cause)[:200], limit="a file") from cause
    if len(data) > MOST_BYTES:
        raise SheetFileError(path.name, found=f"> {MOST_BYTES} B", limit=f"<= {MOST_BYTES} B")
    return _converted(data, path.name, DataSheet, SheetFileError)


def _converted(data: bytes, name: str, kind: type[T], error: type[TypeBError]) -> T:
    try:
        return msgspec.convert(table_of(data), kind)
    except CalibrationError as cause:
        raise type(cause)(f"{name} {cause.where}", **cause.facts) from cause
    except (ValueError, OverflowError) as cause:  # not TOML, or not what the struct has
        raise error(name, found=str(cause)[:300], limit="schema 1") from cause
