"""What pages need is made when a collector starts, before anybody asks for it."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from jinja2 import Environment

from collector.api.app import create_app
from collector.api.parts import Parts
from collector.api.period import _zones
from collector.api.security import Reader
from collector.errors import LedgerError
from collector.ledger_read import LedgerReader
from collector.web import ahead, render, words
from collector.web.ahead import read_ahead
from collector.web.certificates import shelf as shelf_module
from collector.web.pages import add_pages
from tests.unit.collector.api.plant import Asked, Plant
from tests.unit.collector.web.certificate_papers import log_history

EVERYBODY = Reader(person=None)


@pytest.fixture
def parts(fresh: Plant) -> Iterator[Parts]:
    log_history(fresh)
    made = fresh.parts()
    yield made
    made.sources.close()


@pytest.fixture
def app(parts: Parts) -> FastAPI:
    return add_pages(create_app(parts), parts)


@pytest.fixture
def nothing_compiled() -> Iterator[None]:
    """As in a process that has shown no page."""
    render._environment.cache_clear()
    yield
    render._environment.cache_clear()


def forbidden(*_: object, **__: object) -> None:
    raise AssertionError("made while somebody waits")


@pytest.mark.usefixtures("nothing_compiled")
@pytest.mark.parametrize("path", ["/sign-in", "/", "/certificates", "/activity"])
def test_no_page_waits_for_its_template(
    app: FastAPI, parts: Parts, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_ahead(app, parts).join()
    monkeypatch.setattr(Environment, "compile", forbidden)
    assert Asked(app).get(path, accept="text/html").status_code == 200


@pytest.mark.usefixtures("nothing_compiled")
def test_templates_are_there_each_and_those_of_the_first_pages_first() -> None:
    found = list(render.load_templates())
    assert set(found[:4]) == set(render.ASKED_FIRST)
    assert sorted(found) == sorted(render._environment().list_templates())


def test_no_page_waits_for_papers_to_be_read_or_laid_out(
    app: FastAPI, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_ahead(app, parts).join()
    monkeypatch.setattr(LedgerReader, "leaf", forbidden)
    monkeypatch.setattr(shelf_module, "_papers", forbidden)
    with parts.sources.lease() as sources:
        papers = app.state.shelf.papers(sources, parts, EVERYBODY)
        monkeypatch.setattr("collector.web.factory.failed.suspected_in", forbidden)
        app.state.suspects.of(papers)
    assert len(papers) == 10


def test_no_page_waits_for_what_people_did_or_for_zones_and_words(
    app: FastAPI, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    _zones.cache_clear()
    words.tables.cache_clear()
    read_ahead(app, parts).join()
    monkeypatch.setattr("collector.api.period.available_timezones", forbidden)
    monkeypatch.setattr(words, "json", None)
    monkeypatch.setattr(app.state.acts, "_open", forbidden)
    assert Asked(app).get("/", accept="text/html").status_code == 200


def test_a_journal_that_cannot_be_read_keeps_no_paper_from_being_read(
    app: FastAPI, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged() -> None:
        raise LedgerError("journal", what="a page is damaged")

    monkeypatch.setattr(app.state.acts, "_open", damaged)
    read_ahead(app, parts).join()
    monkeypatch.setattr(LedgerReader, "leaf", forbidden)
    with parts.sources.lease() as sources:
        assert len(app.state.shelf.papers(sources, parts, EVERYBODY)) == 10


def test_each_step_gives_way_to_whoever_is_being_answered(
    app: FastAPI, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "GIVE_WAY_S", 60.0)
    with parts.sources.lease():
        thread = read_ahead(app, parts)
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(60)
    assert not thread.is_alive()


def test_what_cannot_be_read_ahead_is_read_by_whoever_asks(
    app: FastAPI, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> None:
        raise LedgerError("ledger", what="a page is damaged")

    with monkeypatch.context() as now:
        now.setattr(shelf_module, "document_read", damaged)
        read_ahead(app, parts).join()
    with parts.sources.lease() as sources:
        assert len(app.state.shelf.papers(sources, parts, EVERYBODY)) == 10
