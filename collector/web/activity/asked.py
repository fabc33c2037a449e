"""Which channels, signs, range and division the page is asked for. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from collector.api.patterns import CHANNEL
from collector.api.period import By
from collector.api.summed import MAX_TERMS
from evidence.statement.boundary.content import Boundary, is_id

MOST_SEARCHED: Final = 200
_CHANNEL: Final = re.compile(CHANNEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What an address asks for; what is not usable asks for nothing.

    Attributes:
        channels: Within the boundary, in the order in which they were chosen, each once.
        less: Those of them that are subtracted.
        sizes: Factors without their signs, of channels whose factor is not 1 or -1.
        boundary: The saved boundary that is looked at; "" where channels are named.
        origin: The saved boundary that the channels were taken from, to be changed.
        allowed: Groups of which several channels may be added up.
        start, end: As they stand in the address; "" where it says nothing.
        by: What the range is divided into; None where it says nothing.
        as_of: The instant as of which all is told; "" for now.
        words: All must stand in the names that are offered.
        page: Of the names that are offered, >= 1.
        hours_from: The first day of the hours that are shown; "" for the last ones.
    """

    channels: tuple[str, ...] = ()
    less: frozenset[str] = frozenset()
    sizes: Mapping[str, str] = field(default_factory=dict)
    boundary: str = ""
    origin: str = ""
    allowed: frozenset[str] = frozenset()
    start: str = ""
    end: str = ""
    by: By | None = None
    as_of: str = ""
    words: tuple[str, ...] = ()
    page: int = 1
    hours_from: str = ""

    def factor(self, channel: str) -> float:
        """What the amount of a channel is multiplied by: 1, -1, or as a saved boundary says."""
        return float(self.exact(channel))

    def exact(self, channel: str) -> str:
        """The same as an exact decimal."""
        size = self.sizes.get(channel, "1")
        return f"-{size}" if channel in self.less else size

    def of(self, boundary: Boundary) -> "Chosen":
        """The same with the channels and factors of a saved boundary."""
        less = [each.channel for each in boundary.terms if each.factor.startswith("-")]
        sizes = _sizes(boundary)
        return replace(self, channels=boundary.channels, less=frozenset(less), sizes=sizes)

    def sized(self, boundary: Boundary) -> "Chosen":
        """The same, its channels with the sizes that their factors have in a saved boundary."""
        return replace(self, sizes=_sizes(boundary))

    def has(self, channels: Iterable[str]) -> str:
        """The parameter `channels` of the address with these too."""
        return joined(dict.fromkeys([*self.channels, *channels]))

    def without(self, channel: str) -> str:
        """The same without one."""
        return joined(each for each in self.channels if each != channel)

    def turned(self, channel: str) -> str:
        """The parameter `less` with one that is subtracted added, and the other way round."""
        return joined(each for each in self.channels if (each in self.less) != (each == channel))


def chosen_of(query: Mapping[str, str]) -> Chosen:
    """What the parameters of an address ask for."""
    by, page = query.get("by", ""), query.get("page", "")
    boundary, origin = query.get("boundary", ""), query.get("from", "")
    channels = () if is_id(boundary) else _names(query.get("channels", ""))
    return Chosen(
        channels=channels,
        less=frozenset(_names(query.get("less", ""))) & set(channels),
        boundary=boundary if is_id(boundary) else "",
        origin=origin if is_id(origin) else "",
        allowed=frozenset(_names(query.get("allow", ""))),
        start=query.get("start", "").strip()[:64],
        end=query.get("end", "").strip()[:64],
        by=By(by) if by in set(By) else None,
        as_of=query.get("as_of", "").strip()[:64],
        words=tuple(query.get("q", "")[:MOST_SEARCHED].casefold().split()),
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 7 else 1,
        hours_from=query.get("hours", "")[:10],
    )


def joined(names: Iterable[str]) -> str:
    """Names as a parameter holds them."""
    return ",".join(names)


def _sizes(boundary: Boundary) -> Mapping[str, str]:
    sizes = {each.channel: each.factor.lstrip("-") for each in boundary.terms}
    return {channel: size for channel, size in sizes.items() if size != "1"}


def _names(text: str) -> tuple[str, ...]:
    found = dict.fromkeys(each for each in text.split(",") if _CHANNEL.fullmatch(each))
    return tuple(found)[:MAX_TERMS]
