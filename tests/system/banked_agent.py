"""An agent on the bank's meters and a stepped clock, in a process of its own.

    python -m tests.system.banked_agent CONFIG TIME_FILE HOURS [kept | undelivered]

It polls as fast as it can, and at the end of each hour of its own time prints a line and waits
for one. With `kept` every poll is kept in a list, which is the leak that a measurement must
find; with `undelivered` everything stays in the spool.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path

from edge_agent.agent import Agent
from edge_agent.assembly import World, attach_uplink, collector_key, open_agent, signing_key
from edge_agent.connected import mqtt_link
from edge_agent.installation import Installation, load_installation
from edge_agent.line import Line, Station
from edge_agent.poll import Poll
from evidence.clock import Clock, SteppedClock
from tests.faults.following import TimeFile
from tests.system.bank import BankDriver

HOUR_NS = 3_600_000_000_000
MOST_WAITING = 32
"""Leaves without a receipt, beyond which the clock waits: the collector is to keep up."""
_KEPT: list[Poll] = []
_KEEP = Agent.keep


def _keep_for_ever(agent: Agent, polls: Sequence[Poll]) -> None:
    """In the place of `Agent.keep`; with copies, for the sample's few polls to show."""
    _KEPT.extend(deepcopy(poll) for poll in polls for _ in range(4))
    _KEEP(agent, polls)


def bank_lines(installation: Installation, clock: Clock) -> Mapping[str, Line]:
    """The lines of an installation, the bank's meters on them."""
    return {
        line.name: Line(
            [Station(name=each.name, driver=_driver(each.unit_id, clock)) for each in line.devices],
            clock=clock,
        )
        for line in installation.config.lines
    }


def _driver(unit: int | None, clock: Clock) -> BankDriver:
    assert unit is not None
    return BankDriver(unit, clock)


async def _poll(config: Path, time_file: TimeFile, hours: int, *, deliver: bool) -> None:
    start_ns, installation = time_file.at_ns, load_installation(config)
    clock = SteppedClock(start_ns)
    world = World(clock=clock, entropy=os.urandom)
    lines = bank_lines(installation, clock)
    agent = open_agent(installation, signing_key(installation), world, lines)
    link = mqtt_link(installation)
    if deliver:
        attach_uplink(agent, link, collector_key(installation))
        link.start(lambda: None)
    period_ns = min(device.period_ns for device in installation.devices.values())
    for hour in range(hours):
        for at_ns in range(start_ns + hour * HOUR_NS, start_ns + (hour + 1) * HOUR_NS, period_ns):
            clock.set_to(at_ns)
            time_file.show(at_ns)
            await agent.poll(at_ns)
            agent.close_due(at_ns)
            await _delivered(agent, MOST_WAITING)
        await _delivered(agent, 0)
        _say(hour + 1, agent)
    agent.close_batch(clock.now_ns())
    await _delivered(agent, 0)
    link.stop()
    await agent.stop()


async def _delivered(agent: Agent, waiting: int) -> None:
    """Returns when no more than so many leaves wait for a receipt."""
    agent.pump()
    while agent.uplink is not None and agent.spool.size - agent.spool.base > waiting:
        await asyncio.sleep(0.001)
        agent.pump()


def _say(hour: int, agent: Agent) -> None:
    said = {"hour": hour, "leaves": agent.spool.size, "cpu_s": time.process_time()}
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
    sys.stdin.readline()


if __name__ == "__main__":
    if "kept" in sys.argv[4:]:
        Agent.keep = _keep_for_ever  # type: ignore[method-assign,assignment]
    asyncio.run(
        _poll(
            Path(sys.argv[1]),
            TimeFile(Path(sys.argv[2])),
            int(sys.argv[3]),
            deliver="undelivered" not in sys.argv[4:],
        )
    )
