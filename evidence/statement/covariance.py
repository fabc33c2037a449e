"""Covariances between activity data, from the influences that they share. Pure.

Two meters that a laboratory calibrated with one standard deviate together; so do two months of one
meter. Who adds or subtracts their amounts needs the covariances, not the uncertainties alone
(GUM 5.2.2, F.1.2.3).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibration.basis import UncertaintyBasis
from calibration.function import Floats
from calibration.uncertainty import Influence, UncertaintyComponent, merge
from evidence.errors import PeriodError, Words
from evidence.statement.datum import ActivityData, component_of
from evidence.statement.overlap import require_apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Covariance:
    """The covariance matrix of activity data.

    Attributes:
        matrix: Shape (n, n), read only; element (i, j) in unit i times unit j.
        units: Of each datum.
        digests: Of each datum, in the order of the matrix.
        unstated_standards: Standards that certificates of more than one datum, or more than one
            certificate, name without their share. What they add is not in the matrix: no number
            of it is known. `total` evaluates both extremes and states the larger uncertainty.
    """

    matrix: Floats
    units: tuple[str, ...]
    digests: tuple[str, ...]
    unstated_standards: tuple[str, ...]

    @property
    def correlation(self) -> Floats:
        """Correlation coefficients, shape (n, n); 0 beside an exact value, 1 on the diagonal."""
        u = np.sqrt(np.diag(self.matrix))
        scale = np.outer(u, u)
        found: Floats = np.zeros_like(self.matrix)
        np.divide(self.matrix, scale, out=found, where=scale > 0.0)
        np.fill_diagonal(found, 1.0)
        return found


def covariance(data: Sequence[ActivityData]) -> Covariance:
    """Covariances of activity data: of each pair, the sum over shared influences of c_i*c_j.

    Influences that are new in each reading (`shared` false) count on the diagonal only, and
    between two rows that are one statement.

    Raises:
        PeriodError: the uncertainty of one of them is unknown, or periods of one channel overlap
            and both have something new in each reading.
        InfluenceConflictError: one influence is described in two ways.
    """
    require_apart(data)
    parts = known_components(data)
    columns = {name: k for k, name in enumerate(shared_influences(parts))}
    shared = np.zeros((len(data), len(columns)))
    own = np.zeros(len(data))
    for row, components in enumerate(parts):
        for each in components:
            if each.influence.shared:
                shared[row, columns[each.influence.id]] += each.contribution
            else:
                own[row] += each.contribution**2
    digests = tuple(each.digest for each in data)
    is_same = np.equal.outer(np.array(digests), np.array(digests))
    matrix = shared @ shared.T + np.where(is_same, own, 0.0)
    matrix.setflags(write=False)
    return Covariance(
        matrix=matrix,
        units=tuple(each.unit for each in data),
        digests=digests,
        unstated_standards=unstated(data),
    )


def known_components(data: Sequence[ActivityData]) -> list[tuple[UncertaintyComponent, ...]]:
    """The components of each datum.

    Raises:
        PeriodError: the uncertainty of one of them is unknown.
    """
    for each in data:
        if each.u_basis == UncertaintyBasis.UNKNOWN:
            what = Words("its uncertainty is unknown", "其不确定度未知")
            raise PeriodError(each.channel, what=what, limit=Words("a known one", "已知的不确定度"))
    return [tuple(component_of(part) for part in each.components) for each in data]


def shared_influences(
    parts: Sequence[Sequence[UncertaintyComponent]],
) -> dict[str, Influence]:
    """The influences that results may share, by their ids; what is new in each is its own.

    Raises:
        InfluenceConflictError: one influence is described in two ways.
    """
    shared = ([each for each in row if each.influence.shared] for row in parts)
    return {each.influence.id: each.influence for each in merge(*shared)}


def unstated(data: Sequence[ActivityData]) -> tuple[str, ...]:
    """Standards of unstated share that tie certificates of these data to one another."""
    certificates: dict[str, set[str]] = defaultdict(set)
    for named in (each for datum in data for each in datum.unstated_standards):
        certificates[named.standard].add(named.certificate)
    stated = {part.influence for datum in data for part in datum.components}
    return tuple(
        sorted(
            standard
            for standard, named in certificates.items()
            if len(named) > 1 or standard in stated
        )
    )
