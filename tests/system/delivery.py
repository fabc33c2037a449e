"""Many small leaves through the real link, uplink, receiver and intake, in one process.

A real agent polls for minutes to make what these spools are prepared with in seconds. Broker,
sockets, files, keys and signatures are real; the uplink's clock may run faster than ours.
"""

import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

import collector.broker
from carbonmeter.ports import free_port
from collector.cli import collector as collector_command
from collector.config import CollectorConfig, load_config, pinned_agents
from collector.errors import CollectorError
from collector.intake import Intake
from collector.ledger import Ledger, open_ledger
from collector.private_files import receipt_key
from collector.receive import Receiver
from edge_agent import mqtt_link
from edge_agent.assembly import World, attach_uplink, collector_key, open_agent, signing_key
from edge_agent.cli import agent as agent_command
from edge_agent.connected import mqtt_link as link_of
from edge_agent.installation import load_installation
from evidence.clock import ScaledClock, SystemClock
from evidence.errors import EvidenceError
from evidence.load import read_verifier
from evidence.log.key import Verifier
from tests.system.meters import Meters
from tests.system.oracle import complaints, kept_in, log_of
from tests.system.senders import Sender
from tests.system.works import Command, printed, until

SETTLED_S = 60.0

_AGENT = """\
schema = 1
[agent]
id = "{name}"
site = "works"
state_dir = "state"
[uplink]
port = {port}
collector_key = "{key}"
{account}
[[lines]]
name = "bus"
kind = "modbus-tcp"
host = "127.0.0.1"
[[lines.devices]]
name = "meter-{unit}"
profile = "abb-b23"
unit_id = {unit}
serial = "SN-{unit}"
channels = ["active_energy_import"]
"""
_ACCOUNT = 'username = "{user}"\npassword_file = "{file}"\n'
_COLLECTOR = """\
[collector]
id = "collector"
state_dir = "state"
[api]
port = {api}
[broker]
port = {port}
"""
PINNED = '[[agents]]\nid = "{name}"\nsite = "works"\nkey = "{key}"\n'


@contextmanager
def hurried(pause_s: float = 0.2, keepalive_s: int = 2) -> Iterator[None]:
    """Shorter pauses between connections, and shorter silences, for what runs in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mqtt_link, "FIRST_PAUSE_S", pause_s / 2)
        patch.setattr(mqtt_link, "LONGEST_PAUSE_S", pause_s)
        patch.setattr(mqtt_link, "KEEPALIVE_S", keepalive_s)
        patch.setattr(collector.broker, "RETRY_S", (pause_s / 2, pause_s))
        patch.setattr(collector.broker, "KEEPALIVE_S", keepalive_s)
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a house is reached, and how fast its agents' time-outs run.

    Attributes:
        agents: How many.
        agent_port, collector_port: Where each side finds the broker.
        factor: Of the clock of the uplinks.
        accounts: Whether each side gives its id as user name, and a password.
    """

    agents: int
    agent_port: int
    collector_port: int
    factor: float = 1.0
    accounts: bool = False


class Collecting:
    """The receiving half of a collector, in this process."""

    def __init__(self, config: CollectorConfig) -> None:
        self.ledger: Ledger = open_ledger(config.state_dir)
        clock = SystemClock()
        self.intake = Intake(
            ledger=self.ledger,
            agents=pinned_agents(config),
            signer=receipt_key(config),
            clock=clock,
        )
        self.receiver = Receiver(
            broker=config.broker, collector_id="collector", intake=self.intake, clock=clock
        )
        self.receiver.start()

    def close(self) -> None:
        self.receiver.stop()
        self.ledger.close()


