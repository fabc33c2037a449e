"""Leaves of an agent's log, between structures and exact bytes; versions 1 and 2.

A leaf is the exact uncompressed UTF-8 bytes of a JSON object. Signed bytes are never
re-encoded to be verified; a reader decodes a copy. Version 2 says the same in lines that are
hashed one by one (`evidence.log.parts`); it is read as the text of version 1 that says the same.
"""

import base64
import hashlib
from typing import Final

import msgspec

from calibration.errors import CalibrationError
from evidence.errors import LeafContentError, LeafError, Words
from evidence.log.column import (
    MAX_AT_MS,
    MAX_COUNT,
    MAX_ROWS,
    counted,
    counting,
    exact,
    finite,
    fitting,
    hexadecimal,
    spread,
)
from evidence.log.heads import recalled, recalled_in_lines
from evidence.log.keys_once import require_keys_once
from evidence.log.layout import text_of
from evidence.log.leaf import (
    Batch,
    ClockState,
    Contribution,
    Document,
    DocumentKind,
    Leaf,
    Miss,
    Number,
    Record,
    RecordKind,
    Stream,
    StreamHead,
)
from evidence.log.parts import lines_of, parted
from evidence.log.plain import plainly_sound

__all__ = [
    "MAX_LEAF_BYTES",
    "Batch",
    "ClockState",
    "Contribution",
    "Document",
    "Leaf",
    "Miss",
    "Number",
    "Record",
    "RecordKind",
    "Stream",
    "StreamHead",
    "check",
    "contributions",
    "decode",
    "document",
    "encode",
    "values",
]
MAX_LEAF_BYTES: Final = 4 * 1024 * 1024
_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Leaf)


def encode(leaf: Leaf) -> bytes:
    """The exact bytes of a leaf in version 1; of version 2 see `evidence.log.in_parts`.

    Raises:
        LeafContentError: a column has the wrong length, a number is not finite, a text is
            not Unicode, or there are more than 1,000 readings.
        LeafError: more than 4 MiB.
    """
    check(leaf)
    try:
        data = _ENCODER.encode(leaf)
    except UnicodeEncodeError as cause:
        what = Words("a text holds half of a surrogate pair", "文本含有不成对的代理码位")
        raise LeafContentError("leaf", what=what, limit="Unicode") from cause
    require_size(data)
    return data


def decode(data: bytes) -> Leaf:
    """The batch or document in a leaf's bytes, of either version.

    Raises:
        LeafError: not JSON, a key twice in one object, another version, a field of the
            wrong type, or lines that are not the parts of version 2.
        LeafContentError: it contradicts itself.
    """
    require_size(data)
    body = lines_of("batch/2", data)
    leaf = None if body is None else recalled_in_lines(body)
    if leaf is None:
        return _decoded(_text(data))
    check(leaf)
    return leaf


def _text(data: bytes) -> bytes:
    """What a leaf says, as a text of version 1."""
    found = parted(data)
    return data if found is None else text_of(found.kind, found.lines)


def _decoded(data: bytes) -> Leaf:
    """The batch or document in a text of version 1; raises as `decode`."""
    try:
        data.decode("utf-8")  # also what stands in fields that are passed over
        leaf = recalled(data) or _whole(data)
    except CalibrationError as cause:
        raise LeafError("leaf", what=Words(cause.say("en"), cause.say("zh"))) from cause
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        what = Words(f"it cannot be decoded ({cause})", f"无法解码（{cause}）")
        raise LeafError("leaf", what=what) from cause
    check(leaf)
    return leaf


def _whole(data: bytes) -> Leaf:
    leaf: Leaf = _DECODER.decode(data)
    if _ENCODER.encode(leaf) != data:  # else no key can stand twice
        require_keys_once(data)
    return leaf


def require_size(data: bytes) -> None:
    """Refuses a leaf of over 4 MiB.

    Raises:
        LeafError: it is larger.
    """
    if len(data) > MAX_LEAF_BYTES:
        en = f"{len(data)} bytes, more than {MAX_LEAF_BYTES}"
        raise LeafError("leaf", what=Words(en, f"{len(data)} 字节，超过 {MAX_LEAF_BYTES}"))


