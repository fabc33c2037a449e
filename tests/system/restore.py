"""An old backup of an agent's spool is put back.

Fault matrix row 19. Who can know is asked: the head file beside the spool, the receipt that
the broker keeps, and the answer to the first leaf.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import collector.ledger
import collector.opening
import edge_agent.spool_start
import edge_agent.uplink
from collector.ledger_read import read_ledger
from edge_agent.outbox import Ignored, LogView, Verdict, judge
from edge_agent.spool_files import Head
from edge_agent.spool_log import LogState
from edge_agent.spool_start import Found
from evidence.log.envelope import Wanted
from evidence.log.receipt import Receipt
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.replaced import replaced
from tests.system.gateways import CENTRE, KEY, Estate, Gateway
from tests.system.histories import (
    Logs,
    continued,
    found_by,
    invented,
    kept_by,
    logs_in,
    missing,
    openings,
    overwritten,
    polls_in,
    require,
    unrecorded,
)
from tests.system.oracle import Kept

KEYS = [KEY.verifier]


def held(estate: Estate) -> Logs:
    """The epochs that the ledger holds."""
    return logs_in(estate.centre.state, KEYS, CENTRE.verifier)


def begun(folder: Path, seed: int) -> tuple[Estate, Gateway]:
    """A centre and a gateway that has delivered some leaves."""
    estate = Estate(folder, seed)
    estate.centre.pin(*KEYS)
    estate.centre.start()
    gateway = estate.gateway()
    gateway.start()
    gateway.log(estate.rng.randint(1, 6))
    if estate.rng.random() < 0.7:
        gateway.deliver()
    return estate, gateway


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolCase:
    """How a spool is restored.

    Attributes:
        head: Whether its head file is put back with it.
        forgotten: Whether the broker lost the retained receipt.
        offline: How many leaves the restored agent logs before it is connected.
        online: Whether what came after the backup was delivered; else only the disk knew.
        killed: Whether the agent was killed before, not stopped.
        earlier: Whether an epoch was opened since the backup.
    """

    head: bool
    forgotten: bool
    offline: int
    online: bool
    killed: bool
    earlier: bool


def spool_case(rng: Random) -> SpoolCase:
    head = rng.random() < 0.6
    return SpoolCase(
        head=head,
        forgotten=rng.random() < 0.5,
        offline=rng.choice((0, 0, 1, 5)),
        online=head or rng.random() < 0.7,
        killed=rng.random() < 0.5,
        earlier=rng.random() < 0.2,
    )


def restore_spool(seed: int, folder: Path) -> Tally:
    """One round of row 19."""
    estate, gateway = begun(folder, seed)
    try:
        case = spool_case(estate.rng)
        gateway.backup(folder / "backup")
        run_on(estate, gateway, case)
        before, known = held(estate), len(gateway.told)
        old = gateway_restored(gateway, folder / "backup", case)
        if case.forgotten:
            forget(estate)
        resume(gateway, case)
        kept = old | kept_by(gateway.running.spool)
        gateway.log(estate.rng.randint(1, 3))
        kept |= kept_by(gateway.running.spool)
        gateway.deliver()
        judge_spool(estate, gateway, before, kept, gateway.told[known:])
        return tally(case)
    finally:
        estate.close()


def run_on(estate: Estate, gateway: Gateway, case: SpoolCase) -> None:
    """What happened after the backup, and is on no copy."""
    if not case.online:
        estate.centre.stop()
    if case.earlier and case.online:
        gateway.deliver()
        gateway.stop()
        (gateway.state / "spool.sqlite").unlink()
        gateway.start()
    gateway.log(estate.rng.randint(1, 12))
    if case.online:
        gateway.deliver()
        gateway.log(estate.rng.randint(0, 2), each_s=0.0)
    (gateway.kill if case.killed else gateway.stop)()
    if not case.online:
        estate.centre.start()


def gateway_restored(gateway: Gateway, copy: Path, case: SpoolCase) -> set[Kept]:
    """Puts the copy back and starts; what the copy holds."""
    gateway.restore(copy, head=case.head)
    gateway.start()
    return kept_by(gateway.running.spool)


def resume(gateway: Gateway, case: SpoolCase) -> None:
    """Some leaves while there is no connection yet."""
    if case.offline:
        gateway.link._due_ns = gateway.estate.clock.monotonic_ns() + 10**15
        gateway.log(case.offline, each_s=5.0)
        gateway.link._due_ns = 0


def forget(estate: Estate) -> None:
    """The broker restarts without a memory; the collector is back before or after the agent."""
    estate.broker.forget()
    if estate.rng.random() < 0.3:
        estate.broker.say(estate.centre.intake.resume())


def judge_spool(
    estate: Estate, gateway: Gateway, before: Logs, kept: set[Kept], told: Sequence[str]
) -> None:
    after = held(estate)
    require(
        overwritten(before, after),
        continued(before, after),
        missing(kept | set(polls_in(before)), after),
        invented(after, estate.counters.served),
        unrecorded(estate.broker.published, estate.centre.state, KEYS),
        unexplained(before, after, {"set_back", "restored"}),
        [] if any("restored" in each or "set_back" in each for each in told) else ["no log line"],
        branched(estate),
        misjudged(estate),
    )
    assert gateway.running.spool.epoch not in before, "it goes on in its old epoch"


def unexplained(before: Logs, after: Logs, reasons: set[str]) -> Iterator[str]:
    """New epochs that do not say why, or not of which log."""
    for epoch, record in openings(after).items():
        if epoch in before:
            continue
        if record.facts["reason"] not in reasons:
            yield f"epoch {epoch[:8]} says it was opened because of {record.facts['reason']}"
        if record.facts.get("former_epoch") not in after:
            yield f"epoch {epoch[:8]} names no log that is held"


def branched(estate: Estate) -> Iterator[str]:
    """More than one leaf of another history, of any one log."""
    with read_ledger(estate.centre.state) as ledger:
        found = Counter(each.epoch for each in ledger.branches())
    yield from (f"epoch {epoch[:8]}: {n} leaves aside" for epoch, n in found.items() if n > 1)


def misjudged(estate: Estate) -> Iterator[str]:
    """Contents that the collector found wrong."""
    estate.centre.judge()
    store = collector.opening.open_store(estate.centre.state)
    try:
        yield from (f"{place}: {fault}" for place, fault in store.lookup.faults(100))
    finally:
        store.close()


def tally(case: SpoolCase) -> Mapping[str, int]:
    return {
        "restores": 1,
        "with their head file": case.head,
        "receipt forgotten": case.forgotten,
        "leaves offline": case.offline,
    }


_finding = edge_agent.spool_start._finding


def headless(state: LogState | None, _head: Head | None, db: sqlite3.Connection) -> Found:
    """What is found at the start where nobody looks into the head file."""
    return _finding(state, None, db)


def restored_goes_on(seed: int, folder: Path) -> list[str]:
    """A restored spool goes on in its old epoch, whatever head and receipts say."""

    def believes(wanted: Wanted, receipt: Receipt | None, log: LogView) -> Verdict:
        verdict = judge(wanted, receipt, log)
        return Ignored(what="off") if isinstance(verdict, edge_agent.outbox.Broken) else verdict

    with (
        replaced(edge_agent.spool_start, "_finding", headless),
        replaced(edge_agent.uplink, "judge", believes),
    ):
        return found_by(lambda: restore_spool(seed, folder))


def head_unread(seed: int, folder: Path) -> list[str]:
    """The head file beside the spool is not looked at."""
    with replaced(edge_agent.spool_start, "_finding", headless):
        return found_by(lambda: restore_spool(seed, folder))


SPOOL = Campaign(
    name="restored-spool",
    rows=(19,),
    fault="an old copy of the agent's spool is put back after the agent ran on: with and "
    "without its head file, with and without the retained receipt, stopped or killed",
    holds="recognised and told by record and log line; a new epoch; no leaf overwritten, no old "
    "epoch continued, at most one leaf set aside, nothing lost of what is still anywhere",
    counted="restores",
    figure=100,
    play=restore_spool,
    controls=(
        Control(defence="epochs: the spool goes on in its old one", find=restored_goes_on),
        Control(defence="the head file beside the spool", find=head_unread),
    ),
)
