"""Brokers on a port of their own, to be killed: mosquitto, and the embedded one."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from iotcore import Broker

from carbonmeter.broker import embedded_broker
from carbonmeter.ports import free_port
from tests.contract.mosquitto import Mosquitto, answers_at
from tests.system.command import until


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
        until(lambda: answers_at(self.port), "the broker answers")
