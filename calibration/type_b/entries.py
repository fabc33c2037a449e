"""What of an evaluation goes where in a certificate or a confirmation (pure)."""

from collections.abc import Iterable

import msgspec

from calibration.confirmation import DeclaredInfluence
from calibration.distribution import Distribution
from calibration.type_b.evaluation import TypeBEvaluation
from calibration.uncertainty import name_of


class ConfirmationEntries(msgspec.Struct, frozen=True, kw_only=True):
    """Entries for the files of an instrument.

    Args:
        mpe_relative: of the instrument's own class, for `[conformity]` of a verification, or
            for the agent's `nameplate_mpe_relative`; both give `inst:<serial>/class`, which
            for that reason is not among `influences`.
        influences: for `[[influences]]` of the confirmation. They carry no sign.
        repeatability: of influences that are new in each reading and belong into the
            certificate's `repeatability`: standard uncertainties by influence id, in the unit
            of the reading and at this reading.
    """

    mpe_relative: float | None
    influences: tuple[DeclaredInfluence, ...]
    repeatability: dict[str, float]


def confirmation_entries(
    evaluations: Iterable[TypeBEvaluation], serial: str, at: float = 1.0
) -> ConfirmationEntries:
    """The entries that state the same influences in the files of the instrument `serial`.

    What contributes nothing, such as a drift at the day of calibration, has no entry.

    Args:
        evaluations: of the instrument, and of what it is connected to.
        serial: of the instrument.
        at: the reading.

    Raises:
        CertificateError: an influence cannot be declared.
    """
    own, shared, fresh = [], [], {}
    for each in (one for one in evaluations if one.contribution):
        if not each.influence.shared:
            fresh[each.influence.id] = abs(each.component(at).contribution)
        elif _is_own_class(each, serial):
            own.append(each.limit.half_width * abs(each.sensitivity))
        else:
            shared.append(_declared(each))
    return ConfirmationEntries(
        mpe_relative=own[0] if own else None, influences=tuple(shared), repeatability=fresh
    )


def _is_own_class(evaluation: TypeBEvaluation, serial: str) -> bool:
    """Whether it is what `mpe_relative` stands for: a relative limit, taken as rectangular."""
    return (
        evaluation.influence.id == f"inst:{name_of(serial)}/class"
        and evaluation.acts == "relative"
        and evaluation.limit.distribution == Distribution.RECTANGULAR
    )


def _declared(evaluation: TypeBEvaluation) -> DeclaredInfluence:
    u = abs(evaluation.contribution)
    relative = evaluation.acts == "relative"
    return DeclaredInfluence(
        id=evaluation.influence.id,
        relative_standard_uncertainty=u if relative else 0.0,
        standard_uncertainty=0.0 if relative else u,
        distribution=evaluation.influence.distribution,
    )
