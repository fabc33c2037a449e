"""Check 27: whether the laboratories' documents bear out the certificates, and who says so."""

import builtins
import datetime as dt
import hashlib
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from calibration.certificate import CalibrationCertificate
from calibration.dcc.trust import Trust
from collector.bundling import choose
from collector.originals import Originals
from evidence.bundle import seals
from evidence.bundle.errors import PolicyError
from evidence.bundle.outcome import Check, Outcome, Result
from evidence.bundle.policy import NO_POLICY, Policy, parse_policy
from evidence.bundle.sealed import SealRead, read_seal
from evidence.bundle.verify import verify
from tests.unit.calibration.dcc.signing import authority, identity, key_signed, laboratory
from tests.unit.evidence.bundle.made import (
    NOT_WITHOUT_POLICY,
    Made,
    failed,
    held,
    members,
    outcomes,
    packed,
    stated,
    written,
)
from tests.unit.evidence.bundle.sealing import (
    LOGGED,
    TRUSTED,
    dcc_of,
    plant_citing,
    signed_dcc,
    taken_from,
)
from tests.unit.evidence.bundle.test_each_check import pinned, restated, with_
from tests.unit.evidence.bundle.test_two_verifiers import minimal

SIGNED = signed_dcc()
DIGEST = hashlib.sha256(SIGNED).hexdigest()
MEMBER = f"originals/{DIGEST}"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """A bundle of a statement that rests on a certificate whose signed DCC is kept."""
    found = plant_citing(tmp_path_factory.mktemp("sealed"), SIGNED)
    yield found
    found.plant.close()


def told(data: bytes, policy: Policy = NO_POLICY) -> Outcome:
    return outcomes(data, policy)[Check.SEALS]


def test_a_signed_original_of_a_trusted_laboratory_is_ok(sealed: Made) -> None:
    assert sealed.choice.datum.certificates == ("E-1",)
    assert members(sealed.data)[MEMBER] == SIGNED
    assert failed(sealed.data, TRUSTED) <= {Check.PINNED}
    found = told(sealed.data, TRUSTED)
    assert (found.result, found.where) == (Result.OK, "")
    serial = f"{laboratory().certificate.serial_number:x}"
    for said in (found.en, found.zh):
        assert "CN=Laboratory" in said
        assert "CN=Authority" in said
        assert serial in said
        assert LOGGED.recorded_at.astimezone(dt.UTC).isoformat()[:10] in said


def test_a_laboratorys_own_certificate_can_be_pinned(sealed: Made) -> None:
    policy = Policy(schema=1, laboratories=(laboratory().pem.decode(),))
    assert told(sealed.data, policy).result is Result.OK


def test_without_a_trusted_laboratory_it_is_not_checked_and_says_who_signed(sealed: Made) -> None:
    found = told(sealed.data)
    assert found.result is Result.NOT_CHECKED
    assert "the policy names no laboratory; signed by CN=Laboratory" in found.en
    assert failed(sealed.data) == set()
    assert failed(sealed.data, pinned(require=(Check.SEALS,))) == {Check.SEALS}


def test_a_certificate_that_no_leaf_carries_is_named_and_not_looked_at(sealed: Made) -> None:
    """Check 13 finds that it is missing; it is not said that none is named."""
    ghost = restated(sealed, certificates=("E-9",))
    found = told(ghost, TRUSTED)
    assert (found.result, found.where) == (Result.NOT_CHECKED, "")
    assert "certificate E-9: it is named, and no leaf carries it" in found.en
    assert "证书 E-9" in found.zh
    assert {Check.DOCUMENTS, Check.TRACE} <= failed(ghost)
    beside = told(restated(sealed, certificates=("E-1", "E-9")), TRUSTED)
    assert beside.en.startswith("1 of 2 certificates: certificate E-9: ")
    none = told(restated(sealed, certificates=()), TRUSTED)
    assert (none.result, none.en) == (Result.NOT_CHECKED, "no certificate is named")


