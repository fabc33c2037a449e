"""A key is revoked while its agent delivers: nothing more is taken, and the others go on.

Fault matrix row 23. The broker, the collector and the agents are processes, set up by the
commands that a person gives. Two defences stand one behind the other: the broker's access list
and list of withdrawn certificates, and the collector's own refusal of the signature; where the
broker is not told, the second must do alone.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from collector.journal_read import read_journal
from collector.ledger_read import read_ledger
from edge_agent.spool_schema import connect_file
from evidence.load import read_signing_key, read_verifier
from evidence.log.entry import Action
from evidence.log.envelope import decompress
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.launcher import MODULE, environment
from tests.faults.replaced import replaced
from tests.faults.undefended import follow_no_revocation, list_everyone
from tests.system.command import until
from tests.system.enrolled_works import EnrolledWorks, unit_of
from tests.system.histories import found_by
from tests.system.oracle import Kept, complaints, kept_in, log_of, spooled

GONE, STAYS = "line-1", "line-2"
BOUND_MS: Final = 60_000
PATIENCE_S: Final = 60.0
"""How long a round waits for what must happen; a control waits less for what shall not."""
CONTROL_S: Final = 20.0
MS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How a key is revoked.

    Attributes:
        told: Whether the broker is told.
        killed: Whether the collector is killed right after the command, and started again.
        stopped: Whether the collector stands while the command is given.
        patience_s: How long it may take until it is refused.
    """

    told: bool
    killed: bool
    stopped: bool
    patience_s: float = PATIENCE_S


def case_of(rng: Random) -> Case:
    how = rng.randrange(3)
    return Case(told=rng.random() < 0.5, killed=how == 1, stopped=how == 2)


def revoke(seed: int, folder: Path, *, undefended: str = "", case: Case | None = None) -> Tally:
    """One key revoked."""
    drawn = case or case_of(Random(seed))
    works = EnrolledWorks(folder)
    if undefended:
        works.collector.module, works.collector.env = MODULE, environment(undefended)
    try:
        works.start()
        for name in (GONE, STAYS):
            assert works.enrol(name, works.code(name)) == 0
            works.run_agent(name)
        until(lambda: min(works.leaves(GONE), works.leaves(STAYS)) > 2, "both deliver")
        give_command(works, drawn)
        delivered_since(works, STAYS, 4)
        late_ms = judge(works, drawn)
        return {
            "revocations": 1,
            "broker not told": int(not drawn.told),
            "collector killed or stopped": int(drawn.killed or drawn.stopped),
            "most_ms_until_refused": max(late_ms, 0),
        }
    finally:
        works.close()


def give_command(works: EnrolledWorks, case: Case) -> None:
    if case.stopped:
        works.collector.end()
    if not case.told:
        works.broker.pid_file.unlink()
    works.told("revoke", GONE, "--reason", "the gateway was stolen", "--by", "Q. Wang")
    if case.killed:
        works.collector.kill()
    if case.killed or case.stopped:
        works.collector.start()
        works.until_served()


def delivered_since(works: EnrolledWorks, name: str, more: int) -> None:
    before = works.leaves(name)
    until(lambda: works.leaves(name) >= before + more, f"{name} delivered {more} leaves more")


def judge(works: EnrolledWorks, case: Case) -> int:
    """What must hold; how long after the command the last leaf was taken, ms; below 0 if before.

    Raises:
        AssertionError: it does not hold.
    """
    refused(works, case)
    held = works.leaves(GONE)
    delivered_since(works, STAYS, 4)
    assert works.leaves(GONE) == held, "leaves are taken under a key that is revoked"
    late_ms = (last_taken_ns(works) - revoked_ns(works)) // MS
    assert late_ms <= BOUND_MS, f"taken {late_ms} ms after the key was revoked"
    works.agents[GONE].end()
    locked_out(works, case)
    finish(works)
    return late_ms


def refused(works: EnrolledWorks, case: Case) -> None:
    """Who is revoked is refused where it should be: by the broker, or else by the collector."""
    if case.told:
        log = works.folder / f"{GONE}.log"
        until(lambda: "E_UPLINK_REFUSED" in log.read_text(), "the broker refuses", case.patience_s)
        before = by_collector(works)
        delivered_since(works, STAYS, 3)
        assert by_collector(works) == before, "the broker lets through what is revoked"
        return
    until(lambda: by_collector(works) > 0, "the collector refuses", case.patience_s)


