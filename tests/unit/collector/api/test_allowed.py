"""Rights: a route that declares none is not served, and what it declares is asked of everybody."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, Response

from collector.access import issue
from collector.api.allowed import ALLOWED, UndeclaredRouteError, require_declared
from collector.api.parts import Here
from collector.api.security import Asker, Writer, author_of, reader_of
from collector.rights import RIGHTS, Right, Role
from evidence.log.entry import Action
from tests.unit.collector.api.plant import Asked, Plant, served

TYPED = ("POST", "/typed/{site}")


def typing_router() -> APIRouter:
    """A route that enters something for a site, as one that is added later would."""
    router = APIRouter()

    @router.post("/typed/{site}")
    def typed(site: str, author: Writer, parts: Here) -> Response:
        act = author.act(
            Action.MANUAL_READING, site=site, subject="meter", reason="read by eye", new=7
        )
        with parts.journal() as journal:
            return Response(str(journal.record(act)))

    return router


@pytest.fixture
def typing(fresh: Plant, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    monkeypatch.setitem(ALLOWED, TYPED, Right.ENTER)
    parts = fresh.parts()
    asked = served(parts)
    asked.app.include_router(typing_router())
    require_declared(asked.app, reader_of, author_of)
    yield asked
    parts.sources.close()


def bearer(plant: Plant, role: Role, *sites: str) -> dict[str, str]:
    now_ns = plant.bench.clock.now_ns()
    name = "-".join((role, *sites))
    text, kept = issue(
        name,
        role,
        name.encode().ljust(32, b".")[:32],
        created_ns=now_ns,
        expires_ns=now_ns + 10**18,
        sites=sites,
    )
    plant.parts().tokens.add(kept)
    return {"authorization": f"Bearer {text}"}


def addresses(app: FastAPI) -> set[tuple[str, str]]:
    paths = app.openapi()["paths"]
    return {(method.upper(), path) for path, each in paths.items() for method in each}


def test_every_address_is_declared_and_nothing_else_is(asked: Asked) -> None:
    declared = set(ALLOWED) - {("GET", "/openapi.json")}
    assert addresses(asked.app) == declared


def test_a_route_that_declares_no_right_is_refused_at_the_start(fresh: Plant) -> None:
    asked = served(fresh.parts())
    require_declared(asked.app, reader_of, author_of)
    asked.app.include_router(typing_router())
    with pytest.raises(UndeclaredRouteError, match=r"POST /typed/\{site\} declares no right"):
        require_declared(asked.app, reader_of, author_of)


async def nobody_is_asked() -> Response:
    return Response("open")


def only_a_reader_is_asked(reader: Asker) -> Response:
    return Response(str(reader.person))


@pytest.mark.parametrize(
    ("route", "right", "lacks"),
    [
        (nobody_is_asked, Right.READ_DATA, "who reads"),
        (nobody_is_asked, Right.OPERATE, "who reads"),
        (only_a_reader_is_asked, Right.OPERATE, "who writes"),
    ],
)
def test_a_route_that_asks_nobody_for_its_right_is_refused_at_the_start(
    fresh: Plant,
    monkeypatch: pytest.MonkeyPatch,
    route: Callable[..., Any],
    right: Right,
    lacks: str,
) -> None:
    monkeypatch.setitem(ALLOWED, ("GET", "/late"), right)
    asked = served(fresh.parts())
    asked.app.get("/late")(route)
    with pytest.raises(UndeclaredRouteError, match=lacks):
        require_declared(asked.app, reader_of, author_of)


def test_a_route_that_was_added_without_a_declaration_answers_nobody(fresh: Plant) -> None:
    asked = served(fresh.parts())
    asked.app.include_router(typing_router())
    for headers in ({}, bearer(fresh, Role.ADMINISTRATOR)):
        assert asked.send("POST", "/typed/jinan", headers).status_code == 500
    with fresh.parts().journal() as journal:
        assert journal.head().size == 0


def test_nobody_writes_without_a_name_not_even_at_this_machine(typing: Asked) -> None:
    answer = typing.send("POST", "/typed/jinan")
    assert (answer.status_code, answer.json()["code"]) == (401, "E_ANONYMOUS")


@pytest.mark.parametrize("role", Role)
def test_only_roles_with_the_right_enter_and_the_entry_names_them(
    typing: Asked, fresh: Plant, role: Role
) -> None:
    answer = typing.send("POST", "/typed/jinan", bearer(fresh, role))
    with fresh.parts().journal() as journal:
        found = journal.entries()
    if Right.ENTER not in RIGHTS[role]:
        assert (answer.status_code, answer.json()["code"], found) == (403, "E_TOKEN_SCOPE", [])
        return
    assert (answer.status_code, answer.text) == (200, "0")
    (entry,) = (each.entry for each in found)
    assert (entry.who, entry.role, entry.site) == (f"token:{role}", role, "jinan")
    assert (entry.action, entry.new, entry.reason) == (Action.MANUAL_READING, 7, "read by eye")


def test_whoever_is_limited_to_sites_enters_for_them_only(typing: Asked, fresh: Plant) -> None:
    limited = bearer(fresh, Role.ANALYST, "weifang")
    for site in ("jinan", "nowhere"):
        answer = typing.send("POST", f"/typed/{site}", limited)
        assert (answer.status_code, answer.json()["code"]) == (403, "E_TOKEN_SCOPE")
    assert typing.send("POST", "/typed/weifang", limited).status_code == 200


def test_head_is_answered_nowhere_that_get_is_refused(fresh: Plant) -> None:
    bearer(fresh, Role.AUDITOR)
    asked = served(fresh.parts())
    for path in (path for method, path in addresses(asked.app) if method == "GET"):
        answer = asked.send("HEAD", path.replace("{position}", "0"))
        assert answer.status_code in (401, 405) or ALLOWED["GET", path] is None