def test_a_signature_of_somebody_else_fails(sealed: Made) -> None:
    other = Policy(schema=1, laboratories=(identity("Other", is_authority=True).pem.decode(),))
    assert "not trusted: signed by CN=Laboratory" in told(sealed.data, other).en
    stranger = taken_from(sealed, signed_dcc(who=identity("Stranger")))
    found = told(stranger, TRUSTED)
    assert (found.result, found.where) == (Result.FAILED, "certificate E-1")
    assert "not trusted: signed by CN=Stranger" in found.en
    assert failed(stranger, pinned(laboratories=TRUSTED.laboratories)) == {Check.SEALS}


def test_a_signer_whose_certificate_had_ended_is_not_trusted(sealed: Made) -> None:
    ended = LOGGED.recorded_at - dt.timedelta(days=1)
    late = identity("Late", issuer=authority(), ended=ended)
    data = taken_from(sealed, signed_dcc(who=late))
    assert told(data, TRUSTED).result is Result.FAILED


def test_a_bare_key_is_nobodys(sealed: Made) -> None:
    found = told(taken_from(sealed, key_signed(dcc_of())), TRUSTED)
    assert found.result is Result.FAILED
    assert "a bare key" in found.en


def test_one_bit_of_the_original_fails_though_the_manifest_fits(sealed: Made) -> None:
    at = SIGNED.index(b"SDIM")
    changed = SIGNED[:at] + bytes([SIGNED[at] ^ 1]) + SIGNED[at + 1 :]
    data = packed({**members(sealed.data), MEMBER: changed})
    assert failed(data) == minimal(data) | {Check.SEALS} == {Check.SEALS}
    assert "SHA-256" in told(data).en


def test_a_signature_that_does_not_hold_fails_though_the_digest_fits(sealed: Made) -> None:
    data = taken_from(sealed, SIGNED.replace(b"SDIM", b"SDIN"))
    assert failed(data) == {Check.SEALS}
    assert "E_DCC_MANIPULATED" in told(data).en


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "E-7"}, "another number of the certificate"),
        ({"performed_on": dt.date(2025, 1, 5)}, "another day"),
        (
            {"instrument": msgspec.structs.replace(LOGGED.instrument, serial="S-7")},
            "another serial number",
        ),
        ({"coefficients": (0.003,)}, "other numbers"),
        ({"covariance": ((2e-8,),)}, "other numbers"),
    ],
)
def test_an_original_that_states_something_else_fails(
    sealed: Made, change: dict[str, object], said: str
) -> None:
    """The laboratory signed it, and the certificate in the log is not what it signed."""
    (result,) = LOGGED.results
    assert result.function is not None
    if set(change) & {"coefficients", "covariance"}:
        function = msgspec.structs.replace(result.function, **change)
        change = {"results": (msgspec.structs.replace(result, function=function),)}
    other = msgspec.structs.replace(LOGGED, **change)
    data = taken_from(sealed, signed_dcc(other))
    assert failed(data, pinned(laboratories=TRUSTED.laboratories)) == {Check.SEALS}
    assert f"its original states {said}" in told(data).en


