"""A DCC over HTTP: what it says, every finding, and nothing that a document does gets far."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Final

import pytest

from calibration.dcc.load import read_bytes
from calibration.load import parse_certificate
from collector import apart, dcc_reading
from collector.rights import Role
from tests.unit.calibration.dcc.dcc_documents import VECTORS
from tests.unit.collector.api.plant import Asked, Plant, served
from tests.unit.collector.api.test_allowed import bearer

PATH: Final = "/api/v1/certificates/dcc"
TYPICAL: Final = read_bytes(VECTORS / "pydcc__dcc_gp_temperature_typical_v12.xml")
SPOILED: Final = read_bytes(
    VECTORS / "pydcc__dcc_gp_temperature_typical_v12_v3.2.0_signed_manipulated.xml"
)


@pytest.fixture
def asked(fresh: Plant) -> Iterator[Asked]:
    parts = fresh.parts()
    yield served(parts)
    parts.sources.close()


def test_a_dcc_is_read_with_its_findings_and_kept_nowhere(asked: Asked, fresh: Plant) -> None:
    answer = asked.send("POST", PATH, bearer(fresh, Role.AUDITOR), TYPICAL)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["signature"] == "unsigned"
    assert "F_DCC_NO_SCHEMA" in [each["code"] for each in found["findings"]]
    certificate = parse_certificate(found["toml"].encode(), "a.toml")
    assert certificate.document_sha256 == found["sha256"]
    assert certificate.results[0].kind_of_quantity == "temperature"
    assert not (fresh.folder / "originals.sqlite").exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (SPOILED, "E_DCC_MANIPULATED"),
        (b"", "E_DCC_XML"),
        (b"<a/>", "E_DCC_ROOT"),
        (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "E_DCC_XML"),
    ],
)
def test_what_is_no_usable_dcc_is_refused_with_its_own_code(
    asked: Asked, fresh: Plant, content: bytes, code: str
) -> None:
    refused = asked.send("POST", PATH, bearer(fresh, Role.ENGINEER), content)
    assert (refused.status_code, refused.json()["code"]) == (422, "E_DCC_REFUSED")
    assert code in refused.json()["detail"]


def test_a_document_that_is_too_large_is_not_read(asked: Asked, fresh: Plant) -> None:
    large = bytes(dcc_reading.MOST_BYTES + 1)
    refused = asked.send("POST", PATH, bearer(fresh, Role.ENGINEER), large)
    assert (refused.status_code, refused.json()["code"]) == (413, "E_BODY")


def test_a_reader_that_runs_on_is_ended(
    asked: Asked, fresh: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "MOST_WAIT_S", 0.001)
    refused = asked.send("POST", PATH, bearer(fresh, Role.ENGINEER), TYPICAL)
    assert (refused.status_code, refused.json()["code"]) == (422, "E_DCC_LIMIT")


def test_the_process_that_reads_cannot_grow_without_end() -> None:
    """The control: without the limits the same is served at once."""
    asks = "bytearray(1 << 30)"
    limited = f"from collector.dcc_child import limit; limit(); {asks}"
    for code, is_limited in ((limited, True), (asks, False)):
        ran = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, timeout=60, check=False
        )
        assert (ran.returncode != 0) == is_limited
