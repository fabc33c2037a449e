import struct

import msgspec
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import EnvelopeError, EvidenceError, Words
from evidence.log.batch import MAX_LEAF_BYTES, encode
from evidence.log.envelope import (
    MAX_MESSAGE_BYTES,
    Envelope,
    Wanted,
    compress,
    decompress,
    seal,
    unseal,
    unseal_wanted,
)
from tests.unit.evidence.log.examples import BATCH, EPOCH

LEAF = encode(BATCH)
FRAME = compress(LEAF)
ENVELOPE = Envelope(epoch=EPOCH, sequence=7, checkpoint=b"note", leaf=FRAME)
PAYLOAD = seal(ENVELOPE)
WANTED = Wanted(epoch=EPOCH, want=8, receipt=b"note", cause="")
SKIPPABLE = struct.pack("<II", 0x184D2A50, 4) + b"abcd"
envelopes = st.builds(
    Envelope,
    epoch=st.text(max_size=40),
    sequence=st.integers(-(2**63), 2**64 - 1),
    checkpoint=st.binary(max_size=50),
    leaf=st.binary(max_size=50),
)
answers = st.builds(
    Wanted,
    epoch=st.text(max_size=40),
    want=st.integers(-(2**63), 2**64 - 1),
    receipt=st.binary(max_size=50),
    cause=st.text(max_size=20),
)


@given(envelopes)
@settings(deadline=None)
def test_an_envelope_comes_out_as_it_went_in(envelope: Envelope) -> None:
    assert unseal(seal(envelope)) == envelope


@given(answers)
@settings(deadline=None)
def test_an_answer_comes_out_as_it_went_in(answer: Wanted) -> None:
    assert unseal_wanted(seal(answer)) == answer


@given(st.binary(min_size=1, max_size=3000))
@settings(deadline=None)
def test_a_leaf_comes_out_of_its_frame_as_it_went_in(leaf: bytes) -> None:
    assert decompress(compress(leaf)) == leaf


def survives(payload: bytes) -> None:
    """A payload is opened, or refused by this room's error."""
    for opened in (unseal, unseal_wanted):
        try:
            message = opened(payload)
        except EvidenceError:
            continue
        if isinstance(message, Envelope):
            opens_or_refuses(message.leaf)


def opens_or_refuses(frame: bytes) -> None:
    """A frame gives a leaf of a lawful size, or this room's error."""
    try:
        leaf = decompress(frame)
    except EvidenceError:
        return
    assert 0 < len(leaf) <= MAX_LEAF_BYTES


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_are_a_message_or_a_coded_error(payload: bytes) -> None:
    survives(payload)
    opens_or_refuses(payload)


@given(st.binary(max_size=60))
@settings(deadline=None)
def test_whatever_follows_a_frames_magic_number_is_a_leaf_or_a_coded_error(rest: bytes) -> None:
    opens_or_refuses(FRAME[:4] + rest)


