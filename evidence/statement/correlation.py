"""Standards that certificates name without their share, in the uncertainty of a sum.

Two certificates that name the same standard have a deviation in common. Where its share is
stated it is a component of its own and adds with its sign. Where it is not, it hides in
what each certificate states; then r = 0 and r = 1 are both evaluated and the larger
standard uncertainty is reported, and which r that was (GUM 5.2.2, F.1.2.3).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from calibration.coverage import ExpandedUncertainty, expand
from calibration.uncertainty import UncertaintyComponent
from calibration.window import UnstatedStandard
from evidence.statement.hours.pooled import pooled


class StatedUncertainty(ExpandedUncertainty, frozen=True, kw_only=True, omit_defaults=True):
    """An expanded uncertainty, and what was assumed about standards of unstated share.

    Args:
        assumed_correlations: the r, 0 or 1, between all that rests on a standard, by the
            standard's influence id; empty where nothing had to be assumed.
    """

    assumed_correlations: Mapping[str, float] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Summand:
    """One term of a sum: its value, the components of that, and what certificates left open."""

    value: float
    components: tuple[UncertaintyComponent, ...]
    unstated_standards: tuple[UnstatedStandard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Standards and certificates that are tied to one another by naming."""

    standards: frozenset[str] = frozenset()
    certificates: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one certificate, or a standard's stated share, contributes; signed."""

    contribution: float
    members: tuple[UncertaintyComponent, ...]


def expand_sum(summands: Sequence[Summand]) -> StatedUncertainty:
    """Expanded uncertainty of a sum; of each tie of unstated share, the larger of r = 0 and 1.

    With r = 1 the tied parts act as one deviation, which moves every value in its own
    direction; its degrees of freedom are the fewest of them.

    Raises:
        InfluenceConflictError: one influence is described in two ways.
    """
    components = pooled(each.components for each in summands)
    assumed: dict[str, float] = {}
    for group in _groups(summands):
        parts = list(_parts(components, group, summands))
        if len(parts) < 2:
            continue
        together = math.fsum(part.contribution for part in parts)
        apart = math.sqrt(math.fsum(part.contribution**2 for part in parts))
        larger = abs(together) > apart
        assumed |= dict.fromkeys(sorted(group.standards), float(larger))
        if larger:
            components = _joined(components, parts, together)
    stated = msgspec.structs.asdict(expand(components))
    return StatedUncertainty(**stated, assumed_correlations=assumed)


def _groups(summands: Sequence[Summand]) -> list[_Group]:
    groups: list[_Group] = []
    for named in sorted({each for summand in summands for each in summand.unstated_standards}):
        tied = [
            group
            for group in groups
            if named.standard in group.standards or named.certificate in group.certificates
        ]
        groups = [group for group in groups if group not in tied]
        standards = frozenset({named.standard}).union(*(group.standards for group in tied))
        certificates = frozenset({named.certificate}).union(*(each.certificates for each in tied))
        groups.append(_Group(standards=standards, certificates=certificates))
    return groups


def _parts(
    components: Sequence[UncertaintyComponent], group: _Group, summands: Sequence[Summand]
) -> Iterator[_Part]:
    """One part per certificate, and one per standard whose share others state."""
    for certificate in sorted(group.certificates):
        members = tuple(
            part for part in components if part.influence.id.startswith(f"cert:{certificate}/")
        )
        u = math.sqrt(math.fsum(part.contribution**2 for part in members))
        if u > 0.0:
            signed = math.copysign(u, _value_under(certificate, summands))
            yield _Part(contribution=signed, members=members)
    for part in components:
        if part.influence.id in group.standards:
            yield _Part(contribution=part.contribution, members=(part,))


def _value_under(certificate: str, summands: Sequence[Summand]) -> float:
    """Sum of the values that rest on a certificate."""
    return math.fsum(
        summand.value
        for summand in summands
        if any(each.certificate == certificate for each in summand.unstated_standards)
    )


def _joined(
    components: Sequence[UncertaintyComponent], parts: Sequence[_Part], together: float
) -> tuple[UncertaintyComponent, ...]:
    """The components with one in the place of all tied ones."""
    members = [member for part in parts for member in part.members]
    known = [each.influence.degrees_of_freedom for each in members]
    fewest = min((nu for nu in known if nu is not None), default=None)
    influence = msgspec.structs.replace(members[0].influence, degrees_of_freedom=fewest)
    one = UncertaintyComponent(influence=influence, contribution=together)
    return (*(each for each in components if each not in members), one)
