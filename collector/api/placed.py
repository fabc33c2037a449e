"""What there is of channels and periods, before and after locks are looked at. Pure."""

from dataclasses import dataclass

from evidence.statement.datum import ActivityData
from evidence.statement.locks import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Statements as they stand.

    Attributes:
        data: With locked ones in the places that are locked.
        locked: How many of them are locked.
        differing: Of how many of these something else would be stated now, or nothing.
        otherwise: Of how many the other kind is locked: with the plan, or without it.
    """

    data: list[ActivityData]
    locked: int = 0
    differing: int = 0
    otherwise: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What there is of one channel and period: what follows now, a lock that stands there, or both.

    Attributes:
        start_ns: Of the period, UTC ns.
        now: None where nothing follows, or what would is refused.
        lock: None where none stands.
    """

    start_ns: int
    now: ActivityData | None
    lock: Act | None

    @property
    def differs(self) -> bool:
        """Whether something else than what is locked would be stated now, or nothing."""
        return self.lock is not None and (self.now is None or self.now.digest != self.lock.digest)
