"""A port for a server that is started later is none that the kernel gives to others."""

import socket
from collections.abc import Iterator

import pytest

from carbonmeter import ports


@pytest.fixture
def given_by_the_kernel() -> Iterator[int]:
    with socket.create_server((ports.LOOPBACK, 0)) as server:
        yield int(server.getsockname()[1])


def test_a_port_lies_outside_what_the_kernel_gives_to_connections(given_by_the_kernel: int) -> None:
    choice = ports.outside(*ports._ephemeral())
    assert given_by_the_kernel not in choice
    assert all(ports.free_port() in choice for _ in range(50))


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_port_that_is_taken_is_not_free(kind: int) -> None:
    with socket.socket(type=kind) as holder:
        holder.bind((ports.LOOPBACK, ports.free_port()))
        assert not ports._is_free(holder.getsockname()[1])


@pytest.mark.parametrize(
    ("low", "high", "first", "last"),
    [
        (32_768, 60_999, 10_240, 32_767),
        (11_240, 60_999, 10_240, 11_239),
        (11_239, 60_999, 61_000, 65_535),
        (1_024, 64_535, 64_536, 65_535),
        (1_024, 64_536, 10_240, 65_535),
    ],
)
def test_the_choice_lies_below_the_range_or_else_above(
    low: int, high: int, first: int, last: int
) -> None:
    choice = ports.outside(low, high)
    assert (choice[0], choice[-1]) == (first, last)
