"""All that is simulated together: meters, agents, broker, collector, and the book of the truth."""

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from tests.simulation.book import Book
from tests.simulation.broker import Broker
from tests.simulation.centre import Centre
from tests.simulation.gateway import Gateway
from tests.simulation.meters import Meter
from tests.simulation.terms import Terms
from tests.simulation.witness import Witness
from tests.simulation.world import World

LIMIT_MiB: Final = 64
ELSEWHERE: Final = "elsewhere"


@dataclass(slots=True, kw_only=True)
class Backup:
    """A copy of a spool, and what its witness knew then."""

    gateway: Gateway
    folder: Path
    witness: Witness


@dataclass(slots=True, kw_only=True)
class Works:
    """Everything there is.

    Attributes:
        clones: Machines with another one's identity.
        spools: Copies of spools.
        ledgers: Copies of the ledger: folder, how many leaves it held, and whether it was itself
            an older copy that nobody had accepted yet.
        suspects: Agents of which two histories may exist: copied back, or cloned.
        recognise: Agents whose ledger held more than the spool that was copied back.
        set_back: The ledger was replaced by an older copy at some time.
    """

    world: World
    terms: Terms
    rng: Random
    book: Book
    broker: Broker
    centre: Centre
    meters: list[Meter]
    gateways: list[Gateway]
    clones: list[Gateway]
    spools: list[Backup]
    ledgers: list[tuple[Path, int, bool]]
    suspects: dict[str, None]
    recognise: dict[str, None]
    set_back: bool = False

    @property
    def machines(self) -> list[Gateway]:
        """All machines with an agent."""
        return [*self.gateways, *self.clones]


def works_of(world: World, terms: Terms) -> Works:
    """A works on which nothing runs yet."""
    book = Book(world=world)
    habits = terms.habits
    broker = Broker(world=world, rng=world.rng("broker"), habits=habits)
    ids = [f"line-{n + 1}" for n in range(len(terms.meters))]
    sites = {agent: f"{agent}-works" for agent in ids}
    if terms.foreign_site:
        sites[ids[-1]] = ELSEWHERE
    meters: list[Meter] = []
    gateways = []
    for agent, count in zip(ids, terms.meters, strict=True):
        first = len(meters) + 1
        mine = [Meter(unit=first + n, rng=world.rng(f"meter {first + n}")) for n in range(count)]
        meters += mine
        gateways.append(Gateway(agent, agent, book, broker, mine, settings(terms)))
    return Works(
        world=world,
        terms=terms,
        rng=world.rng("faults"),
        book=book,
        broker=broker,
        centre=Centre(book, broker, sites),
        meters=meters,
        gateways=gateways,
        clones=[],
        spools=[],
        ledgers=[],
        suspects={},
        recognise={},
    )


def settings(terms: Terms) -> dict[str, float]:
    """What stands in every agent's configuration."""
    return {
        "period_s": terms.period_s,
        "max_age_s": terms.max_age_s,
        "readings": terms.readings,
        "limit_MiB": LIMIT_MiB,
    }
