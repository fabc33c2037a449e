"""A broker that acknowledges messages and throws them away: found by the missing receipt.

Fault matrix row 7. Agent and collector are processes; a proxy before the agent lies.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from edge_agent.assembly import World, open_agent, signing_key
from edge_agent.installation import load_installation
from evidence.clock import SystemClock
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.launcher import MODULE, environment
from tests.faults.proxy import FINE, Faults, Proxy
from tests.system.bad_line import mosquitto
from tests.system.ready import found_by, listens
from tests.system.senders import polled
from tests.system.works import Terms, Works, until

LEAVES: Final = 20
SHARE: Final = 0.2
FOUND_S: Final = 60.0
ALARM: Final = "E_UPLINK_NO_RECEIPT"


@contextmanager
def works_behind(folder: Path, seed: int, told: dict[str, str]) -> Iterator[tuple[Works, Proxy]]:
    """A works whose agent has leaves to deliver and finds the broker behind a proxy."""
    broker = mosquitto(folder)
    broker.start()
    proxy = Proxy(broker.port, seed)
    works = Works(folder, broker, Terms(agent_port=proxy.port))
    works.agent.module, works.agent.env = MODULE, told
    try:
        _prepare(works)
        yield works, proxy
    finally:
        works.close()
        proxy.close()


def _prepare(works: Works) -> None:
    """Fills the agent's spool before it runs, with answers of the meters."""
    installation = load_installation(works.agent_dir / "agent.toml")
    world = World(clock=SystemClock(), entropy=lambda n: bytes(range(n)))
    agent = open_agent(installation, signing_key(installation), world, lines={})
    for number in range(LEAVES):
        unit = number % works.terms.meters + 1
        agent.keep([polled(agent, works.meters, unit)])
        agent.close_batch(time.time_ns())
    agent.spool.close()


def lied_to(factor: float) -> Callable[[int, Path], Tally]:
    """Rounds in which the uplink's time-outs run `factor` times as fast."""

    def play(seed: int, folder: Path) -> Tally:
        told = environment(factor=factor)
        with works_behind(folder, seed, told) as (works, proxy):
            proxy.up = Faults(keep=SHARE)
            works.collector.start()
            works.agent.start()
            until(lambda: works.leaves >= LEAVES, "the backlog was delivered")
            found_s = _found(works, proxy) * factor
            assert found_s <= FOUND_S, f"the lie was found after {found_s:.0f} s"
            proxy.up = FINE
            works.delivered(1)
            works.drain()
            works.check()
            kept, again = len(proxy.kept), _again(proxy.kept)
        assert again, "nothing that was thrown away was sent again"
        return {"discarded": kept, "sent again and discarded again": again, "alarms": 1}

    return play


def _found(works: Works, proxy: Proxy) -> float:
    """Seconds from the first leaf of which none comes through any more to the alarm."""
    before, logged = len(proxy.kept), works.agent.log.read_text().count(ALARM)
    proxy.up = Faults(keep=1.0)
    until(lambda: len(proxy.kept) > before, "a leaf was thrown away")
    began_s = time.monotonic()
    until(lambda: works.agent.log.read_text().count(ALARM) > logged, "the silence was named")
    found_s = time.monotonic() - began_s
    until(lambda: _again(proxy.kept[before:]) > 0, "it was sent again")
    return found_s


def _again(kept: Sequence[bytes]) -> int:
    return sum(count - 1 for count in Counter(kept).values())


def _trusted(seed: int, folder: Path) -> Sequence[str]:
    """What is wrong where the agent takes the broker's word for the collector's."""
    told = environment(undefended="trust_acknowledgements")
    with works_behind(folder, seed, told) as (works, proxy):
        works.collector.start()
        until(lambda: listens(works), "the collector is there")
        proxy.up = Faults(keep=SHARE)
        works.agent.start()
        until(lambda: len(proxy.kept) > 3, "leaves were thrown away")
        works.drain()
        return found_by(works.check)


def _campaign(name: str, factor: float, counted: str, figure: int) -> Campaign:
    return Campaign(
        name=name,
        rows=(7,),
        fault="the broker acknowledges a fifth of the leaves, then all, and throws them away",
        holds="the missing receipt is named within 60 s, leaves are sent again, none is lost",
        counted=counted,
        figure=figure,
        play=lied_to(factor),
        controls=(Control(defence="a PUBACK is no receipt", find=_trusted),),
    )


LYING_BROKER = _campaign("lying-broker", 10.0, "discarded", 2000)
LYING_BROKER_UNHURRIED = _campaign("lying-broker-unhurried", 1.0, "alarms", 10)
