"""A member's bytes out of a zip file, with nothing left over of what is packed, nor more to come.

Readers of zip files differ in what they do with bytes behind the end of a deflated stream, and
with a stream that is longer than it says. So both are refused: all readers see one file.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from evidence.bundle.errors import ZipMemberError
from evidence.errors import Words

PORTION: Final = 1024 * 1024
_RAW: Final = -15
"""Deflate without the header of zlib."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Where a member's bytes stand in a file, and what they are said to be.

    Attributes:
        name: The member's.
        at: Where they begin.
        packed: How many they are in the file.
        size: How many they are.
        crc: Of the member, CRC-32.
        deflated: Whether they are packed at all.
    """

    name: str
    at: int
    packed: int
    size: int
    crc: int
    deflated: bool


def portions(file: BinaryIO, member: Packed) -> Iterator[bytes]:
    """The member's bytes, at most 1 MiB at a time; never more than it says it has.

    Raises:
        ZipMemberError: it has another length or check sum, or something follows in it.
    """
    parts = _inflated(file, member) if member.deflated else _stored(file, member)
    left, crc = member.size, 0
    for part in parts:
        left, crc = left - len(part), zlib.crc32(part, crc)
        if left < 0:
            raise _wrong(member, "it is longer than it says", "比声明更长")
        yield part
    if left:
        raise _wrong(member, "it is shorter than it says", "比声明更短")
    if crc != member.crc:
        raise _wrong(member, "its check sum is another one", "校验和不符")


def _stored(file: BinaryIO, member: Packed) -> Iterator[bytes]:
    """The bytes as they stand; it seeks each time, for others read the file meanwhile."""
    at, end = member.at, member.at + member.packed
    while at < end:
        file.seek(at)
        part = file.read(min(PORTION, end - at))
        if not part:
            return
        at += len(part)
        yield part


def _inflated(file: BinaryIO, member: Packed) -> Iterator[bytes]:
    inflate = zlib.decompressobj(_RAW)
    try:
        for packed in _stored(file, member):
            if inflate.eof:
                raise _wrong(member, "something follows in it", "其后有多余数据")
            yield from _unpacked(inflate, packed)
            if inflate.unused_data:
                raise _wrong(member, "something follows in it", "其后有多余数据")
    except zlib.error as cause:
        text = str(cause)
        raise ZipMemberError("zip", name=member.name, what=Words(text, text)) from cause
    if not inflate.eof:
        raise _wrong(member, "its packed bytes are cut off", "压缩数据被截断")


def _unpacked(inflate: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
    """All that comes out after some more bytes, also what was held back before."""
    while not inflate.eof:
        part = inflate.decompress(packed, PORTION)
        packed = inflate.unconsumed_tail
        if not part and not packed:
            return
        yield part


def _wrong(member: Packed, en: str, zh: str) -> ZipMemberError:
    return ZipMemberError("zip", name=member.name, what=Words(en, zh))
