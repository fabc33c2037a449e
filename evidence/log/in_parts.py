"""Batches and documents as leaves of version 2, whole or shown in part."""

from typing import Final

import msgspec

from evidence.errors import LeafContentError, Words
from evidence.log.batch import Batch, Leaf, check, decode, require_size
from evidence.log.layout import (
    BATCH_1,
    DOCUMENT_FIELDS,
    batch_text,
    fields_lines,
    first_record,
    listed_lines,
    text_of,
)
from evidence.log.parts import (
    MAX_PARTS,
    PartlyShown,
    first_line,
    require_lines,
)

_ENCODER: Final = msgspec.json.Encoder()


def encode_parted(leaf: Leaf, blind: bytes) -> bytes:
    """The exact bytes of a leaf, in version 2.

    Args:
        leaf: a batch or a document.
        blind: 32 bytes that nobody can guess, others for each leaf.

    Raises:
        LeafContentError: as for `evidence.log.batch.encode`, or it has more than 8,192 parts.
        LeafError: more than 4 MiB.
    """
    check(leaf)
    try:
        kind, body = _body(leaf)
    except UnicodeEncodeError as cause:
        what = Words("a text holds half of a surrogate pair", "文本含有不成对的代理码位")
        raise LeafContentError("leaf", what=what, limit="Unicode") from cause
    parts = first_record(len(leaf.streams)) + len(leaf.records) if isinstance(leaf, Batch) else 0
    if parts > MAX_PARTS:
        what = Words(f"{parts} parts in one leaf", f"一个叶含 {parts} 个部分")
        raise LeafContentError("leaf", what=what, limit=MAX_PARTS)
    data = first_line(kind, blind) + body
    require_size(data)
    return data


def _body(leaf: Leaf) -> tuple[str, bytes]:
    """What a leaf is called in version 2, and its parts."""
    encoded = _ENCODER.encode
    if isinstance(leaf, Batch):
        bare = msgspec.structs.replace(leaf, streams=(), records=())
        lists = (listed_lines(_ENCODER.encode_lines(each)) for each in (leaf.streams, leaf.records))
        return "batch/2", batch_text(encoded(bare), *lists).removeprefix(BATCH_1)
    place = {"agent": leaf.agent, "epoch": leaf.epoch, "sequence": leaf.sequence}
    fields = [(name, encoded(getattr(leaf, name))) for name in DOCUMENT_FIELDS]
    return "document/2", b"\n".join(fields_lines(encoded(place)[1:-1], fields))


def decode_partly(leaf: PartlyShown) -> Leaf:
    """What is shown of a leaf: a batch without the streams and records that are withheld.

    Raises:
        LeafError, LeafContentError: as for `evidence.log.batch.decode`; also where something is
            withheld without which nothing can be told of the leaf.
    """
    require_lines(leaf)
    return decode(text_of(leaf.kind, leaf.lines))
