"""An old backup of the collector's ledger is put back.

Fault matrix row 20. Who can know is asked: the head file beside the ledger, the data derived
from it, and at last the agents, who hold receipts for more than a restored ledger has.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import collector.ledger
import collector.opening
import edge_agent.spool_start
import edge_agent.uplink
from collector.errors import LedgerRestoredError
from collector.ledger import accept_restored
from collector.ledger_read import read_ledger
from collector.opening import DERIVED, emptied_store
from edge_agent.outbox import Outbox
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.replaced import replaced
from tests.system.gateways import Estate, Gateway
from tests.system.histories import (
    Logs,
    found_by,
    invented,
    kept_by,
    missing,
    openings,
    overwritten,
    polls_in,
    require,
)
from tests.system.oracle import Kept, kept_in
from tests.system.restore import begun, held, misjudged


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
        replaced(collector.ledger, "require_remembered", lambda *_: None),
        replaced(collector.opening, "_judged", lambda *_: 0),
    ):
        return found_by(lambda: restore_ledger(seed, folder))


def receipts_unheeded(seed: int, folder: Path) -> list[str]:
    """An agent does not conclude anything from answers for less than it has receipts for."""

    def never(outbox: Outbox, *_: object, **__: object) -> tuple[Outbox, bool]:
        return outbox, False

    with replaced(edge_agent.uplink, "after_behind", never):
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
