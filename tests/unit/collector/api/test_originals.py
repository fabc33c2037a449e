"""Documents of laboratories: kept byte for byte, for whom they are, and named by the audit."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from calibration.load import parse_certificate
from carbonmeter.cli import main
from collector import originals
from collector.backup.making import Wish, make_backup
from collector.database import Database
from collector.ledger_read import read_ledger
from collector.original_errors import (
    OriginalFileError,
    OriginalFullError,
    OriginalNewerError,
)
from collector.originals import MOST_BYTES, ORIGINALS, Originals
from collector.rights import Role
from collector.site_register import site_register
from evidence.log.entry import Action
from evidence.statement.cited import cited_documents
from tests.faults.replaced import replaced
from tests.faults.small_disk import fill, free, small_disk
from tests.unit.collector.api.plant import LINE_1, Asked, Kind, Plant, energy_certificate, served
from tests.unit.collector.api.test_allowed import bearer
from tests.unit.collector.api.test_audit import DAY, checks, folder, ran  # noqa: F401 - a fixture

SCAN: Final = b"%PDF-1.7 certificate E-3\n" + bytes(range(256)) * 300
SHA256: Final = hashlib.sha256(SCAN).hexdigest()
HAND_IN: Final = "/api/v1/originals?site=jinan&name=E-3.pdf&reason=scan"
CITING: Final = energy_certificate("E-3", "S-1").replace(
    b'kind = "calibration"', b'kind = "calibration"\ndocument_sha256 = "%s"' % SHA256.encode()
)
CERTIFICATE: Final[tuple[Kind, str, bytes]] = ("certificate", "e-3.toml", CITING)


def altered(state_dir: Path) -> None:
    """Somebody with the machine changes the bytes of the document."""
    with closing(sqlite3.connect(state_dir / ORIGINALS)) as database, database:
        changed = SCAN.replace(b"E-3", b"E-4")
        database.execute("UPDATE originals SET data = ? WHERE sha256 = ?", (changed, SHA256))


@pytest.fixture
def cited(fresh: Plant) -> Plant:
    """A certificate that names the document it was taken from."""
    assert parse_certificate(CITING, "e-3.toml").document_sha256 == SHA256
    fresh.log_file(fresh.gw1, *CERTIFICATE)
    fresh.judging.catch_up()
    return fresh


@pytest.fixture
def asked(cited: Plant) -> Iterator[Asked]:
    parts = cited.parts()
    yield served(parts)
    parts.sources.close()


@pytest.fixture
def engineer(cited: Plant) -> dict[str, str]:
    return bearer(cited, Role.ENGINEER, "jinan")


def test_a_document_comes_back_byte_for_byte_and_leads_to_what_cites_it(
    asked: Asked, engineer: dict[str, str]
) -> None:
    kept = asked.send("POST", HAND_IN, engineer, SCAN)
    assert kept.status_code == 201, kept.text
    found = kept.json()
    assert (found["sha256"], found["bytes"], found["name"]) == (SHA256, len(SCAN), "E-3.pdf")
    assert (found["cited_by"], found["intact"], found["by"]) == (
        ["E-3"],
        True,
        "token:engineer-jinan",
    )
    assert asked.send("GET", f"/api/v1/originals/{SHA256}", engineer).content == SCAN
    listed = asked.send("GET", "/api/v1/originals", engineer).json()
    assert listed == {"originals": [found], "next": None}


def test_each_document_leaves_one_entry_also_if_it_is_handed_in_twice(
    asked: Asked, engineer: dict[str, str], cited: Plant
) -> None:
    first, again = (asked.send("POST", HAND_IN, engineer, SCAN).json() for _ in range(2))
    assert first == again
    with cited.parts().journal() as journal:
        (entry,) = [each.entry for each in journal.of([Action.ORIGINAL_KEPT])]
    assert (entry.subject, entry.site, entry.reason) == (SHA256, "jinan", "scan")
    assert entry.new == {"name": "E-3.pdf", "bytes": len(SCAN)}


def test_pages_lead_through_all_documents(asked: Asked, engineer: dict[str, str]) -> None:
    for number in range(3):
        asked.send("POST", HAND_IN, engineer, SCAN + bytes([number]))
    first, seen = 0, []
    while first is not None:
        page = asked.send("GET", f"/api/v1/originals?limit=1&first={first}", engineer).json()
        seen += [each["sha256"] for each in page["originals"]]
        first = page["next"]
    assert seen == [hashlib.sha256(SCAN + bytes([n])).hexdigest() for n in range(3)]


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR])
def test_who_may_not_operate_hands_nothing_in(asked: Asked, cited: Plant, role: Role) -> None:
    refused = asked.send("POST", HAND_IN, bearer(cited, role), SCAN)
    assert (refused.status_code, refused.json()["code"]) == (403, "E_TOKEN_SCOPE")
    assert not (cited.folder / ORIGINALS).exists()


def test_another_sites_document_is_not_there(
    asked: Asked, engineer: dict[str, str], cited: Plant
) -> None:
    asked.send("POST", HAND_IN, engineer, SCAN)
    other = bearer(cited, Role.ENGINEER, "weifang")
    refused = asked.send("GET", f"/api/v1/originals/{SHA256}", other)
    assert (refused.status_code, refused.json()["code"]) == (404, "E_ORIGINAL_UNKNOWN")
    assert asked.send("GET", "/api/v1/originals", other).json()["originals"] == []
    denied = asked.send("POST", HAND_IN, other, SCAN + b"!")
    assert (denied.status_code, denied.json()["code"]) == (422, "E_ORIGINAL_SITE")


@pytest.mark.parametrize(
    ("path", "content", "status", "code"),
    [
        (HAND_IN, b"", 413, "E_ORIGINAL_SIZE"),
        (HAND_IN, bytes(MOST_BYTES + 1), 413, "E_BODY"),
        (HAND_IN.replace("site=jinan", "site=../x"), SCAN, 422, "E_QUERY"),
        (HAND_IN.replace("name=E-3.pdf", "name=a%0Ab"), SCAN, 422, "E_QUERY"),
        (HAND_IN.replace("&name=E-3.pdf", ""), SCAN, 422, "E_QUERY"),
        (HAND_IN + "&name=b", SCAN, 422, "E_QUERY"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    asked: Asked, engineer: dict[str, str], path: str, content: bytes, status: int, code: str
) -> None:
    refused = asked.send("POST", path, engineer, content)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_a_form_and_a_site_without_agents_are_refused(asked: Asked, cited: Plant) -> None:
    anywhere = bearer(cited, Role.ENGINEER)
    form = {**anywhere, "content-type": "multipart/form-data; boundary=x"}
    assert asked.send("POST", HAND_IN, form, SCAN).json()["code"] == "E_MEDIA_TYPE"
    nowhere = HAND_IN.replace("site=jinan", "site=nowhere")
    assert asked.send("POST", nowhere, anywhere, SCAN).json()["code"] == "E_ORIGINAL_SITE"


def test_a_document_that_was_changed_on_the_disk_is_not_given_out(
    asked: Asked, engineer: dict[str, str], cited: Plant
) -> None:
    asked.send("POST", HAND_IN, engineer, SCAN)
    altered(cited.folder)
    refused = asked.send("GET", f"/api/v1/originals/{SHA256}", engineer)
    assert (refused.status_code, refused.json()["code"]) == (409, "E_ORIGINAL_DAMAGED")
    assert not asked.send("GET", "/api/v1/originals", engineer).json()["originals"][0]["intact"]
    assert asked.send("POST", HAND_IN, engineer, SCAN).json()["intact"]


def test_the_audit_sees_the_document_once_it_is_kept(cited: Plant) -> None:
    """Until then it says that it is not kept here, instead of passing over it."""
    late = (
        energy_certificate("E-1", "S-1")
        .replace(
            b'kind = "calibration"',
            b'kind = "calibration"\ndocument_sha256 = "%s"' % SHA256.encode(),
        )
        .replace(b"2026-01-06T08", b"2026-01-06T09")
    )
    cited.fill()
    cited.log_file(cited.gw1, "certificate", "e-1.toml", late)
    cited.judging.catch_up()
    parts = cited.parts()
    asked, engineer = served(parts), bearer(cited, Role.ENGINEER)
    path = f"/api/v1/audit?channel={LINE_1}&{DAY}"
    assert any("is not kept here" in each for each in _unchecked(asked, path, engineer))
    asked.send("POST", HAND_IN, engineer, SCAN)
    assert not any("is not kept here" in each for each in _unchecked(asked, path, engineer))
    fifteenth = checks(asked.send("GET", path, engineer))[15]
    assert SHA256 in [each["sha256"] for each in fifteenth["evidence"]]
    parts.sources.close()


def _unchecked(asked: Asked, path: str, engineer: dict[str, str]) -> list[str]:
    found = checks(asked.send("GET", path, engineer))[15]
    return [each["en"] for each in found["unchecked"]]


def test_the_command_keeps_a_file_and_tells_what_is_missing(
    folder: Path,  # noqa: F811 - pytest hands it over
    capsys: pytest.CaptureFixture[str],
) -> None:
    scan = folder.parent / "E-3.pdf"
    scan.write_bytes(SCAN)
    assert ran(folder, capsys, "register", "originals") == (0, {"originals": [], "missing": {}})
    keep = [
        "register",
        "keep",
        str(scan),
        "--site",
        "jinan",
        "--reason",
        "scan",
        "--config",
        str(folder),
    ]
    assert main(keep) == 0
    assert capsys.readouterr().out.strip() == SHA256
    code, told = ran(folder, capsys, "register", "originals")
    (kept,) = told["originals"]
    assert (code, kept["name"], kept["sha256"], kept["intact"]) == (0, "E-3.pdf", SHA256, True)
    assert kept["by"].startswith("host:")
    altered(folder.parent / "state")
    assert ran(folder, capsys, "register", "originals")[0] == 1


def test_what_is_cited_is_known_by_digest(cited: Plant) -> None:
    with read_ledger(cited.folder) as ledger:
        register = site_register(cited.store.lookup, ledger, cited.sites, "jinan")
    assert cited_documents(register) == {SHA256: ("E-3",)}


def test_a_backup_takes_the_documents_along(
    asked: Asked, engineer: dict[str, str], cited: Plant, tmp_path: Path
) -> None:
    asked.send("POST", HAND_IN, engineer, SCAN)
    wish = Wish(collector="plant-3", state_dir=cited.folder)
    made = make_backup(wish, tmp_path / "copies", cited.bench.clock.now_ns())
    assert Originals(made).data(SHA256) == SCAN


def version(state: Path, sets: int | None = None) -> int:
    """That of the documents' file; set first, if it is given."""
    with closing(sqlite3.connect(state / originals.ORIGINALS)) as file:
        if sets is not None:
            file.execute(f"PRAGMA user_version = {sets}")
        ((found,),) = file.execute("PRAGMA user_version").fetchall()
    return int(found)


