"""What the agent asks of every protocol: open, exchange, identify, close."""

from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec

RequestT_contra = TypeVar("RequestT_contra", contravariant=True)


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What an instrument answered to one request, not yet decoded.

    Attributes:
        content: What the request was for, as its profile's reader takes it: of registers, their
            bytes in the order of their addresses; of other protocols, as their talks return it.
        raw: The answer's bytes as they came.
        requested_at_ns: UTC at which the request was handed to the network, in ns.
        answered_at_ns: UTC at which the answer was complete, in ns.
        off_time: The device's own time says that it is of another instant.
    """

    content: bytes
    raw: bytes
    requested_at_ns: int
    answered_at_ns: int
    off_time: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """What a device says it is; a field is empty where the device says nothing."""

    maker: str = ""
    model: str = ""
    serial: str = ""
    revision: str = ""


class Driver(Protocol[RequestT_contra]):
    """One device behind one protocol. Errors are `edge_agent.errors`, never the library's."""

    async def open(self) -> None:
        """Returns once the device can be asked.

        Raises:
            UnreachableError: If no connection can be made.
        """

    async def exchange(self, request: RequestT_contra) -> Reply:
        """The reply to `request`, proven to belong to it; opens the connection where needed.

        Raises:
            DeviceAnswerError: If what came back is not the answer to `request`.
            UnreachableError: If nothing usable came back in time.
        """

    async def identify(self) -> Identification:
        """What the device says it is.

        Raises:
            DeviceAnswerError: If it cannot say, or says it wrongly.
            UnreachableError: If nothing usable came back in time.
        """

    async def close(self) -> None:
        """Returns once nothing of the connection is left."""
