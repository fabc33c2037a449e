"""Files of points (TOML, CSV) and of rules; the only file of this folder that reads any."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec

from calibration import toml
from calibration.columns import Row, rows_of
from calibration.conformity.errors import ConformityFileError
from calibration.conformity.points import Point, Sheet
from calibration.conformity.rule import ErrorOfIndicationRule
from calibration.toml import table_of

MOST_BYTES: Final = {".csv": 1_000_000, ".toml": toml.MOST_BYTES}
MOST_POINTS: Final = 10_000
COLUMNS: Final = ("name", "value", "u", "U", "k", "nu", "lower", "upper")


class _Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema: int
    rules: tuple[ErrorOfIndicationRule, ...]


@lru_cache
def jjf_1094() -> ErrorOfIndicationRule:
    """The numbers of JJF 1094-2002, with their status."""
    data = files("calibration.conformity").joinpath("rules.toml").read_bytes()
    rules = msgspec.convert(table_of(data), _Rules).rules
    return next(rule for rule in rules if rule.id == "JJF 1094-2002")


def read_sheet(path: Path) -> Sheet:
    """The points that a file states: TOML, or CSV where its name ends in .csv.

    Raises:
        ConformityFileError: it cannot be read, or does not say what such a file says.
        CsvFileError, CsvColumnError, CsvNumberError: a CSV file is no table of points.
        ConformityNumberError: the prior has a number that cannot be.
    """
    kind = ".csv" if path.suffix.lower() == ".csv" else ".toml"
    data = _bytes(path, MOST_BYTES[kind])
    if kind == ".csv":
        sheet = Sheet(
            points=tuple(_point(row) for row in rows_of(data, path.name, COLUMNS, MOST_POINTS))
        )
    else:
        sheet = _sheet(data, path)
    if sheet.schema != 1:
        raise ConformityFileError(path.name, found=f"schema = {sheet.schema}", limit="schema = 1")
    if not 1 <= len(sheet.points) <= MOST_POINTS:
        limit = f"1 .. {MOST_POINTS} points"
        raise ConformityFileError(path.name, found=f"{len(sheet.points)} points", limit=limit)
    return sheet


def _bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as cause:
        raise ConformityFileError(path.name, found=str(cause), limit="TOML | CSV") from cause
    if len(data) > most:
        raise ConformityFileError(path.name, found=f"> {most} B", limit=f"<= {most} B")
    return data


def _sheet(data: bytes, path: Path) -> Sheet:
    try:
        return msgspec.convert(table_of(data), Sheet)
    except ValueError as cause:  # bad TOML or shape
        raise ConformityFileError(path.name, found=str(cause)[:200], limit="TOML") from cause


def _point(row: Row) -> Point:
    return Point(
        name=row.text("name"),
        value=row.number("value"),
        standard_uncertainty=row.optional_number("u"),
        expanded_uncertainty=row.optional_number("U"),
        coverage_factor=row.optional_number("k"),
        degrees_of_freedom=row.optional_number("nu"),
        lower=row.optional_number("lower"),
        upper=row.optional_number("upper"),
    )
