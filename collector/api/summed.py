"""Which channels a sum is of: those that are named, or those of a saved boundary. Pure."""

import math
import re
from dataclasses import dataclass
from typing import Final

from collector.activity.acts import Known
from collector.api.bounded import in_force
from collector.api.refusal import QueryError, TermsError
from collector.api.security import Reader
from collector.api.statement import Span
from evidence.errors import Words
from evidence.statement.boundary.used import BoundaryUsed

MAX_TERMS: Final = 100
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Summed:
    """What is added up.

    Attributes:
        channels: Each once.
        factors: Of each.
        used: The saved boundary that they are of; None where they were named.
    """

    channels: list[str]
    factors: list[float]
    used: BoundaryUsed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """How a question names what is added up: by channels and factors, or by a saved boundary.

    Attributes:
        where: The parameter of the channels, and that of the boundary.
        channels, factors: Texts with commas; None where they are not given.
        boundary: Its name; None where it is not given.
    """

    where: tuple[str, str]
    channels: str | None
    boundary: str | None
    factors: str | None = None


def summed(
    named: Named, known: Known, reader: Reader, span: Span, known_ns: int | None = None
) -> Summed:
    """The channels and factors that a question names.

    Args:
        named: by what.
        known: what the journal says.
        reader: who asks.
        span: of the period, UTC ns.
        known_ns: as of when it is told, UTC ns; None for now.

    Raises:
        QueryError: neither channels nor a boundary are given, or both.
        TermsError: as `terms`.
        BoundaryUnknownError, BoundaryError: as `in_force`.
    """
    of_channels, of_boundary = named.where
    if named.boundary is not None:
        if named.channels is not None or named.factors is not None:
            what = Words("channels beside a saved boundary", "同时给出通道与已保存的边界")
            raise QueryError(f"query {of_boundary}", what=what)
        used = in_force(known, reader, named.boundary, span, known_ns)
        channels, factors = used.terms
        return Summed(channels=channels, factors=factors, used=used.said)
    if named.channels is None:
        what = Words("neither channels nor a boundary is named", "未给出通道或边界")
        raise QueryError(f"query {of_channels}", what=what)
    channels, factors = terms(of_channels, named.channels, named.factors)
    return Summed(channels=channels, factors=factors)


def terms(where: str, named: str, given: str | None) -> tuple[list[str], list[float]]:
    """Channels and their factors, from two texts with commas.

    Raises:
        TermsError: a channel stands twice, there are too many, or factors do not pair.
    """
    channels = named.split(",")
    if len(set(channels)) < len(channels):
        what = Words("a channel is named twice", "通道重复")
        raise TermsError(where, what=what)
    if len(channels) > MAX_TERMS:
        what = Words(f"more than {MAX_TERMS} channels", f"通道超过 {MAX_TERMS} 个")
        raise TermsError(where, what=what)
    if given is None:
        return channels, [1.0] * len(channels)
    factors = [_factor(text) for text in given.split(",")]
    if len(factors) != len(channels):
        count = f"{len(channels)}/{len(factors)}"
        what = Words(f"channels and factors do not pair: {count}", f"通道与系数不成对：{count}")
        raise TermsError("factors", what=what)
    return channels, factors


def groups_of_text(text: str | None) -> frozenset[str]:
    """Groups, from a text with commas."""
    return frozenset((text or "").split(",")) - {""}


def _factor(text: str) -> float:
    what = Words(f"'{text[:32]}' is not a usable number", f"'{text[:32]}' 不是可用的数")
    if not _NUMBER.fullmatch(text):
        raise TermsError("factors", what=what)
    factor = float(text)
    if not (math.isfinite(factor) and 1e-12 <= abs(factor) <= 1e12):
        raise TermsError("factors", what=what)
    return factor