def check(leaf: Leaf) -> None:
    """Refuses a leaf whose columns contradict each other.

    Raises:
        LeafContentError: as for `encode`.
    """
    counted((leaf.sequence,), MAX_COUNT, "sequence")
    if isinstance(leaf, Document):
        return
    finite((leaf.clock.standard_uncertainty_s, leaf.clock.bound_s or 0.0), "clock")
    for record in leaf.records:
        numbers = [fact for fact in record.facts.values() if not isinstance(fact, str)]
        exact(numbers, f"record {record.kind}")
    _check_rows(leaf)
    if plainly_sound(leaf.streams):
        return
    for stream in leaf.streams:
        _check_stream(stream)


def _check_rows(batch: Batch) -> None:
    # Before any column is laid out: a row count is only a claim.
    claims = [stream.rows for stream in batch.streams]
    if claims and not 0 <= min(claims) <= max(claims) <= MAX_ROWS:
        for stream in batch.streams:
            counted((stream.rows,), MAX_ROWS, f"{stream.head.channel} rows")
    rows = sum(claims)
    if rows > MAX_ROWS:
        what = Words(f"{rows} readings in one batch", f"一个批次含 {rows} 个读数")
        raise LeafContentError("batch", what=what, limit=MAX_ROWS)


def _check_stream(stream: Stream) -> None:
    try:
        _check_head(stream.head)
        _check_columns(stream)
        _check_contributions(stream)
    except LeafContentError as wrong:
        where = f"{stream.head.channel} {wrong.where}"
        raise LeafContentError(where, **wrong.facts) from wrong


def _check_head(head: StreamHead) -> None:
    stated = (head.resolution, head.rollover, head.rated_rate, head.nameplate_mpe_relative)
    finite([each for each in stated if each is not None], "head")
    finite(head.parameters.values(), "parameters")
    gas = head.measurand.reference_conditions
    if gas is not None:
        finite((gas.temperature_K, gas.pressure_Pa), "reference_conditions")


def _check_columns(stream: Stream) -> None:
    rows = stream.rows
    if rows:
        counting(stream.sequence, rows, MAX_COUNT, "sequence")
        counting(stream.at_ms, rows, MAX_AT_MS, "at_ms")
    hexadecimal(spread(stream.raw, rows, "raw"), "raw")
    exact(spread(stream.indication, rows, "indication"), "indication")
    hexadecimal([each.raw for each in stream.missed], "missed")
    exact([each.indication for each in stream.missed if each.indication is not None], "missed")
    if stream.value is not None:
        fitting(stream.value, rows, "value")
    fitting(stream.fresh, rows, "fresh")
    spread(stream.quality, rows, "quality")


def _check_contributions(stream: Stream) -> None:
    largest = max(map(abs, values(stream)), default=0.0)
    seen: set[str] = set()
    for part in stream.contributions:
        name = part.influence.id
        if name in seen:
            what = Words("one influence contributes twice", "同一影响量出现两次")
            raise LeafContentError(name, what=what, limit=Words("once", "一次"))
        seen.add(name)
        fitting(_stated(part), stream.rows, name)
        if part.relative is not None:
            finite((part.relative * largest,), name)


def values(stream: Stream) -> tuple[Number, ...]:
    """The results' values; the indications themselves where no function was applied."""
    return stream.indication if stream.value is None else stream.value


def contributions(stream: Stream, part: Contribution) -> tuple[float, ...]:
    """One influence's contributions, a number a row.

    Raises:
        LeafContentError: neither or both forms are given, or the length is wrong.
    """
    stated = _stated(part)
    if part.relative is not None:
        return tuple(value * part.relative for value in values(stream))
    return spread(stated, stream.rows, part.influence.id)


def _stated(part: Contribution) -> float | tuple[float, ...]:
    """The form in which a contribution is given."""
    if part.contribution is not None and part.relative is None:
        return part.contribution
    if part.relative is not None and part.contribution is None:
        return part.relative
    what = Words("a contribution is given in no form or in two", "贡献没有给出或给出两种形式")
    limit = Words("contribution or relative", "contribution 或 relative 之一")
    raise LeafContentError(part.influence.id, what=what, limit=limit)


def document(
    leaf_position: tuple[str, str, int],
    kind: DocumentKind,
    name: str,
    data: bytes,
) -> Document:
    """The document leaf of a file's exact bytes, at (agent, epoch, sequence)."""
    agent, epoch, sequence = leaf_position
    return Document(
        agent=agent,
        epoch=epoch,
        sequence=sequence,
        kind=kind,
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        content=base64.b64encode(data).decode("ascii"),
    )
