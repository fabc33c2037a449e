"""What a paper that came late, was corrected, withdrawn or put in doubt touched. Pure.

For each period that was stated before its paper came: what was stated then, what follows now, and
the difference with its uncertainty. Other papers and readings that came since count too; `changes`
names all that is not as it was.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from calibration.register import CalibrationRegister
from evidence.audit.resting import Roots, StatementTrace, resting_statement, roots_of
from evidence.errors import EvidenceError
from evidence.statement.correlation import StatedUncertainty
from evidence.statement.datum import ActivityData
from evidence.statement.difference import Difference, InUnit, difference, in_common_unit
from evidence.statement.doubt import Doubt


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A document that bears on the certificate.

    Args:
        received: when the collector received it first, RFC 3339 in UTC.
        agents: that logged it.
    """

    kind: str
    sha256: str
    received: str
    agents: tuple[str, ...]


class TouchedStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A period that would be stated otherwise now.

    Args:
        difference: from the last statement before the paper came, to what follows now.
        locked: whether the earlier one is locked and stands all the same.
        doubts: that stand in what follows now; value and uncertainty do not contain them.
        suspected: of each doubt its correction in kW.h or t; null where it cannot be told.
    """

    difference: Difference
    locked: bool
    doubts: tuple[Doubt, ...] = ()
    suspected: tuple[InUnit | None, ...] = ()


class Touched(msgspec.Struct, frozen=True, kw_only=True):
    """What a certificate touched, or what was logged of a channel's monitoring plan.

    Args:
        certificate: its id; null where `plan` is the channel that was asked for.
        since: instant from which on the paper counts, RFC 3339 in UTC.
        papers: that bear on it, in order of arrival.
        unchanged: how many statements that may be touched stay as they were, digit for digit.
        untold: of how many nothing follows now that could be held against them: no hour is left,
            the unit is another, or hours that begin where theirs do would cut readings in two.
    """

    certificate: str | None
    plan: str | None = None
    since: str
    papers: tuple[Paper, ...]
    statements: tuple[TouchedStatement, ...]
    unchanged: int
    untold: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """Which statements a certificate can touch.

    Attributes:
        roots: The certificate, and what rests on it.
        serials: Of the instruments that these certificates are for.
        planned: Channels whose plans rest on it: by a gas, or by an analyser that it is for.
    """

    roots: Roots
    serials: frozenset[str]
    planned: frozenset[str] = frozenset()

    def concerns(self, datum: ActivityData) -> bool:
        """Whether a statement rests on the certificate, or on an instrument that it is for."""
        if datum.under_plan is not msgspec.UNSET and datum.channel in self.planned:
            return True
        if self.serials & set(datum.serials):
            return True
        trace = msgspec.convert(msgspec.to_builtins(datum), StatementTrace)
        return resting_statement(self.roots, trace) is not None


def concerned(register: CalibrationRegister, certificate: str) -> Concerned:
    """What a certificate can touch, by all that is logged."""
    roots = roots_of(register, certificate)
    own = (each for each in register.certificates if each.id in roots.certificates)
    return Concerned(roots=roots, serials=frozenset(each.instrument.serial for each in own))


def compared(
    pairs: Sequence[tuple[ActivityData, ActivityData | None]],
    is_locked: Callable[[ActivityData], bool],
) -> Iterator[TouchedStatement]:
    """What is stated otherwise now, of pairs of what was stated before and what follows now."""
    for before, now in pairs:
        if now is None or now.digest == before.digest:
            continue
        try:
            moved = difference(before, now)
        except EvidenceError:
            continue
        doubts = () if now.doubts is msgspec.UNSET else now.doubts
        yield TouchedStatement(
            difference=moved,
            locked=is_locked(before),
            doubts=doubts,
            suspected=tuple(suspected(each, now.unit) for each in doubts),
        )


def suspected(doubt: Doubt, unit: str) -> InUnit | None:
    """The correction of a doubt in kW.h or t; None where it cannot be told, or is of neither.

    Args:
        doubt: Of some hours.
        unit: Of their amount.
    """
    if doubt.correction is None:
        return None
    u, expanded = doubt.standard_uncertainty, doubt.expanded_uncertainty
    if u is None or expanded is None:
        return in_common_unit(doubt.correction, None, unit)
    stated = StatedUncertainty(
        standard_uncertainty=u,
        expanded_uncertainty=expanded,
        coverage_factor=expanded / u if u else 2.0,
        coverage_probability=0.95,
        distribution="normal",
        effective_degrees_of_freedom=None,
    )
    return in_common_unit(doubt.correction, stated, unit)
