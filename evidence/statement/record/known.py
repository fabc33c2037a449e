"""All that a record is composed from, gathered before (pure)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from calibration.derivation import Derivation
from calibration.measurand import KindOfQuantity
from calibration.monitoring.plan import MonitoringPlan
from calibration.register import CalibrationRegister
from evidence.audit.material import Material
from evidence.audit.said import Said
from evidence.clock import parse_utc
from evidence.statement.corroboration import Corroboration
from evidence.statement.datum import ActivityData
from evidence.statement.declaration.saying import Saying, Verifying
from evidence.statement.exports.pact import decimal
from evidence.statement.locks import Act
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.record.declared import Told

GASES = frozenset(
    {
        KindOfQuantity.VOLUME,
        KindOfQuantity.VOLUME_FLOW,
        KindOfQuantity.DENSITY,
        KindOfQuantity.AMOUNT_FRACTION,
        KindOfQuantity.MASS_CONCENTRATION,
    }
)
"""Kinds of which a reader asks for a state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a statement stands among those of its channel and period.

    Attributes:
        version: 1 for the first one.
        issued_ns: When it was made, UTC ns.
        superseded_by: Digest of the newest one, where that is another.
        released, locked: What people did about it.
    """

    version: int
    issued_ns: int
    superseded_by: str | None = None
    released: Act | None = None
    locked: Act | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What the ledger held when a statement was made, and whose key signs it."""

    size: int | None
    root: str | None
    key_name: str
    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """The plant's clock, its name, and what says so."""

    tz: dt.tzinfo
    name: str
    told_by: Literal["declared", "plan", "default"]

    def text(self, at_ns: int) -> str:
        """An instant with the zone's offset, to the microsecond."""
        whole, rest = divmod(at_ns // 1000, 1_000_000)
        at = dt.datetime.fromtimestamp(whole, self.tz) + dt.timedelta(microseconds=rest)
        return at.isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a stated datum.

    Attributes:
        datum: As it was stated.
        standing: Among the statements.
        material: Register, papers and instruments, as known when it was stated; no hours.
        derivation: Of a computed channel.
        plan: That holds at the period's begin; `monitored`: the period under it.
        refused: Why the period could not be told under the plan. A statement that is told under
            it says both itself.
        corroborated: Other channels that measure the same thing.
        said: What people declare, of the site first; `about`: the same as one.
        changing: What something else is declared of within the period, and from when on.
        verification: That was entered for this statement.
        sealed: What the ledger held.
        zone: The plant's clock.
    """

    datum: ActivityData
    standing: Standing
    material: Material
    derivation: Derivation | None
    plan: MonitoringPlan | None
    monitored: Monitored | None
    refused: Said | None
    corroborated: Sequence[Corroboration]
    said: Sequence[Saying]
    about: Told
    changing: Sequence[tuple[str, str]]
    verification: Verifying | None
    sealed: Sealed
    zone: Zone

    @property
    def register(self) -> CalibrationRegister:
        """The papers of the site."""
        return self.material.register

    @property
    def span(self) -> tuple[int, int]:
        """[start, end) of the statement, UTC ns."""
        return parse_utc(self.datum.period.start), parse_utc(self.datum.period.end)


def perhaps(number: float | None, name: str) -> str | None:
    """A double as a decimal text; None of none.

    Raises:
        ExportNumberError: it is not finite.
    """
    return None if number is None else decimal(number, name)
