"""What can go wrong between a quantity and a reply: a plan of faults, and its pure effects.

A fault is active where all of its limits hold: requests are counted per instrument from 0,
instants are the instrument's. Faults of values change what is shown, faults of the wire change
the reply (`servers.disturb`), a clock skew changes the instant that is shown.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, TypeAlias, TypeVar

import msgspec

from simulators.certificate import Instant
from simulators.instant import instant_ns

Count = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
NS_PER_S = 1_000_000_000


class Fault(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"
):
    """When a fault is active; what is left out does not limit it.

    Attributes:
        first_poll: the first request that it strikes, counted from 0.
        last_poll: the last request that it strikes.
        starts_at: the first instant at which it strikes.
        ends_at: the instant at which it is over.
    """

    first_poll: Count = 0
    last_poll: Count | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None


FaultT = TypeVar("FaultT", bound=Fault)


class Silence(Fault, frozen=True, kw_only=True, tag="silence"):
    """No reply; the connection stays open."""


class Reboot(Fault, frozen=True, kw_only=True, tag="reboot"):
    """The connection is closed without a reply; the register goes on counting."""


class LateReply(Fault, frozen=True, kw_only=True, tag="late_reply"):
    """The right reply, `delay_s` real seconds late; later requests are answered before it."""

    delay_s: Positive


class ShortReply(Fault, frozen=True, kw_only=True, tag="short_reply"):
    """A well-formed reply with fewer registers than were asked for."""

    missing_registers: Annotated[int, msgspec.Meta(ge=1)] = 1


class WrongTransactionId(Fault, frozen=True, kw_only=True, tag="wrong_transaction_id"):
    """The right reply under a transaction id of its own."""

    transaction_id: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)] = 0


class Garbage(Fault, frozen=True, kw_only=True, tag="garbage"):
    """Bytes without meaning in place of the reply; the same for the same request count."""

    length: Annotated[int, msgspec.Meta(ge=1, le=260)] = 16


class ExceptionReply(Fault, frozen=True, kw_only=True, tag="exception"):
    """A Modbus exception in place of the reply."""

    code: Annotated[int, msgspec.Meta(ge=1, le=255)] = 6


class Truncated(Fault, frozen=True, kw_only=True, tag="truncated"):
    """The right reply without its last bytes, on a line of bytes."""

    missing_bytes: Annotated[int, msgspec.Meta(ge=1)] = 1


class BadChecksum(Fault, frozen=True, kw_only=True, tag="bad_checksum"):
    """The right reply with one bit of its middle byte turned, on a line of bytes."""


class Noise(Fault, frozen=True, kw_only=True, tag="noise"):
    """Bytes without meaning before the right reply, on a line of bytes."""

    length: Annotated[int, msgspec.Meta(ge=1, le=260)] = 5


class Echo(Fault, frozen=True, kw_only=True, tag="echo"):
    """The request comes back before the reply, as from an adapter that hears itself."""


class DuplicateAddress(Fault, frozen=True, kw_only=True, tag="duplicate_address"):
    """Another device of this address replies at the same time, and the bits of both mix."""


class AnswersForAnother(Fault, frozen=True, kw_only=True, tag="answers_for_another"):
    """The device takes `address` for its own, besides the one it has, on a line of bytes."""

    address: str


class DataFlag(Fault, frozen=True, kw_only=True, tag="data_flag"):
    """A data logger sends the factor of a channel with this data flag; empty: with none."""

    channel: str
    flag: Literal["N", "F", "M", "S", "D", "C", "T", "B", ""]


class LowerCaseCrc(Fault, frozen=True, kw_only=True, tag="lower_case_crc"):
    """A data logger writes its CRC in lower case."""


class PlainModbusCrc(Fault, frozen=True, kw_only=True, tag="modbus_crc"):
    """A data logger takes the Modbus CRC for that of its own protocol."""


class SplitPacket(Fault, frozen=True, kw_only=True, tag="split_packet"):
    """A data logger's packet comes in two pieces, `pause_s` real seconds apart."""

    pause_s: Positive = 0.2


