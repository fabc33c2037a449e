"""What can happen to a works; each fault is a function of the works and its randomness."""

from collections.abc import Awaitable, Callable
from random import Random
from typing import Final

from collector.opening import DERIVED
from tests.simulation.book import all_polls
from tests.simulation.centre import NAME as COLLECTOR
from tests.simulation.gateway import Gateway
from tests.simulation.machine import copy_state
from tests.simulation.meters import MOODS
from tests.simulation.works import Backup, Works

S: Final = 1_000_000_000
Fault = Callable[[Works, Random], Awaitable[None]]


def _later(works: Works, most_s: float, what: Callable[[], None]) -> None:
    works.world.loop.call_later(works.rng.uniform(0.5, most_s), what)


def _machine(works: Works, rng: Random) -> Gateway:
    return rng.choice(works.machines)


async def agent_killed(works: Works, rng: Random) -> None:
    """kill -9, wherever the agent waits."""
    _machine(works, rng).kill()


async def agent_killed_at_a_statement(works: Works, rng: Random) -> None:
    """kill -9 between two of its next statements, in this life or at its next start."""
    machine = _machine(works, rng)
    machine.kill_soon(rng.randint(1, 40))
    if rng.random() < 0.5:
        machine.statements = rng.randint(1, 60)


async def agent_stopped(works: Works, rng: Random) -> None:
    """SIGTERM, and a start after it."""
    machine = _machine(works, rng)
    await machine.stop()
    _later(works, 30.0, machine.start)


async def agents_disk_full(works: Works, rng: Random) -> None:
    """No write succeeds for a while."""
    machine = _machine(works, rng)
    machine.fill_disk(full=True)
    works.world.say(f"{machine.name}: its disk is full")
    _later(works, 10 * works.terms.period_s, lambda: machine.fill_disk(full=False))


async def clock_set(works: Works, rng: Random) -> None:
    """A person or a time server sets an agent's clock, seldom the collector's."""
    machine = _machine(works, rng)
    clock = works.centre.clock if rng.random() < 0.1 else machine.clock
    name = machine.name if clock is machine.clock else COLLECTOR
    how = rng.choice(("hour back", "day on", "1970", "right", "a little", "somewhat"))
    if clock is works.centre.clock and how not in ("right", "a little"):
        how = "somewhat"
    if how == "1970":
        clock.set_to(rng.randint(0, 1000) * S)
    elif how == "right":
        clock.step(-clock.offset_ns)
    else:
        by_s = {"hour back": -3600.0, "day on": 86_400.0, "a little": rng.uniform(-0.9, 0.9)}
        clock.step(round(by_s.get(how, rng.uniform(-200.0, 200.0)) * S))
    works.world.say(f"{name}: its clock is set: {how}")


async def certificate_comes(works: Works, rng: Random) -> None:
    """A meter's certificate is put on an agent, which is started again for it."""
    machine = _machine(works, rng)
    lacking = [each.unit for each in machine.meters if each.unit not in machine.certified]
    if lacking:
        machine.certified = (*machine.certified, rng.choice(lacking))
        await machine.stop()
        _later(works, 10.0, machine.start)


async def meter_misbehaves(works: Works, rng: Random) -> None:
    """A meter is silent, late or wrong for a while."""
    meter = rng.choice(works.meters)
    meter.mood, meter.share = rng.choice(MOODS), rng.choice((0.3, 1.0))
    works.world.say(f"meter-{meter.unit}: is {meter.mood}")

    def well() -> None:
        meter.mood = "good"

    _later(works, 15 * works.terms.period_s, well)


async def collector_killed(works: Works, _rng: Random) -> None:
    """kill -9 of the collector."""
    works.centre.kill()


async def collector_killed_at_a_statement(works: Works, rng: Random) -> None:
    """kill -9 between any two statements: commit, head, signature, receipt stored, publish."""
    works.centre.kill_soon(rng.randint(1, 60))
    if rng.random() < 0.3:
        works.centre.statements = rng.randint(1, 80)