@pytest.mark.parametrize(
    ("original", "said"),
    [
        (dcc_of(), "carries no signature"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x89PNG", "no XML document"),
        (b"<html/>", "E_DCC_ROOT"),
        (b"<not closed", "E_DCC_XML"),
        (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "E_DCC_XML"),
        (b"<a>" * 30_000, "E_DCC_SIZE"),
    ],
)
def test_what_proves_nothing_is_not_checked_and_says_why(
    sealed: Made, original: bytes, said: str
) -> None:
    data = taken_from(sealed, original)
    found = told(data, TRUSTED)
    assert found.result is Result.NOT_CHECKED
    assert found.en.startswith("1 of 1 certificate: certificate E-1: ")
    assert said in found.en


def test_a_certificate_that_cites_nothing_is_not_checked(one: Made) -> None:
    assert "it cites no document" in told(one.data).en
    assert Check.SEALS in NOT_WITHOUT_POLICY


def test_an_original_that_was_not_kept_is_not_here(tmp_path: Path) -> None:
    made = plant_citing(tmp_path, SIGNED, is_kept=False)
    assert not any(name.startswith("originals/") for name in members(made.data))
    assert "its original is not here" in told(made.data).en
    Originals(tmp_path).keep(SIGNED)
    choice = choose(held(made.plant), made.choice.datum.digest)
    assert choice.originals == {DIGEST: SIGNED}
    made.plant.close()


def test_an_original_that_no_longer_fits_is_left_out(
    sealed: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.bundle_originals.MOST_BYTES", len(SIGNED) - 1)
    digest = sealed.choice.datum.digest
    data = written(choose(held(sealed.plant), digest))
    assert MEMBER not in members(data)
    assert "its original is not here" in told(data, TRUSTED).en


def test_more_bytes_than_are_read_are_not_read(
    sealed: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "MOST_READ_BYTES", len(SIGNED) - 1)
    assert "are not read" in told(sealed.data, TRUSTED).en


def test_only_originals_of_certificates_of_the_statement_are_here(sealed: Made) -> None:
    datum = stated(sealed.plant, "jinan/line-2/energy")
    choice = choose(held(sealed.plant), datum.digest)
    assert datum.certificates == ("E-2",)
    assert choice.originals == {}


def test_an_original_that_no_certificate_cites_fails(sealed: Made) -> None:
    digest = hashlib.sha256(b"smuggled").hexdigest()
    originals = {**sealed.choice.originals, digest: b"smuggled"}
    data = written(with_(sealed.choice, originals=originals))
    assert failed(data) == {Check.SEALS}
    assert told(data).where == f"originals/{digest}"


def test_where_the_libraries_are_absent_it_is_not_checked(
    sealed: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    importing = builtins.__import__

    def without(name: str, *rest: object, **more: object) -> object:
        if name.startswith(("lxml", "signxml")):
            raise ModuleNotFoundError(name, name=name.partition(".")[0])
        return importing(name, *rest, **more)  # type: ignore[arg-type]

    for name in [each for each in sys.modules if each.startswith(("calibration.dcc.s", "lxml"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    found = told(sealed.data, TRUSTED)
    assert found.result is Result.NOT_CHECKED
    assert "lxml is not installed" in found.en


def test_another_reader_can_be_given(sealed: Made, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    path.write_bytes(sealed.data)
    seen: list[tuple[bytes, str, bool]] = []

    def reading(data: bytes, certificate: CalibrationCertificate, trust: Trust | None) -> SealRead:
        seen.append((data, certificate.id, trust is not None))
        return SealRead(outcome="broken", en="told by another", zh="另述")

    with path.open("rb") as file:
        found = verify(file, TRUSTED, (), reading)
    assert seen == [(SIGNED, "E-1", True)]
    assert found.outcomes[Check.SEALS - 1].en == "told by another"


def test_no_bit_of_an_original_raises_anything() -> None:
    """Any bit changed is a signature that does not hold, or no DCC; white space is signed too."""
    for at in range(0, len(SIGNED), 97):
        changed = SIGNED[:at] + bytes([SIGNED[at] ^ 4]) + SIGNED[at + 1 :]
        found = read_seal(changed, LOGGED, TRUSTED.trust)
        assert not any(each.is_trusted for each in found.signers) or found.outcome != "read"


def test_a_policy_with_a_laboratory_that_is_no_certificate_is_refused() -> None:
    pem = authority().pem.decode()
    good = f'schema = 1\nlaboratories = ["""{pem}"""]\n'
    assert parse_policy(good.encode(), "policy.toml").trust is not None
    for text in ("nonsense", pem.replace("MII", "AAA"), pem[:200]):
        with pytest.raises(PolicyError):
            parse_policy(f'schema = 1\nlaboratories = ["""{text}"""]\n'.encode(), "policy.toml")


def test_a_bundle_of_before_without_originals_is_read(one: Made) -> None:
    assert not any(name.startswith("originals/") for name in members(one.data))
    assert failed(one.data) == set()


@pytest.mark.parametrize("seed", range(20))
def test_an_original_that_is_altered_anywhere_fails(sealed: Made, seed: int) -> None:
    """As a cheat would who makes the manifest and the seal fit again."""
    drawn = random.Random(seed)
    at = drawn.randrange(len(SIGNED))
    changed = bytearray(SIGNED)
    changed[at : at + drawn.randrange(3)] = drawn.randbytes(drawn.randrange(1, 40))
    data = packed({**members(sealed.data), MEMBER: bytes(changed)})
    assert failed(data) == {Check.SEALS}