def test_a_file_of_a_newer_version_is_refused_and_not_touched(tmp_path: Path) -> None:
    kept = Originals(tmp_path)
    kept.keep(SCAN)
    assert version(tmp_path, sets=2) == 2
    before = (tmp_path / originals.ORIGINALS).read_bytes()
    for refused in (lambda: kept.data(SHA256), lambda: kept.keep(SCAN[::-1])):
        with pytest.raises(OriginalNewerError, match="knows up to 1"):
            refused()
    assert (tmp_path / originals.ORIGINALS).read_bytes() == before


def test_a_file_from_before_it_said_its_version_is_read_and_says_it_with_the_next(
    tmp_path: Path,
) -> None:
    kept = Originals(tmp_path)
    kept.keep(SCAN)
    assert version(tmp_path, sets=0) == 0
    assert kept.data(SHA256) == SCAN
    kept.keep(SCAN[::-1])
    assert [kept.data(SHA256), version(tmp_path)] == [SCAN, 1]


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A disk that has one document, and not a byte of room."""
    if os.geteuid() != 0:
        pytest.skip("a small disk cannot be mounted")
    with small_disk(tmp_path / "disk", 2) as disk:
        Originals(disk).keep(SCAN)
        fill(disk, 0)
        yield disk


def test_on_a_full_disk_what_is_kept_is_given_back_and_what_is_new_is_refused(full: Path) -> None:
    kept = Originals(full)
    with pytest.raises(OriginalFullError):
        kept.keep(SCAN[::-1])
    assert kept.data(SHA256) == SCAN
    free(full)
    assert kept.data(kept.keep(SCAN[::-1])) == SCAN[::-1]


def test_with_an_index_beside_the_file_a_full_disk_gives_nothing_back(full: Path) -> None:
    """The control: a write-ahead log needs room to be read."""
    free(full)
    with replaced(originals, "_settle", Database.settle):
        Originals(full).keep(SCAN[::-1])
        fill(full, 0)
        with pytest.raises(OriginalFileError):
            Originals(full).data(SHA256)
