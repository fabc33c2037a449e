"""Modbus words <-> numbers, both ways, in every format and word order.

A register is 16 bits; its high byte travels first. What varies is the order of
the words of one value and of the bytes inside a word. With A for the most
significant byte, the number 0x0012D687 = 1234567 lies in two registers as

    order  first  second  name
    ABCD   0012   D687    big-endian
    CDAB   D687   0012    words swapped
    BADC   1200   87D6    bytes swapped
    DCBA   87D6   1200    little-endian

>>> for order in ("ABCD", "CDAB", "BADC", "DCBA"):
...     print(order, *(f"{word:04X}" for word in encode(1234567, "uint32", order)))
ABCD 0012 D687
CDAB D687 0012
BADC 1200 87D6
DCBA 87D6 1200

Four registers follow the same two rules (words reversed? bytes reversed?), one
register only the second:

>>> for order in ("ABCD", "CDAB", "BADC", "DCBA"):
...     print(order, *(f"{word:04X}" for word in encode(0x0102030405060708, "uint64", order)))
ABCD 0102 0304 0506 0708
CDAB 0708 0506 0304 0102
BADC 0201 0403 0605 0807
DCBA 0807 0605 0403 0201
>>> decode((0x2EFB,), "int16", "BADC")
-1234

Source: the public Modbus specification (big-endian words) and the manuals cited
in the catalogue for the three other orders.
"""

import struct
from collections.abc import Collection, Sequence
from typing import Final, Literal

from device_profiles.formats import CODECS, FormatName, NotAvailable, Number, is_integer
from device_profiles.register_errors import DigitsError, FitError, WordCountError, WordRangeError

WordOrder = Literal["ABCD", "CDAB", "BADC", "DCBA"]

SCALE_FACTOR_LIMIT: Final = 10
"""A SunSpec scale factor is a power of ten between -10 and 10."""


def wire_bytes(words: Sequence[int], where: str = "registers") -> bytes:
    """The bytes of `words` as they travel: high byte of each word first.

    Raises:
        WordRangeError: a word is no integer from 0 to 65535.
    """
    try:
        return struct.pack(f">{len(words)}H", *words)
    except struct.error as wrong:
        raise WordRangeError(where, found=str(list(words))[:80], limit="0..65535") from wrong


def reorder(raw: bytes, order: WordOrder) -> bytes:
    """`raw` moved from `order` to ABCD, or from ABCD to `order`; the step is its own inverse.

    >>> reorder(bytes.fromhex("80004366"), "CDAB").hex(" ", 2)
    '4366 8000'
    """
    if order in {"ABCD", "DCBA"}:
        return raw if order == "ABCD" else raw[::-1]
    swapped = bytearray(len(raw))
    swapped[0::2], swapped[1::2] = raw[1::2], raw[0::2]
    return bytes(swapped) if order == "BADC" else bytes(swapped[::-1])


def decode(
    words: Sequence[int],
    format: FormatName,  # noqa: A002
    word_order: WordOrder = "ABCD",
    *,
    sentinels: Collection[bytes] = (),
    where: str = "registers",
) -> Number | NotAvailable:
    """The number that `words` carry, or NotAvailable where the device says it has none.

    Args:
        words: register contents in the order of their addresses, each 0..65535.
        format: how the number is coded; integers stay `int`, however large.
        word_order: the word order, see the table above.
        sentinels: patterns of the registers, as they travel, that mean "no value".
        where: the device and channel, for the message of an error.

    NaN and the infinities of float formats, and 0 in an acc format, are NotAvailable.

    Raises:
        WordCountError: not as many words as the format has.
        WordRangeError: a word is no 16-bit unsigned integer.
        DigitsError: a BCD digit above 9 or a MOD10K register above 9999.
    """
    return decode_bytes(
        wire_bytes(words, where), format, word_order, sentinels=sentinels, where=where
    )


def decode_bytes(
    raw: bytes,
    format: FormatName,  # noqa: A002
    word_order: WordOrder = "ABCD",
    *,
    sentinels: Collection[bytes] = (),
    where: str = "registers",
) -> Number | NotAvailable:
    """The number in `raw`, the registers' bytes as they travel; otherwise as `decode`."""
    codec = CODECS[format]
    if len(raw) != 2 * codec.word_count:
        found = f"{len(raw) / 2:g}"
        raise WordCountError(where, key=format, found=found, limit=codec.word_count, raw=raw.hex())
    if raw in sentinels:
        return NotAvailable()
    try:
        return codec.read(reorder(raw, word_order))
    except DigitsError as wrong:
        raise DigitsError(where, **{**wrong.facts, "key": format}) from None


def encode(
    number: Number | NotAvailable,
    format: FormatName,  # noqa: A002
    word_order: WordOrder = "ABCD",
    *,
    sentinels: Sequence[bytes] = (),
    where: str = "registers",
) -> tuple[int, ...]:
    """The register words that carry `number`; the inverse of `decode`.

    NotAvailable becomes the first sentinel, else NaN (float formats) or 0 (acc formats).
    A float for an integer format must have an integral value.

    Raises:
        FitError: the format cannot carry the number, or has no pattern for "no value".
    """
    codec = CODECS[format]
    if isinstance(number, NotAvailable):
        raw = sentinels[0] if sentinels else reorder(codec.empty or b"", word_order)
    elif codec.low <= number <= codec.high and not (is_integer(format) and number % 1):
        raw = reorder(codec.write(number), word_order)
    else:
        raw = b""
    if not raw:
        limit = f"{codec.low}..{codec.high}"
        raise FitError(where, key=format, found=number, format=format, limit=limit)
    return struct.unpack(f">{len(raw) // 2}H", raw)


def scale_exponent(raw: bytes) -> int | NotAvailable:
    """The power of ten in a SunSpec sunssf register (int16, 8000 = not implemented).

    A device that sends a power outside -10..10 has no usable scale factor: NotAvailable.
    """
    exponent = int.from_bytes(raw, "big", signed=True)
    if abs(exponent) > SCALE_FACTOR_LIMIT:
        return NotAvailable(reason="scale_factor")
    return exponent


def fraction_of_span(count: Number, counts_low: int, counts_high: int) -> float:
    """Where an ADC count lies in its span: 0 at `counts_low`, 1 at `counts_high`.

    >>> fraction_of_span(16589, 5530, 27648)
    0.5
    """
    return (count - counts_low) / (counts_high - counts_low)


def count_in_span(fraction: float, counts_low: int, counts_high: int) -> int:
    """The nearest ADC count for a `fraction` of the span; the inverse of `fraction_of_span`."""
    return counts_low + round(fraction * (counts_high - counts_low))
