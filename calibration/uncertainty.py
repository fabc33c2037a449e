"""Components of uncertainty that know which influence they come from (GUM 5.1.3, 5.2).

Components of one influence add linearly and signed, since it is one and the same
deviation; different influences add in quadrature. That is why a reading carries
its components and not one number.
"""

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, Literal

import msgspec

from calibration.distribution import Distribution
from calibration.errors import (
    InfluenceConflictError,
    InfluenceError,
    NotFiniteError,
    OutOfRangeError,
    Words,
)

_NAME = r"[^\s/:]+"
GRAMMAR = (
    rf"crm:{_NAME}/{_NAME}",
    rf"std:{_NAME}/{_NAME}",
    rf"cert:{_NAME}/\d+",
    rf"inst:{_NAME}/(class|drift|temperature|repeatability|bias)",
    rf"span:{_NAME}/{_NAME}",
    r"sampling:[^\s:]+",
    rf"clock:{_NAME}",
    rf"factor:{_NAME}",
    rf"substitution:{_NAME}",
    r"read:[^\s:]+/[0-9A-Za-z~.-]+",
    r"fresh:[^\s:]+",
)
_DISTRIBUTIONS_ZH = {
    Distribution.NORMAL: "正态分布",
    Distribution.RECTANGULAR: "均匀分布",
    Distribution.TRIANGULAR: "三角分布",
    Distribution.ARCSINE: "反正弦分布",
}
_INFLUENCE = re.compile("|".join(f"(?:{rule})" for rule in GRAMMAR))
MOST_IDS: Final = 4_096


@lru_cache(maxsize=MOST_IDS)
def _follows(text: str) -> bool:
    """Whether a text follows the grammar; a year's hours name the same few again and again."""
    return _INFLUENCE.fullmatch(text) is not None


def influence_id(text: str, where: str = "influence") -> str:
    """`text`, once it is known to follow the closed grammar of influence ids.

    Raises:
        InfluenceError: it does not.
    """
    if not _follows(text):
        raise InfluenceError(where, influence=text, limit=" | ".join(GRAMMAR))
    return text


def name_of(text: str) -> str:
    """`text` as a name within an influence id: white space, / and : as %XX."""
    return re.sub(r"[\s/:%]", lambda found: "".join(f"%{b:02X}" for b in found[0].encode()), text)


class Influence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A quantity whose one unknown deviation acts on results, and how it was evaluated.

    Args:
        id: by the closed grammar.
        evaluation: Type A (statistics) or B (GUM 0.7).
        distribution: the state of knowledge.
        degrees_of_freedom: > 0; None stands for infinite.
        dof_source: influences whose scatter was estimated from the same data share one
            (the Cholesky factors of one fit); they count once in Welch-Satterthwaite.
        shared: False for a deviation that is new in each reading.
    """

    id: str
    evaluation: Literal["A", "B"] = "B"
    distribution: Distribution = Distribution.NORMAL
    degrees_of_freedom: float | None = None
    dof_source: str | None = None
    shared: bool = True

    def __post_init__(self) -> None:
        influence_id(self.id)
        nu = self.degrees_of_freedom
        if nu is not None and not nu > 0.0:
            raise OutOfRangeError(self.id, name="degrees_of_freedom", value=nu, limit="> 0")


class UncertaintyComponent(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False
):
    """One influence's part in a result's uncertainty (GUM 5.1.3).

    Args:
        influence: whose deviation it is.
        contribution: signed c*u, in the unit of the result; the sign tells whether two
            results deviate together or apart.
    """

    influence: Influence
    contribution: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.contribution):
            raise NotFiniteError(self.influence.id, name="contribution", value=self.contribution)


def merge(*groups: Iterable[UncertaintyComponent]) -> tuple[UncertaintyComponent, ...]:
    """The components of a sum of results: one per influence, contributions added with sign.

    Closed, commutative and associative (within rounding), so any grouping of results
    gives the same uncertainty. Ordered by influence id.

    Raises:
        InfluenceConflictError: one id stands with two descriptions.
    """
    known: dict[str, UncertaintyComponent] = {}
    parts: dict[str, list[float]] = {}
    for group in groups:
        for component in group:
            name = component.influence.id
            first = known.get(name)
            if first is None:
                known[name], parts[name] = component, [component.contribution]
            else:
                _require_same(first.influence, component.influence)
                parts[name].append(component.contribution)
    return tuple(_merged(known[name], parts[name]) for name in sorted(known))


def _require_same(first: Influence, second: Influence) -> None:
    if first is not second and first != second:
        one, other = _described(first), _described(second)
        raise InfluenceConflictError(first.id, influence=first.id, first=one, second=other)


def _described(influence: Influence) -> Words:
    """An influence without its id."""
    nu = influence.degrees_of_freedom
    dof, shared = "∞" if nu is None else f"{nu:g}", influence.shared
    return Words(
        f"Type {influence.evaluation}, {influence.distribution.value}, {dof} degrees of freedom, "
        f"{'shared' if shared else 'new in each reading'}",
        f"{influence.evaluation} 类，{_DISTRIBUTIONS_ZH[influence.distribution]}，自由度 {dof}，"
        f"{'各读数相同' if shared else '各读数独立'}",
    )


def _merged(first: UncertaintyComponent, contributions: list[float]) -> UncertaintyComponent:
    """The one component of an influence; a single shared one is that already."""
    influence = first.influence
    if len(contributions) == 1 and influence.shared and first.contribution:
        return first
    return UncertaintyComponent(influence=influence, contribution=_sum(influence, contributions))


def _sum(influence: Influence, contributions: list[float]) -> float:
    """What is shared adds linearly; what is new in each reading adds in quadrature."""
    if influence.shared:
        return math.fsum(contributions)
    return math.sqrt(math.fsum(part**2 for part in contributions))


def scaled(
    components: Iterable[UncertaintyComponent], factor: float
) -> tuple[UncertaintyComponent, ...]:
    """The components of a result multiplied by an exact number, such as -1 in a difference."""
    return tuple(
        UncertaintyComponent(influence=part.influence, contribution=part.contribution * factor)
        for part in components
    )


def combine(components: Iterable[UncertaintyComponent]) -> float:
    """Combined standard uncertainty: root sum of squares over influences (GUM 5.1.2)."""
    return math.sqrt(math.fsum(part.contribution**2 for part in merge(components)))


def by_dof_source(
    components: Iterable[UncertaintyComponent],
) -> Mapping[str, tuple[float, float | None]]:
    """Variance and degrees of freedom of each source of scatter: {source: (variance, nu)}.

    Influences estimated from the same data count as one term of Welch-Satterthwaite
    (GUM G.4.1), so their variances are added first. None stands for infinite.
    """
    found: dict[str, tuple[float, float | None]] = {}
    for part in merge(components):
        source = part.influence.dof_source or part.influence.id
        variance = found.get(source, (0.0, None))[0] + part.contribution**2
        found[source] = (variance, part.influence.degrees_of_freedom)
    return found
