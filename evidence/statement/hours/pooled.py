"""Components of a sum over hours, whose scatter was found anew in each of them (pure)."""

import math
from collections.abc import Iterable, Sequence

import msgspec

from calibration.uncertainty import Influence, UncertaintyComponent, merge


def pooled(groups: Iterable[Iterable[UncertaintyComponent]]) -> tuple[UncertaintyComponent, ...]:
    """As `merge`, where what is new in each hour has the degrees of freedom of all hours.

    What samples leave open is found from the readings of each hour, with as many degrees of
    freedom as these have pairs; together they have (sum of u^2)^2 / sum of (u^4/nu) (GUM G.4.1).

    Raises:
        InfluenceConflictError: one influence is described in two ways.
    """
    every = [part for group in groups for part in group]
    new: dict[str, list[UncertaintyComponent]] = {}
    for part in every:
        if _is_found_anew(part.influence):
            new.setdefault(part.influence.id, []).append(part)
    nu = {name: _effective(parts) for name, parts in new.items()}
    return merge(
        msgspec.structs.replace(
            part,
            influence=msgspec.structs.replace(
                part.influence, degrees_of_freedom=nu[part.influence.id]
            ),
        )
        if _is_found_anew(part.influence)
        else part
        for part in every
    )


def alike(
    groups: Iterable[Iterable[UncertaintyComponent]],
) -> list[list[UncertaintyComponent]]:
    """Groups with one description of each influence: the one in the last group that has it.

    A gap that reaches from one group of hours into the next is estimated twice, from other hours;
    it is still one deviation. What is found anew in each group keeps its own description.
    """
    held = [list(group) for group in groups]
    latest = {part.influence.id: part.influence for group in held for part in group}
    return [[_described(part, latest[part.influence.id]) for part in group] for group in held]


def _described(part: UncertaintyComponent, latest: Influence) -> UncertaintyComponent:
    if _is_found_anew(part.influence) and _is_found_anew(latest):
        return part
    return msgspec.structs.replace(part, influence=latest)


def _is_found_anew(influence: Influence) -> bool:
    known = influence.degrees_of_freedom is not None
    return known and not influence.shared and influence.dof_source is None


def _effective(parts: Sequence[UncertaintyComponent]) -> float:
    """Of components that are independent of each other; of none but zeros, the fewest."""
    if len(parts) == 1:
        return parts[0].influence.degrees_of_freedom or math.inf
    nu = [each.influence.degrees_of_freedom or math.inf for each in parts]
    variances = [each.contribution**2 for each in parts]
    spread = math.fsum(v**2 / n for v, n in zip(variances, nu, strict=True))
    return math.fsum(variances) ** 2 / spread if spread > 0.0 else min(nu)
