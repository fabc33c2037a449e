"""Somebody who writes: a token of a role, and JSON or CSV sent with it."""

from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

from collector.access import issue
from collector.rights import Role
from tests.unit.collector.api.plant import (
    FILES,
    LINE_1,
    LINE_2,
    POLLS_A_DAY,
    Asked,
    Plant,
    batch,
    served,
    stream,
)


def token(plant: Plant, name: str, role: Role, *sites: str) -> str:
    """The value of an Authorization header."""
    now_ns = plant.bench.clock.now_ns()
    text, kept = issue(
        name,
        role,
        name.encode().ljust(32, b"."),
        created_ns=now_ns,
        expires_ns=now_ns + 10**18,
        sites=sites,
    )
    plant.parts().tokens.add(kept)
    return f"Bearer {text}"


@dataclass(slots=True)
class Person:
    """A client with one token."""

    asked: Asked
    authorization: str

    def get(self, path: str) -> httpx.Response:
        return self.asked.get(path, authorization=self.authorization)

    def read(self, path: str) -> Any:  # noqa: ANN401 - plain JSON
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: object, kind: str = "application/json") -> httpx.Response:
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        headers = {"authorization": self.authorization, "content-type": kind}
        return self.asked.send("POST", path, headers, content)

    def does(self, path: str, body: object) -> Any:  # noqa: ANN401 - plain JSON
        answer = self.post(path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()


def person(plant: Plant, name: str, role: Role, *sites: str) -> Person:
    return Person(served(plant.parts()), token(plant, name, role, *sites))


def two_lines(plant: Plant, days: int = 2) -> Plant:
    """A plant in which two calibrated meters were read for some days, and nothing else."""
    for kind, name, data in FILES:
        if name[0] in "ek":
            plant.log_file(plant.gw1, kind, name, data)
    plant.log_profile()
    polls = days * POLLS_A_DAY + 4
    plant.take(plant.gw1, batch(plant.gw1, [stream(each, 0, polls) for each in (LINE_1, LINE_2)]))
    plant.judging.catch_up()
    return plant
