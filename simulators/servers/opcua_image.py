"""What an OPC UA server shows at one instant, and what goes wrong with it; no input or output."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, TypeAlias

import msgspec

from device_profiles.opcua.builtin import TypeName
from device_profiles.opcua.status import Severity, severity
from simulators.fault import Fault

NS_PER_S = 1_000_000_000
Status = Annotated[int, msgspec.Meta(ge=0, le=0xFFFF_FFFF)]
Seconds = Annotated[float, msgspec.Meta(gt=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one node shows.

    Attributes:
        value: In the type's range; None where there is none.
        type: The built-in type.
        status: The StatusCode.
        source_at_ns: The source timestamp, UTC ns; None where the server sends none.
    """

    value: float | bool | str | None
    type: TypeName = "Double"
    status: int = 0
    source_at_ns: int | None = None


NodeFunction: TypeAlias = Callable[[int], Shown]
"""What a node shows at an instant, UTC ns."""


class OpcUaFault(Fault, frozen=True, kw_only=True):
    """A fault of the server, or of some of its nodes."""


class BadStatus(OpcUaFault, frozen=True, kw_only=True, tag="bad_status"):
    """Nodes show this status; with a bad one no value."""

    nodes: tuple[str, ...]
    status: Status = 0x808C_0000


class StaleTimestamp(OpcUaFault, frozen=True, kw_only=True, tag="stale_timestamp"):
    """Nodes show what was true `by_s` ago, with the timestamp of then."""

    nodes: tuple[str, ...]
    by_s: Seconds


class TypeChange(OpcUaFault, frozen=True, kw_only=True, tag="type_change"):
    """Nodes show their value in another type, as after a change of the controller's program."""

    nodes: tuple[str, ...]
    type: TypeName


class SlowReply(OpcUaFault, frozen=True, kw_only=True, tag="slow_reply"):
    """Each Read is answered `delay_s` real seconds later; what follows on the connection waits."""

    delay_s: Seconds


class Down(OpcUaFault, frozen=True, kw_only=True, tag="down"):
    """The server is gone: connections are closed, and none is accepted."""


class SessionLimit(OpcUaFault, frozen=True, kw_only=True, tag="session_limit"):
    """No more than so many sessions."""

    sessions: Annotated[int, msgspec.Meta(ge=0)]


AnyOpcUaFault: TypeAlias = BadStatus | StaleTimestamp | TypeChange | SlowReply | Down | SessionLimit


def shown(node: str, function: NodeFunction, active: Sequence[AnyOpcUaFault], at_ns: int) -> Shown:
    """What a node shows at an instant, after the active faults in their order."""
    behind_s = sum(
        one.by_s for one in active if isinstance(one, StaleTimestamp) and node in one.nodes
    )
    found = function(at_ns - round(behind_s * NS_PER_S))
    for fault in active:
        if isinstance(fault, TypeChange) and node in fault.nodes:
            found = replace(found, type=fault.type, value=_in_type(found.value, fault.type))
        if isinstance(fault, BadStatus) and node in fault.nodes:
            found = replace(found, status=fault.status)
    if severity(found.status) is Severity.BAD:
        return replace(found, value=None)
    return found


def delay_s(active: Sequence[AnyOpcUaFault]) -> float:
    """Real seconds by which a Read is answered late."""
    return sum(fault.delay_s for fault in active if isinstance(fault, SlowReply))


def is_down(active: Sequence[AnyOpcUaFault]) -> bool:
    """Whether the server is gone."""
    return any(isinstance(fault, Down) for fault in active)


def most_sessions(active: Sequence[AnyOpcUaFault]) -> int | None:
    """How many sessions there may be; None without a limit."""
    limits = [fault.sessions for fault in active if isinstance(fault, SessionLimit)]
    return min(limits) if limits else None


def _in_type(value: float | bool | str | None, kind: TypeName) -> float | bool | str | None:  # noqa: FBT001
    """The value as the other type holds it: cut to whole numbers, or as text."""
    if value is None:
        return None
    if kind == "String":
        return str(value)
    if kind == "Boolean":
        return bool(value)
    return float(value) if kind in {"Float", "Double"} else int(float(value))
