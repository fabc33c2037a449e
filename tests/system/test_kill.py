"""kill -9 of the agent, the collector and the broker under load: nothing is lost or doubled.

Fault matrix rows 1, 2 and 5. The meters' values say which answer they are, so that a lost,
doubled or swapped reading shows in the value itself.
"""

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collector.errors import LedgerError
from evidence.errors import EvidenceError
from tests.contract.mosquitto import SEARCHED, Mosquitto, Side, free_port
from tests.system.meters import METER
from tests.system.oracle import Kept, complaints, log_of
from tests.system.works import BrokerProcess, Embedded, Persistent, Works, until

KILLS = 10
Make = Callable[[BrokerProcess], Works]


@pytest.fixture
def program(require: Callable[[str, str], None]) -> str:
    """The mosquitto of this machine."""
    found = shutil.which("mosquitto", path=SEARCHED)
    if found is None:
        require("mosquitto", "it is not installed")
        raise AssertionError
    return found


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes a works on a broker, and ends all of its processes."""
    made: list[Works] = []

    def made_on(broker: BrokerProcess) -> Works:
        made.append(Works(tmp_path, broker))
        broker.start()
        return made[-1]

    yield made_on
    for works in made:
        works.close()


def mosquitto(program: str, folder: Path) -> Mosquitto:
    return Mosquitto(folder=folder, program=program, port=free_port())


def test_an_agent_that_is_killed_loses_and_doubles_nothing_that_it_committed(
    make: Make, program: str, tmp_path: Path
) -> None:
    works, rng = make(mosquitto(program, tmp_path)), random.Random(1)
    works.collector.start()
    for _ in range(KILLS):
        works.agent.start()
        works.polled(rng.randint(1, 60))
        works.agent.kill()
        works.committed.update(works.spool().polls)
    works.agent.start()
    works.delivered(4)
    works.drain()
    assert len(works.check()) > KILLS
    assert works.committed


def test_a_collector_that_is_killed_has_every_leaf_it_receipted_and_gets_the_rest(
    make: Make, tmp_path: Path
) -> None:
    works, rng = make(Embedded(folder=tmp_path)), random.Random(2)
    works.agent.start()
    for _ in range(KILLS):
        works.collector.start()
        works.delivered(rng.randint(1, 3))
        works.collector.kill()
    works.collector.start()
    works.delivered(1)
    works.drain()
    assert len(works.check()) > KILLS


def test_a_broker_that_is_killed_and_forgets_everything_or_half_of_it_loses_nothing(
    make: Make, program: str, tmp_path: Path
) -> None:
    broker = Persistent(folder=tmp_path, program=program, port=free_port())
    works = make(broker)
    works.collector.start()
    kill_broker(works, lambda life: setattr(broker, "how", ("kept", "off", "wiped")[life % 3]))
    works.drain()
    assert len(works.check()) > KILLS


def test_the_embedded_broker_may_be_killed_too(make: Make, tmp_path: Path) -> None:
    works = make(Embedded(folder=tmp_path))
    works.collector.start()
    kill_broker(works, lambda _: None)
    works.drain()
    assert len(works.check()) > KILLS


def kill_broker(works: Works, prepare: Callable[[int], None]) -> None:
    """Kills the broker ten times while leaves pass through it.

    The agent is restarted after every second one: the pause before its next connection grows
    with each that was short, and without a connection there is no load on the broker.
    """
    rng = random.Random(3)
    for life in range(KILLS):
        if life % 2 == 0:
            works.agent.start()
        works.delivered(rng.randint(1, 4))
        works.broker.kill()
        works.polled(rng.randint(1, 20))
        prepare(life)
        works.broker.start()
        if life % 2 and life < KILLS - 1:
            assert works.agent.end() == 0
    works.delivered(1)


def test_an_acknowledgement_of_the_broker_is_no_receipt(
    make: Make, program: str, tmp_path: Path
) -> None:
    """The broker takes everything and says so; the collector is a stub that never answers."""
    works = make(mosquitto(program, tmp_path))
    heard: list[bytes] = []
    side = Side(port=works.broker.port, agent="stub")
    side.client.on_message = lambda _, __, message: heard.append(bytes(message.payload))
    side.client.subscribe("carbonmeter/v1/line-1/batch", qos=1)
    works.agent.start()
    until(lambda: len(heard) >= 8, "a window of leaves was published and acknowledged")
    works.polled(100)
    assert works.agent.end() == 0
    side.close()
    left = works.spool()
    assert left.base == 0
    assert left.leaves == tuple(range(left.size))
    assert left.size > 8
    assert complaints(left.polls, left.counters, works.meters.served) == []


SERVED = {(unit, n): n * 1_000_000_000 for unit in (1, 2) for n in range(1, 8)}
KEPT = [
    Kept(device=f"meter-{unit}", sequence=n - 1, at_ms=n * 1000 + 3, shown=unit * METER + n)
    for n in range(1, 7)
    for unit in (1, 2)
]
COUNTERS = {"meter-1": 6, "meter-2": 6}
MISSED = replace(KEPT[4], shown=None)


def swapped(one: int, other: int) -> list[Kept]:
    """The kept polls, two of their values exchanged."""
    found = list(KEPT)
    found[one] = replace(KEPT[one], shown=KEPT[other].shown)
    found[other] = replace(KEPT[other], shown=KEPT[one].shown)
    return found


def test_the_oracle_is_content_with_what_is_whole() -> None:
    assert complaints(KEPT, COUNTERS, SERVED, KEPT[:3]) == []
    assert complaints([*KEPT[:4], MISSED, *KEPT[5:]], COUNTERS, SERVED) == []


@pytest.mark.parametrize(
    "kept",
    [
        KEPT[:-1],
        KEPT[:5] + KEPT[6:],
        [*KEPT[:5], KEPT[4], *KEPT[5:]],
        [*KEPT[2:], *KEPT[:2]],
        swapped(2, 4),
        swapped(2, 3),
        [*KEPT[:2], replace(KEPT[2], shown=METER + 7), *KEPT[3:]],
        [*KEPT[:2], replace(KEPT[2], shown=METER + 99), *KEPT[3:]],
        [*KEPT[:2], replace(KEPT[2], at_ms=KEPT[4].at_ms), *KEPT[3:]],
    ],
    ids=["last", "inner", "doubled", "order", "swapped", "meters", "other", "invented", "stamp"],
)
def test_the_oracle_sees_what_is_lost_doubled_swapped_or_altered(kept: list[Kept]) -> None:
    assert complaints(kept, COUNTERS, SERVED) != []


def test_the_oracle_sees_a_committed_poll_that_is_another_one_in_the_ledger() -> None:
    assert complaints([*KEPT[:4], MISSED, *KEPT[5:]], COUNTERS, SERVED, [KEPT[4]]) != []


CUTS = (
    "DELETE FROM leaves WHERE position = 1",
    "UPDATE leaves SET sequence = sequence + 1 WHERE position = (SELECT max(position) FROM leaves)",
    "UPDATE leaves SET leaf = (SELECT leaf FROM leaves WHERE position = 2) WHERE position = 3",
    "UPDATE logs SET receipt = x''",
)


def test_the_oracle_sees_a_ledger_that_was_cut_or_has_lost_its_receipt(
    make: Make, program: str, tmp_path: Path
) -> None:
    works = make(mosquitto(program, tmp_path))
    works.collector.start()
    works.agent.start()
    works.delivered(5)
    works.drain()
    works.check()
    assert works.collector.end() == 0
    for number, cut in enumerate(CUTS):
        state = tmp_path / f"cut-{number}"
        shutil.copytree(works.collector_dir / "state", state)
        db = sqlite3.connect(state / "ledger.db", isolation_level=None)
        db.execute(cut)
        db.close()
        with pytest.raises((AssertionError, LedgerError, EvidenceError)):
            log_of(state, works.agent_key, works.collector_key)
