"""A works whose broker knows everyone by a certificate, set up by the commands alone."""

import re
import shutil
import socket
import subprocess
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from carbonmeter.ports import free_port
from collector.cli import collector
from edge_agent.cli import agent
from tests.contract.mosquitto import SEARCHED
from tests.system.command import Command, until
from tests.system.meters import Meters
from tests.system.works import leaves_in, looked_into, printed

SITE = "works"
_COLLECTOR = """\
[collector]
id = "collector"
state_dir = "state"
[api]
port = {api}
{broker}
"""
_AGENT = """\
schema = 1

[agent]
id = "{id}"   # a comment that stays
site = "works"
state_dir = "state"

[batch]
max_age_s = 0.2
readings_per_channel = 2

[[lines]]
name = "bus"
kind = "modbus-tcp"
host = "127.0.0.1"
port = {meters}
timeout_s = 2.0

[[lines.devices]]
name = "meter-{unit}"
profile = "abb-b23"
unit_id = {unit}
serial = "SN-{unit}"
period_s = 0.1
channels = ["active_energy_import"]
"""


def unit_of(agent_id: str) -> int:
    """The one meter that an agent reads: line-3 reads unit 3."""
    return int(agent_id.removeprefix("line-"))


@dataclass(slots=True, kw_only=True)
class TlsBroker:
    """The mosquitto that `collector broker` configured, started from its folder."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def pid_file(self) -> Path:
        return self.folder / "run" / "mosquitto.pid"

    def start(self) -> None:
        program = shutil.which("mosquitto", path=SEARCHED)
        assert program is not None
        self.pid_file.unlink(missing_ok=True)
        said = self.folder.parent / "mosquitto.log"
        with said.open("ab") as log:
            self.process = subprocess.Popen(
                [program, "-c", str(self.folder / "mosquitto.conf")], stdout=log, stderr=log
            )
        until(self.pid_file.exists, f"it runs: {said.read_text()}")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None


class EnrolledWorks:
    """Collector, broker and agents; nothing runs before it is started.

    Attributes:
        agents: Their processes, by id.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.meters = folder, Meters()
        self.collector_dir = folder / "collector"
        self.config = self.collector_dir / "collector.toml"
        self.api, self.port = free_port(), free_port()
        self.agents: dict[str, Command] = {}
        self._set_up()
        self.broker = TlsBroker(folder=self.collector_dir / "broker")
        words = ("collector", "run", "--config", str(self.config))
        self.collector = Command(words=words, log=folder / "collector.log")

    def _set_up(self) -> None:
        self.collector_dir.mkdir()
        self.config.write_text(_COLLECTOR.format(api=self.api, broker=""))
        self.told("init")
        at = str(self.collector_dir / "broker")
        where = ("--host", "127.0.0.1", "--listen", "127.0.0.1", "--port", str(self.port))
        section = self.told("broker", at, *where, "--user", "root")
        self.config.write_text(_COLLECTOR.format(api=self.api, broker=section))

    def told(self, *words: str) -> str:
        """What a command of the collector's machine prints to stdout."""
        return printed(lambda: collector([*words, "--config", str(self.config)]))

    def code(self, agent_id: str) -> str:
        return self.told("enrol", agent_id, "--site", SITE, "--reason", "new gateway")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.api}"

    def agent_config(self, agent_id: str) -> Path:
        """The configuration of an agent, written if it is not there; it names no uplink."""
        path = self.folder / agent_id / "agent.toml"
        if not path.exists():
            path.parent.mkdir()
            path.write_text(
                _AGENT.format(id=agent_id, unit=unit_of(agent_id), meters=self.meters.port)
            )
        return path

    def enrol(self, agent_id: str, code: str) -> int:
        """Exit code of `agent enrol`."""
        path = str(self.agent_config(agent_id))
        return agent(["enrol", self.url, code, "--config", path])

    def run_agent(self, agent_id: str) -> Command:
        """The agent as a process, started."""
        path = str(self.agent_config(agent_id))
        log = self.folder / f"{agent_id}.log"
        self.agents[agent_id] = Command(words=("agent", "run", "--config", path), log=log)
        self.agents[agent_id].start()
        return self.agents[agent_id]

    def start(self) -> None:
        self.broker.start()
        self.collector.start()
        self.until_served()

    def until_served(self) -> None:
        def answers() -> bool:
            self.collector.require_running()
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.api), timeout=1):
                return True
            return False

        until(answers, "the collector answers")

    def leaves(self, agent_id: str = "") -> int:
        """How many leaves the ledger holds, of one agent or of all."""
        state = self.collector_dir / "state"
        if not agent_id:
            return leaves_in(state)
        with looked_into(state / "ledger.db") as db:
            query = "SELECT count(*) FROM leaves JOIN logs ON log = id WHERE agent = ?"
            ((found,),) = db.execute(query, (agent_id,)).fetchall()
            return int(found)

    def state(self, agent_id: str) -> Path:
        return self.folder / agent_id / "state"

    def counted(self, event: str, code: str) -> float:
        """How often something happened to a message, by the collector's own word."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=10) as answer:  # noqa: S310 - http
            text: str = answer.read().decode()
        line = re.compile(rf'^\S+_total{{event="{event}",code="{code}"}} (\S+)$', re.MULTILINE)
        found = line.search(text)
        return 0.0 if found is None else float(found[1])

    def close(self) -> None:
        for each in (*self.agents.values(), self.collector):
            if each.process is not None:
                each.process.kill()
                each.process.wait(10)
        self.broker.kill()
        self.meters.close()
