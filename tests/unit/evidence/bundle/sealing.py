"""A plant whose first certificate was taken from a signed DCC, which is kept."""

import hashlib
from pathlib import Path
from typing import Final

import msgspec
import pytest

from calibration.certificate import CalibrationCertificate
from calibration.dcc.transfer import export_certificate
from calibration.load import parse_certificate
from calibration.toml_text import toml_of
from collector.bundling import choose
from collector.originals import Originals
from evidence.bundle.frames import ShownLeaf
from evidence.bundle.policy import Policy
from evidence.log.batch import Document, document
from evidence.log.in_parts import encode_parted
from tests.unit.calibration.dcc.signing import Identity, authority, xml_signed
from tests.unit.collector.api.plant import FILES, Plant, energy_certificate
from tests.unit.evidence.bundle.made import Made, held, stated, written
from tests.unit.evidence.bundle.test_each_check import BLIND, relogged, replaced, with_

LOGGED: Final = parse_certificate(energy_certificate("E-1", "S-1"), "e-1.toml")
TRUSTED: Final = Policy(schema=1, laboratories=(authority().pem.decode(),))


def dcc_of(certificate: CalibrationCertificate = LOGGED) -> bytes:
    """A DCC that states what a certificate does, without a signature."""
    return export_certificate(certificate, "v0.3.0")


def signed_dcc(certificate: CalibrationCertificate = LOGGED, who: Identity | None = None) -> bytes:
    """The same, signed by a laboratory, or by somebody else."""
    return xml_signed(dcc_of(certificate), who)


def cite(patch: pytest.MonkeyPatch, original: bytes) -> None:
    """Lets the plants that are filled from now on have E-1 taken from an original."""
    digest = hashlib.sha256(original).hexdigest()
    cited = toml_of(msgspec.structs.replace(LOGGED, document_sha256=digest)).encode()
    (kind, name, _), *rest = FILES
    patch.setattr("tests.unit.collector.api.plant.FILES", ((kind, name, cited), *rest))


def plant_citing(folder: Path, original: bytes, *, is_kept: bool = True) -> Made:
    """The plant whose certificate E-1 cites an original, and a bundle of its first line."""
    plant = Plant(folder)
    with pytest.MonkeyPatch.context() as patch:
        cite(patch, original)
        plant.fill()
    if is_kept:
        Originals(folder).keep(original)
    return Made(plant=plant, choice=choose(held(plant), stated(plant).digest))


def taken_from(made: Made, original: bytes, **changes: object) -> bytes:
    """The bundle as if E-1 had been logged as taken from another original, with these changes."""
    digest = hashlib.sha256(original).hexdigest()
    fields = {"document_sha256": digest, **changes}
    toml = toml_of(msgspec.structs.replace(LOGGED, **fields)).encode()
    leaves = list(made.choice.leaves)
    at = next(n for n, each in enumerate(leaves) if _is_first_certificate(each))
    before = leaves[at].leaf()
    place = (before.agent, before.epoch, before.sequence)
    leaf = document(place, "certificate", "e-1.toml", toml)
    leaves[at] = replaced(leaves[at], encode_parted(leaf, BLIND))
    documents = {each.sha256: each.data() for each in _documents(leaves)}
    choice = with_(made.choice, documents=documents, originals={digest: original})
    return written(relogged(choice, leaves))


def _is_first_certificate(shown: ShownLeaf) -> bool:
    leaf = shown.leaf()
    return isinstance(leaf, Document) and leaf.name == "e-1.toml"


def _documents(leaves: list[ShownLeaf]) -> list[Document]:
    found = (each.leaf() for each in leaves)
    return [each for each in found if isinstance(each, Document)]