@given(st.integers(0, 8 * len(PAYLOAD) - 1))
@settings(max_examples=400, deadline=None)
def test_a_flipped_bit_in_a_message_is_read_or_refused_by_a_coded_error(bit: int) -> None:
    broken = bytearray(PAYLOAD)
    broken[bit // 8] ^= 1 << bit % 8
    survives(bytes(broken))


@given(st.integers(0, 8 * len(FRAME) - 1))
@settings(max_examples=200, deadline=None)
def test_a_flipped_bit_in_a_frame_is_read_or_refused_by_a_coded_error(bit: int) -> None:
    broken = bytearray(FRAME)
    broken[bit // 8] ^= 1 << bit % 8
    opens_or_refuses(bytes(broken))


def with_stated_size(size: int) -> bytes:
    """A frame of 200 bytes that says it holds `size` (at most 255)."""
    frame = bytearray(compress(b"y" * 200))
    assert frame[5] == 200
    frame[5] = size
    return bytes(frame)


def bomb() -> bytes:
    """100 MiB of zeros in a frame that says it holds 4 MiB."""
    frame = bytearray(compress(bytes(100 * 1024 * 1024)))
    at = frame.index(struct.pack("<I", 100 * 1024 * 1024))
    frame[at : at + 4] = struct.pack("<I", MAX_LEAF_BYTES)
    return bytes(frame)


BAD_FRAMES = {
    "nothing": b"",
    "no zstd": b"{}" * 20,
    "only the magic number": FRAME[:4],
    "cut by one byte": FRAME[:-1],
    "one byte behind": FRAME + b"\x00",
    "two frames": FRAME + FRAME,
    "a skippable frame behind": FRAME + SKIPPABLE,
    "a skippable frame before": SKIPPABLE + FRAME,
    "a skippable frame alone": SKIPPABLE,
    "empty content": compress(b""),
    "empty content and something behind": compress(b"") + b"hidden",
    "a size of 0 that is not true": with_stated_size(0),
    "less than it holds": with_stated_size(199),
    "more than it holds": with_stated_size(201),
    "no stated size": zstandard.ZstdCompressor(write_content_size=False).compress(LEAF),
    "a byte more than a leaf may have": compress(bytes(MAX_LEAF_BYTES + 1)),
    "a bomb that says what it is": compress(bytes(100 * 1024 * 1024)),
    "a bomb that lies": bomb(),
}


@pytest.mark.parametrize("frame", BAD_FRAMES.values(), ids=BAD_FRAMES)
def test_what_is_not_one_whole_frame_of_a_leaf_is_refused(frame: bytes) -> None:
    with pytest.raises(EnvelopeError) as error:
        decompress(frame)
    assert isinstance(error.value.facts["what"], Words)
    assert "此消息不是版本 1 的信封" in error.value.say("zh")


def test_a_leaf_of_exactly_4_mib_is_opened() -> None:
    assert decompress(compress(bytes(MAX_LEAF_BYTES))) == bytes(MAX_LEAF_BYTES)


def packed(**fields: object) -> bytes:
    """The envelope's message with other fields; None leaves one out."""
    whole = msgspec.to_builtins(ENVELOPE, builtin_types=(bytes,)) | fields
    return msgspec.msgpack.encode({name: each for name, each in whole.items() if each is not None})


BAD_MESSAGES = {
    "empty": b"",
    "nil": b"\xc0",
    "a code MessagePack does not use": b"\xc1",
    "a list": msgspec.msgpack.encode([1, 2]),
    "JSON": b'{"epoch":"0"}',
    "cut": PAYLOAD[:-1],
    "a byte behind": PAYLOAD + b"\x00",
    "another version": packed(carbonmeter="envelope/2"),
    "a receipt": seal(WANTED),
    "no sequence": packed(sequence=None),
    "no leaf": packed(leaf=None),
    "a text for a number": packed(sequence="7"),
    "a number with decimals": packed(sequence=7.5),
    "a number for bytes": packed(leaf=5),
    "a depth of 10,000": b"\x91" * 10_000 + b"\xc0",
    "a map said to be huge": b"\xdf\xff\xff\xff\xff",
    "bytes said to be huge": b"\x81\xa4leaf\xc6\xff\xff\xff\xff",
    "an epoch that is not UTF-8": PAYLOAD.replace(b"0123456789", b"\xff123456789"),
}


@pytest.mark.parametrize("payload", BAD_MESSAGES.values(), ids=BAD_MESSAGES)
def test_what_is_no_envelope_of_this_version_is_refused(payload: bytes) -> None:
    with pytest.raises(EnvelopeError) as error:
        unseal(payload)
    assert isinstance(error.value.facts["what"], Words)
    assert error.value.code == "E_ENVELOPE"


def test_an_envelope_is_no_answer() -> None:
    with pytest.raises(EnvelopeError):
        unseal_wanted(PAYLOAD)


def test_fields_of_a_later_writer_are_passed_over() -> None:
    assert unseal(packed(later=[1, {"a": 2}])) == ENVELOPE


def test_a_message_of_48_kib_travels_and_one_byte_more_does_not() -> None:
    room = MAX_MESSAGE_BYTES - len(seal(msgspec.structs.replace(ENVELOPE, leaf=bytes(40_000))))
    most = msgspec.structs.replace(ENVELOPE, leaf=bytes(40_000 + room))
    payload = seal(most)
    assert len(payload) == MAX_MESSAGE_BYTES
    assert unseal(payload) == most
    with pytest.raises(EnvelopeError, match="49153 bytes; at most 49152 may travel") as error:
        seal(msgspec.structs.replace(most, leaf=bytes(40_001 + room)))
    assert "49153 字节；至多可传输 49152 字节" in error.value.say("zh")


@pytest.mark.parametrize("opened", [unseal, unseal_wanted])
def test_a_message_that_is_too_large_is_not_looked_into(opened: object) -> None:
    assert callable(opened)
    with pytest.raises(EnvelopeError, match="at most 49152"):
        opened(PAYLOAD + bytes(MAX_MESSAGE_BYTES))