class ClockSkew(Fault, frozen=True, kw_only=True, tag="clock_skew"):
    """The instrument shows what was true `skew_s` ago; negative if its clock runs ahead."""

    skew_s: float


class Stuck(Fault, frozen=True, kw_only=True, tag="stuck"):
    """A channel goes on showing what it showed when the fault began."""

    channel: str


class Sentinel(Fault, frozen=True, kw_only=True, tag="sentinel"):
    """A channel shows the pattern that its profile declares as "no value"."""

    channel: str


class Reset(Fault, frozen=True, kw_only=True, tag="reset"):
    """A register counts from 0 again since the first request that is struck."""

    channel: str


class Spike(Fault, frozen=True, kw_only=True, tag="spike"):
    """A channel shows `factor` times its value."""

    channel: str
    factor: float


class Jump(Fault, frozen=True, kw_only=True, tag="jump"):
    """A channel shows `by` more than its value, in the channel's unit."""

    channel: str
    by: float


class Rollover(Fault, frozen=True, kw_only=True, tag="rollover"):
    """A channel shows its value modulo `modulus`, in the channel's unit."""

    channel: str
    modulus: Positive


AnyFault: TypeAlias = (
    Silence
    | Reboot
    | LateReply
    | ShortReply
    | WrongTransactionId
    | Garbage
    | ExceptionReply
    | Truncated
    | BadChecksum
    | Noise
    | Echo
    | DuplicateAddress
    | AnswersForAnother
    | DataFlag
    | LowerCaseCrc
    | PlainModbusCrc
    | SplitPacket
    | ClockSkew
    | Stuck
    | Sentinel
    | Reset
    | Spike
    | Jump
    | Rollover
)


def active_faults(plan: Sequence[FaultT], poll: int, at_ns: int) -> tuple[FaultT, ...]:
    """The faults that strike request number `poll` (from 0) at an instant, in the plan's order."""
    return tuple(fault for fault in plan if _strikes(fault, poll, at_ns))


def _strikes(fault: Fault, poll: int, at_ns: int) -> bool:
    if poll < fault.first_poll or (fault.last_poll is not None and poll > fault.last_poll):
        return False
    begun = fault.starts_at is None or at_ns >= instant_ns(fault.starts_at)
    over = fault.ends_at is not None and at_ns >= instant_ns(fault.ends_at)
    return begun and not over


def shown_instant_ns(active: Sequence[AnyFault], at_ns: int) -> int:
    """The instant whose values the instrument shows at `at_ns`."""
    skew_s = sum(fault.skew_s for fault in active if isinstance(fault, ClockSkew))
    return at_ns - round(skew_s * NS_PER_S)


def disturbed(active: Sequence[AnyFault], values: Mapping[str, float]) -> dict[str, float]:
    """The channels' values after jumps, rollovers and spikes, in the plan's order."""
    shown = dict(values)
    for fault in active:
        if isinstance(fault, Jump | Rollover | Spike) and fault.channel in shown:
            shown[fault.channel] = _disturbed_value(fault, shown[fault.channel])
    return shown


def _disturbed_value(fault: Jump | Rollover | Spike, value: float) -> float:
    if isinstance(fault, Jump):
        return value + fault.by
    if isinstance(fault, Rollover):
        return value % fault.modulus
    return value * fault.factor


def silenced_channels(active: Sequence[AnyFault]) -> frozenset[str]:
    """The channels that show their sentinel."""
    return frozenset(fault.channel for fault in active if isinstance(fault, Sentinel))


def stuck_channels(active: Sequence[AnyFault]) -> frozenset[str]:
    """The channels that show what they showed before."""
    return frozenset(fault.channel for fault in active if isinstance(fault, Stuck))


def reset_channels(active: Sequence[AnyFault]) -> frozenset[str]:
    """The registers that count from 0 again."""
    return frozenset(fault.channel for fault in active if isinstance(fault, Reset))


def faulted_channels(plan: Sequence[AnyFault]) -> frozenset[str]:
    """All channels that a plan names."""
    named = (Stuck, Sentinel, Reset, Spike, Jump, Rollover, DataFlag)
    return frozenset(fault.channel for fault in plan if isinstance(fault, named))