class House:
    """Senders and a collector on one folder; the broker, and what is before it, is elsewhere."""

    def __init__(self, folder: Path, terms: Terms) -> None:
        self.folder, self.terms, self.meters = folder, terms, Meters()
        self.toml = folder / "collector" / "collector.toml"
        self.toml.parent.mkdir(parents=True)
        account = self._account(self.toml.parent, "collector")
        self.api_port = free_port()
        text = _COLLECTOR.format(api=self.api_port, port=terms.collector_port) + account
        self.toml.write_text(text)
        line = printed(lambda: collector_command(["init", "--config", str(self.toml)]))
        self.key = read_verifier(line, "collector")
        self.senders = [self._sender(n, line) for n in range(1, terms.agents + 1)]
        pinned = (PINNED.format(name=s.name, key=s.key.to_text()) for s in self.senders)
        self.toml.write_text(text + "".join(pinned))
        self.collecting: Collecting | None = None
        self._crew: threading.Thread | None = None
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._each: Callable[[Sender], None] = Sender.pump
        self._todo: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def _account(self, folder: Path, user: str) -> str:
        if not self.terms.accounts:
            return ""
        password = folder / "password"
        password.write_text(f"password of {user}\n")
        password.chmod(0o600)
        return _ACCOUNT.format(user=user, file=password)

    def _sender(self, unit: int, collector_line: str) -> Sender:
        name = f"line-{unit}"
        path = self.folder / name / "agent.toml"
        path.parent.mkdir()
        account = self._account(path.parent, name)
        path.write_text(
            _AGENT.format(
                name=name,
                port=self.terms.agent_port,
                key=collector_line,
                unit=unit,
                account=account,
            )
        )
        line = printed(lambda: agent_command(["init", "--config", str(path)]))
        return self.opened(path, unit, read_verifier(line, name))

    def opened(self, path: Path, unit: int, key: Verifier) -> Sender:
        """An agent on its files, not connected."""
        installation = load_installation(path)
        world = World(clock=SystemClock(), entropy=os.urandom)
        agent = open_agent(installation, signing_key(installation), world, lines={})
        link = link_of(installation)
        fast = ScaledClock(start_real_ns=0, start_virtual_ns=0, factor=self.terms.factor)
        return Sender(
            name=f"line-{unit}",
            unit=unit,
            key=key,
            agent=agent,
            uplink=attach_uplink(agent, link, collector_key(installation), fast),
            link=link,
        )

    def log(self, leaves: int, readings: int = 1) -> None:
        """Gives every sender so many leaves; before they run."""
        for sender in self.senders:
            sender.log(leaves, readings, self.meters)

    def collect(self) -> Collecting:
        """Starts the collector in this process."""
        self.collecting = Collecting(load_config(self.toml))
        return self.collecting

    def command(self) -> Command:
        """The collector as a process, not started."""
        words = ("collector", "run", "--config", str(self.toml))
        return Command(words=words, log=self.folder / "collector.log")

    def listens(self) -> bool:
        """Whether the collector's process answers HTTP; it subscribed just before."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.api_port)):
            return True
        return False

    def pause(self) -> None:
        """From now on the senders only deliver what they have."""
        self._each = Sender.pump

    def send(self, each: Callable[[Sender], None] = Sender.pump) -> None:
        """Starts the senders; `each` is done with every one of them, over and over."""
        self._each = each
        for sender in self.senders:
            sender.link.start(self._wake.set)
        self._crew = threading.Thread(target=self._run, name="senders", daemon=True)
        self._crew.start()

    def _run(self) -> None:
        while not self._stopping.is_set():
            while not self._todo.empty():
                self._todo.get()()
            for sender in self.senders:
                self._each(sender)
            self._wake.wait(0.02)
            self._wake.clear()

    def log_more(self, senders: Sequence[Sender], leaves: int, readings: int = 1) -> None:
        """Gives some that run more leaves; done in the thread that they run in."""
        done = threading.Event()

        def log() -> None:
            for sender in senders:
                sender.log(leaves, readings, self.meters)
            done.set()

        self._todo.put(log)
        assert done.wait(SETTLED_S), "the senders' thread does nothing"

    def delivered(self, senders: Sequence[Sender] = (), within_s: float = SETTLED_S) -> None:
        """Waits until these senders, or all, have receipts for everything."""
        some = senders or self.senders
        end = time.monotonic() + within_s
        while any(each.waiting for each in some):
            assert time.monotonic() < end, f"in {within_s} s not delivered: {self._state()}"
            assert self._crew is not None, "they were not started"
            assert self._crew.is_alive(), "the senders' thread died"
            time.sleep(0.01)

    def _state(self) -> str:
        return ", ".join(f"{s.name}: {s.waiting} wait, {s.told[-3:]}" for s in self.senders)

    def troubled(self, sender: Sender, code: str) -> None:
        """Waits until a sender names this trouble."""
        until(lambda: sender.trouble == code, f"{sender.name} names {code}, but {sender.told}")

    def stop(self) -> None:
        """Ends senders and collector, and closes their files; a second time, nothing happens."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        if self._crew is not None:
            self._crew.join(10)
            for sender in self.senders:
                sender.link.stop()
        for sender in self.senders:
            sender.agent.spool.flush()
            sender.agent.spool.close()
        if self.collecting is not None:
            self.collecting.close()
            self.collecting = None
        self.meters.close()

    def wrong(self) -> list[str]:
        """What is wrong with the ledger, once everything is closed; nothing if all is well."""
        found: list[str] = []
        for sender in self.senders:
            try:
                found += self._wrong_of(sender)
            except (AssertionError, CollectorError, EvidenceError, ValueError) as damaged:
                found.append(f"{sender.name}: {damaged!r}")
        return found

    def _wrong_of(self, sender: Sender) -> list[str]:
        epochs = log_of(self.toml.parent / "state", sender.key, self.key)
        if len(epochs) != 1:
            return [f"{sender.name}: {len(epochs)} epochs"]
        ((_, leaves),) = epochs.items()
        kept = [each for leaf in leaves for each in kept_in(leaf)]
        counters = {sender.device: sender.agent.spool.next_sequence(sender.device)}
        size = sender.agent.spool.size
        short = [] if len(leaves) == size else [f"{sender.name}: {len(leaves)} of {size} leaves"]
        return short + complaints(kept, counters, self.meters.served)
