"""How many long answers are sent at a time: to one asker, and in all. Pure, for any thread."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Annotated, Final, Self

from fastapi import Depends, Request

from collector.api.limits import StreamSection
from collector.api.security import Reader
from collector.api.stream_errors import StreamsError, StreamsFullError

WAIT_S: Final = 10
"""After which a place may be free again, seconds: nobody knows when a reader comes to an end."""
_HERE: Final = "local"


@dataclass(slots=True)
class Place:
    """What a long answer takes while it is sent; it is given back once, however it ends."""

    _places: "Places"
    _who: str
    _is_held: bool = True

    def __enter__(self) -> Self:
        """Holds it, of an answer that is made whole before it is sent."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Gives it back."""
        self.leave()

    def leave(self) -> None:
        """Gives it back."""
        if self._is_held:
            self._is_held = False
            self._places.left(self._who)


@dataclass(slots=True, kw_only=True)
class Places:
    """Who is sent long answers now."""

    section: StreamSection
    _taken: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, reader: Reader) -> Place:
        """A place for one answer to a reader.

        Raises:
            StreamsError: as many are sent to them as they may have at a time.
            StreamsFullError: as many are sent to all.
        """
        who = _HERE if reader.person is None else f"person {reader.person.name}"
        with self._lock:
            if self._taken[who] >= self.section.per_person:
                raise StreamsError("request", wait_s=WAIT_S, limit=self.section.per_person)
            if self._taken.total() >= self.section.in_all:
                raise StreamsFullError("request", wait_s=WAIT_S, limit=self.section.in_all)
            self._taken[who] += 1
        return Place(self, who)

    def left(self, who: str) -> None:
        """One answer to them is sent no more."""
        with self._lock:
            self._taken -= Counter((who,))


async def places_of(request: Request) -> Places:
    """The places of the application that answers `request`."""
    places: Places = request.app.state.places
    return places


Sending = Annotated[Places, Depends(places_of)]
