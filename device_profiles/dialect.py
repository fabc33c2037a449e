"""What a protocol does for profiles of its kind: one record of functions, all pure.

Everything above asks through it and never asks which protocol it is.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from device_profiles.conversation import Conversation, FrameCut
from device_profiles.cost import LineCost
from device_profiles.errors import ProfileError
from device_profiles.formats import NotAvailable, Number
from device_profiles.indicated import Decoding, Indicated
from device_profiles.model import DeviceProfile

ProfileT = TypeVar("ProfileT", bound=DeviceProfile)


RequestT_contra = TypeVar("RequestT_contra", contravariant=True)


class Reader(Protocol[RequestT_contra]):
    """A device's channels, prepared to be read out of answers many times.

    A place is a channel's position among the names that the reader was made for.
    """

    def held(self, request: RequestT_contra) -> Collection[int]:
        """The places of the channels that the answer to `request` brings."""

    def places(
        self, request: RequestT_contra, content: bytes
    ) -> Iterable[tuple[int, bytes, Indicated]]:
        """What those channels indicate: place, own bytes as they travelled, indication.

        Args:
            request: one that was asked.
            content: its answer's content, as a talk of the protocol returns it.

        Raises:
            ProfileError: `content` is none of `request`.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Lies:
    """Where one part of a channel's number lies, for people.

    Attributes:
        place: An address, an item, a node.
        coding: How the number is coded there.
        weight: Factor of the part in the sum.
    """

    place: str
    coding: str
    weight: float = 1.0


Values = Mapping[str, Number | NotAvailable]
"""What channels are to show, by name, in their units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect(Generic[ProfileT]):
    """A protocol as profiles of it need it.

    Attributes:
        profile: The type of its profiles.
        findings: What is wrong with one of the right shape, in file `where`.
        requests: The requests that bring the channels of these names at the least cost to a line.
        reader: Reads the channels of these names, with the site's parameters, out of answers.
        decoding: What makes a channel's number from its own bytes, for whoever kept them.
        compose: The content of the answer to a request, of a device that shows these values;
            the inverse of the reader.
        where: Where the number of the channel of a name lies, in the parts of which it is the sum.
    """

    profile: type[ProfileT]
    findings: Callable[[ProfileT, str], Iterator[ProfileError]]
    requests: Callable[[ProfileT, Sequence[str], LineCost], tuple[Hashable, ...]]
    reader: Callable[[ProfileT, Sequence[str], Mapping[str, float] | None], Reader[Any]]
    decoding: Callable[[ProfileT, str], Decoding]
    compose: Callable[[ProfileT, Hashable, Values, Mapping[str, float] | None], bytes]
    where: Callable[[ProfileT, str], tuple[Lies, ...]]


Contents = Callable[[Hashable], bytes]
"""The content of a simulated device's answer to a request; raises ProfileError where none is."""
Device = Callable[[bytes, Contents], bytes | None]
"""What a simulated device sends to a whole frame that it hears; None where it is not meant.

It may remember where a talk stands: so each place on a line has one of its own.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDialect(Generic[ProfileT]):
    """How a protocol is spoken on a line of bytes, by whoever asks and by whoever answers.

    An address is text: a meter number, a primary address, a unit id; empty takes the profile's.

    Attributes:
        ask: The talk that brings the content of the answer to a request.
        cut_request: How a device finds whole requests in what it hears.
        device: A device of this profile and address, as it stands on a simulated line.
        check_address: Raises DeviceAddressError for text that is no address; empty is one.
        lone_address: Of a simulated device that has the line for itself; empty where the profile
            has one.
    """

    ask: Callable[[ProfileT, str, Hashable], Conversation]
    cut_request: FrameCut
    device: Callable[[ProfileT, str], Device]
    check_address: Callable[[ProfileT, str], None]
    lone_address: str
