"""Rules that a plan names, from the package alone; the only file of this folder that reads any."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

from calibration.gas_check.rules import CheckLimits
from calibration.performance.load import known_limits, read_limits
from evidence.errors import Words
from evidence.statement.hours.load import PACKS, rule_pack
from evidence.statement.hours.pack import LoadedPack
from evidence.statement.monitoring.errors import RulesUnknownError
from evidence.statement.standing.load import known_schemes, read_scheme
from evidence.statement.standing.scheme import Scheme, SchemeUsed

T = TypeVar("T")


def pack_named(name: str, where: str) -> LoadedPack:
    """A rule pack of the package.

    Raises:
        RulesUnknownError: naming `where`.
    """
    return _named(name, where, Words("rule pack", "规则包"), PACKS, rule_pack)


@lru_cache
def scheme_named(name: str, where: str) -> tuple[Scheme, SchemeUsed]:
    """A scheme of quality assurance of the package.

    Raises:
        RulesUnknownError: naming `where`.
    """
    return _named(name, where, Words("scheme", "质量保证方案"), known_schemes(), read_scheme)


@lru_cache
def limits_named(name: str, where: str) -> CheckLimits:
    """A file of limits of the package.

    Raises:
        RulesUnknownError: naming `where`.
    """
    limits, used = _named(name, where, Words("limits", "限值"), known_limits(), read_limits)
    return CheckLimits(limits=limits, used=used)


def _named(name: str, where: str, kind: Words, known: Sequence[str], read: Callable[[str], T]) -> T:
    """What is known by a name; a path is never followed: a plan comes from somebody else."""
    if name not in known:
        raise RulesUnknownError(where, kind=kind, found=name, limit=", ".join(known))
    return read(name)
