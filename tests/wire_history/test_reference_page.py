"""The worked example of docs/reference/batch-v1.md, recomputed from what the page prints."""

import hashlib
import math
import re
from pathlib import Path

from evidence.log import merkle
from evidence.log.batch import Batch, decode
from evidence.log.checkpoint import open_checkpoint
from evidence.log.key import keyring, parse_verifier
from evidence.log.receipt import open_receipt
from evidence.log.row import results
from tests.wire_history.log_v1 import FOLDER, RECEIVED_S

PAGE = (Path(__file__).parents[2] / "docs/reference/batch-v1.md").read_text("utf-8")
BLOCKS = re.findall(r"```(?:json)?\n(.*?)```", PAGE, re.DOTALL)
DOCUMENT, BATCH, HASHES, AGENT, CHECKPOINT, COLLECTOR, RECEIPT = BLOCKS
LEAVES = [block.removesuffix("\n").encode() for block in (DOCUMENT, BATCH)]


def test_the_leaves_on_the_page_are_the_frozen_ones_byte_for_byte() -> None:
    names = ("document-v1.json", "batch-v1.json")
    assert [(FOLDER / name).read_bytes() for name in names] == LEAVES
    assert all(f"{len(leaf)} bytes" in PAGE for leaf in LEAVES)


def test_the_hashes_follow_from_the_leaves_without_this_softwares_tree() -> None:
    hashes = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in LEAVES]
    root = hashlib.sha256(b"\x01" + hashes[0] + hashes[1]).digest()
    assert re.findall("[0-9a-f]{64}", HASHES) == [each.hex() for each in (*hashes, root)]
    assert merkle.root_of(hashes) == root


def test_the_checkpoint_and_the_receipt_are_signed_by_the_printed_keys() -> None:
    agent, collector = parse_verifier(AGENT.strip()), parse_verifier(COLLECTOR.strip())
    signed = open_checkpoint(CHECKPOINT.encode(), keyring([agent])).checkpoint
    assert signed.size == 2
    assert signed.root.hex() in HASHES
    receipt = open_receipt(RECEIPT.encode(), collector)
    assert (receipt.checkpoint, receipt.at_s) == (signed, RECEIVED_S)


def test_the_row_that_is_worked_out_has_the_printed_numbers() -> None:
    batch = decode(LEAVES[1])
    assert isinstance(batch, Batch)
    row = results(batch.streams[0], batch.epoch)[1]
    assert (int(row.raw, 16), row.indication, row.sequence) == (5005, 50.05, 2881)
    u = math.sqrt(0.02**2 + 0.015**2 + 0.01**2 / 12 + 0.005**2)
    assert row.standard_uncertainty is not None
    assert math.isclose(row.standard_uncertainty, u, rel_tol=1e-12)
    assert f"{u:.4f} kW" in PAGE
