"""What must be true once everything is healed and drained."""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from collector.ledger_check import first_damage
from collector.ledger_read import LedgerReader, read_ledger
from evidence.log import merkle
from evidence.log.batch import Record, RecordKind
from evidence.log.checkpoint import open_checkpoint
from evidence.log.key import keyring
from evidence.log.receipt import open_receipt
from tests.simulation.book import Log, Place, all_polls, polls_of, records_of
from tests.simulation.ticks import check_ticks
from tests.simulation.views import check_views
from tests.simulation.works import Works
from tests.simulation.world import COLLECTOR_KEY, agent_key
from tests.system.oracle import Kept

BY_COPY: Final = ("restored", "set_back")
FALLEN: Final = "fallen out of the ledger"


def check(works: Works) -> None:
    """Compares the ledger with the book, and the views with the ledger."""
    with read_ledger(works.centre.state) as ledger:
        found = (_ledger(works, ledger), _agents(works), check_ticks(works))
        for wrong in itertools.chain(*found, check_views(works, ledger)):
            works.world.complain(wrong)
    works.world.say(f"ends with {len(works.book.order)} leaves: {_roots(works)}")


def _roots(works: Works) -> str:
    tails = [merkle.root(tree[-1]).hex()[:8] for tree in works.book.roots.values()]
    return " ".join(tails)


def _ledger(works: Works, ledger: LedgerReader) -> Iterator[str]:
    """What is stored is what was signed, by the agents and by the collector."""
    if (damage := first_damage(ledger)) is not None:
        yield f"the ledger is damaged: {damage}"
    for (agent, epoch), held in works.book.held.items():
        if not held:
            continue
        stored = [leaf.leaf for leaf in ledger.leaves(agent, epoch)]
        if stored != held:
            yield f"{agent}/{epoch[:8]}: {len(stored)} leaves are stored, not {len(held)}"
        state, root = ledger.state(agent, epoch), works.book.roots[agent, epoch][-1]
        keys = keyring([agent_key(agent).verifier])
        head = open_checkpoint(state.note, keys).checkpoint
        if (head.size, head.root) != (len(held), merkle.root(root)):
            yield f"{agent}/{epoch[:8]}: the agent signed another head"
        yield from _receipt(works, (agent, epoch), state.receipt)


def _receipt(works: Works, log: Log, receipt: bytes) -> Iterator[str]:
    """The stored receipt is for what is held: for all of it, where somebody still asks for it."""
    lives = any(machine.witness.epoch == log[1] for machine in works.gateways)
    if not receipt and not lives:
        return
    signed = open_receipt(receipt, COLLECTOR_KEY.verifier).checkpoint
    tree = works.book.roots[log]
    if signed.size >= len(tree) or signed.root != merkle.root(tree[signed.size]):
        yield f"{log[0]}/{log[1][:8]}: the last receipt is for another log"
    elif lives and signed.size + 1 != len(tree):
        yield f"{log[0]}/{log[1][:8]}: the last receipt is not for all of it"


def _agents(works: Works) -> Iterator[str]:
    for machine in works.gateways:
        agent = machine.agent_id
        logs = {
            epoch: held for (name, epoch), held in works.book.held.items() if name == agent and held
        }
        kept = Counter(poll for held in logs.values() for leaf in held for poll in polls_of(leaf))
        yield from _invented(works, agent, kept)
        yield from _doubled(works, agent, logs)
        yield from _out_of_order(agent, logs)
        yield from _missing(works, agent, kept)
        yield from _epochs(works, agent, logs)


def _invented(works: Works, agent: str, kept: Mapping[Kept, int]) -> Iterator[str]:
    """The ledger says nothing but what a spool committed."""
    committed = works.book.committed.get(agent, {})
    yield from (f"{agent}: {poll} was never committed" for poll in kept if poll not in committed)


def _doubled(works: Works, agent: str, logs: Mapping[str, Sequence[bytes]]) -> Iterator[str]:
    """A poll stands twice only where a log was broken off, and logged again in the next one."""
    for epoch, held in logs.items():
        counts = Counter(poll for leaf in held for poll in polls_of(leaf))
        yield from (
            f"{agent}/{epoch[:8]}: {poll} stands {count} times"
            for poll, count in counts.items()
            if count > 1
        )
    if agent in works.suspects or works.set_back:
        return
    counts = Counter(poll for held in logs.values() for poll in all_polls(held))
    yield from (f"{agent}: {poll} is in {n} logs" for poll, n in counts.items() if n > 1)


