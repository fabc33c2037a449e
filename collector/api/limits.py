"""How often a token or an address may ask: evenly, with a minute's worth at once. Pure.

How many long answers may be sent at a time is beside it; `streams.py` counts them.
"""

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Annotated, Final

import msgspec

from evidence.clock import NS_PER_S

MOST: Final = 10_000
"""Askers that are remembered; of more, those that asked longest ago are forgotten."""
_MINUTE_NS: Final = 60 * NS_PER_S
_IPV6_NETWORK: Final = 64

PerMinute = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
AtATime = Annotated[int, msgspec.Meta(ge=1, le=1_000)]


class RequestSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[requests] of collector.toml: how often the interface may be asked.

    Whoever asks on this machine, and not through a proxy, is not counted.

    Attributes:
        per_token_a_minute: With one token.
        per_address_a_minute: From one address (IPv6: one /64), with whatever tokens.
    """

    per_token_a_minute: PerMinute = 600
    per_address_a_minute: PerMinute = 1_200


class StreamSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[streams] of collector.toml: how many answers may be sent at a time while they are made.

    Attributes:
        per_person: To one user, with all their tokens and browsers, or to one token of nobody's;
            who asks on this machine without a name counts as one.
        in_all: To all of them; fewer than the 4 pairs of connections leave one to short questions.
    """

    per_person: AtATime = 2
    in_all: AtATime = 3


class AsOfSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[as_of] of collector.toml: how much is judged again to tell what was known at an instant.

    Attributes:
        most_leaves: For one answer, counted for each channel; 1,000 take about a second.
    """

    most_leaves: Annotated[int, msgspec.Meta(ge=1_000, le=100_000_000)] = 60_000


@dataclass(slots=True, kw_only=True)
class Askers:
    """What each asker has left of a minute's worth of requests; for one thread.

    Attributes:
        a_minute: How many requests.
    """

    a_minute: int
    _left: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)

    def wait_s(self, who: str, now_ns: int) -> float:
        """How long to wait until the next request; 0 if it may be now, and is counted.

        Args:
            who: The asker.
            now_ns: A monotonic reading, ns.
        """
        left, at_ns = self._left.pop(who, (float(self.a_minute), now_ns))
        rate = self.a_minute / _MINUTE_NS
        left = min(float(self.a_minute), left + max(0, now_ns - at_ns) * rate)
        allowed = left >= 1
        self._left[who] = (left - allowed, now_ns)
        if len(self._left) > MOST:
            self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) / rate / NS_PER_S


class Limits:
    """How often the interface may be asked, by tokens and by addresses."""

    def __init__(self, section: RequestSection) -> None:
        self._tokens = Askers(a_minute=section.per_token_a_minute)
        self._addresses = Askers(a_minute=section.per_address_a_minute)

    def wait_s(self, token: str, address: str, now_ns: int) -> float:
        """How long to wait until the next request; 0 if it may be now, and is counted.

        Args:
            token: A digest of what was shown; empty if nothing was.
            address: Where it came from.
            now_ns: A monotonic reading, ns.
        """
        waits = [self._tokens.wait_s(token, now_ns)] if token else []
        return max(*waits, self._addresses.wait_s(network_of(address), now_ns), 0.0)


def network_of(address: str) -> str:
    """What an address counts as: itself, or of IPv6 the /64 that one customer has."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    mapped = getattr(found, "ipv4_mapped", None)
    if isinstance(found, ipaddress.IPv6Address) and mapped is None:
        return str(ipaddress.ip_network((found, _IPV6_NETWORK), strict=False))
    return str(mapped or found)
