"""What the uplink needs of a transport: send a payload, and hear what came. No protocol here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from edge_agent.custody_errors import UplinkError


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkUp:
    """Connected, and subscribed to the receipts.

    Attributes:
        largest_bytes: Largest payload that is taken; None if nothing was said.
        window: Most messages that may be in flight; None if nothing was said.
    """

    largest_bytes: int | None = None
    window: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDown:
    """No connection, and why."""

    cause: UplinkError


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message from the collector; `retained` if the broker had kept it."""

    payload: bytes
    retained: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRefused:
    """The broker refused a message that was sent."""

    cause: UplinkError


LinkEvent = LinkUp | LinkDown | Heard | SendRefused


class Link(Protocol):
    """A transport to the collector that keeps itself connected."""

    def start(self, notify: Callable[[], None]) -> None:
        """Begins to connect; `notify` is called, from any thread, when there is an event."""

    def events(self) -> list[LinkEvent]:
        """What happened since the last call, in order."""

    def send(self, payload: bytes) -> None:
        """Hands a payload over; nothing is promised about it."""

    def renew(self) -> None:
        """Ends the connection and makes a new one: this one may be deaf, or dumb."""

    def give_way(self, least_s: float) -> None:
        """Ends the connection, and leaves our client id to who else has it.

        Args:
            least_s: For so long at least; longer each time.
        """

    def stop(self) -> None:
        """Returns once nothing of the connection is left."""