def _out_of_order(agent: str, logs: Mapping[str, Sequence[bytes]]) -> Iterator[str]:
    """In each log, a device's polls are numbered upwards, whatever its clock showed.

    What is logged again of an older log may come from a copy, and stands before what is new.
    """
    for epoch, held in logs.items():
        last: dict[str, int] = {}
        for poll in all_polls(held):
            if poll.sequence <= last.get(poll.device, -1):
                yield f"{agent}/{epoch[:8]}: {poll} comes after {last[poll.device]}"
            last[poll.device] = poll.sequence


def _missing(works: Works, agent: str, kept: Mapping[Kept, int]) -> Iterator[str]:
    """Every committed poll is there, or is gone with a copy's reason, and told where it can be."""
    excused, told = works.book.excused.get(agent, {}), _told(works, agent)
    fallen = _fallen(works, agent)
    for poll in works.book.committed.get(agent, {}):
        if poll in kept:
            continue
        if poll not in excused:
            yield f"{agent}: {poll} is lost"
        elif excused[poll] == FALLEN and not any(
            place in told for place, _ in fallen.get(poll, ())
        ):
            known = [place for place, leaf in fallen.get(poll, ()) if _is_known(works, place, leaf)]
            if known:
                yield f"{agent}: {poll} of {known[0]} fell out of the ledger, and nobody tells"
    for place in told:
        if place not in works.book.fallen:
            yield f"{agent}: {place} is told to be lost, and is not"


def _is_known(works: Works, place: Place, leaf: bytes) -> bool:
    """Whether the machine that is left ever knew of a receipt for this leaf at a place.

    Of a clone's own log only the clone does, and of what came after a copy only who is gone:
    where the ledger was put back too, the copy may have a receipt for another leaf there.
    """
    (machine,) = (each for each in works.gateways if each.agent_id == place[0])
    return machine.witness.let_go.get(place[1:]) == leaf


def _fallen(works: Works, agent: str) -> dict[Kept, list[tuple[Place, bytes]]]:
    """The polls of the leaves that fell out of the ledger; the leaves, and where they stood."""
    found: dict[Kept, list[tuple[Place, bytes]]] = {}
    for place in works.book.fallen:
        if place[0] == agent:
            for leaf in works.book.made[place[:2]][place[2]]:
                for poll in polls_of(leaf):
                    found.setdefault(poll, []).append((place, leaf))
    return found


def _said(works: Works, kind: RecordKind) -> Iterator[tuple[str, Record]]:
    """The records of a kind, with the agents that made them, in the order of the ledger."""
    for agent, epoch, sequence in works.book.order:
        for record in records_of(works.book.held[agent, epoch][sequence]):
            if record.kind == kind:
                yield agent, record


def _told(works: Works, agent: str) -> dict[Place, None]:
    """The places of leaves that the agent had receipts for, and the collector does not have.

    It says so of the log that it broke off, and of each one before it.
    """
    found: dict[Place, None] = {}
    for owner, record in _said(works, RecordKind.EPOCH_OPENED):
        if owner == agent and record.facts.get("reason") == "collector_set_back":
            first, end = (int(record.facts[name]) for name in ("receipted_size", "released_size"))
            former = str(record.facts["former_epoch"])
            found |= {(agent, former, n): None for n in range(first, end)}
    for owner, record in _said(works, RecordKind.EARLIER_LOG):
        if owner == agent:
            former, end = str(record.facts["epoch"]), int(record.facts["receipted_size"])
            first = len(works.book.held.get((agent, former), ()))
            found |= {(agent, former, n): None for n in range(first, end)}
    return found


def _epochs(works: Works, agent: str, logs: Mapping[str, Sequence[bytes]]) -> Iterator[str]:
    """A log is broken off only for a reason, and that reason is on record."""
    openings = _said(works, RecordKind.EPOCH_OPENED)
    reasons = [str(record.facts["reason"]) for owner, record in openings if owner == agent]
    for epoch, held in logs.items():
        if not any(each.kind == RecordKind.EPOCH_OPENED for each in records_of(held[0])):
            yield f"{agent}/{epoch[:8]}: it does not say why it begins"
    for reason in reasons:
        works.world.tally[f"epoch {reason}"] += 1
        if reason in BY_COPY and agent not in works.suspects:
            yield f"{agent}: a log begins as {reason}, and no copy of the spool was ever used"
        if reason == "collector_set_back" and not works.set_back:
            yield f"{agent}: a log begins as {reason}, and the ledger never was"
        if reason in ("lost", "damaged"):
            yield f"{agent}: a log begins as {reason}, and no file ever was"
    if agent in works.recognise and not _was_told(works, agent):
        yield f"{agent}: an older spool was put back, and nobody tells"


def _was_told(works: Works, agent: str) -> bool:
    """Whether a log of the agent that came into the ledger once began by a copy of the spool."""
    return any(
        record.facts.get("reason") in BY_COPY
        for place, leaves in works.book.taken.items()
        if place[0] == agent
        for leaf in leaves
        for record in records_of(leaf)
    )
