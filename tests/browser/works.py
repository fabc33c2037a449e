"""A large works: 200 agents with 50 channels each, admitted and judged for real."""

from pathlib import Path
from typing import Final

import msgspec

from calibration.basis import UncertaintyBasis
from collector.intake import Intake
from collector.judging import Judging
from evidence.log.batch import Stream, StreamHead
from evidence.log.column import progression
from tests.unit.collector.agent_log import SIGNER, AgentLog, agents_of, key_of
from tests.unit.collector.api.plant import (
    HEADS,
    PERIOD_MS,
    POWER,
    PROFILE,
    START_NS,
    TEMPERATURE,
    Plant,
    batch,
    raw_of,
)

AGENTS: Final = 200
DEVICES: Final = 25
CHANNELS: Final = {"power": POWER, "temperature": TEMPERATURE}
SITES_COUNT: Final = 4
FIRST: Final = 7 * 96 - 4
"""The last four polls before the plant's clock stands still."""


def large_works(folder: Path, agents: int = AGENTS) -> Plant:
    """A plant of so many agents, each heard a moment ago."""
    logs = [AgentLog(agent=f"gw-{n:03}", key=key_of(f"gw-{n:03}")) for n in range(agents)]
    sites = {log.agent: f"site-{n % SITES_COUNT}" for n, log in enumerate(logs)}
    plant = Plant(folder, sites=sites)
    plant.bench.intake = Intake(
        ledger=plant.ledger,
        agents=agents_of(*logs),
        signer=SIGNER,
        clock=plant.bench.clock,
        on_commit=plant.bench.note,
    )
    plant.judging = Judging(plant.ledger, plant.store, sites)
    for number, log in enumerate(logs):
        plant.log_file(log, "profile", "meter.toml", PROFILE)
        plant.take(log, batch(log, _streams(f"{sites[log.agent]}/gw{number:03}")))
    plant.judging.catch_up()
    return plant


def _streams(prefix: str) -> list[Stream]:
    return [
        _stream(f"{prefix}-meter-{device:02}/{name}", HEADS[like], float(device))
        for device in range(DEVICES)
        for name, like in CHANNELS.items()
    ]


def _stream(channel: str, like: StreamHead, value: float) -> Stream:
    head = msgspec.structs.replace(
        like, channel=channel, certificate="", confirmation="", basis=UncertaintyBasis.UNKNOWN
    )
    polls, shown = range(FIRST, FIRST + 4), (value,) * 4
    return Stream(
        head=head,
        rows=4,
        sequence=progression(list(polls)),
        at_ms=progression([START_NS // 1_000_000 + poll * PERIOD_MS for poll in polls]),
        raw=raw_of(shown),
        indication=shown,
    )
