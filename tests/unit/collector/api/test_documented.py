"""A document is read once in a process, as often as anybody asks for it."""

import pytest

from calibration.register import CalibrationRegister
from collector import documented
from collector.documented import Kept, libraries_of, library_of
from collector.ledger_read import LedgerReader, read_ledger
from evidence.judging.library import Library
from evidence.log.leaf import DocumentKind
from tests.unit.collector.api.plant import Plant, energy_certificate

CERTIFICATES: tuple[DocumentKind, ...] = ("certificate",)
CONFIRMATIONS: tuple[DocumentKind, ...] = ("confirmation",)


def reading(found: Library, read: list[Library]) -> Library:
    read.append(found)
    return found


def test_a_document_is_read_once_and_what_cannot_be_kept_is_read_again() -> None:
    kept, read = Kept(most=2), list[Library]()
    for digest in ("a", "b", "a", "b"):
        kept.read("certificate", digest, lambda: reading(Library(), read))
    assert len(read) == 2
    kept.read("certificate", "c", lambda: reading(Library(), read))
    kept.read("certificate", "a", lambda: reading(Library(), read))
    assert len(read) == 4


def test_one_digest_under_two_kinds_is_two_documents() -> None:
    kept, one, other = Kept(), Library(), Library(known=frozenset("x"))
    assert kept.read("plan", "a", lambda: one) is one
    assert kept.read("test", "a", lambda: other) is other


def test_libraries_are_the_same_whether_documents_were_read_before(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documented.document_read, "__defaults__", (Kept(),))
    with read_ledger(plant.folder) as ledger:
        first = libraries_of(plant.store.lookup, ledger, CERTIFICATES)
        monkeypatch.setattr(LedgerReader, "leaf", None)
        assert libraries_of(plant.store.lookup, ledger, CERTIFICATES) == first
        assert library_of(plant.store.lookup, ledger, "gw-1", CERTIFICATES) == first["gw-1"]
    assert [each.id for each in first["gw-1"].register.certificates] == ["E-1", "E-2", "P-1"]


def test_of_an_agent_that_logged_none_nothing_is_known(plant: Plant) -> None:
    with read_ledger(plant.folder) as ledger:
        found = library_of(plant.store.lookup, ledger, "gw-2", CONFIRMATIONS)
    assert found.register == CalibrationRegister()


def test_a_document_that_came_is_listed_and_all_are_after_they_were_derived_again(
    fresh: Plant,
) -> None:
    lookup = fresh.open_store().lookup
    assert lookup.documents(CERTIFICATES) == []
    for number in ("A-1", "A-2"):
        fresh.log_file(fresh.gw1, "certificate", "a.toml", energy_certificate(number, number))
        fresh.judging.catch_up()
    found = lookup.documents(CERTIFICATES)
    assert [place.sequence for _, _, place in found] == [0, 1]
    assert lookup.documents_of("gw-1", CERTIFICATES) == found
    fresh.store.forget()
    assert lookup.documents(CERTIFICATES) == []
    fresh.judging.catch_up()
    assert lookup.documents(CERTIFICATES) == found


def test_what_was_taken_back_is_not_listed(fresh: Plant) -> None:
    lookup = fresh.store.lookup

    def put(digest: str) -> None:
        row = (digest, "plan", "n", "gw-1", "e", 0, 0)
        fresh.store._db.execute("INSERT INTO document VALUES (?,?,?,?,?,?,?)", row)

    def put_and_taken_back() -> None:
        with fresh.store.transaction():
            put("a")
            assert [sha256 for _, sha256, _ in lookup.documents(("plan",))] == ["a"]
            raise RuntimeError("back")

    with pytest.raises(RuntimeError, match="back"):
        put_and_taken_back()
    put("b")
    assert [sha256 for _, sha256, _ in lookup.documents(("plan",))] == ["b"]
