"""Two machines in one: network namespaces joined by a wire that can be cut, choked and holed.

Needs root. Names are unique per process, and nothing is left behind.
"""

import ctypes
import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

Side = Literal["near", "far"]
SIDES: Final[tuple[Side, Side]] = ("near", "far")
ADDRESSES: Final[Mapping[Side, str]] = {"near": "10.203.0.1", "far": "10.203.0.2"}
WIRE: Final = "wire"
_CLONE_NEWNET: Final = 0x40000000
_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_COUNT: Final = itertools.count()


def missing() -> str:
    """Why there can be no namespaces here; empty if there can."""
    if os.geteuid() != 0:
        return "it needs root"
    lacking = [name for name in ("ip", "tc", "nft") if shutil.which(name) is None]
    if lacking:
        return f"not installed: {', '.join(lacking)}"
    try:
        with wired():
            return ""
    except subprocess.CalledProcessError as wrong:
        return f"{wrong.cmd}: {wrong.stderr.decode().strip()}"


@dataclass(frozen=True, slots=True)
class Wire:
    """The wire between two namespaces; every fault is undone by `heal`.

    Attributes:
        names: Of the namespaces, by side.
    """

    names: dict[Side, str] = field(
        default_factory=lambda: {
            side: f"cm-{os.getpid()}-{number}-{side}" for number in [next(_COUNT)] for side in SIDES
        }
    )

    @contextmanager
    def on(self, side: Side) -> Iterator[None]:
        """Sockets that are made, and processes that are started, by this thread are on `side`."""
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        there = os.open(f"/run/netns/{self.names[side]}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _enter(there)
            yield
        finally:
            _enter(before)
            os.close(there)
            os.close(before)

    def cut(self) -> None:
        """Nothing goes through: the link is down."""
        self._ip("near", "link", "set", WIRE, "down")

    def deaf(self, side: Side) -> None:
        """What is sent to `side` does not arrive; what it sends does."""
        self._drop(side, "drop")

    def lossy(self, percent: int) -> None:
        """Of the packets to either side so many in a hundred are lost, at random."""
        for side in SIDES:
            self._drop(side, "numgen", "random", "mod", "100", "<", str(percent), "drop")

    def slow(self, rate: str) -> None:
        """No more than `rate` (such as 64kbit) goes through each way."""
        for side in SIDES:
            queue = ("root", "tbf", "rate", rate, "burst", "3000", "limit", "30000")
            _run("tc", "-n", self.names[side], "qdisc", "replace", "dev", WIRE, *queue)

    def heal(self) -> None:
        """Everything goes through again."""
        for side in SIDES:
            self._nft(side, "flush", "ruleset")
            delete = ("tc", "-n", self.names[side], "qdisc", "del", "dev", WIRE, "root")
            subprocess.run(delete, check=False, capture_output=True)  # there may be none
        self._ip("near", "link", "set", WIRE, "up")

    def _drop(self, side: Side, *rule: str) -> None:
        chain = ("{", "type", "filter", "hook", "input", "priority", "0", ";", "}")
        self._nft(side, "add", "table", "inet", "fault")
        self._nft(side, "add", "chain", "inet", "fault", "holes", *chain)
        self._nft(side, "add", "rule", "inet", "fault", "holes", "iifname", WIRE, *rule)

    def _nft(self, side: Side, *words: str) -> None:
        _run("ip", "netns", "exec", self.names[side], "nft", *words)

    def _ip(self, side: Side, *words: str) -> None:
        _run("ip", "-n", self.names[side], *words)

    def lay(self) -> None:
        """Makes the namespaces and joins them."""
        for name in self.names.values():
            _run("ip", "netns", "add", name)
        near, far = (self.names[side] for side in SIDES)
        peer = ("peer", "name", WIRE, "netns", far)
        _run("ip", "link", "add", WIRE, "netns", near, "type", "veth", *peer)
        for side in SIDES:
            self._ip(side, "address", "add", f"{ADDRESSES[side]}/24", "dev", WIRE)
            self._ip(side, "link", "set", WIRE, "up")
            self._ip(side, "link", "set", "lo", "up")

    def remove(self) -> None:
        """Takes the namespaces away, and the wire with them."""
        for name in self.names.values():
            if Path("/run/netns", name).exists():
                _run("ip", "netns", "del", name)


@contextmanager
def wired() -> Iterator[Wire]:
    """Two namespaces, joined while the block lasts."""
    wire = Wire()
    try:
        wire.lay()
        yield wire
    finally:
        wire.remove()


def _enter(namespace: int) -> None:
    if _LIBC.setns(namespace, _CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), "setns")


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
