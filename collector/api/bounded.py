"""Saved boundaries, as an answer uses them: which version counts for a period. Pure."""

from dataclasses import dataclass
from typing import Any, Final

from collector.activity.acts import Known
from collector.api.security import Reader
from collector.api.unknown import BoundaryUnknownError
from evidence.statement.boundary.book import Version
from evidence.statement.boundary.content import Boundary
from evidence.statement.boundary.used import BoundaryShown, BoundaryUsed

_NAMES: Final = (
    "id",
    *("name", "name_zh", "line", "line_zh", "product", "product_zh", "kind", "kind_zh"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The version of a boundary that counts for a period.

    Attributes:
        version: Its entry.
        boundary: What it says.
    """

    version: Version
    boundary: Boundary

    @property
    def terms(self) -> tuple[list[str], list[float]]:
        """Channels and their factors."""
        return list(self.boundary.channels), list(self.boundary.factors)

    @property
    def said(self) -> BoundaryUsed:
        """What an answer says of it."""
        return BoundaryUsed(**self._fields())

    @property
    def shown(self) -> BoundaryShown:
        """The same with its terms, for answers that tell its channels one by one."""
        return BoundaryShown(**self._fields(), terms=self.boundary.terms)

    def _fields(self) -> dict[str, Any]:
        own = {name: getattr(self.boundary, name) for name in _NAMES}
        return {**own, "digest": self.boundary.digest, "entry": self.version.entry}


def require_known(known: Known, reader: Reader, name: str, known_ns: int | None = None) -> None:
    """Returns if a boundary was saved by an instant (UTC ns; None for now), and may be seen.

    Raises:
        BoundaryUnknownError: it was not, or is not for the reader.
        BoundaryUnreadError: an entry about it is not understood here.
    """
    if not reader.sees(name.partition("/")[0]):
        raise BoundaryUnknownError("boundary", id=name)
    known.require_boundary_read(name)
    if known.boundaries.last(name, known_ns) is None:
        raise BoundaryUnknownError("boundary", id=name)


def in_force(
    known: Known, reader: Reader, name: str, span: tuple[int, int], known_ns: int | None = None
) -> InForce:
    """The version of a boundary that counts for a period.

    Args:
        known: what the journal says.
        reader: who asks.
        name: of the boundary.
        span: of the period, UTC ns.
        known_ns: as of when it is told, UTC ns; None for now.

    Raises:
        BoundaryUnknownError, BoundaryUnreadError: as `require_known`.
        BoundaryWithdrawnError, BoundaryPeriodError: none counts for all of the period.
    """
    require_known(known, reader, name, known_ns)
    version, boundary = known.boundaries.in_force(name, span, known_ns)
    return InForce(version=version, boundary=boundary)