async def collectors_disk_full(works: Works, _rng: Random) -> None:
    """No write succeeds for a while."""
    works.centre.fill_disk(full=True)
    works.world.say(f"{COLLECTOR}: its disk is full")
    _later(works, 60.0, lambda: works.centre.fill_disk(full=False))


async def broker_restarted(works: Works, rng: Random) -> None:
    """kill -9 of the broker; its retained receipts are kept."""
    _stop_broker(works, rng, forgets=False)


async def broker_forgets(works: Works, rng: Random) -> None:
    """kill -9 of the broker; it comes back empty."""
    _stop_broker(works, rng, forgets=True)


def _stop_broker(works: Works, rng: Random, *, forgets: bool) -> None:
    works.world.say(f"broker: killed{', and forgets' if forgets else ''}")
    works.broker.stop(forgets=forgets)

    def start() -> None:
        works.broker.up = True

    works.world.loop.call_later(rng.uniform(0.1, 40.0), start)


async def partition(works: Works, rng: Random) -> None:
    """Nothing gets through to or from someone, or in one direction only."""
    name = rng.choice([*[each.agent_id for each in works.gateways], COLLECTOR])
    where = works.broker.deaf if rng.random() < 0.5 else works.broker.mute
    where[name] = None
    works.world.say(f"{name}: partition")

    def lapse() -> None:
        if name in where and name in works.broker.sessions:
            works.broker.close(works.broker.sessions[name], "keep-alive lapsed")

    works.world.loop.call_later(rng.uniform(15.0, 23.0), lapse)
    _later(works, 120.0, lambda: where.pop(name, None))


async def spool_copied(works: Works, rng: Random) -> None:
    """A backup of a spool is taken, or the last one is put back."""
    mine = [each for each in works.spools if each.gateway.wanted]
    if not mine or rng.random() < 0.4:
        machine = rng.choice(works.gateways)
        folder = works.world.folder / f"spool-{len(works.spools)}"
        if (machine.state / "spool.sqlite").exists():
            copy_state(machine.state, folder)
            copy = Backup(gateway=machine, folder=folder, witness=machine.witness.twin("backup"))
            works.spools.append(copy)
            works.world.say(f"{machine.name}: a backup is taken")
        return
    _put_back(works, rng.choice(mine), rng)


def _put_back(works: Works, backup: Backup, rng: Random) -> None:
    """The older spool in place of the newer; the head's file may have been spared."""
    machine, agent = backup.gateway, backup.gateway.agent_id
    machine.kill()
    before = machine.witness
    machine.witness = backup.witness.twin(machine.name)
    gone = {poll: None for poll in before.polls if poll not in machine.witness.polls}
    works.book.excuse(agent, gone, "overwritten with an older spool")
    works.suspects[agent] = None
    if _is_behind(works, machine):
        works.recognise[agent] = None
    head = machine.state / "spool.head"
    spared = head.read_bytes() if head.exists() and rng.random() < 0.5 else None
    copy_state(backup.folder, machine.state)
    if spared is not None:
        head.write_bytes(spared)
    works.world.tally["spools put back"] += 1
    works.world.say(f"{machine.name}: an older spool is put back, {len(gone)} polls are gone")


def _is_behind(works: Works, machine: Gateway) -> bool:
    """Whether the ledger holds leaves of the agent that its spool knows nothing of."""
    known: dict[str, int] = {}
    for row_id in machine.witness.leaves:
        epoch = machine.witness.epochs[row_id >> 40]
        known[epoch] = max(known.get(epoch, 0), row_id % (1 << 40) + 1)
    epochs = set(machine.witness.epochs.values())
    return any(
        epoch not in epochs or len(held) > max(known.get(epoch, 0), machine.witness.base)
        for (agent, epoch), held in works.book.held.items()
        if agent == machine.agent_id and (epoch not in epochs or epoch in known)
    )


