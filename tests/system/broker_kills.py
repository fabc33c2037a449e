"""kill -9 of a broker that keeps all, nothing or half of what it had, under load (row 5)."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from carbonmeter.ports import free_port
from tests.faults.campaign import Campaign, Control, Tally
from tests.system.kills import (
    LAUNCHER,
    Lives,
    begun,
    flowing,
    found_wrong,
    mosquitto_program,
    require_flow,
)
from tests.system.works import BrokerProcess, Embedded, Persistent

KILLS: Final = 6
HOW: Final = ("kept", "off", "wiped")
EMBEDDED: Final = 4
"""Every fourth round is played on the embedded broker, which keeps nothing."""
FLOW_S: Final = 1.0
DOWN_S: Final = 0.3


def play(seed: int, folder: Path, kills: int = KILLS) -> Tally:
    """A round: the broker dies, and comes back with its file, without one, or with none left."""
    with flowing(folder, _broker(seed, folder)) as works:
        lives = begun(works, seed)
        lives.end(works.broker, time.time_ns())
        for number in range(kills):
            _kill(lives, HOW[(seed + number) % len(HOW)])
        works.broker.start()
        works.delivered(4)
        works.drain()
        lives.tally["polls"] += len(works.check())
        return lives.reckoned()


def _broker(seed: int, folder: Path) -> BrokerProcess:
    if seed % EMBEDDED == EMBEDDED - 1:
        return Embedded(folder=folder)
    return Persistent(folder=folder, program=mosquitto_program(), port=free_port())


def _kill(lives: Lives, how: str) -> None:
    """A life of the broker, and a while without one."""
    broker = lives.works.broker
    if isinstance(broker, Persistent):
        broker.how = how
    lives.kill(broker, FLOW_S, lives.after_an_answer)
    lives.tally[f"kills_of_a_broker_{how if isinstance(broker, Persistent) else 'embedded'}"] += 1
    time.sleep(lives.rng.uniform(0, DOWN_S))


def closes(tally: Tally) -> None:
    """In a flow, and in each way."""
    require_flow(tally)
    lacking = [how for how in (*HOW, "embedded") if not tally.get(f"kills_of_a_broker_{how}", 0)]
    assert not lacking, f"never killed: {lacking}"


def _acknowledged(seed: int, folder: Path) -> Sequence[str]:
    """The broker acknowledges, keeps nothing, and dies while nobody listens."""
    with flowing(folder, _broker(0, folder)) as works:
        works.agent.module = LAUNCHER
        works.agent.env["DEFENCE_OFF"] = "only-receipts-count"

        def live() -> None:
            begun(works, seed)
            works.collector.kill()
            works.polled(60)
            works.broker.kill()
            works.broker.start()
            works.collector.start()
            works.polled(60)

        return found_wrong(works, live)


KILLED_BROKER: Final = Campaign(
    name="killed-broker",
    rows=(5,),
    fault="kill -9 and restart of the broker under load, with its file kept, without one, and with "
    "it taken away; every fourth round on the embedded broker",
    holds="every poll that was read is in the ledger once, in order; agent and collector find the "
    "broker again by themselves",
    counted="kills",
    figure=500,
    play=play,
    closes=closes,
    controls=(Control(defence="PUBACK is no receipt", find=_acknowledged),),
)
