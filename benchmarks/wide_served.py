"""The wide factory's pages, as a collector serves them: opened in a process, or served by one.

`python -m benchmarks.wide_started` is that process: by the server that the collector runs, on a
free port, a minute after the factory's last hour; what pages need is made beside whatever is
asked, as when a collector starts. It receives and judges nothing. As soon as its port is open it
says where that is and who is signed in, in a line of JSON, and `READ` in another when all papers
are read.
"""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from fastapi import FastAPI

from benchmarks.processes import python, running
from benchmarks.wide import CHANNELS, END_MS
from benchmarks.wide_people import ADMINISTRATOR, COLLECTOR
from benchmarks.year import OF_AN_AGENT, agent_name
from collector.access import TokenFile
from collector.api.app import create_app
from collector.api.parts import Parts
from collector.api.pool import SourcePool
from collector.journal import open_journal
from collector.ledger_read import read_ledger
from collector.originals import Originals
from collector.people.sessions import SECRET_BYTES, Sessions
from collector.people.users import UserFile
from collector.service import server_of
from collector.store import Store
from collector.web.ahead import read_ahead
from collector.web.pages import add_pages
from evidence.clock import SteppedClock, SystemClock
from tests.unit.collector.agent_log import SIGNER

READ: Final = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The application on the factory, and the text of an administrator's session."""

    app: FastAPI
    session: str
    parts: Parts

    def read_papers(self) -> None:
        """Reads all papers, as a collector does when it starts."""
        read_ahead(self.app, self.parts).join()


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """Where the process listens, and the text of an administrator's session."""

    url: str
    session: str


@contextmanager
def opened(folder: Path) -> Iterator[Opened]:
    """The application on the folder, in this process, a minute after its last hour."""
    parts = _parts(folder)
    session = parts.sessions.begin(ADMINISTRATOR, os.urandom(SECRET_BYTES))
    try:
        yield Opened(app=add_pages(create_app(parts), parts), session=session, parts=parts)
    finally:
        parts.sources.close()


def _parts(folder: Path) -> Parts:
    def open_store() -> Store:
        path = folder / "derived.db"
        return Store(lambda: sqlite3.connect(path, timeout=60, check_same_thread=False))

    clock = SteppedClock((END_MS + 60_000) * 1_000_000)
    return Parts(
        sources=SourcePool(open_store, lambda: read_ledger(folder)),
        tokens=TokenFile(folder),
        users=UserFile(folder),
        sessions=Sessions(SystemClock()),
        originals=Originals(folder),
        journal=lambda: open_journal(folder, COLLECTOR, clock),
        clock=clock,
        desk=SystemClock(),
        sites={agent_name(number): "jinan" for number in range(0, CHANNELS, OF_AN_AGENT)},
        collector_key=SIGNER.verifier,
        software="carbonmeter benchmark",
        broker_connected=lambda: True,
        ledger_writable=lambda: True,
        counters=dict,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A process that serves the factory, as another one sees it."""

    served: Served
    process: "subprocess.Popen[str]"

    def wait_for_papers(self) -> None:
        """Waits until all papers are read."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == READ


@contextmanager
def serving() -> Iterator[Serving]:
    """The factory, served by a process of its own as long as the block lasts."""
    with running(python("benchmarks.wide_started"), stdout=subprocess.PIPE, stderr=None) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "the process that serves ended"
        yield Serving(served=msgspec.json.decode(line, type=Served), process=process)


def serve(folder: Path) -> None:
    """Serves the factory until SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # all is closed when it is ended
    with opened(folder) as found, socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        said = Served(url=url, session=found.session)
        reading = read_ahead(found.app, found.parts)
        print(msgspec.json.encode(said).decode(), flush=True)
        threading.Thread(target=lambda: _tell(reading), name="told", daemon=True).start()
        with contextlib.suppress(KeyboardInterrupt):
            server_of(found.app).run([listener])


def _tell(reading: threading.Thread) -> None:
    reading.join()
    print(READ, flush=True)
