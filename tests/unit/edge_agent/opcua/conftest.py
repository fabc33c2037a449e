"""One simulated server for all tests of a process: to start one takes two seconds of CPU."""

from collections.abc import Iterator

import pytest

from simulators.servers.opcua import OpcUaSettings
from tests.unit.edge_agent.opcua.bench import Bench


@pytest.fixture(scope="session")
def running_bench() -> Iterator[Bench]:
    with Bench() as running:
        yield running


@pytest.fixture
def bench(running_bench: Bench) -> Iterator[Bench]:
    """The server without any fault; nobody is left on it afterwards."""
    running_bench.server.set_up(OpcUaSettings())
    yield running_bench
    running_bench.wait_until_left()
