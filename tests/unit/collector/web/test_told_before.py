"""What is refused before every route is a page for whoever reads pages."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from collector.api.app import create_app
from collector.api.limits import RequestSection
from collector.api.pool import SourcePool, Sources
from collector.ledger_read import read_ledger
from collector.web import refused
from collector.web.pages import add_pages
from tests.unit.collector.api.plant import Asked, Plant
from tests.unit.collector.web.conftest import Browser

AWAY = {"client": "192.0.2.7", "base": "https://collector.example"}
FEW = RequestSection(per_token_a_minute=5, per_address_a_minute=2)


class Broken(SourcePool):
    """A pool with a mistake in it."""

    @contextmanager
    def lease(self) -> Iterator[Sources]:
        message = "secret path /var/lib"
        raise RuntimeError(message)
        yield


def broken(plant: Plant) -> Browser:
    """Somebody before the pages of a collector with a mistake in it."""
    sources = Broken(plant.open_store, lambda: read_ledger(plant.folder))
    parts = dataclasses.replace(plant.parts(), sources=sources)
    return Browser(Asked(add_pages(create_app(parts), parts)))


def test_a_mistake_of_ours_is_a_page_that_shows_nothing_of_it_and_who_is_signed_in(
    people: Plant,
) -> None:
    seen = broken(people)
    seen.sign_in("analyst")
    answer = seen.get("/")
    assert (answer.status_code, answer.headers["content-type"][:9]) == (500, "text/html")
    assert "E_INTERNAL" in answer.text
    assert "secret" not in answer.text
    assert "analyst" in answer.text
    assert "这是软件自身的错误" in seen.get("/?lang=zh").text
    assert seen.get("/", accept="application/json").json()["code"] == "E_INTERNAL"


def test_where_the_page_cannot_be_made_either_it_is_told_as_to_programs(
    people: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = broken(people)

    def failing(*_given: object) -> None:
        raise RuntimeError

    seen.sign_in("analyst")
    monkeypatch.setattr(refused, "signed_in", failing)
    assert seen.get("/").json()["code"] == "E_INTERNAL"


def test_who_asks_too_often_reads_when_to_come_again(people: Plant) -> None:
    parts = dataclasses.replace(people.parts(), requests=FEW)
    seen = Browser(Asked(add_pages(create_app(parts), parts), **AWAY))
    answers = [seen.get("/about") for _ in range(4)]
    last = answers[-1]
    assert (last.status_code, last.headers["content-type"][:9]) == (429, "text/html")
    assert int(last.headers["retry-after"]) > 0
    assert "E_RATE" in last.text
    parts.sources.close()
