"""Old backups put back: of an agent's spool, and of the collector's ledger.

Fault matrix rows 19 and 20. Who can know is asked: the head file beside the spool or ledger,
the receipt that the broker keeps, the answer to the first leaf, the derived data, and at last
the agents, who hold receipts for more than a restored ledger has.
"""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import collector.ledger
import collector.service
import edge_agent.spool_start
import edge_agent.uplink
from collector.errors import LedgerRestoredError
from collector.ledger import accept_restored
from collector.ledger_read import read_ledger
from collector.service import DERIVED, emptied_store
from edge_agent.outbox import Ignored, LogView, Outbox, Verdict, judge
from edge_agent.spool_files import Head
from edge_agent.spool_log import LogState
from edge_agent.spool_start import Found
from evidence.log.envelope import Wanted
from evidence.log.receipt import Receipt
from tests.faults.campaign import Campaign, Control, Tally
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
from tests.system.oracle import Kept, kept_in

KEYS = [KEY.verifier]


@contextmanager
def patched(owner: object, name: str, value: object) -> Iterator[None]:
    """A name of a module or class means something else inside."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


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
    store = collector.service.open_store(estate.centre.state)
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
        patched(edge_agent.spool_start, "_finding", headless),
        patched(edge_agent.uplink, "judge", believes),
    ):
        return found_by(lambda: restore_spool(seed, folder))


def head_unread(seed: int, folder: Path) -> list[str]:
    """The head file beside the spool is not looked at."""
    with patched(edge_agent.spool_start, "_finding", headless):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCase:
    """How a ledger is restored.

    Attributes:
        head: Whether its head file is put back with it.
        derived: Whether the derived data are put back, gone, or left as they are.
        forgotten: Whether the broker lost the retained receipt.
        restarted: Whether the agent was restarted meanwhile, and how.
        all_gone: Whether the copy was made before the first leaf.
    """

    head: bool
    derived: str
    forgotten: bool
    restarted: str
    all_gone: bool

    @property
    def noticed(self) -> bool:
        """Whether the collector can know by itself."""
        return not self.head or self.derived == "left"


def ledger_case(rng: Random) -> LedgerCase:
    return LedgerCase(
        head=rng.random() < 0.5,
        derived=rng.choice(("left", "gone", "back")),
        forgotten=rng.random() < 0.5,
        restarted=rng.choice(("", "", "stopped", "killed")),
        all_gone=rng.random() < 0.15,
    )


def restore_ledger(seed: int, folder: Path) -> Tally:
    """One round of row 20."""
    estate, gateway = begun(folder, seed)
    try:
        case = ledger_case(estate.rng)
        if case.all_gone:
            (folder / "backup").mkdir()
        else:
            copied(estate, folder / "backup")
        gateway.log(estate.rng.randint(1, 10))
        gateway.deliver()
        gateway.log(1)
        estate.centre.judge()
        epoch, before = gateway.running.spool.epoch, held(estate)
        estate.centre.stop()
        gateway.log(estate.rng.randint(0, 4))
        put_back(estate, folder / "backup", case)
        copy = held(estate) if not case.all_gone else {}
        kept = away(estate, gateway, case)
        required_refusal(estate, case)
        estate.centre.start()
        gateway.log(estate.rng.randint(1, 6))
        kept |= kept_by(gateway.running.spool)
        gateway.deliver()
        gone = judge_ledger(estate, gateway, (copy, before, epoch), kept)
        return {"restores": 1, "noticed by the collector": case.noticed, "polls named gone": gone}
    finally:
        estate.close()


def copied(estate: Estate, to: Path) -> None:
    """A copy of the collector's state directory, made while it is stopped."""
    estate.centre.judge()
    estate.centre.stop()
    shutil.copytree(estate.centre.state, to, ignore=shutil.ignore_patterns("lock", "*-shm"))
    estate.centre.start()


def put_back(estate: Estate, copy: Path, case: LedgerCase) -> None:
    state = estate.centre.state
    gone = ["ledger.db", *(["head"] if case.head else [])]
    gone += [] if case.derived == "left" else [DERIVED]
    for name in (each + tail for each in gone for tail in ("", "-wal", "-shm")):
        (state / name).unlink(missing_ok=True)
        wanted = case.derived == "back" or not name.startswith(DERIVED)
        if (copy / name).exists() and wanted:
            shutil.copy(copy / name, state / name)


