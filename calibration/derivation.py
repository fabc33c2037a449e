"""How a channel is computed from others, as a dated statement of a person: a stack's CO2 mass.

Which model is taken, and which instruments feed it, changes results as an area does: so it is a
document too, signed by travelling in a log.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from calibration.decided import decision_in_force
from calibration.errors import DerivationConflictError, DerivationNamesError
from calibration.limits import with_zone
from calibration.measurand import KindOfQuantity
from calibration.setting import SettingKind

ChannelId = Annotated[str, Meta(pattern=r"^[^\s/:]+/[^\s/:]+/[^\s/:]+$", max_length=200)]
"""`<site>/<device>/<channel>`."""
DoubleCountGroup = Annotated[str, Meta(pattern=r"^([^,#]+(#[^,#]+)?)?$", max_length=200)]
"""`<group>` or `<group>#<route>`; "" for none."""
Said = Annotated[str, Meta(min_length=1, max_length=1000)]


class Derivation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a computed channel is made of, from an instant on.

    Args:
        derivation: the channel that it gives.
        subject: the stack or plant that it is of; settings name it so.
        kind_of_quantity: of the result, a rate such as a mass flow.
        model: id of the measurement model.
        constants: set of constants in place of the model's own; "" for those.
        inputs: channel of each input that is measured, by the model's name for it.
        settings: kind of setting of each input that is declared.
        effective_from: instant from which it is applied.
        recorded_at: when this house learnt of it.
        decided_by, reason: who and why.
        double_count_group: of channels that measure the same thing, and must not be added up.

    Raises:
        DerivationNamesError: an input is given twice, or none is measured.
    """

    schema: Literal[1]
    derivation: ChannelId
    subject: Said
    kind_of_quantity: KindOfQuantity
    model: Said
    inputs: dict[str, ChannelId]
    effective_from: dt.datetime
    recorded_at: dt.datetime
    decided_by: Said
    reason: Said
    constants: str = ""
    settings: Mapping[str, SettingKind] = {}
    double_count_group: DoubleCountGroup = ""

    def __post_init__(self) -> None:
        where = f"derivation {self.derivation}"
        with_zone(where, effective_from=self.effective_from, recorded_at=self.recorded_at)
        twice = sorted(self.inputs.keys() & self.settings.keys())
        if twice or not self.inputs:
            raise DerivationNamesError(where, found=", ".join(twice) or "-")
        if self.derivation in self.inputs.values():
            raise DerivationNamesError(where, found=self.derivation)


def derivation_in_force(
    derivations: Iterable[Derivation],
    channel: str,
    at: dt.datetime,
    as_known_at: dt.datetime | None = None,
) -> Derivation | None:
    """How a channel is computed at an instant, as known at another; None if it is not.

    The one that began last holds; of those that begin together, the one recorded last.

    Raises:
        DerivationConflictError: two say different things of one instant, recorded at one instant.
    """
    own = (each for each in derivations if each.derivation == channel)
    return decision_in_force(
        own,
        at,
        as_known_at,
        lambda last: DerivationConflictError(channel, at=last.effective_from.isoformat()),
    )
