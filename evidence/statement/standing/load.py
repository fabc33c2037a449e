"""Schemes of quality assurance from TOML files; the only file of this folder that reads any."""

import hashlib
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from calibration import toml
from evidence.errors import Words
from evidence.statement.standing.errors import SchemeFileError
from evidence.statement.standing.scheme import Scheme, SchemeUsed

_LIMIT = Words("UTF-8 TOML of schema 1", "UTF-8 编码、schema 1 的 TOML")


def known_schemes() -> tuple[str, ...]:
    """The names of the schemes that come with the package."""
    return tuple(sorted(each.name.removesuffix(".toml") for each in _folder().iterdir()))


def read_scheme(name: str) -> tuple[Scheme, SchemeUsed]:
    """A scheme, and what tells its file from any other.

    Args:
        name: Of one that comes with the package, or the path of another.

    Raises:
        SchemeFileError: there is none, or it does not say what it must.
    """
    data = _bytes(name)
    scheme = scheme_of(data, Path(name).name)
    return scheme, SchemeUsed(id=scheme.id, sha256=hashlib.sha256(data).hexdigest())


def scheme_of(data: bytes, where: str) -> Scheme:
    """The scheme in a file's bytes.

    Raises:
        SchemeFileError: naming `where`.
    """
    try:
        return msgspec.convert(toml.table_of(data), Scheme)
    except SchemeFileError as wrong:
        raise SchemeFileError(f"{where} {wrong.where}", **wrong.facts) from wrong
    except ValueError as cause:  # bad TOML or shape
        raise SchemeFileError(where, found=str(cause)[:200], limit=_LIMIT) from cause


def _folder() -> Any:  # noqa: ANN401 - importlib.resources' own Traversable moved between versions
    return resources.files("evidence.statement.standing") / "schemes"


def _bytes(name: str) -> bytes:
    if name in known_schemes():
        data: bytes = (_folder() / f"{name}.toml").read_bytes()
        return data
    try:
        with Path(name).open("rb") as file:
            return file.read(toml.MOST_BYTES + 1)
    except (OSError, ValueError) as cause:  # ValueError: a name with a null character
        limit = ", ".join(known_schemes())
        raise SchemeFileError(name[:200], found=type(cause).__name__, limit=limit) from cause
