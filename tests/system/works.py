"""A works on loopback: meters, a broker, an agent and a collector, each a process to be killed."""

import io
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path

from carbonmeter.ports import free_port
from collector.cli import collector
from edge_agent.cli import agent
from evidence.load import read_verifier
from evidence.log import merkle
from evidence.log.key import Verifier
from tests.system.brokers import BrokerProcess, Embedded, Persistent
from tests.system.command import DEADLINE_S, ROOT, Command, until
from tests.system.meters import Meters
from tests.system.oracle import Kept, Spooled, complaints, kept_in, log_of, spooled

__all__ = [
    "DEADLINE_S",
    "ROOT",
    "BrokerProcess",
    "Command",
    "Embedded",
    "Persistent",
    "Terms",
    "Works",
    "leaves_in",
    "looked_into",
    "printed",
    "until",
]
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
        return leaves_in(self.collector_dir / "state")

    def held(self) -> int:
        """How many leaves the ledger of a dead collector holds; its files stay as they were."""
        copy = self.folder / "held"
        copy.mkdir(exist_ok=True)
        for name in ("ledger.db", "ledger.db-wal"):
            (copy / name).unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                shutil.copy(self.collector_dir / "state" / name, copy / name)
        return leaves_in(copy)

    def receipted(self) -> int:
        """How many leaves have a receipt by the spool of a living agent."""
        with looked_into(self.agent_dir / "state" / "spool.sqlite") as db:
            ((frontier,),) = db.execute("SELECT receipted FROM log").fetchall()
        return merkle.Frontier.from_hex(frontier).size

    def delivered(self, more: int) -> None:
        """Waits until the ledger holds `more` leaves than now."""
        before = self.leaves
        self.until(lambda: self.leaves >= before + more, f"{more} leaves were delivered")

    def polled(self, more: int) -> None:
        """Waits until the meters gave `more` answers than now."""
        before = self.meters.answers
        self.until(lambda: self.meters.answers >= before + more, f"{more} answers were read")

    def until(self, true: Callable[[], bool], what: str) -> None:
        """Returns when something became true; fails when a process ended by itself meanwhile."""

        def so_far() -> bool:
            for each in (self.agent, self.collector):
                each.require_running()
            return true()

        until(so_far, what)

    def spool(self) -> Spooled:
        """What the agent's spool holds; the agent should be stopped or dead."""
        return spooled(self.agent_dir / "state", self.folder / "copy")

    def drain(self) -> None:
        """Ends the agent, and lets it deliver what is left: its own word for it is the code."""
        assert self.rest_delivered(40) == 0, self.agent.said()

    def rest_delivered(self, wait_s: int) -> int:
        """Ends the agent; the exit code of its delivering what is left."""
        assert self.agent.end() == 0, self.agent.said()
        config = str(self.agent_dir / "agent.toml")
        return self.agent.run("agent", "once", "--wait", str(wait_s), "--config", config)

    def check(self) -> list[Kept]:
        """What the ledger holds, once everything is found to be there, whole, and receipted."""
        epochs = log_of(self.collector_dir / "state", self.agent_key, self.collector_key)
        assert len(epochs) == 1, "a kill is no reason for a new epoch"
        ((_, leaves),) = epochs.items()
        kept = [each for leaf in leaves for each in kept_in(leaf)]
        left = self.spool()
        rest = (left.base, left.size, left.leaves, left.polls)
        assert rest == (len(leaves), len(leaves), (), ()), (
            f"{len(leaves)} leaves in the ledger, {left.base} receipted of {left.size} in the spool"
        )
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


@contextmanager
def looked_into(path: Path) -> Iterator[sqlite3.Connection]:
    """A database that another process may be writing; it is not changed, whoever dies."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, timeout=10)
    try:
        yield db
    finally:
        db.close()


def leaves_in(state_dir: Path) -> int:
    """How many leaves the ledger in a folder holds; 0 while there is none."""
    path = state_dir / "ledger.db"
    with suppress(sqlite3.OperationalError), looked_into(path) as db:
        ((found,),) = db.execute("SELECT count(*) FROM leaves").fetchall()
        return int(found)
    return 0


def printed(command: Callable[[], int]) -> str:
    """The one line that a command prints to stdout."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        assert command() == 0
    return out.getvalue().strip()
