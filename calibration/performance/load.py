"""Readings from CSV files and limits from TOML files; the only file of this folder that reads any.

Limits of standards come with the package, a file an edition; each datum has its clause and a
status. A user's own file is read in the same way.
"""

import hashlib
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from calibration import toml
from calibration.errors import CalibrationError
from calibration.performance.chart import ChartReading
from calibration.performance.drift import Check
from calibration.performance.errors import LimitsFileError, PerformanceFileError
from calibration.performance.limits import Limits, LimitsUsed
from calibration.performance.linearity import Injection
from calibration.performance.paired import Run
from calibration.performance.pairs import Pair
from calibration.performance.response import Sample
from calibration.performance.rows import (
    Row,
    chart_reading_of,
    check_of,
    injection_of,
    pair_of,
    run_of,
    sample_of,
    table_of,
    velocities_of,
)
from calibration.performance.velocity_field import Velocities
from calibration.table import MOST_BYTES, rows_of

T = TypeVar("T")


def read_runs(path: Path) -> list[Run]:
    """The runs of a comparison with the reference method: rm, cem, and run, used."""
    return _read(path, ("rm", "cem"), ("run", "used"), run_of)


def read_checks(path: Path) -> list[Check]:
    """Zero and span checks: point, reference, reading, and at."""
    return _read(path, ("point", "reference", "reading"), ("at",), check_of)


def read_injections(path: Path) -> list[Injection]:
    """Readings of certified gases: level, reference, reading."""
    return _read(path, ("level", "reference", "reading"), ("at",), injection_of)


def read_pairs(path: Path) -> list[Pair]:
    """Parallel measurements: x, y, and srm_factor, ams_factor, kind, day."""
    return _read(path, ("x", "y"), ("srm_factor", "ams_factor", "kind", "day"), pair_of)


def read_chart(path: Path) -> list[ChartReading]:
    """Readings of reference material: point, reference, reading, and at, adjusted."""
    return _read(path, ("point", "reference", "reading"), ("at", "adjusted"), chart_reading_of)


def read_samples(path: Path) -> list[Sample]:
    """Readings after changes of gas: seconds, reading, and run."""
    return _read(path, ("seconds", "reading"), ("run",), sample_of)


def read_velocities(path: Path) -> list[Velocities]:
    """Velocities of reference method and analyser: day, rm, cem."""
    return _read(path, ("day", "rm", "cem"), (), velocities_of)


def known_limits() -> tuple[str, ...]:
    """The names of the files of limits that come with the package."""
    return tuple(sorted(each.name.removesuffix(".toml") for each in _folder().iterdir()))


def read_limits(name: str) -> tuple[Limits, LimitsUsed]:
    """A file of limits, and what tells it from any other.

    Args:
        name: Of one that comes with the package, or the path of another.

    Raises:
        LimitsFileError: there is none, or it does not say what it must.
    """
    data = _limits_bytes(name)
    where = Path(name).name
    limits = _limits_of(data, where)
    return limits, LimitsUsed(id=limits.id, sha256=hashlib.sha256(data).hexdigest())


def _read(
    path: Path, needed: tuple[str, ...], known: tuple[str, ...], kind: Callable[[Row], T]
) -> list[T]:
    """The rows of a file.

    Raises:
        PerformanceError: the file, a column or a field does not do.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as cause:
        found = type(cause).__name__
        raise PerformanceFileError(path.name, found=found, limit="UTF-8 CSV") from cause
    rows = rows_of(data, path.name, PerformanceFileError)
    return [kind(row) for row in table_of(rows, path.name, needed, known)]


def _folder() -> Any:  # noqa: ANN401 - importlib.resources' own Traversable moved between versions
    return resources.files("calibration.performance") / "limits"


def _limits_bytes(name: str) -> bytes:
    if name in known_limits():
        data: bytes = (_folder() / f"{name}.toml").read_bytes()
        return data
    try:
        with Path(name).open("rb") as file:
            return file.read(toml.MOST_BYTES + 1)
    except (OSError, ValueError) as cause:  # ValueError: a name with a null character
        limit = f"a file, or one of: {', '.join(known_limits())}"
        raise LimitsFileError(name[:200], found=type(cause).__name__, limit=limit) from cause


def _limits_of(data: bytes, where: str) -> Limits:
    try:
        return msgspec.convert(toml.table_of(data), Limits)
    except LimitsFileError as wrong:
        raise LimitsFileError(f"{where} {wrong.where}", **wrong.facts) from wrong
    except CalibrationError:
        raise
    except ValueError as cause:  # bad TOML or shape
        limit = "UTF-8 TOML of schema 1"
        raise LimitsFileError(where, found=str(cause)[:200], limit=limit) from cause
