"""An agent's key is changed while leaves wait, and a kill may part every step of it.

Fault matrix row 24. The old key signs which key follows, the new one which key and log came
before; each log verifies under its own key alone, and every poll arrives once.
"""

import stat
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import edge_agent.connected
import edge_agent.rotate
from edge_agent.agent import Agent
from edge_agent.assembly import World
from edge_agent.connected import keyed_agent
from edge_agent.rotate import FOLLOWING, Rotation, adopt, prepare
from edge_agent.spool import Spool
from evidence.load import read_signing_key
from evidence.log.key import Verifier
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.replaced import replaced
from tests.system.gateways import CENTRE, KEY, Estate, Gateway
from tests.system.histories import (
    Logs,
    found_by,
    invented,
    logs_in,
    overwritten,
    polls_in,
    require,
)
from tests.system.oracle import complaints
from tests.system.restore import misjudged
from tests.system.rotation_oracle import ranges, succession

ROTATIONS = 4
STEPS = ("", "", "prepared", "announced", "opened", "adopted", "moved")


class Killed(BaseException):
    """The agent is gone, at one of the steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How one change of keys goes.

    Attributes:
        killed: After which step the agent is killed; empty if it is not.
        away: Whether the collector is away while leaves pile up.
        pinned: Whether the new key is pinned before it is in use, or only after.
        at_once: Whether it is done at once, the old key being revoked.
        deaf: Whether the last answers before the change were not heard.
    """

    killed: str
    away: bool
    pinned: bool
    at_once: bool
    deaf: bool


def case_of(rng: Random) -> Case:
    at_once = rng.random() < 0.2
    return Case(
        killed=rng.choice(STEPS),
        away=rng.random() < 0.6,
        pinned=rng.random() < 0.6,
        at_once=at_once,
        deaf=not at_once and rng.random() < 0.5,
    )


def rotate(seed: int, folder: Path) -> Tally:
    """Four changes of an agent's key, one after the other."""
    estate = Estate(folder, seed)
    keys = [KEY.verifier]
    estate.centre.pin(*keys)
    estate.centre.start()
    gateway = estate.gateway()
    tally = dict.fromkeys(("rotations", "killed", "at once", "pinned later"), 0)
    try:
        gateway.start()
        for _ in range(ROTATIONS):
            case = case_of(estate.rng)
            before = history(estate, keys)
            keys.append(one_change(gateway, keys, case))
            after = history(estate, keys)
            require(overwritten(before, after))
            tally["rotations"] += 1
            tally["killed"] += bool(case.killed)
            tally["at once"] += case.at_once
            tally["pinned later"] += not case.pinned
        judge_keys(gateway, keys)
        return tally
    finally:
        estate.close()


def history(estate: Estate, keys: list[Verifier]) -> Logs:
    return logs_in(estate.centre.state, keys, CENTRE.verifier)


def one_change(gateway: Gateway, keys: list[Verifier], case: Case) -> Verifier:
    """One change of keys with what waits; the new key."""
    estate = gateway.estate
    gateway.log(estate.rng.randint(0, 3))
    gateway.deliver()
    if case.away:
        estate.centre.stop()
    gateway.log(estate.rng.randint(1, 12), each_s=1.0)
    if case.deaf and not case.away:
        unheard(gateway)
    if case.at_once:
        gateway.stop()
    following, _ = prepare(gateway.state, "line-1", estate.entropy)
    if case.killed == "prepared" and not case.at_once:
        gateway.kill()
        gateway.start()
    pin(estate, keys, following, case)
    with killing(case, following):
        taken_into_use(gateway, case)
    confirmed(gateway, keys, following, case)
    return following


def unheard(gateway: Gateway) -> None:
    """Leaves are sent and committed, and the answers are lost with the connection."""
    gateway.poll(each_s=0.0)
    gateway.close_batch()
    gateway.pump()
    gateway.estate.centre.intake.flush()  # nobody is told
    if gateway.link.up:
        gateway.link.cut()


def pin(estate: Estate, keys: list[Verifier], following: Verifier, case: Case) -> None:
    """The collector starts anew with the keys it knows by now."""
    estate.centre.stop()
    revoked = keys[-1:] if case.at_once else []
    known = [*keys, *([following] if case.pinned else [])]
    estate.centre.pin(*known, revoked=revoked)
    estate.centre.start()


class Happened(ExitStack):
    """Whether the kill has come."""

    killed = False

    def once(self) -> None:
        """Kills, the first time."""
        if not self.killed:
            self.killed = True
            raise Killed


