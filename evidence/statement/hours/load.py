"""Rule packs and files of records; the only file of this folder that reads any."""

import hashlib
import json
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import msgspec

from calibration.toml import MOST_BYTES, table_of
from evidence.errors import Words
from evidence.statement.hours.errors import HoursFileError, RulePackError
from evidence.statement.hours.pack import LoadedPack, RulePack

MOST_RECORD_BYTES: Final = 64_000_000
"""A year of minutes has some 25 MB."""
PACKS: Final = ("part75", "hj75", "mrr", "meters")


@lru_cache
def rule_pack(name: str) -> LoadedPack:
    """A rule pack.

    Args:
        name: Of one that comes with the package, or the path of another.

    Raises:
        RulePackError: there is none, or it does not say what it must.
    """
    data = _pack_bytes(name)
    return parse_pack(data, Path(name).name)


def parse_pack(data: bytes, where: str) -> LoadedPack:
    """The rule pack in a TOML file's bytes.

    Raises:
        RulePackError: naming `where`.
    """
    try:
        table = table_of(data)
        pack = msgspec.convert(table, RulePack)
    except RulePackError as wrong:
        raise RulePackError(f"{where} {wrong.where}", **wrong.facts) from wrong
    except ValueError as cause:  # bad TOML or shape
        limit = "UTF-8 TOML of schema 1"
        raise RulePackError(where, found=str(cause)[:200], limit=limit) from cause
    return LoadedPack(pack, digest_of(table, where))


def digest_of(table: dict[str, Any], where: str) -> str:
    """SHA-256 of a pack's constants: JSON with sorted keys and no blanks, in UTF-8.

    Raises:
        RulePackError: a constant is not finite, or is no text, number or truth.
    """
    try:
        text = json.dumps(
            table, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )
    except (TypeError, ValueError) as cause:
        raise RulePackError(
            where, found=str(cause)[:200], limit=Words("finite numbers", "有限数值")
        ) from cause
    return hashlib.sha256(text.encode()).hexdigest()


def read_records(path: Path) -> bytes:
    """The bytes of a file of records.

    Raises:
        HoursFileError: it cannot be read, or has more than `MOST_RECORD_BYTES`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_RECORD_BYTES + 1)
    except (OSError, ValueError) as cause:  # ValueError: a name with a null character
        found = type(cause).__name__
        raise HoursFileError(path.name[:200], found=found, limit="UTF-8 CSV") from cause
    if len(data) > MOST_RECORD_BYTES:
        found, limit = f"> {MOST_RECORD_BYTES} B", f"<= {MOST_RECORD_BYTES} B"
        raise HoursFileError(path.name, found=found, limit=limit)
    return data


def _pack_bytes(name: str) -> bytes:
    if name in PACKS:
        return files("evidence.statement").joinpath("rules", f"{name}.toml").read_bytes()
    try:
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as cause:
        limit = f"a file, or one of: {', '.join(PACKS)}"
        raise RulePackError(name[:200], found=type(cause).__name__, limit=limit) from cause
