"""Originals read in another process: the same is found, and no document holds up a server."""

import pytest

from collector import apart
from collector.seal_reading import read_seal_apart
from evidence.bundle.sealed import read_seal
from tests.unit.calibration.dcc.signing import identity, laboratory
from tests.unit.evidence.bundle.sealing import LOGGED, TRUSTED, signed_dcc

SIGNED = signed_dcc()


@pytest.mark.parametrize(
    "original",
    [SIGNED, SIGNED.replace(b"SDIM", b"SDIN"), b"%PDF-1.7", b"<html/>"],
    ids=["signed", "changed", "pdf", "html"],
)
def test_the_same_is_found_as_within_this_process(original: bytes) -> None:
    trust = TRUSTED.trust
    assert read_seal_apart(original, LOGGED, trust) == read_seal(original, LOGGED, trust)


def test_whom_to_trust_is_passed_on() -> None:
    stranger = signed_dcc(who=identity("Stranger"))
    for original, trusted in ((SIGNED, True), (stranger, False)):
        found = read_seal_apart(original, LOGGED, TRUSTED.trust)
        assert [each.is_trusted for each in found.signers] == [trusted]
    (signer,) = read_seal_apart(SIGNED, LOGGED, None).signers
    assert not signer.is_trusted
    assert signer.serial_number == f"{laboratory().certificate.serial_number:x}"


def test_what_takes_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MOST_WAIT_S", 0.001)
    found = read_seal_apart(SIGNED, LOGGED, TRUSTED.trust)
    assert found.outcome == "unread"
    assert "reading it took over 10 s, 768 MiB" in found.en