def killing(case: Case, following: Verifier) -> Happened:
    """Patches so that the agent is killed after the step, once."""
    happened, in_use = Happened(), f"key in use {following.label}"
    whole = Spool.log_again

    def adopting(directory: Path) -> None:
        if case.killed == "adopted" or happened.killed:
            adopt(directory)
        happened.once()

    def moving(spool: Spool) -> None:
        if spool.is_told(in_use):  # the new epoch is there, and nothing was moved to it
            happened.once()
        whole(spool)

    if case.killed in ("opened", "adopted"):
        happened.enter_context(replaced(edge_agent.rotate, "adopt", adopting))
    if case.killed == "moved":
        happened.enter_context(replaced(Spool, "log_again", moving))
    return happened


def taken_into_use(gateway: Gateway, case: Case) -> None:
    """Restarts the agent until the key that follows is the one in use."""
    estate = gateway.estate
    if case.at_once:
        at_once(gateway)
    else:
        (gateway.stop if estate.rng.random() < 0.5 else gateway.kill)()
    survived(gateway, gateway.start)
    if case.killed == "announced":
        gateway.pump()
        gateway.kill()
        gateway.start()
    for _ in range(500):
        if not (gateway.state / FOLLOWING).exists():
            return
        survived(gateway, gateway.close_batch)
        survived(gateway, lambda: estate.pass_time(0.5))
    raise AssertionError("the key that follows is not in use")


def survived(gateway: Gateway, does: Callable[[], None]) -> None:
    """Does it; where it is killed, the agent starts again."""
    try:
        does()
    except Killed:
        if gateway.agent is not None:
            gateway.kill()
        gateway.start()


def at_once(gateway: Gateway) -> None:
    """What `agent rotate-key --at-once` does with a stopped agent."""
    estate = gateway.estate
    world = World(clock=estate.clock, entropy=estate.entropy)
    agent = keyed_agent(gateway.installation, world)
    with suppress(Killed):
        assert agent.rotation is not None
        agent.rotation.take_over(agent)
    agent.spool.close()


def confirmed(gateway: Gateway, keys: list[Verifier], following: Verifier, case: Case) -> None:
    """Everything arrives; until the key is pinned, the agent holds and says why."""
    estate = gateway.estate
    gateway.log(estate.rng.randint(1, 4))
    if not case.pinned:
        estate.pass_time(60.0)
        assert not gateway.delivered, "a key that nobody pinned was taken"
        trouble = gateway.uplink.trouble
        assert trouble is not None
        assert trouble.code == "E_UPLINK_KEY", trouble.say("en")
        estate.centre.stop()
        estate.centre.pin(*keys, following, revoked=keys)
        estate.centre.start()
    gateway.deliver()


def judge_keys(gateway: Gateway, keys: list[Verifier]) -> None:
    estate = gateway.estate
    after = history(estate, keys)
    require([line for line in gateway.told if "damaged" in line])
    counters = {each: gateway.running.spool.next_sequence(each) for each in ("meter-1", "meter-2")}
    require(
        complaints(polls_in(after), counters, estate.counters.served),
        invented(after, estate.counters.served),
        ranges(after, keys),
        succession(after, keys),
        misjudged(estate),
    )
    path = gateway.state / "agent.key"
    assert read_signing_key(path).verifier == keys[-1]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def impatient(seed: int, folder: Path) -> list[str]:
    """The new key is in use before the receipts under the old one are in."""

    class Impatient(Rotation):
        def step(self, agent: Agent) -> None:
            if not self._done:
                self.take_over(agent)
                assert agent.uplink is not None
                agent.uplink.begin_anew()

    with replaced(edge_agent.connected, "Rotation", Impatient):
        return found_by(lambda: rotate(seed, folder))


def unfinished(seed: int, folder: Path) -> list[str]:
    """At the start nobody looks whether the spool is signed by the new key already."""
    with replaced(edge_agent.rotate, "_is_in_use", lambda *_: False):
        return found_by(lambda: rotate(seed, folder))


ROTATION = Campaign(
    name="rotated-key",
    rows=(24,),
    fault="an agent's key is changed while leaves wait, answers are lost and the collector is "
    "away; the agent is killed after each step; the new key is pinned before or after, the old "
    "one revoked",
    holds="every poll arrives once; each log verifies under its own key alone; old and new key "
    "both signed the succession; until the new one is pinned the agent holds and names the cause",
    counted="rotations",
    figure=100,
    play=rotate,
    controls=(
        Control(defence="all receipts under the old key are awaited", find=impatient),
        Control(defence="an interrupted change is finished at the start", find=unfinished),
    ),
)
