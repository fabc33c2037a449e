"""The message that carries a leaf: position, signed checkpoint, compressed bytes."""

from typing import Final, Literal, TypeVar

import msgspec
import zstandard

from evidence.errors import EnvelopeError, Words
from evidence.log.batch import MAX_LEAF_BYTES

MAX_MESSAGE_BYTES: Final = 48 * 1024
LEVEL: Final = 3


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A leaf on its way.

    Args:
        epoch: 32 hex digits; which of the agent's logs.
        sequence: index of the leaf in that log.
        checkpoint: the agent's signed note over the log's first sequence + 1 leaves.
        leaf: the leaf's bytes, one zstd frame that states its size.
    """

    carbonmeter: Literal["envelope/1"] = "envelope/1"
    epoch: str
    sequence: int
    checkpoint: bytes
    leaf: bytes


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What the collector says back: its receipt, and the leaf it wants next.

    Args:
        epoch: which log it speaks of.
        want: sequence of the next leaf it lacks.
        receipt: its signature over the agent's checkpoint of size `want`; empty before
            the first leaf.
        cause: code of what keeps it from going on, such as E_TOPIC_SPOOF; empty if nothing.
    """

    carbonmeter: Literal["receipt/1"] = "receipt/1"
    epoch: str
    want: int
    receipt: bytes = b""
    cause: str = ""


T = TypeVar("T")
_IDLE: Final[list[zstandard.ZstdDecompressor]] = []
"""Each takes half of the time that a small frame does, to be made."""
_ENVELOPE: Final = msgspec.msgpack.Decoder(Envelope)
_WANTED: Final = msgspec.msgpack.Decoder(Wanted)


def compress(leaf: bytes) -> bytes:
    """One zstd frame that states its content's size."""
    frame = zstandard.ZstdCompressor(level=LEVEL, write_content_size=True).compress(leaf)
    # The library's own bytes keep the room of the longest frame they could have become.
    return memoryview(frame).tobytes()


def decompress(frame: bytes) -> bytes:
    """A leaf's bytes.

    Raises:
        EnvelopeError: not one whole zstd frame, empty, or larger than a leaf may be.
    """
    try:
        size = zstandard.frame_content_size(frame)
        # A stated size of 0 would be believed without a look at what follows.
        if not 0 < size <= MAX_LEAF_BYTES:
            en, zh = f"its stated size is {size} bytes", f"其声明大小为 {size} 字节"
            raise EnvelopeError("leaf", what=Words(en, zh))
        return _decompressed(frame)
    except zstandard.ZstdError as cause:
        en, zh = f"the zstd frame is damaged ({cause})", f"zstd 帧已损坏（{cause}）"
        raise EnvelopeError("leaf", what=Words(en, zh)) from cause


def _decompressed(frame: bytes) -> bytes:
    """Content of a frame; what decompresses is used again, but by one caller at a time."""
    try:
        tool = _IDLE.pop()
    except IndexError:
        tool = zstandard.ZstdDecompressor()
    content = tool.decompress(frame, allow_extra_data=False)
    _IDLE.append(tool)
    return content


def seal(envelope: Envelope | Wanted) -> bytes:
    """The message's payload (MessagePack).

    Raises:
        EnvelopeError: it is larger than 48 KiB.
    """
    payload = msgspec.msgpack.encode(envelope)
    _require_size(payload)
    return payload


def unseal(payload: bytes) -> Envelope:
    """The envelope in a message.

    Raises:
        EnvelopeError: too large, not MessagePack, or not an envelope of version 1.
    """
    return _opened(payload, _ENVELOPE)


def unseal_wanted(payload: bytes) -> Wanted:
    """What the collector said.

    Raises:
        EnvelopeError: too large, not MessagePack, or not of version 1.
    """
    return _opened(payload, _WANTED)


def _opened(payload: bytes, decoder: msgspec.msgpack.Decoder[T]) -> T:
    _require_size(payload)
    try:
        return decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        what = Words(f"it cannot be decoded ({cause})", f"无法解码（{cause}）")
        raise EnvelopeError("message", what=what) from cause


def _require_size(payload: bytes) -> None:
    if len(payload) > MAX_MESSAGE_BYTES:
        en = f"{len(payload)} bytes; at most {MAX_MESSAGE_BYTES} may travel"
        zh = f"{len(payload)} 字节；至多可传输 {MAX_MESSAGE_BYTES} 字节"
        raise EnvelopeError("message", what=Words(en, zh))
