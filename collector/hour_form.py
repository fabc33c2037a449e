"""Hours as they lie in the store: each told against a whole hour of its channel, the pattern.

The hours of a channel say the same but for a dozen numbers. Laid down one by one they take a
page of the file each; as a zstd frame whose dictionary is an earlier one, a tenth of that.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

import msgspec
import zstandard

from calibration.mean import MeanWindow
from calibration.window import Window

LEVEL: Final = 3
LIKE: Final = 3
"""A frame that is not so many times smaller than its hour asks for a new pattern."""
_KEPT: Final = 64
"""Patterns that are ready to unpack; about 100 kB each."""
Hour = Window | MeanWindow
Packed = tuple[bytes, int, bytes]
"""A frame, the number of its pattern, and the pattern."""


def packed(db: sqlite3.Connection, hour: Hour) -> tuple[int, bytes]:
    """The number of a pattern, and the frame of an hour under it; call within a transaction."""
    whole = msgspec.msgpack.encode(hour)
    row = db.execute(
        "SELECT id, body FROM pattern WHERE channel=? ORDER BY id DESC LIMIT 1", (hour.channel,)
    ).fetchone()
    if row is not None:
        frame = _frame(row[1], whole)
        if len(frame) * LIKE <= len(whole):
            return int(row[0]), frame
    query = "INSERT INTO pattern (channel, body) VALUES (?,?) RETURNING id"
    (number,) = db.execute(query, (hour.channel, whole)).fetchone()
    return int(number), _frame(whole, whole)


def _frame(pattern: bytes, whole: bytes) -> bytes:
    compressor = zstandard.ZstdCompressor(
        level=LEVEL, dict_data=_dictionary(pattern), write_content_size=True, write_dict_id=False
    )
    return memoryview(compressor.compress(whole)).tobytes()


def _dictionary(pattern: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(pattern, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


@lru_cache(maxsize=_KEPT)
def _unpacker(pattern: bytes) -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor(dict_data=_dictionary(pattern))


def unpacked(rows: Iterable[Packed]) -> Iterator[bytes]:
    """The hours in frames, as they were packed; those of one pattern best one after another."""
    known, unpacker = None, None
    for frame, number, pattern in rows:
        if unpacker is None or number != known:
            known, unpacker = number, _unpacker(pattern)
        yield unpacker.decompress(frame)
