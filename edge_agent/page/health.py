"""How an agent is, in words of closed vocabularies: what its page shows and its JSON holds."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Literal

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason, Quality
from edge_agent.seen import Said
from evidence.clock_standing import ClockStanding


def last_day(due: datetime) -> date:
    """The last day in date of a confirmation, as its paper has it.

    Args:
        due: when readings begin to be marked overdue: the end of that day, in UTC.
    """
    return (due.astimezone(UTC) - timedelta(microseconds=1)).date()


class DeviceState(StrEnum):
    """How a device's last poll went, and what stands behind its readings; worst first.

    SILENT: no channel gave a reading.
    PARTLY: some did not.
    MARKED: all did, and something is said against some of them.
    OVERDUE: all did, and a confirmation of theirs is overdue.
    WAITING: it was not polled yet.
    GOOD: all did, and all confirmations hold.
    """

    SILENT = "silent"
    PARTLY = "partly"
    MARKED = "marked"
    OVERDUE = "overdue"
    WAITING = "waiting"
    GOOD = "good"


class SpoolLevel(StrEnum):
    """How full the spool is, and so what is kept."""

    ROOMY = "roomy"
    WARN = "warn"
    THIN = "thin"
    STOP = "stop"


class Cost(StrEnum):
    """What something that is wrong costs in quality of data; what costs most first."""

    LOST = "lost"
    WAITING = "waiting"
    DOUBT = "doubt"
    SOON = "soon"


class Repair(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be put right.

    Args:
        cost: of leaving it.
        said: what is wrong, and what to do.
        devices: that it is about; none where it is about the agent.
        since: when it began, UTC, as far as it is known.
        due_on: last day on which a confirmation held, where that says since when.
    """

    cost: Cost
    said: Said
    devices: tuple[str, ...] = ()
    since: datetime | None = None
    due_on: date | None = None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What the collector has, and what waits here.

    Args:
        connected: whether the link to the broker stands.
        epoch: id of the log.
        leaves: in it.
        receipted: of these, covered by a receipt of the collector.
        pending: polls and records that are in no batch yet.
        last_receipt: the collector's time in it, UTC.
        trouble: what keeps leaves here.
    """

    connected: bool
    epoch: str
    leaves: int
    receipted: int
    pending: int
    last_receipt: datetime | None = None
    trouble: Said | None = None

    @property
    def waiting(self) -> int:
        """Leaves without a receipt."""
        return self.leaves - self.receipted


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """How much of the spool, and of its disk, is used."""

    level: SpoolLevel
    used_bytes: int
    limit_bytes: int
    disk_free_bytes: int


class ClockHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How the clock stands.

    Args:
        standing: what keeps it.
        suspect: it was set, and nobody vouches for it.
        simulated: it is not the real time.
        standard_uncertainty_s: of a stamp.
        bound_s: how far off it can be; None if that is not known.
        since: when it was last known to be right, UTC.
    """

    standing: ClockStanding
    suspect: bool
    simulated: bool
    standard_uncertainty_s: float
    bound_s: float | None = None
    since: datetime | None = None


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """How many channels gave no reading for one reason."""

    reason: MissReason
    channels: int


class DeviceHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How a device is.

    Args:
        line: it is on.
        profile: id of its profile.
        serial: of the instrument that stands there.
        channels: that are read.
        failures: polls in a row that failed as a whole.
        last_poll: instant of the last poll, UTC.
        last_reading: instant of the last reading of any channel, UTC.
        missing: channels without a reading in the last poll, by reason.
        qualities: what is said against readings of the last poll.
        lacking_since: since when some channel has given none.
        said: why.
        basis: the weakest on which an uncertainty of its channels rests.
        due: when the first of its confirmations is overdue: the end of its last day, in UTC.
    """

    name: str
    line: str
    profile: str
    serial: str
    period_s: float
    channels: int
    state: DeviceState
    failures: int = 0
    last_poll: datetime | None = None
    last_reading: datetime | None = None
    missing: tuple[Missing, ...] = ()
    qualities: tuple[Quality, ...] = ()
    lacking_since: datetime | None = None
    said: Said | None = None
    basis: UncertaintyBasis
    due: datetime | None = None


class ChannelHealth(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel last showed.

    Args:
        number: the indication, as the instrument shows it, in `unit` (UCUM).
        read_at: of it, UTC.
        quality: what was known when it was read.
        missing: why the last poll brought none; None where it did.
    """

    name: str
    unit: str
    number: int | float | None = None
    read_at: datetime | None = None
    quality: Quality | None = None
    missing: MissReason | None = None
    basis: UncertaintyBasis
    certificate: str = ""
    due: datetime | None = None


class LineHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How a line is: where it is, and whether it keeps up."""

    name: str
    kind: str
    place: str
    devices: int
    overload: Said | None = None


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How an agent is at an instant.

    Args:
        schema: version of this form.
        at, started: UTC.
        configuration: SHA-256 of agent.toml.
        memory_bytes: resident; None where the system does not say.
        connection_until: end of the certificate for the broker; None without one.
    """

    schema: Literal[1] = 1
    agent: str
    site: str
    software: str
    configuration: str
    at: datetime
    started: datetime
    memory_bytes: int | None
    connection_until: datetime | None
    delivery: Delivery
    spool: Room
    clock: ClockHealth
    lines: tuple[LineHealth, ...]
    devices: tuple[DeviceHealth, ...]
    repairs: tuple[Repair, ...] = ()


class DeviceTold(msgspec.Struct, frozen=True, kw_only=True):
    """One device with its channels."""

    schema: Literal[1] = 1
    at: datetime
    device: DeviceHealth
    channels: tuple[ChannelHealth, ...]
