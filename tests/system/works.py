"""A works on loopback: meters, a broker, an agent and a collector, each a process to be killed."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from iotcore import Broker

from carbonmeter.broker import embedded_broker
from collector.cli import collector
from collector.ledger_read import read_ledger
from edge_agent.cli import agent
from evidence.load import read_verifier
from evidence.log.key import Verifier
from tests.contract.mosquitto import Mosquitto, free_port
from tests.system.meters import Meters
from tests.system.oracle import Kept, Spooled, complaints, kept_in, log_of, spooled

ROOT = Path(__file__).parents[2]
DEADLINE_S = 60.0
METERS = 4
AGENT = "line-1"

_AGENT = """\
schema = 1
[agent]
id = "line-1"
site = "works"
state_dir = "state"
[uplink]
port = {broker}
collector_key = "{key}"
[batch]
max_age_s = {max_age_s}
readings_per_channel = {readings}
{more}
[[lines]]
name = "bus"
kind = "modbus-tcp"
host = "127.0.0.1"
port = {meters}
timeout_s = {timeout_s}
"""
_DEVICE = """\
[[lines.devices]]
name = "meter-{unit}"
profile = "abb-b23"
unit_id = {unit}
serial = "SN-{unit}"
period_s = {period_s}
channels = ["active_energy_import"]
"""
_COLLECTOR = """\
[collector]
id = "collector"
state_dir = "state"
[broker]
port = {broker}
[api]
port = {api}
[[agents]]
id = "line-1"
site = "works"
key = "{key}"
"""


def until(true: Callable[[], bool], what: str) -> None:
    """Returns when something became true; fails at the deadline."""
    end = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < end, f"in {DEADLINE_S} s: not {what}"
        time.sleep(0.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a works differs from the plain one.

    Attributes:
        meters: How many.
        period_s, max_age_s, readings, timeout_s: Of the polls, the batches and the line.
        agent_port, collector_port: Where each finds the broker, if not directly; 0 if so.
        more: Further tables of the agent's configuration.
    """

    meters: int = METERS
    period_s: float = 0.1
    max_age_s: float = 0.5
    readings: int = 3
    timeout_s: float = 2.0
    agent_port: int = 0
    collector_port: int = 0
    more: str = ""


PLAIN = Terms()


class BrokerProcess(Protocol):
    """A broker on a port of its own that can be killed and started again."""

    port: int

    def start(self) -> None: ...

    def kill(self) -> None: ...


@dataclass(slots=True, kw_only=True)
class Embedded:
    """The broker of the demo and the replay, in a process of its own."""

    folder: Path
    port: int = field(default_factory=free_port)
    broker: Broker | None = None

    def start(self) -> None:
        self.broker = embedded_broker(self.folder, self.port)

    def kill(self) -> None:
        if self.broker is not None and self.broker._process is not None:
            self.broker._process.kill()
            self.broker._process.wait(10)
            self.broker.stop()
        self.broker = None


@dataclass(slots=True, kw_only=True)
class Persistent(Mosquitto):
    """A mosquitto that keeps its queues and retained receipts on disk, as far as it is told.

    Attributes:
        how: Whether the file is used in the next life, or is there and taken away first.
    """

    how: str = "kept"

    def start(self) -> None:
        saved = self.folder / "mosquitto.db"
        if self.how == "wiped":
            saved.unlink(missing_ok=True)
        self.port = self.port or free_port()
        persistence = "false" if self.how == "off" else "true"
        settings = self.folder / "mosquitto.conf"
        settings.write_text(
            f"user root\nlistener {self.port} 127.0.0.1\nallow_anonymous true\n"
            f"persistence {persistence}\npersistence_location {self.folder}/\n"
            "autosave_interval 1\n"
        )
        self.process = subprocess.Popen(
            [self.program, "-c", str(settings)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self.answers, "the broker answers")


@dataclass(slots=True, kw_only=True)
class Command:
    """A `carbonmeter` command that runs until it is told to end, or is killed.

    Attributes:
        words: After the program's name.
        log: File that takes what it prints.
        module: What is run; a launcher that puts a fault in runs the same command.
        before: Words in front of the interpreter, such as a namespace to run in.
        env: More of the environment.
    """

    words: tuple[str, ...]
    log: Path
    module: str = "carbonmeter.cli"
    before: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.before, sys.executable, "-m", self.module, *self.words],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONWARNINGS": "default", **self.env},
            )

    def kill(self) -> None:
        """Ends it as a power cut would: no handler runs."""
        if self.process is not None:
            assert self.process.poll() is None, f"it had ended by itself: {self.said()}"
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def end(self) -> int:
        """Asks it to end, and gives its exit code."""
        assert self.process is not None
        self.process.terminate()
        code = self.process.wait(30)
        self.process = None
        return code

    def run(self, *more: str) -> int:
        """Runs the command with other words to its end; its exit code."""
        self.words, before = more, self.words
        self.start()
        assert self.process is not None
        code = self.process.wait(DEADLINE_S)
        self.process, self.words = None, before
        return code

    def said(self) -> str:
        """The end of what it logged."""
        return self.log.read_text()[-2000:]