def by_collector(works: EnrolledWorks) -> float:
    """How many messages the collector itself refused, for their key is revoked."""
    return works.counted("refused", "E_KEY_REVOKED")


def locked_out(works: EnrolledWorks, case: Case) -> None:
    """A broker that was told lets the certificate in no more; one that starts anew reads it too."""
    if not case.told:
        works.broker.kill()
        works.broker.start()
    log = works.folder / f"{GONE}.log"
    before = log.stat().st_size
    works.run_agent(GONE)
    until(lambda: "E_UPLINK_TLS_REFUSED" in log.read_text()[before:], "it is locked out")
    works.agents[GONE].end()
    delivered_since(works, STAYS, 3)


def finish(works: EnrolledWorks) -> None:
    """What was taken before stands and verifies; nothing is lost, here or there."""
    path = str(works.agent_config(STAYS))
    agent = works.agents[STAYS]
    assert agent.end() == 0
    assert agent.run("agent", "once", "--wait", "40", "--config", path) == 0, agent.said()
    assert works.collector.end() == 0
    for name in (GONE, STAYS):
        wrong = lost(works, name)
        assert not wrong, "\n".join(wrong[:10])


def lost(works: EnrolledWorks, name: str) -> list[str]:
    """What is wrong with the polls of an agent, in the ledger and the spool together."""
    key = read_signing_key(works.state(name) / "agent.key").verifier
    state = works.collector_dir / "state"
    line = read_signing_key(state / "collector.key").verifier
    logs = log_of(state, key, read_verifier(line.to_text()))
    ((_, leaves),) = logs.items()
    taken = [each for leaf in leaves for each in kept_in(leaf)]
    left = spooled(works.state(name), works.folder / f"{name}-copy")
    kept: list[Kept] = sorted(
        {*taken, *spooled_polls(works, name), *left.polls}, key=lambda each: each.sequence
    )
    served = {at: ns for at, ns in works.meters.served.items() if at[0] == unit_of(name)}
    return complaints(kept, left.counters, served)


def spooled_polls(works: EnrolledWorks, name: str) -> list[Kept]:
    """The polls in the leaves that a spool still holds."""
    db = connect_file(works.folder / f"{name}-copy" / "spool.sqlite")
    try:
        frames = [frame for (frame,) in db.execute("SELECT frame FROM leaf ORDER BY id")]
    finally:
        db.close()
    return [each for frame in frames for each in kept_in(decompress(frame))]


def last_taken_ns(works: EnrolledWorks) -> int:
    with read_ledger(works.collector_dir / "state") as ledger:
        (epoch,) = ledger.epochs(GONE)
        return max(leaf.received_ns for leaf in ledger.leaves(GONE, epoch))


def revoked_ns(works: EnrolledWorks) -> int:
    with read_journal(works.collector_dir / "state", "collector") as journal:
        (found,) = journal.of([Action.KEY_REVOKED])
    assert found.entry.who == "Q. Wang"
    assert found.entry.reason == "the gateway was stolen"
    return found.entry.at_ns


def not_followed(seed: int, folder: Path) -> list[str]:
    """A collector that does not follow what is revoked, and a broker that was not told."""
    case = Case(told=False, killed=False, stopped=False, patience_s=CONTROL_S)
    return found_by(
        lambda: revoke(seed, folder, undefended=follow_no_revocation.__name__, case=case)
    )


def certificate_list_alone(seed: int, folder: Path) -> list[str]:
    """The broker is told by the list of withdrawn certificates, and not by the access list."""
    case = Case(told=True, killed=False, stopped=False, patience_s=CONTROL_S)
    with ExitStack() as here:  # the command runs in this process
        list_everyone(lambda owner, name, by: here.enter_context(replaced(owner, name, by)))
        return found_by(lambda: revoke(seed, folder, undefended=list_everyone.__name__, case=case))


REVOCATION = Campaign(
    name="revoked-key",
    rows=(23,),
    fault="a key is revoked by the command while two agents deliver over TLS; the collector runs, "
    "is killed right after, or stands meanwhile; the broker is told, or is not",
    holds="nothing more is taken under the key 60 s after at most; what was taken before verifies; "
    "its certificate opens no connection any more; the other agent goes on and loses nothing",
    counted="revocations",
    figure=20,
    play=revoke,
    controls=(
        Control(defence="the running collector follows what is revoked", find=not_followed),
        Control(defence="the access list names every agent", find=certificate_list_alone),
    ),
)
