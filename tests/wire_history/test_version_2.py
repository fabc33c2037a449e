"""What version 2 wrote is read by every later version; the page's example is right."""

import hashlib
import re
from pathlib import Path
from typing import Final

import pytest

from evidence.log import merkle
from evidence.log.batch import Batch, decode
from evidence.log.checkpoint import open_checkpoint, origin
from evidence.log.in_parts import decode_partly, encode_parted
from evidence.log.key import keyring
from evidence.log.parts import Opened, PartlyShown, parted
from tests.wire_history.log_v1 import AGENT, AGENT_KEY, BATCH, DOCUMENT, EPOCH, FOLDER

FILES: Final = {
    "document-v2.json": "5b5419394bf57d6ecffbb3588ad3977efa1ebecc4d7e8bffbec9d0e88a8bd19a",
    "batch-v2.json": "f91d96062a655f6d5100a19ba70f6e6d8885be7a2ff5fef108568f3870087691",
}
PAGE: Final = (Path(__file__).parents[2] / "docs/reference/batch-v2.md").read_text("utf-8")
EXAMPLE: Final = PAGE[PAGE.index("## Example") :]
BLOCKS: Final = re.findall(r"```(?:json)?\n(.*?)```", EXAMPLE, re.DOTALL)
LEAVES: Final = [block.removesuffix("\n").encode() for block in BLOCKS[:2]]
HASHES, CHECKPOINT = BLOCKS[2:]
ROWS: Final = re.findall(r"\| (\d+) \| ([0-9a-f]{64}) \| ([0-9a-f]{64}) \|", EXAMPLE)


@pytest.mark.parametrize(("name", "sha256"), FILES.items())
def test_a_frozen_file_is_what_it_was(name: str, sha256: str) -> None:
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == sha256


def test_the_leaves_on_the_page_are_the_frozen_ones_byte_for_byte() -> None:
    assert [(FOLDER / name).read_bytes() for name in FILES] == LEAVES
    for leaf in LEAVES:
        parts = leaf.split(b"\n")[1:]
        assert f"{len(leaf)} bytes, in {len(parts)} parts" in PAGE


def test_they_are_read_as_what_was_written_and_written_so_again() -> None:
    for data, leaf in zip(LEAVES, (DOCUMENT, BATCH), strict=True):
        found = parted(data)
        assert found is not None
        assert decode(data) == leaf
        assert encode_parted(leaf, found.blind) == data


def test_salts_commitments_and_hashes_follow_without_this_softwares_code() -> None:
    hashes = []
    for data in LEAVES:
        first, *lines = data.split(b"\n")
        kind, blind = re.findall(rb'"carbonmeter":"([^"]+)","blind":"([^"]+)"', first)[0]
        told = []
        for number, line in enumerate(lines, 1):
            secret = bytes.fromhex(blind.decode()) + number.to_bytes(4, "big")
            salt = hashlib.sha256(b"carbonmeter/salt/1\n" + secret).digest()
            told.append((str(number), salt.hex(), hashlib.sha256(salt + line).hexdigest()))
        commitments = b"".join(bytes.fromhex(each[2]) for each in told)
        head = b"\x02" + kind + b"\n" + len(lines).to_bytes(4, "big")
        hashes.append(hashlib.sha256(head + commitments).digest())
    assert told == ROWS
    root = hashlib.sha256(b"\x01" + hashes[0] + hashes[1]).digest()
    assert re.findall("[0-9a-f]{64}", HASHES) == [each.hex() for each in (*hashes, root)]
    assert [merkle.leaf_hash(each) for each in LEAVES] == hashes


def test_the_checkpoint_on_the_page_is_signed_over_them() -> None:
    signed = open_checkpoint(CHECKPOINT.encode(), keyring([AGENT_KEY.verifier])).checkpoint
    assert (signed.origin, signed.size) == (origin(AGENT, EPOCH), 2)
    assert signed.root == merkle.root_of([merkle.leaf_hash(each) for each in LEAVES])


def test_what_the_page_withholds_is_withheld() -> None:
    lines = LEAVES[1].split(b"\n")[1:]
    shown = PartlyShown(
        kind="batch/2",
        parts=tuple(
            bytes.fromhex(commitment)
            if number == "3"
            else Opened(salt=bytes.fromhex(salt), line=lines[int(number) - 1])
            for number, salt, commitment in ROWS
        ),
    )
    assert shown.digest.hex() in HASHES
    found = decode_partly(shown)
    assert isinstance(found, Batch)
    assert found.streams == BATCH.streams[:1]
    assert [each.channel for each in found.records] == ["", "jinan/boiler/gas"]
