"""Statements put together by whoever asked for them: sums, ratios, covariances, joint samples.

Statements name instruments and certificates by serial and number, and have no papers. Where an id
stands at two sites, or a person entered it for unlike quantities, it is not taken for one thing;
the collector, which has the papers, can tell more.
"""

from collections.abc import Collection, Sequence

from calibration.function import Floats
from evidence.statement import covariance as of_pairs
from evidence.statement import ratio as of_two
from evidence.statement import total as of_all
from evidence.statement.datum import ActivityData
from evidence.statement.exports import samples
from evidence.statement.identity import require_one_thing


def total(
    data: Sequence[ActivityData],
    factors: Sequence[float] | None = None,
    *,
    allowed: Collection[str] = (),
    one_thing: Collection[str] = (),
) -> of_all.Total:
    """The sum of factor*value over activity data; see `evidence.statement.total`.

    Args:
        data: as they were stated.
        factors: exact numbers other than 0; else all 1.
        allowed: groups of which several channels may be added up.
        one_thing: influence ids of which is known that they stand for one thing.

    Raises:
        UnlikeInfluenceError: rows share an id that is not known to stand for one thing.
        PeriodError, CountedTwiceError, UnitMismatchError, InfluenceConflictError: see there.
    """
    require_one_thing(data, known=one_thing)
    return of_all.total(data, factors, allowed=allowed)


def covariance(
    data: Sequence[ActivityData], *, one_thing: Collection[str] = ()
) -> of_pairs.Covariance:
    """Covariances of activity data; see `evidence.statement.covariance`.

    Raises:
        UnlikeInfluenceError: as `total`.
        PeriodError, InfluenceConflictError: see there.
    """
    require_one_thing(data, known=one_thing)
    return of_pairs.covariance(data)


def ratio(
    numerator: of_two.Amounts,
    denominator: of_two.Amounts,
    *,
    allowed: Collection[str] = (),
    one_thing: Collection[str] = (),
) -> of_two.Ratio:
    """One sum of activity data over another; see `evidence.statement.ratio`.

    Raises:
        UnlikeInfluenceError: as `total`.
        PeriodError, CountedTwiceError, UnitMismatchError, InfluenceConflictError: see there.
    """
    require_one_thing((*numerator.data, *denominator.data), known=one_thing)
    return of_two.ratio(numerator, denominator, allowed=allowed)


def joint_samples(
    data: Sequence[ActivityData], count: int, seed: int, *, one_thing: Collection[str] = ()
) -> Floats:
    """Drawn values of activity data; see `evidence.statement.exports.samples`.

    Raises:
        UnlikeInfluenceError: as `total`.
        SampleSizeError, PeriodError, InfluenceConflictError: see there.
    """
    require_one_thing(data, known=one_thing)
    return samples.joint_samples(data, count, seed)
