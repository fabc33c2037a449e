"""Which channels, signs, range and division the page is asked for. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from collector.api.activity import MAX_TERMS
from collector.api.asked import CHANNEL
from collector.api.period import By

MOST_SEARCHED: Final = 200
_CHANNEL: Final = re.compile(CHANNEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What an address asks for; what is not usable asks for nothing.

    Attributes:
        channels: Within the boundary, in the order in which they were chosen, each once.
        less: Those of them that are subtracted.
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
    allowed: frozenset[str] = frozenset()
    start: str = ""
    end: str = ""
    by: By | None = None
    as_of: str = ""
    words: tuple[str, ...] = ()
    page: int = 1
    hours_from: str = ""

    def factor(self, channel: str) -> float:
        """1 of a channel that is added, -1 of one that is subtracted."""
        return -1.0 if channel in self.less else 1.0

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
    channels = _names(query.get("channels", ""))
    return Chosen(
        channels=channels,
        less=frozenset(_names(query.get("less", ""))) & set(channels),
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


def _names(text: str) -> tuple[str, ...]:
    found = dict.fromkeys(each for each in text.split(",") if _CHANNEL.fullmatch(each))
    return tuple(found)[:MAX_TERMS]
