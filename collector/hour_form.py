"""Hours as they lie in the store: each told against a whole hour of its channel, the pattern.

The hours of a channel say the same but for a dozen numbers. Laid down one by one they take a
page of the file each; as a zstd frame whose dictionary is an earlier one, a tenth of that.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final, Literal

import zstandard

LEVEL: Final = 3
LIKE: Final = 3
"""A frame that is not so many times smaller than its hour asks for a new pattern."""
Kind = Literal["hour", "day"]
Packed = tuple[bytes, int, bytes]
"""A frame, the number of its pattern, and the pattern."""


def packed(db: sqlite3.Connection, kind: Kind, channel: str, whole: bytes) -> tuple[int, bytes]:
    """The number of a pattern, and the frame under it of an hour or a day of a channel.

    Call it within a transaction: it may need a new pattern.
    """
    row = db.execute(
        "SELECT id, body FROM pattern WHERE channel=? AND kind=? ORDER BY id DESC LIMIT 1",
        (channel, kind),
    ).fetchone()
    if row is not None:
        frame = framer(row[1]).compress(whole)
        if len(frame) * LIKE <= len(whole):
            return int(row[0]), frame
    query = "INSERT INTO pattern (channel, kind, body) VALUES (?,?,?) RETURNING id"
    (number,) = db.execute(query, (channel, kind, whole)).fetchone()
    return int(number), framer(whole).compress(whole)


def framer(pattern: bytes) -> zstandard.ZstdCompressor:
    """What makes frames under a pattern, one thread at a time."""
    return zstandard.ZstdCompressor(
        level=LEVEL,
        dict_data=_dictionary(pattern),
        write_checksum=True,
        write_content_size=True,
        write_dict_id=False,
    )


def _dictionary(pattern: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(pattern, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def unpacked(rows: Iterable[Packed]) -> Iterator[bytes]:
    """The hours in frames, as they were packed; those of one pattern best one after another."""
    known, unpacker = None, None
    for frame, number, pattern in rows:
        if unpacker is None or number != known:
            # Made anew each time: it holds a state, and threads must not share it.
            known, unpacker = number, zstandard.ZstdDecompressor(dict_data=_dictionary(pattern))
        yield unpacker.decompress(frame)
