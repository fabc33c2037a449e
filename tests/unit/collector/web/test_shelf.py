"""Papers are read once, and may be read before anybody asks."""

import pytest

from calibration.certificate import CalibrationCertificate
from collector.access import Person
from collector.api.refusal import PapersUnreadError
from collector.api.security import Reader
from collector.errors import LedgerError
from collector.ledger_read import LedgerReader
from collector.rights import Role
from collector.web.certificates import shelf as module
from collector.web.certificates.shelf import Shelf, entries
from tests.unit.collector.api.plant import Plant, energy_certificate
from tests.unit.collector.web.certificate_papers import log_history

EVERYBODY = Reader(person=None)


def test_what_was_read_ahead_is_not_read_again(
    fresh: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_history(fresh)
    monkeypatch.setattr(module, "PORTION", 3)
    parts, shelf = fresh.parts(), Shelf()
    shelf.read_ahead(parts.sources, shelf.listed(parts.sources))
    monkeypatch.setattr(LedgerReader, "leaf", None)
    with parts.sources.lease() as sources:
        papers = shelf.papers(sources, parts, EVERYBODY)
    assert {each.id for each in entries(papers, CalibrationCertificate)} == {
        "N-1",
        "E-17",
        "H-1",
        "H-2",
        "H-3",
    }
    parts.sources.close()


def test_whoever_asks_before_many_are_read_is_told_so_and_not_kept_waiting(
    fresh: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_history(fresh)
    monkeypatch.setattr(module, "MOST_AWAITED", 9)
    parts, shelf = fresh.parts(), Shelf()
    documents = shelf.listed(parts.sources)
    with parts.sources.lease() as sources:
        with pytest.raises(PapersUnreadError, match="10 of 10 papers are still to be read"):
            shelf.papers(sources, parts, EVERYBODY)
        shelf.read_ahead(parts.sources, documents)
        assert len(shelf.papers(sources, parts, EVERYBODY)) == 10
    parts.sources.close()


def test_a_few_papers_are_waited_for(fresh: Plant) -> None:
    log_history(fresh)
    parts, shelf = fresh.parts(), Shelf()
    assert len(shelf.listed(parts.sources)) == 10
    with parts.sources.lease() as sources:
        assert len(shelf.papers(sources, parts, EVERYBODY)) == 10
    parts.sources.close()


def test_papers_that_cannot_be_read_ahead_keep_nobody_away(
    fresh: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_history(fresh)
    monkeypatch.setattr(module, "MOST_AWAITED", 0)
    parts, shelf = fresh.parts(), Shelf()
    documents = shelf.listed(parts.sources)
    with monkeypatch.context() as damaged:
        damaged.setattr(module, "document_read", _damaged)
        with pytest.raises(LedgerError):
            shelf.read_ahead(parts.sources, documents)
    with parts.sources.lease() as sources:
        assert len(shelf.papers(sources, parts, EVERYBODY)) == 10
    parts.sources.close()


def _damaged(*_document: object) -> None:
    raise LedgerError("ledger", what="a page is damaged")


def test_the_same_papers_are_handed_out_until_one_comes(fresh: Plant) -> None:
    log_history(fresh)
    parts, shelf = fresh.parts(), Shelf()
    with parts.sources.lease() as sources:
        first, again = (shelf.papers(sources, parts, EVERYBODY) for _ in range(2))
        assert len(first) == 10
        assert first is again
        fresh.log_file(fresh.gw1, "certificate", "more.toml", energy_certificate("M-1", "S-M"))
        fresh.judging.catch_up()
        assert len(shelf.papers(sources, parts, EVERYBODY)) == 11
    parts.sources.close()


def test_somebody_of_one_site_is_not_handed_what_another_one_was(fresh: Plant) -> None:
    log_history(fresh)
    fresh.log_file(fresh.gw2, "certificate", "more.toml", energy_certificate("M-1", "S-M"))
    fresh.judging.catch_up()
    parts, shelf = fresh.parts(), Shelf()
    person = Person(name="e", role=Role.ENGINEER, sites=("weifang",))
    with parts.sources.lease() as sources:
        assert len(shelf.papers(sources, parts, EVERYBODY)) == 11
        own = shelf.papers(sources, parts, Reader(person=person))
    assert [each.site for each in own] == ["weifang"]
    parts.sources.close()
