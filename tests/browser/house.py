"""A filled plant with its pages, on a port of this machine, and people who may look at them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from threading import Thread

import uvicorn
from fastapi import FastAPI

from collector.api.app import create_app
from collector.api.parts import Parts
from collector.people.sessions import SECRET_BYTES
from collector.people.users import User
from collector.rights import Role
from collector.web.pages import add_pages
from tests.unit.collector.api.plant import Plant
from tests.unit.collector.web.conftest import kept


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A plant, the parts that serve it, and where."""

    plant: Plant
    parts: Parts
    url: str

    def session_of(self, name: str) -> str:
        """The text of the session of somebody who has signed in."""
        return self.parts.sessions.begin(name, os.urandom(SECRET_BYTES))


@contextmanager
def opened(folder: Path) -> Iterator[House]:
    """A house in a folder, filled, while it is used."""
    built = Plant(folder)
    built.fill()
    let_in(built)
    with serving(built) as house:
        yield house
    built.close()


def let_in(plant: Plant) -> None:
    """One of each role; the engineer is of Jinan alone."""
    for role in Role:
        sites = ("jinan",) if role is Role.ENGINEER else ()
        person = User(name=role.value, role=role, sites=sites, password=kept(role), created_ns=0)
        plant.parts().users.add(person)


@contextmanager
def serving(plant: Plant, parts: Parts | None = None) -> Iterator[House]:
    """A plant while its pages are served; by other parts than its own, if these are given."""
    parts = parts or plant.parts()
    with listening(add_pages(create_app(parts), parts)) as url:
        yield House(plant=plant, parts=parts, url=url)
    parts.sources.close()


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """Where an application listens, by the server that the collector uses."""
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, ws="none", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
