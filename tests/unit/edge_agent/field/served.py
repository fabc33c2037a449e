"""Simulated lines on loopback and pseudo terminals, served by a loop of their own in a thread."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from device_profiles.load import load_profile
from device_profiles.spoken import spoken_of
from evidence.clock import SystemClock
from simulators import captured
from simulators.constants import constants
from simulators.load import read_capture
from simulators.place import Place, Site
from simulators.serve import Line, serve
from simulators.servers.spoken_station import SpokenStation

HOST = "127.0.0.1"
Reached = Mapping[str, int | str]
_Serve = Callable[[asyncio.Event, Callable[[Reached], None]], Coroutine[None, None, None]]


@contextmanager
def in_thread(serving: _Serve) -> Iterator[Reached]:
    """Whatever `serving` serves until it is stopped: its ports and paths, by line."""
    found: list[Reached] = []
    ready = threading.Event()
    ends: list[Callable[[], object]] = []

    async def main() -> None:
        stop = asyncio.Event()
        ends.append(partial(asyncio.get_running_loop().call_soon_threadsafe, stop.set))

        def announce(reached: Reached) -> None:
            found.append(reached)
            ready.set()

        await serving(stop, announce)

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    assert ready.wait(20)
    try:
        yield found[0]
    finally:
        ends[0]()
        thread.join()


def place_of(profile_id: str, shown: Mapping[str, float] | None = None) -> Place:
    """A device of a profile that shows these values, and constants beside them."""
    profile = load_profile(profile_id).profile
    site = Site(
        profile=profile,
        constants=constants(profile, shown or {}),
        parameters={},
        faults=(),
        gaps="exception",
    )
    return Place(site, ())


def on_network(name: str, units: Mapping[int, Place], kind: str = "modbus-tcp") -> Line:
    """A Modbus server with these units."""
    return Line(id=name, kind=kind, places=units)


def on_bytes(name: str, kind: str, places: Mapping[str, Place], framing: str = "rtu") -> Line:
    """A line of bytes with devices under these addresses."""
    seats = [
        SpokenStation(place=place, spoken=spoken_of(place.site.profile, framing), address=address)
        for address, place in places.items()
    ]
    return Line(id=name, kind=kind, seats=seats)


@contextmanager
def served(*lines: Line) -> Iterator[Reached]:
    """Lines while they are served: ports and paths, by name."""

    def serving(
        stop: asyncio.Event, announce: Callable[[Reached], None]
    ) -> Coroutine[None, None, None]:
        return serve(lines, SystemClock(), HOST, stop, announce)

    with in_thread(serving) as found:
        yield found


@contextmanager
def served_again(path: Path, kind: captured.Kind = "serial-tcp") -> Iterator[Sequence[int | str]]:
    """The lines of a capture while they are served: ports and paths, in their order."""
    lines = captured.captured_lines(read_capture(path), kind, 0)

    def serving(
        stop: asyncio.Event, announce: Callable[[Reached], None]
    ) -> Coroutine[None, None, None]:
        return captured.serve(lines, HOST, stop, announce)

    with in_thread(serving) as found:
        yield list(found.values())
