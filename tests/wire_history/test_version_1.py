"""What version 1 wrote is read by every later version, to the same content."""

import hashlib

import pytest

from evidence.log import merkle
from evidence.log.batch import decode, encode
from evidence.log.checkpoint import open_checkpoint, origin
from evidence.log.envelope import decompress, unseal, unseal_wanted
from evidence.log.key import keyring
from evidence.log.receipt import open_receipt
from evidence.log.row import results
from tests.wire_history.log_v1 import (
    AGENT,
    AGENT_KEY,
    BATCH,
    COLLECTOR_KEY,
    DOCUMENT,
    EPOCH,
    FOLDER,
    PROFILE,
    RECEIVED_S,
)

FILES = {
    "document-v1.json": "e5ef90c10d17491bd754f9f0dbc9c9d4e8ea0853b867a1866168f9adc8debd92",
    "batch-v1.json": "172e1beea9036a653fa2166e9622c3efffd16b262319fd7fe3a1e09e835f2be1",
    "envelope-v1.msgpack": "dac7e14689a3fccb6bf42589cbf226c004abbab10d05c3c17c1c688e296067d2",
    "receipt-v1.msgpack": "2f4a1a0daa87f89f8e7a7409b545c30be1a5611bcd24259f82149178aaeeaee2",
}
ROOT = "e65e52c7a5ab423f6859c63f62478d0a3531163c2371dae54366aee1539da574"


def frozen(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


@pytest.mark.parametrize(("name", "sha256"), FILES.items())
def test_a_frozen_file_is_what_it_was(name: str, sha256: str) -> None:
    assert hashlib.sha256(frozen(name)).hexdigest() == sha256


def test_a_batch_of_version_1_is_read_as_what_was_written() -> None:
    assert decode(frozen("batch-v1.json")) == BATCH


def test_a_document_of_version_1_is_read_as_what_was_written() -> None:
    assert decode(frozen("document-v1.json")) == DOCUMENT
    assert DOCUMENT.data() == PROFILE


def test_what_is_written_now_says_the_same() -> None:
    for name, leaf in (("batch-v1.json", BATCH), ("document-v1.json", DOCUMENT)):
        assert decode(encode(leaf)) == decode(frozen(name))


def test_rows_of_version_1_become_the_same_results() -> None:
    rows = results(BATCH.streams[0], EPOCH)
    assert [(row.at_ns, row.value) for row in rows] == [
        (1_767_225_600_014_000_000, 49.95),
        (1_767_225_605_015_000_000, 50.0),
        (1_767_225_610_013_000_000, 50.05),
    ]
    assert {part.influence.id: part.contribution for part in rows[2].components} == {
        "cert:NIM-2026-0417/0": 0.02,
        "cert:NIM-2026-0417/1": 0.00125,
        "std:NIM/REF-7": pytest.approx(0.015015, rel=1e-15),
        "read:jinan/line-1/active_power/6f1d0c2b.2882": pytest.approx(0.01 / 12**0.5, rel=1e-15),
        "fresh:jinan/line-1/active_power": 0.005,
    }


def test_the_envelope_of_version_1_leads_to_the_signed_leaf() -> None:
    envelope = unseal(frozen("envelope-v1.msgpack"))
    assert (envelope.epoch, envelope.sequence) == (EPOCH, 1)
    assert decompress(envelope.leaf) == frozen("batch-v1.json")
    signed = open_checkpoint(envelope.checkpoint, keyring([AGENT_KEY.verifier])).checkpoint
    assert (signed.origin, signed.size) == (origin(AGENT, EPOCH), 2)
    leaves = [frozen("document-v1.json"), frozen("batch-v1.json")]
    assert signed.root.hex() == ROOT
    assert merkle.root_of([merkle.leaf_hash(leaf) for leaf in leaves]) == signed.root


def test_the_receipt_of_version_1_is_the_collectors_over_the_same_checkpoint() -> None:
    wanted = unseal_wanted(frozen("receipt-v1.msgpack"))
    receipt = open_receipt(wanted.receipt, COLLECTOR_KEY.verifier)
    assert (wanted.epoch, wanted.want, wanted.cause) == (EPOCH, 2, "")
    assert (receipt.checkpoint.root.hex(), receipt.at_s) == (ROOT, RECEIVED_S)
