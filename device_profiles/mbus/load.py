"""The tables of value information codes in this package; the only file here that reads any."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec


class CodeRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a run of codes means.

    Args:
        first: the first code, without the extension bit.
        count: how many codes the run has.
        quantity: what is told, in this project's words.
        unit: UCUM code.
        exponent: power of ten of the first code; each next code has one more.
        grade: how sure it is, see the head of the table.
        kind: "date" where integers are a date or a time.
        note: what is odd about it.
    """

    first: int
    count: int
    quantity: str
    unit: str
    exponent: int
    grade: str
    kind: str = "number"
    note: str = ""


class ExtensionRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a VIFE after the code does: its name, and what it writes behind the unit."""

    code: int
    name: str
    unit: str
    grade: str


class CodeTables(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All tables of one version."""

    version: int
    primary: tuple[CodeRow, ...]
    fd: tuple[CodeRow, ...]
    fb: tuple[CodeRow, ...]
    vife: tuple[ExtensionRow, ...]


@cache
def code_tables() -> CodeTables:
    """The tables of this package."""
    text = (files("device_profiles.mbus") / "vif-v1.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), CodeTables)
