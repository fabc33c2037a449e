"""A cloned gateway: two agents with one id and key.

Fault matrix row 21. A broker keeps one connection for a client id, so the two take it
from each other; each that loses it says so and leaves it alone, longer each time.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import collector.intake
from collector.branches import open_notes
from collector.outcome import Duplicate, Equivocation, Held, LogState, Outcome, Presented
from edge_agent.assembly import World
from edge_agent.connected import keyed_agent
from edge_agent.custody_errors import SpoolLockedError
from edge_agent.taken_over import LONGEST_YIELD_S, Yielding
from tests.faults import memory_broker
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.replaced import replaced
from tests.system.gateways import Estate, Gateway, S
from tests.system.histories import (
    Logs,
    found_by,
    invented,
    kept_by,
    missing,
    overwritten,
    require,
    unrecorded,
)
from tests.system.oracle import Kept
from tests.system.restore import KEYS, branched, held, misjudged

HOURS = 4
STEP_S = 10.0


def most_takeovers(hours: float) -> int:
    """How often two agents can take a client id from each other, who wait as they shall."""
    pauses, passed_s, count = (Yielding(), Yielding()), 0.0, 0
    while passed_s < hours * 3600:
        one, other = pauses
        one = Yielding(times=one.times + 1)
        passed_s, count, pauses = passed_s + one.pause_s, count + 1, (other, one)
    return count


def clone(seed: int, folder: Path) -> Tally:
    """One round of row 21."""
    estate = Estate(folder, seed)
    estate.broker.tells = estate.rng.random() < 0.5
    estate.centre.pin(*KEYS)
    estate.centre.start()
    first = estate.gateway()
    try:
        second = cloned(estate, first)
        started_ns = estate.clock.monotonic_ns()
        kept = both_run(estate, (first, second))
        locked(first)
        hours = (estate.clock.monotonic_ns() - started_ns) / S / 3600
        kept |= one_after_the_other((first, second))
        judge_clone(estate, (first, second), kept, hours)
        branches = released(estate)
        return {"rounds": 1, "takeovers": estate.broker.takeovers, "branches": branches}
    finally:
        estate.close()


def cloned(estate: Estate, first: Gateway) -> Gateway:
    """A copy of a gateway that has run for a while; both are started."""
    first.start()
    first.log(estate.rng.randint(1, 5))
    if estate.rng.random() < 0.7:
        first.deliver()
    first.log(estate.rng.randint(0, 2), each_s=0.0)
    first.stop()
    shutil.copytree(first.folder, estate.folder / "line-1-copy")
    second = estate.gateway("line-1-copy")
    order = [first, second]
    estate.rng.shuffle(order)
    for each in order:
        each.start()
        each.log(estate.rng.randint(0, 4), each_s=0.0)
    if estate.rng.random() < 0.5:
        forked(order[0], order[1])
    return second


def forked(one: Gateway, other: Gateway) -> None:
    """One delivers leaves; the broker forgets its receipt before the other comes with its own."""
    estate = one.estate
    for each in (one, other):
        each.log(1, each_s=0.0)
    other.link._due_ns = estate.clock.monotonic_ns() + 10**15
    one.deliver()
    estate.broker.forget()
    one.link._due_ns = estate.clock.monotonic_ns() + 20 * S
    other.link._due_ns = 0
    estate.pass_time(5.0)


def both_run(estate: Estate, pair: tuple[Gateway, Gateway]) -> set[Kept]:
    """Some hours with both of them; what they committed."""
    kept: set[Kept] = set()
    before: Logs = {}
    started_ns = estate.clock.monotonic_ns()
    for _ in range(HOURS * 4):
        for each in pair:
            each.log(1, each_s=0.0)
            kept |= kept_by(each.running.spool)
        estate.pass_time(900.0, STEP_S)
        if estate.rng.random() < 0.4:
            estate.broker.forget()
        if estate.rng.random() < 0.1:
            estate.broker.say(estate.centre.intake.resume())
        now = held(estate)
        hours = (estate.clock.monotonic_ns() - started_ns) / S / 3600
        require(overwritten(before, now), flapping(estate, hours))
        before = now
    return kept


def locked(gateway: Gateway) -> None:
    """A second agent on the same directory is refused, and the first one goes on."""
    estate = gateway.estate
    world = World(clock=estate.clock, entropy=estate.entropy)
    try:
        keyed_agent(gateway.installation, world)
    except SpoolLockedError:
        return
    raise AssertionError("two agents run on one directory")


def one_after_the_other(pair: tuple[Gateway, Gateway]) -> set[Kept]:
    """A person stops one, which had delivered; then the other delivers what it has."""
    kept: set[Kept] = set()
    for each, other in (pair, pair[::-1]):
        if other.agent is not None:
            kept |= kept_by(other.running.spool)
            other.link._stopped = True
            if other.link.up:
                other.link.cut()
        each.link._stopped = False
        each.link._due_ns = 0
        each.deliver(4 * LONGEST_YIELD_S)  # it may just have left the connection to the other
        kept |= kept_by(each.running.spool)
        each.stop()
    return kept


def judge_clone(
    estate: Estate, pair: tuple[Gateway, Gateway], kept: set[Kept], hours: float
) -> None:
    after = held(estate)
    told = [line for each in pair for line in each.told]
    require(
        missing(kept, after),
        invented(after, estate.counters.served),
        unrecorded(estate.broker.published, estate.centre.state, KEYS),
        branched(estate),
        flapping(estate, hours),
        [] if any("E_UPLINK_TAKEN_OVER" in line for line in told) else ["nobody was told"],
        misjudged(estate),
    )
    # a break of the log is opened by a takeover, or by a broker that forgot; not in a circle
    assert len(after) <= 2 + 2 * estate.broker.takeovers


def flapping(estate: Estate, hours: float) -> Iterator[str]:
    most = 2 + 2 * most_takeovers(hours)  # it is taken back once before it is left alone
    if estate.broker.takeovers > most:
        yield f"{estate.broker.takeovers} takeovers in {hours:.1f} h; at most {most}"


def released(estate: Estate) -> int:
    """A person looks at every branch; that stands in the ledger, and the branch stays."""
    with open_notes(estate.centre.state) as notes:
        found = [each for each in notes.branches() if each.is_open]
        for each in found:
            at_ns = estate.clock.now_ns()
            notes.release_branch(each.root.hex()[:12], "Q. Wang", "the copy was stopped", at_ns)
        assert len(notes.branches()) >= len(found)
        assert not any(each.is_open for each in notes.branches())
        logged = [message for _, _, message in notes.events() if "released by Q. Wang" in message]
        assert len(logged) == len(found)
    return len(found)


def unyielding(seed: int, folder: Path) -> list[str]:
    """Who was taken over comes back after a minute, each time."""

    class Never(Yielding):
        @property
        def pause_s(self) -> float:
            return 60.0

        def after(self, *_: object, **__: object) -> Yielding:
            return self

    with replaced(memory_broker, "Yielding", Never):
        return found_by(lambda: clone(seed, folder))


def second_taken_for_the_first(seed: int, folder: Path) -> list[str]:
    """Another history at a position that is held passes as the one that is held."""

    def credulous(presented: Presented, state: LogState, known: Held | None) -> Outcome:
        outcome = collector.admit.admit(presented, state, known)
        if isinstance(outcome, Equivocation):
            return Duplicate(agent=state.agent, epoch=state.epoch, sequence=presented.sequence)
        return outcome

    with replaced(collector.intake, "admit", credulous):
        return found_by(lambda: clone(seed, folder))


CLONE = Campaign(
    name="cloned-gateway",
    rows=(21,),
    fault="a gateway is copied with its key and state, and both run for four hours on a broker "
    "that forgets every now and then",
    holds="both histories are kept, at most one leaf of a log set aside; what each committed "
    "arrives; takeovers are told and grow rarer, to some an hour; one directory, one agent; "
    "a person's release is logged",
    counted="rounds",
    figure=100,
    play=clone,
    controls=(
        Control(defence="who is taken over waits", find=unyielding),
        Control(
            defence="equivocation check: another history passes", find=second_taken_for_the_first
        ),
    ),
)
