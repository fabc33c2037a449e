"""The wire does what it says: counted in datagrams."""

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.conftest import Require
from tests.faults.netns import ADDRESSES, WIRE, Side, Wire, missing, wired

PORT = 5000
SENT_S = 10.0
"""A machine that is busy lets a sender wait."""
HEARD_S = 0.4
"""Of silence, after which nothing comes any more."""


@pytest.fixture
def wire(require: Require) -> Iterator[Wire]:
    if reason := missing():
        require("netns", reason)
    with wired() as wire:
        yield wire


@dataclass(frozen=True, slots=True)
class Post:
    """A socket on each side."""

    near: socket.socket
    far: socket.socket

    def arrived(self, side: Side, count: int = 200, size: int = 10) -> int:
        """How many of `count` datagrams to `side` arrive."""
        to, of = (self.far, self.near) if side == "far" else (self.near, self.far)
        of.settimeout(SENT_S)
        to.settimeout(HEARD_S)
        for _ in range(count):
            of.sendto(bytes(size), (ADDRESSES[side], PORT))
        heard = 0
        while True:
            try:
                to.recv(2000)
            except TimeoutError:
                return heard
            heard += 1


@pytest.fixture
def post(wire: Wire) -> Iterator[Post]:
    made: dict[Side, socket.socket] = {}
    for side, address in ADDRESSES.items():
        with wire.on(side):
            made[side] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made[side].bind((address, PORT))
    yield Post(made["near"], made["far"])
    for each in made.values():
        each.close()


def test_a_whole_wire_carries_everything_both_ways(post: Post) -> None:
    assert post.arrived("far") == post.arrived("near") == 200


def test_a_deaf_side_hears_nothing_and_is_heard(wire: Wire, post: Post) -> None:
    wire.deaf("far")
    assert (post.arrived("far"), post.arrived("near")) == (0, 200)
    wire.heal()
    wire.deaf("near")
    assert (post.arrived("far"), post.arrived("near")) == (200, 0)
    wire.heal()
    assert post.arrived("near") == 200


def test_a_lossy_wire_loses_about_a_fifth(wire: Wire, post: Post) -> None:
    wire.lossy(20)
    assert 100 < post.arrived("far") < 190
    assert 100 < post.arrived("near") < 190


def test_a_cut_wire_carries_nothing_until_it_is_healed(wire: Wire, post: Post) -> None:
    wire.cut()
    with pytest.raises(OSError, match="unreachable"):
        post.near.sendto(b"", (ADDRESSES["far"], PORT))
    wire.heal()
    assert post.arrived("far") == 200


def test_a_slow_wire_takes_its_time(wire: Wire, post: Post) -> None:
    wire.slow("64kbit")
    start = time.monotonic()
    assert post.arrived("far", count=20, size=958) == 20
    assert time.monotonic() - start > 1.5  # 20 kB, of which 3 kB at once


def test_a_namespace_is_entered_by_one_thread_and_left_again(wire: Wire) -> None:
    def interfaces() -> list[str]:
        return [name for _, name in socket.if_nameindex()]

    seen: list[list[str]] = []
    before = interfaces()
    with wire.on("near"):
        inside = interfaces()
        thread = threading.Thread(target=lambda: seen.append(interfaces()))
        thread.start()
        thread.join()
    assert inside == seen[0]
    assert WIRE in inside
    assert interfaces() == before


def test_nothing_is_left_behind(require: Require) -> None:
    if reason := missing():
        require("netns", reason)
    with wired() as wire:
        names = set(wire.names.values())
        assert names <= _namespaces()
        wire.lossy(50)
        wire.slow("64kbit")
    assert not names & _namespaces()


def _namespaces() -> set[str]:
    listed = subprocess.run(("ip", "netns"), check=True, capture_output=True, text=True)
    return {line.split()[0] for line in listed.stdout.splitlines()}