async def clone(works: Works, rng: Random) -> None:
    """A second machine begins with a copy of a spool, its key and its name; or it ends."""
    if works.clones and rng.random() < 0.6:
        end_clone(works, works.clones[0])
        return
    origin = rng.choice(works.gateways)
    if works.clones or not (origin.state / "spool.sqlite").exists():
        return
    number = works.world.tally["clones"] = works.world.tally["clones"] + 1
    name = f"{origin.name}-clone-{number}"
    copied = Gateway(name, origin.agent_id, works.book, works.broker, origin.meters, origin.terms)
    copy_state(origin.state, copied.state)
    copied.witness = origin.witness.twin(name)
    copied.certified = origin.certified
    works.clones.append(copied)
    works.suspects[origin.agent_id] = None
    works.world.say(f"{name}: a clone begins")
    copied.start()


def end_clone(works: Works, copied: Gateway) -> None:
    """A clone is found and ended; what it has not delivered stays on its disk."""
    copied.kill()
    copied.wanted = False
    works.clones.remove(copied)
    works.book.excuse(copied.agent_id, copied.witness.polls, "in a clone's spool")
    works.world.say(f"{copied.name}: the clone is ended")


async def ledger_copied(works: Works, rng: Random) -> None:
    """A backup of the ledger is taken, or the last one is put back; its head may be, too."""
    centre, folder = works.centre, works.world.folder / f"ledger-{len(works.ledgers)}"
    if not works.ledgers or rng.random() < 0.4:
        if (centre.state / "ledger.db").exists():
            copy_state(centre.state, folder)
            works.ledgers.append((folder, len(works.book.order), centre.restored))
            works.world.say(f"{COLLECTOR}: a backup is taken, {len(works.book.order)} leaves")
        return
    source, size, unaccepted = rng.choice(works.ledgers)
    centre.kill()
    if size == len(works.book.order):
        return
    _excuse_fallen(works, size)
    spared = ["head"] if rng.random() < 0.6 else []
    spared += [DERIVED, f"{DERIVED}-wal"] if rng.random() < 0.5 else []
    centre.restored = bool(spared) or unaccepted
    files = {name: centre.state / name for name in spared}
    kept = {name: file.read_bytes() for name, file in files.items() if file.exists()}
    copy_state(source, centre.state)
    for name in spared:
        (centre.state / name).unlink(missing_ok=True)
        if name in kept:
            (centre.state / name).write_bytes(kept[name])
    works.set_back = True
    works.ledgers = [each for each in works.ledgers if each[1] <= size]
    works.world.tally["ledgers put back"] += 1
    works.world.say(f"{COLLECTOR}: an older ledger is put back, {size} leaves")


def _excuse_fallen(works: Works, size: int) -> None:
    """What was receipted and is not in the older ledger may be gone, if it is told."""
    for place in works.book.order[size:]:
        if works.book.is_covered(place):
            leaf = works.book.held[place[:2]][place[2]]
            works.book.excuse(place[0], all_polls([leaf]), "fallen out of the ledger")
    works.book.ledger_restored(size)


ALL: Final[dict[str, Fault]] = {
    "agent killed": agent_killed,
    "agent killed at a statement": agent_killed_at_a_statement,
    "agent stopped": agent_stopped,
    "agent's disk full": agents_disk_full,
    "clock set": clock_set,
    "certificate comes": certificate_comes,
    "meter misbehaves": meter_misbehaves,
    "collector killed": collector_killed,
    "collector killed at a statement": collector_killed_at_a_statement,
    "collector's disk full": collectors_disk_full,
    "broker restarted": broker_restarted,
    "broker forgets": broker_forgets,
    "partition": partition,
    "spool copied": spool_copied,
    "clone": clone,
    "ledger copied": ledger_copied,
}
