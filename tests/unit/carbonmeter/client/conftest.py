"""A filled plant, served on a port of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from socket import socket
from threading import Thread

import pytest
import uvicorn

from collector.api.app import create_app
from tests.unit.collector.api.plant import Plant


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A plant and where it is served."""

    plant: Plant
    url: str


@contextmanager
def serving(plant: Plant) -> Iterator[Served]:
    """The plant's interface on a free port, by the server that the collector uses."""
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        app = create_app(plant.parts())
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, ws="none", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield Served(plant=plant, url=f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    built = Plant(tmp_path_factory.mktemp("plant"))
    built.fill()
    with serving(built) as found:
        yield found
    built.close()
