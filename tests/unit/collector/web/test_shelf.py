"""Papers are read once, and may be read before anybody asks."""

import pytest

from calibration.certificate import CalibrationCertificate
from collector.api.security import Reader
from collector.web.certificates import shelf as module
from collector.web.certificates.shelf import Shelf, entries
from tests.unit.collector.api.plant import Plant
from tests.unit.collector.web.certificate_papers import log_history

EVERYBODY = Reader(person=None)


def test_what_was_read_ahead_is_not_read_again(
    fresh: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_history(fresh)
    monkeypatch.setattr(module, "PORTION", 3)
    parts, shelf = fresh.parts(), Shelf()
    shelf.read_ahead(parts.sources)
    monkeypatch.setattr(module, "_read", None)
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


def test_a_shelf_that_is_full_begins_anew(fresh: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    log_history(fresh)
    monkeypatch.setattr(module, "MOST_KEPT", 2)
    parts, shelf = fresh.parts(), Shelf()
    with parts.sources.lease() as sources:
        first, again = (shelf.papers(sources, parts, EVERYBODY) for _ in range(2))
    assert len(first) == 10
    assert first == again
    parts.sources.close()
