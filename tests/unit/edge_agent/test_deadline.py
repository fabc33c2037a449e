"""A deadline that moves: time is up once, at the last instant set, and never when cleared."""

import asyncio
from collections.abc import Callable

import pytest

from edge_agent.drivers.deadline import Deadline
from tests.simulation.loop import VirtualLoop

Steps = list[tuple[float, Callable[[Deadline], None]]]


def passed_at(steps: Steps) -> list[float]:
    """When time was up, if at each instant something is done with the deadline."""
    loop, found = VirtualLoop(), list[float]()
    deadline = Deadline(lambda: found.append(loop.time()))

    async def play() -> None:
        for at_s, step in [*steps, (100.0, Deadline.close)]:
            await asyncio.sleep(at_s - loop.time())
            step(deadline)

    loop.run_until_complete(play())
    loop.close()
    return found


def until(seconds: float) -> Callable[[Deadline], None]:
    """Sets a deadline."""
    return lambda deadline: deadline.set(seconds)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param([(0.0, until(1.0))], [1.0], id="once"),
        pytest.param([(0.0, until(1.0)), (0.5, until(1.0))], [1.5], id="moved on"),
        pytest.param([(0.0, until(9.0)), (0.5, until(1.0))], [1.5], id="moved nearer"),
        pytest.param([(0.0, until(1.0)), (0.5, Deadline.clear)], [], id="cleared"),
        pytest.param([(0.0, until(1.0)), (0.5, Deadline.close)], [], id="closed"),
        pytest.param(
            [(0.0, until(1.0)), (0.5, Deadline.clear), (0.75, until(5.0))], [5.75], id="set anew"
        ),
        pytest.param([(0.0, until(1.0)), (2.0, until(1.0))], [1.0, 3.0], id="one after the other"),
    ],
)
def test_time_is_up_at_the_last_instant_set(steps: Steps, expected: list[float]) -> None:
    assert passed_at(steps) == pytest.approx(expected)
