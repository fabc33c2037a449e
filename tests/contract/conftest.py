"""An agent that enrols, and somebody between it and the collector."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.installation import Installation, load_installation
from evidence.clock import SteppedClock, SystemClock
from evidence.load import write_signing_key
from tests.contract.enrolment_middle import (
    KEY,
    Middle,
)
from tests.unit.collector.enrolment.office import Office
from tests.unit.edge_agent.site import write_site


@pytest.fixture
def middle(tmp_path: Path) -> Iterator[Middle]:
    office = Office(folder=tmp_path / "office", clock=SteppedClock(SystemClock().now_ns()))
    office.with_broker()
    found = Middle(office)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            status, body = found.answer(self.rfile.read(size))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_about: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield found
    server.shutdown()
    server.server_close()
    thread.join(5)
    office.close()


@pytest.fixture
def gateway(tmp_path: Path) -> Installation:
    """An agent line-1 on the site that its example names, with its key."""
    write_site(tmp_path / "gateway")
    state = tmp_path / "gateway" / "state"
    state.mkdir(mode=0o700)
    write_signing_key(state / "agent.key", KEY)
    return load_installation(tmp_path / "gateway" / "agent.toml")