class Works:
    """Everything on one folder; nothing runs before it is started."""

    def __init__(self, folder: Path, broker: BrokerProcess, terms: Terms = PLAIN) -> None:
        self.terms = terms
        self.folder, self.broker, self.meters = folder, broker, Meters()
        self.agent_dir, self.collector_dir = folder / "agent", folder / "collector"
        self.agent_key, self.collector_key = self._keys()
        self.agent = self._command("agent", self.agent_dir / "agent.toml")
        self.collector = self._command("collector", self.collector_dir / "collector.toml")
        self.committed: set[Kept] = set()

    def _command(self, room: str, config: Path) -> Command:
        words = (room, "run", "--config", str(config))
        return Command(words=words, log=self.folder / f"{room}.log")

    def _keys(self) -> tuple[Verifier, Verifier]:
        """Makes both keys with the commands a person uses, and pins each on the other side."""
        ours, theirs = self.agent_dir / "agent.toml", self.collector_dir / "collector.toml"
        for path in (ours, theirs):
            path.parent.mkdir()
        collector_line = printed(lambda: collector(["init", "--config", str(theirs)]))
        ours.write_text(self._agent_config(collector_line))
        agent_line = printed(lambda: agent(["init", "--config", str(ours)]))
        port = self.terms.collector_port or self.broker.port
        theirs.write_text(_COLLECTOR.format(broker=port, api=free_port(), key=agent_line))
        return read_verifier(agent_line, "agent"), read_verifier(collector_line, "collector")

    def _agent_config(self, collector_line: str) -> str:
        terms = self.terms
        head = _AGENT.format(
            broker=terms.agent_port or self.broker.port,
            key=collector_line,
            meters=self.meters.port,
            max_age_s=terms.max_age_s,
            readings=terms.readings,
            timeout_s=terms.timeout_s,
            more=terms.more,
        )
        units = range(1, terms.meters + 1)
        return head + "".join(_DEVICE.format(unit=n, period_s=terms.period_s) for n in units)

    @property
    def leaves(self) -> int:
        """How many leaves the ledger holds; 0 while there is none."""
        if not (self.collector_dir / "state" / "head").exists():
            return 0
        with read_ledger(self.collector_dir / "state") as ledger:
            row = ledger.database.row("SELECT count(*) FROM leaves")
            return 0 if row is None else int(row[0])

    def delivered(self, more: int) -> None:
        """Waits until the ledger holds `more` leaves than now."""
        before = self.leaves
        until(lambda: self.leaves >= before + more, f"{more} leaves were delivered")

    def polled(self, more: int) -> None:
        """Waits until the meters gave `more` answers than now."""
        before = self.meters.answers
        until(lambda: self.meters.answers >= before + more, f"{more} answers were read")

    def spool(self) -> Spooled:
        """What the agent's spool holds; the agent should be stopped or dead."""
        return spooled(self.agent_dir / "state", self.folder / "copy")

    def drain(self) -> None:
        """Ends the agent, and lets it deliver what is left: its own word for it is the code."""
        assert self.agent.end() == 0, self.agent.said()
        config = str(self.agent_dir / "agent.toml")
        code = self.agent.run("agent", "once", "--wait", "40", "--config", config)
        assert code == 0, self.agent.said()

    def check(self) -> list[Kept]:
        """What the ledger holds, once everything is found to be there, whole, and receipted."""
        epochs = log_of(self.collector_dir / "state", self.agent_key, self.collector_key)
        assert len(epochs) == 1, "a kill is no reason for a new epoch"
        ((_, leaves),) = epochs.items()
        kept = [each for leaf in leaves for each in kept_in(leaf)]
        left = self.spool()
        assert (left.base, left.size, left.leaves, left.polls) == (len(leaves), len(leaves), (), ())
        assert set(left.counters) == {f"meter-{unit}" for unit in range(1, self.terms.meters + 1)}
        wrong = complaints(kept, left.counters, self.meters.served, self.committed)
        assert not wrong, "\n".join(wrong[:20])
        return kept

    def close(self) -> None:
        """Kills what still runs; each by the process that was started here."""
        for each in (self.agent, self.collector):
            if each.process is not None:
                each.process.kill()
                each.process.wait(10)
        self.broker.kill()
        self.meters.close()


def printed(command: Callable[[], int]) -> str:
    """The one line that a command prints to stdout."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        assert command() == 0
    return out.getvalue().strip()
