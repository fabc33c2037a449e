"""Type B evaluations: limits made components of results, by influence (pure)."""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from calibration.basis import Share, UncertaintyBasis
from calibration.type_b.limit import StatedLimit
from calibration.type_b.number import bounded
from calibration.uncertainty import Influence, UncertaintyComponent, name_of

Aspect = Literal["class", "drift", "temperature", "repeatability", "bias"]
"""Of an instrument: the last word of its influence ids."""


class TypeBEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """One influence, evaluated from a stated limit (GUM 4.3).

    Args:
        limit: what bounds the deviation.
        influence: whose deviation it is.
        basis: what stands behind it: the name-plate, or a verification against it.
        sensitivity: of the result to the deviation, signed.
        acts: "relative": the contribution is relative to the result's value; "absolute": it
            is in the result's unit.
    """

    limit: StatedLimit
    influence: Influence
    basis: UncertaintyBasis
    sensitivity: float = 1.0
    acts: Literal["relative", "absolute"] = "relative"

    def __post_init__(self) -> None:
        bounded(self.influence.id, sensitivity=self.sensitivity, contribution=self.contribution)

    @property
    def standard_uncertainty(self) -> float:
        """Of the deviation, in the limit's unit."""
        return self.limit.standard_uncertainty

    @property
    def contribution(self) -> float:
        """Signed c*u: relative, or in the result's unit, as `acts` says."""
        return self.sensitivity * self.standard_uncertainty

    @property
    def share(self) -> Share:
        """How it acts on a result y, for an instrument's calibration."""
        if self.acts == "relative":
            return Share(influence=self.influence, relative=self.contribution)
        return Share(influence=self.influence, absolute=self.contribution)

    def component(self, value: float) -> UncertaintyComponent:
        """Its part in the uncertainty of a result `value`, in the result's unit."""
        scale = value if self.acts == "relative" else 1.0
        return UncertaintyComponent(
            influence=self.influence, contribution=self.contribution * scale
        )


def instrument_influence(
    serial: str, aspect: Aspect, limit: StatedLimit, part: str = ""
) -> Influence:
    """An influence of one instrument, shared by all its readings.

    Args:
        serial: of the instrument.
        aspect: what of it deviates.
        limit: tells the distribution.
        part: of the instrument, where several parts have deviations of their own; it
            becomes the end of the serial, as in `inst:4711.current_ratio/class`.
    """
    name = f"{name_of(serial)}.{part}" if part else name_of(serial)
    return Influence(id=f"inst:{name}/{aspect}", distribution=limit.distribution)


def of_instruments(
    limit: StatedLimit,
    serials: Sequence[str],
    basis: UncertaintyBasis,
    sensitivity: float = 1.0,
    part: str = "",
) -> tuple[TypeBEvaluation, ...]:
    """One evaluation for each of n equally loaded instruments, each with 1/n of the effect.

    One serial stands for one deviation that acts whole: name each transformer of a set, and
    the set's combined deviation shrinks with the root of n; name one, and it does not.

    Args:
        limit: of each instrument; relative where its unit is "1" or "rad".
        serials: one or more.
        basis: what stands behind the limit.
        sensitivity: of the result to the mean deviation of the instruments.
        part: as in `instrument_influence`.
    """
    acts: Literal["relative", "absolute"] = "relative" if limit.unit in {"1", "rad"} else "absolute"
    return tuple(
        TypeBEvaluation(
            limit=limit,
            influence=instrument_influence(serial, "class", limit, part),
            basis=basis,
            sensitivity=sensitivity / len(serials),
            acts=acts,
        )
        for serial in serials
    )


def unconfirmed(evaluations: Iterable[TypeBEvaluation]) -> tuple[str, ...]:
    """The sources whose figures are recalled and not confirmed, each once."""
    sources = [each.limit.source for each in evaluations]
    return tuple(dict.fromkeys(each.name for each in sources if each.status == "K"))
