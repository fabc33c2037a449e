"""A plant with its pages, and people who may look at them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from msgspec.structs import replace

from collector.api.app import create_app
from collector.people.password import PasswordHash, _scrypt
from collector.people.users import User
from collector.rights import Role
from collector.web.pages import add_pages
from tests.unit.collector.api.plant import Asked, Plant

PASSWORD = "correct horse battery"  # noqa: S105 - of nobody


@dataclass(slots=True)
class Browser:
    """Somebody who looks at pages and keeps cookies; follows nothing by itself."""

    asked: Asked
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._sent("GET", path, headers, b"")

    def post(self, path: str, form: dict[str, str], **headers: str) -> httpx.Response:
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self._sent("POST", path, kind | headers, urlencode(form).encode())

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        return self.post("/sign-in", {"name": name, "password": password, "csrf": self.word()})

    def fill_in(self, path: str, form: dict[str, str], **headers: str) -> httpx.Response:
        """Sends a form of a page of somebody who has signed in, with its word."""
        return self.post(path, {**form, "csrf": self.word("/about")}, **headers)

    def word(self, path: str = "/sign-in") -> str:
        """What a form of a page sends along."""
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.get(path).text)
        assert found is not None
        return found[1]

    def _sent(
        self, method: str, path: str, headers: dict[str, str], content: bytes
    ) -> httpx.Response:
        held = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        told = {"accept": "text/html", **({"cookie": held} if held else {}), **headers}
        answer = self.asked.send(method, path, told, content)
        for each in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(each).items():
                self.cookies[name] = morsel.value
        return answer


@cache
def kept(role: Role) -> PasswordHash:
    """A password's hash that costs little to make; what is kept says how it was made."""
    salt = role.value.encode().ljust(16, b".")[:16].hex()
    cheap = PasswordHash(salt=salt, key="0" * 64, log2_n=10, r=1, p=1)
    return replace(cheap, key=_scrypt(PASSWORD, cheap).hex())


@pytest.fixture
def people(fresh: Plant) -> Plant:
    return with_people(fresh)


def with_people(plant: Plant) -> Plant:
    """A plant where four people are known, one of a single site."""
    for role in Role:
        sites = ("jinan",) if role is Role.ENGINEER else ()
        plant.parts().users.add(
            User(
                name=role.value,
                role=role,
                sites=sites,
                password=kept(role),
                created_ns=0,
            )
        )
    return plant


@pytest.fixture
def browser(people: Plant) -> Iterator[Browser]:
    parts = people.parts()
    yield Browser(Asked(add_pages(create_app(parts), parts)))
    parts.sources.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Plant]:
    built = Plant(tmp_path)
    yield built
    built.close()
