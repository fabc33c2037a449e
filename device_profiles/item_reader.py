"""A reader for protocols whose answers hold items, each to be cut out by its own rule (pure)."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass

from device_profiles.formats import NotAvailable
from device_profiles.indicated import Indicated, Interpretation

Cut = Callable[[bytes], bytes | None]
"""A channel's own bytes within an answer's content; None where the answer lacks them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One channel in one answer: its place, its bytes' cut, and what they indicate."""

    place: int
    cut: Cut
    interpret: Interpretation


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReader:
    """Channels by the request whose answer brings them."""

    picks: Mapping[Hashable, tuple[Pick, ...]]

    def held(self, request: Hashable) -> tuple[int, ...]:
        """The places of the channels that the answer to `request` brings."""
        return tuple(pick.place for pick in self.picks.get(request, ()))

    def places(self, request: Hashable, content: bytes) -> Iterator[tuple[int, bytes, Indicated]]:
        """What those channels indicate; an item that the answer lacks is not available."""
        for pick in self.picks.get(request, ()):
            raw = pick.cut(content)
            yield (
                (pick.place, b"", NotAvailable())
                if raw is None
                else (pick.place, raw, pick.interpret(raw))
            )
