"""The command, with an agent that catches up: one poll for each tick that went by."""

import asyncio
import sys
from collections.abc import Mapping, Sequence

from carbonmeter.cli import main
from edge_agent.agent import Agent

_POLLS: set[asyncio.Task[None]] = set()


def _caught_up(agent: Agent, gone: Mapping[str, Sequence[int]]) -> None:
    """In the place of `Agent.missed`."""
    task = asyncio.get_running_loop().create_task(_poll(agent, gone))
    _POLLS.add(task)
    task.add_done_callback(_POLLS.discard)


async def _poll(agent: Agent, gone: Mapping[str, Sequence[int]]) -> None:
    for line in agent.parts.lines:
        for device in agent.devices_on(line):
            for tick in gone.get(device.name, ()):
                await agent.poll_line(line, {device.name: tick})


if __name__ == "__main__":
    Agent.missed = _caught_up  # type: ignore[method-assign,assignment]
    sys.exit(main())
