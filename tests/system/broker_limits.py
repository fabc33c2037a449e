"""What a broker's limits and rights do to messages: queues, sizes, access lists, passwords.

Fault matrix row 6. In each round one agent, or all, meet a limit; the agent names the cause
and holds, the others go on, and once it is mended nothing is lost.
"""

import base64
import hashlib
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.contract.mosquitto import Mosquitto
from tests.faults.campaign import Campaign, Control, Tally
from tests.faults.proxy import FINE, Faults, Proxy
from tests.faults.undefended import trust_acknowledgements
from tests.system.bad_line import FACTOR, WITHIN_S, mosquitto
from tests.system.delivery import House, Terms, hurried
from tests.system.senders import Sender
from tests.system.works import until

AGENTS: Final = 3
CROWD: Final = 8
LEAVES: Final = 5
READINGS: Final = 1000
PAUSE_S: Final = 0.2
SMALL_BYTES: Final = 2600
"""More than a document or a leaf of one reading takes; less than one of 1,000 readings."""
_SALT: Final = b"of this test"
_TURNS: Final = 101


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What one agent meets.

    Attributes:
        code: The trouble that it names.
        lacks: A line that is missing in the access list.
        other: Whose password the broker knows another one of.
        settings: More of the broker's configuration.
    """

    code: str
    lacks: str = ""
    other: str = ""
    settings: str = ""


LIMITS: Final[Mapping[str, Limit]] = {
    "publish denied": Limit(
        code="E_UPLINK_REFUSED", lacks="topic write carbonmeter/v1/line-1/batch"
    ),
    "read denied to the collector": Limit(
        code="E_UPLINK_NO_RECEIPT", lacks="topic read carbonmeter/v1/line-1/batch"
    ),
    "wrong password": Limit(code="E_UPLINK_REFUSED", other="line-1"),
    "stated size": Limit(code="E_UPLINK_PACKET_SIZE", settings=f"max_packet_size {SMALL_BYTES}\n"),
    "unstated size": Limit(code="E_UPLINK_ENDS", settings=f"message_size_limit {SMALL_BYTES}\n"),
}
QUEUE: Final = "short queue"
QUEUE_SETTINGS: Final = "max_queued_messages 10\n"
KINDS: Final = (*LIMITS, QUEUE)


@dataclass(slots=True, kw_only=True)
class Scene:
    """What is played with.

    Attributes:
        house: Senders and a collector, with accounts.
        broker: Reads its access list and passwords again on SIGHUP.
        line: Before the broker, of the agents.
        behind: Behind it, of the collector.
    """

    house: House
    broker: Mosquitto
    line: Proxy
    behind: Proxy

    @property
    def victim(self) -> Sender:
        return self.house.senders[0]

    def start(self, limit: Limit, settings: str = "") -> None:
        """Starts the broker with a limit, and the collector."""
        self._write(limit)
        self.broker.more = self._accounts() + limit.settings + settings
        self.broker.start()
        receiver = self.house.collect().receiver
        until(lambda: receiver.health().connected, "the collector is connected")

    def mend(self, limit: Limit) -> None:
        """Takes the limit away, as a person would."""
        self._write(Limit(code=""))
        if limit.settings:
            self.broker.kill()
            self.broker.more = self._accounts()
            self.broker.start()
        else:
            assert self.broker.process is not None
            self.broker.process.send_signal(signal.SIGHUP)

    def _accounts(self) -> str:
        folder = self.broker.folder
        return f"acl_file {folder}/acl\npassword_file {folder}/passwords\n"

    def _write(self, limit: Limit) -> None:
        names = [sender.name for sender in self.house.senders]
        lines = ["user collector", "topic write carbonmeter/v1/+/receipt"]
        lines += [f"topic read carbonmeter/v1/{name}/batch" for name in names]
        for name in names:
            lines += [f"user {name}", f"topic read carbonmeter/v1/{name}/receipt"]
            lines += [f"topic write carbonmeter/v1/{name}/batch"]
        kept = [line for line in lines if line != limit.lacks]
        (self.broker.folder / "acl").write_text("\n".join(kept) + "\n")
        words = {name: f"password of {name}" for name in ("collector", *names)}
        words |= {limit.other: "another one"} if limit.other else {}
        stored = [f"{name}:{_hashed(word)}" for name, word in words.items()]
        (self.broker.folder / "passwords").write_text("\n".join(stored) + "\n")


def _hashed(password: str) -> str:
    """As mosquitto stores it: PBKDF2 with SHA-512."""
    found = hashlib.pbkdf2_hmac("sha512", password.encode(), _SALT, _TURNS)
    salt, digest = (base64.b64encode(each).decode() for each in (_SALT, found))
    return f"$7${_TURNS}${salt}${digest}"


@contextmanager
def scene(folder: Path, seed: int, agents: int) -> Iterator[Scene]:
    """Everything is there, and nothing runs."""
    broker = mosquitto(folder, anonymous="false")
    line, behind = Proxy(broker.port, seed), Proxy(broker.port, seed + 1)
    terms = Terms(
        agents=agents,
        agent_port=line.port,
        collector_port=behind.port,
        factor=FACTOR,
        accounts=True,
    )
    with hurried(pause_s=PAUSE_S):
        house = House(folder, terms)
        try:
            yield Scene(house=house, broker=broker, line=line, behind=behind)
        finally:
            house.stop()
            line.close()
            behind.close()
            broker.kill()


def play(seed: int, folder: Path) -> Tally:
    """A round: one limit, met and mended; which one, the seed says."""
    name = KINDS[seed % len(KINDS)]
    readings = overflowing(seed, folder) if name == QUEUE else limited(LIMITS[name], seed, folder)
    return {name: 1, "readings": readings}


def limited(limit: Limit, seed: int, folder: Path) -> int:
    """One agent meets a limit: how many readings went through in the end."""
    with scene(folder, seed, AGENTS) as played:
        house, victim = played.house, played.victim
        for sender in house.senders:
            sender.log(LEAVES, READINGS if sender is victim else 1, house.meters)
        played.start(limit)
        house.send()
        house.troubled(victim, limit.code)
        _held(played, limit)
        played.mend(limit)
        house.delivered(within_s=WITHIN_S)
        return _checked(house)


def _held(scene: Scene, limit: Limit) -> None:
    """The others go on, and the victim tries no more often than the pauses allow."""
    house, victim = scene.house, scene.victim
    others = house.senders[1:]
    house.log_more(others, 2)
    house.delivered(others, within_s=WITHIN_S)
    began_s, before = time.monotonic(), scene.line.happened["accepted"]
    time.sleep(2 * PAUSE_S)
    tries = scene.line.happened["accepted"] - before
    assert tries <= (time.monotonic() - began_s) / (PAUSE_S / 2) + 1, "it tries without a pause"
    assert victim.waiting, "the victim holds what it could not deliver"
    assert victim.trouble == limit.code, f"the cause is not named any more: {victim.told}"


def overflowing(seed: int, folder: Path) -> int:
    """More is in flight than the broker keeps for the collector, which takes its time."""
    with scene(folder, seed, CROWD) as played:
        house = played.house
        house.log(2 * LEAVES, READINGS // 10)
        played.behind.up = Faults(delay_s=0.05)
        played.start(Limit(code=""), QUEUE_SETTINGS)
        house.send()
        house.delivered(within_s=WITHIN_S)
        assert house.collecting is not None
        assert house.collecting.intake.counters["gap", ""], "the queue never overflowed"
        return _checked(house)


def _checked(house: House) -> int:
    """How many readings the ledger has, once everything is found to be there."""
    house.stop()
    found = house.wrong()
    assert not found, "\n".join(found[:10])
    return sum(s.agent.spool.next_sequence(s.device) for s in house.senders)


def _trusted(seed: int, folder: Path) -> Sequence[str]:
    """What is wrong where a PUBACK is taken for a receipt, and the queue is short."""
    with pytest.MonkeyPatch.context() as patch, scene(folder, seed, CROWD) as played:
        trust_acknowledgements(patch.setattr)
        house = played.house
        house.log(2 * LEAVES)
        played.behind.up = Faults(delay_s=0.05)
        played.start(Limit(code=""), QUEUE_SETTINGS)
        house.send()
        house.delivered(within_s=WITHIN_S)
        played.behind.up = FINE
        time.sleep(1.0)  # what the broker still has may come
        house.stop()
        return house.wrong()


def _every_kind(tally: Mapping[str, int]) -> None:
    missing = [name for name in KINDS if not tally.get(name)]
    assert not missing, f"never played: {missing}"


BROKER_LIMITS = Campaign(
    name="broker-limits",
    rows=(6,),
    fault="queue overflow, oversize (stated and not), denied rights, wrong password",
    holds="the agent names the cause and holds, others go on, all arrives once it is mended",
    counted="readings",
    figure=100_000,
    play=play,
    closes=_every_kind,
    controls=(Control(defence="a PUBACK is no receipt", find=_trusted),),
)
