"""Delivery receipts: the collector's cosignature/v1 (c2sp.org/tlog-cosignature).

After its commit the collector signs the agent's checkpoint text together with a time in
seconds. What is signed begins with a header line of its own and the key's id covers another
algorithm byte, so a receipt never passes as a checkpoint signature, nor the other way.
"""

import struct
from dataclasses import dataclass

from evidence.errors import ClockError, MalformedNoteError, Words
from evidence.log.checkpoint import Checkpoint
from evidence.log.key import Algorithm, SigningKey, Verifier, require_algorithm
from evidence.log.note import (
    ParsedNote,
    SignatureLine,
    note_body,
    parse_note,
    unknown_signers,
    write_note,
)

_NS_PER_S = 1_000_000_000
_MAX_TIME_S = 2**63 - 1
_TIMESTAMPED = struct.Struct(">Q64s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the collector says it holds.

    Attributes:
        checkpoint: The head of the agent's log up to which every leaf is committed.
        at_s: When it was signed, POSIX seconds, rounded down: the signature was made
            within the second that begins here.
    """

    checkpoint: Checkpoint
    at_s: int


def cosign(checkpoint_text: str, signer: SigningKey, at_ns: int) -> bytes:
    """The receipt for a checkpoint: a note of its text and one cosignature line.

    Args:
        checkpoint_text: The verified text of the agent's note, as it was signed.
        signer: The collector's cosignature/v1 key.
        at_ns: The instant of signing, POSIX ns, from 1970 on.

    Raises:
        CheckpointError: The text is not a checkpoint.
        KeyAlgorithmError: The key is not a cosignature/v1 key.
        ClockError: `at_ns` lies before 1970 or has no place in 63 bits of seconds.
    """
    require_algorithm(signer.verifier, Algorithm.COSIGNATURE_V1)
    Checkpoint.from_text(checkpoint_text)
    body, at_s = note_body(checkpoint_text), at_ns // _NS_PER_S
    if not 0 <= at_s <= _MAX_TIME_S:
        where = "cosignature"
        raise ClockError(
            where,
            name="at_ns",
            value=at_ns,
            limit=Words("an instant from 1970 on", "1970 年以后的时刻"),
        )
    timestamped = _TIMESTAMPED.pack(at_s, signer.signature(_message(body, at_s)))
    of = signer.verifier
    return write_note(body, [SignatureLine(name=of.name, key_id=of.key_id, signature=timestamped)])


def open_receipt(data: bytes, collector: Verifier) -> Receipt:
    """The receipt in a note that the collector cosigned; other lines are passed over.

    Args:
        data: The note as received, at most 1,000,000 bytes.
        collector: The collector's pinned cosignature/v1 key.

    Raises:
        KeyAlgorithmError: `collector` is not a cosignature/v1 key.
        MalformedNoteError: The bytes are no note, or the cosignature is not 72 bytes.
        UnknownKeyError: No line is by `collector`.
        SignatureError: The line is not the collector's over this text and time.
        CheckpointError: The signed text is not a checkpoint.
    """
    require_algorithm(collector, Algorithm.COSIGNATURE_V1)
    note = parse_note(data)
    line = _line_of(collector, note)
    if len(line.signature) != _TIMESTAMPED.size:
        raise _malformed("the cosignature is not 72 bytes", "联署签名不是 72 字节")
    at_s, signature = _TIMESTAMPED.unpack(line.signature)
    if at_s > _MAX_TIME_S:
        raise _malformed("the time of signing is out of range", "签名时间超出范围")
    collector.check(signature, _message(note.text.encode(), at_s))
    return Receipt(checkpoint=Checkpoint.from_text(note.text), at_s=at_s)


def _message(body: bytes, at_s: int) -> bytes:
    """What is signed: header, time, and the whole text of the checkpoint."""
    return b"cosignature/v1\ntime %d\n" % at_s + body


def _line_of(collector: Verifier, note: ParsedNote) -> SignatureLine:
    for line in note.signatures:
        if (line.name, line.key_id) == (collector.name, collector.key_id):
            return line
    raise unknown_signers(note, [collector.label])


def _malformed(en: str, zh: str) -> MalformedNoteError:
    return MalformedNoteError("cosignature", what=Words(en, zh))