def away(estate: Estate, gateway: Gateway, case: LedgerCase) -> set[Kept]:
    """What happens meanwhile; what the agent still has."""
    if case.forgotten:
        estate.broker.forget()
    if case.restarted:
        (gateway.kill if case.restarted == "killed" else gateway.stop)()
        gateway.start()
    return kept_by(gateway.running.spool)


def required_refusal(estate: Estate, case: LedgerCase) -> None:
    """The collector does not start where it can know, until a person accepts it."""
    if not case.noticed:
        return
    try:
        estate.centre.start()
    except LedgerRestoredError:
        head = accept_restored(estate.centre.state, "Q. Wang", estate.clock.now_ns())
        with emptied_store(estate.centre.state), read_ledger(estate.centre.state) as ledger:
            (_, code, message) = ledger.events()[-1]
        assert (code, "Q. Wang" in message) == ("E_LEDGER_RESTORED", True)
        assert f"accepted at {head.size} " in message
        return
    raise AssertionError("a restored ledger was opened, and receipts would be signed")


def judge_ledger(
    estate: Estate, gateway: Gateway, was: tuple[Logs, Logs, str], kept: set[Kept]
) -> int:
    """How many polls nobody has any more, once what must hold after row 20 does.

    Args:
        estate, gateway: As they are now.
        was: The logs of the copy, those before it was put back, and the agent's epoch then.
        kept: What the agent kept since.
    """
    copy, before, epoch = was
    after = held(estate)
    lost = set(polls_in(before)) - set(polls_in(copy)) - kept
    require(
        overwritten(copy, after),
        missing(kept | set(polls_in(copy)), after),
        invented(after, estate.counters.served),
        untold(copy, before, after, epoch, lost),
        misjudged(estate),
    )
    if lost:
        assert any("collector_set_back" in each for each in gateway.told), "no log line"
    return len(lost)


def untold(copy: Logs, before: Logs, after: Logs, epoch: str, lost: set[Kept]) -> Iterator[str]:
    """Leaves that nobody has any more, and no new epoch says so."""
    held_of = len(copy[epoch].leaves) if epoch in copy else 0
    said = [
        record.facts
        for key, record in openings(after).items()
        if key not in copy and record.facts["reason"] == "collector_set_back"
    ]
    if not lost:
        return
    if [each["former_epoch"] for each in said] != [epoch]:
        yield f"{len(lost)} polls are gone, and it was said of {len(said)} epochs"
        return
    (facts,) = said
    first, end = facts["receipted_size"], facts["released_size"]
    if first != held_of:
        yield f"it says that the collector has {first} leaves; it has {held_of}"
    leaves = before[epoch].leaves
    named = range(held_of, int(end))
    gone = [n for n, leaf in enumerate(leaves) if lost & set(kept_in(leaf))]
    yield from (f"leaf {n} is gone and not named" for n in gone if n not in named)


def heads_off(seed: int, folder: Path) -> list[str]:
    """The collector compares its ledger with nothing."""
    with (
        patched(collector.ledger, "_require_remembered", lambda *_: None),
        patched(collector.service, "_judged", lambda *_: 0),
    ):
        return found_by(lambda: restore_ledger(seed, folder))


def receipts_unheeded(seed: int, folder: Path) -> list[str]:
    """An agent does not conclude anything from answers for less than it has receipts for."""

    def never(outbox: Outbox, *_: object, **__: object) -> tuple[Outbox, bool]:
        return outbox, False

    with patched(edge_agent.uplink, "after_behind", never):
        return found_by(lambda: restore_ledger(seed, folder))


LEDGER = Campaign(
    name="restored-ledger",
    rows=(20,),
    fault="an old copy of the collector's ledger is put back: with and without its head file, "
    "the derived data left, put back or gone, the broker's receipts kept or forgotten",
    holds="refused where head or derived data know better, until a person accepts it, on record; "
    "else the agents' newer receipts tell; all that agents still hold comes again, and what "
    "nobody has is named by a new epoch",
    counted="restores",
    figure=100,
    play=restore_ledger,
    controls=(
        Control(defence="the head file and the derived data as witnesses", find=heads_off),
        Control(defence="the agents' receipts as witnesses", find=receipts_unheeded),
    ),
)
CAMPAIGNS: tuple[Campaign, ...] = (SPOOL, LEDGER)
