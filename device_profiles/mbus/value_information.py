"""What a record's value information block says: quantity, unit, power of ten (EN 13757-3).

Nothing is guessed. A code that `vif-v1.toml` does not know, or one that is followed by an
extension it does not know, makes the quantity `UNKNOWN`; the record's bytes are kept anyway.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from device_profiles.mbus.load import CodeRow, ExtensionRow, code_tables
from device_profiles.wire_errors import WireLengthError

UNKNOWN: Final = "unknown"
PLAIN_TEXT: Final = "plain text"
MANUFACTURER: Final = "manufacturer specific"
MOST_EXTENSIONS: Final = 10

_MORE, _CODE = 0x80, 0x7F
_TEXT, _OWN = 0x7C, 0x7F
_TABLES: Final = {0xFD: "fd", 0xFB: "fb"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueInformation:
    """What the number of a record is.

    Attributes:
        quantity: in this project's words; `UNKNOWN` where no table has the code, `PLAIN_TEXT`
            where the device spells the unit itself, `MANUFACTURER` where only it knows.
        unit: UCUM code; the device's own text for `PLAIN_TEXT`; empty where unknown.
        exponent: the coded number times 10^exponent is in `unit`.
        modifiers: what further extensions say; with any, it is not the plain quantity.
        is_date: True where integers are a date or a time.
        record_error: the device's error code for this record, 0 for none.
        grade: how sure the tables are; empty where none was used.
    """

    quantity: str
    unit: str = ""
    exponent: int = 0
    modifiers: tuple[str, ...] = ()
    is_date: bool = False
    record_error: int = 0
    grade: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueBlock:
    """The value information block as it travelled.

    Attributes:
        codes: VIF and VIFE, in order, extension bits included.
        text: unit in the device's own words; empty where it uses a code.
    """

    codes: bytes
    text: str = ""


def read_value_block(raw: bytes, at: int) -> tuple[ValueBlock, int]:
    """The block that begins at `at`, and where its data begin.

    Raises:
        WireLengthError: `raw` ends within it, or it has more than ten extensions.
    """
    first = _byte(raw, at)
    at += 1
    text = ""
    if first & _CODE == _TEXT:
        length = _byte(raw, at)
        _ends(raw, at + 1 + length)
        text = raw[at + 1 : at + 1 + length][::-1].decode("latin-1")
        at += 1 + length
    codes = bytearray((first,))
    while codes[-1] & _MORE:
        if len(codes) > MOST_EXTENSIONS:
            found, limit = "> 10 VIFE", "<= 10 VIFE"
            raise WireLengthError("m-bus record", raw=raw, found=found, limit=limit)
        codes.append(_byte(raw, at))
        at += 1
    return ValueBlock(codes=bytes(codes), text=text), at


def value_information(block: ValueBlock) -> ValueInformation:
    """What `block` says of the record's number."""
    first = block.codes[0]
    if first in _TABLES:
        base = _looked_up(_TABLES[first], block.codes[1] & _CODE)
        return _extended(base, block.codes[2:])
    if first & _CODE == _TEXT:
        base = ValueInformation(quantity=PLAIN_TEXT, unit=block.text)
        return _extended(base, block.codes[1:])
    if first & _CODE == _OWN:
        own = block.codes[1:].hex().upper()
        return ValueInformation(quantity=MANUFACTURER, modifiers=(own,) if own else ())
    return _extended(_looked_up("primary", first & _CODE), block.codes[1:])


@cache
def _rows() -> dict[tuple[str, int], CodeRow]:
    tables = code_tables()
    named = {"primary": tables.primary, "fd": tables.fd, "fb": tables.fb}
    return {
        (name, row.first + step): row
        for name, rows in named.items()
        for row in rows
        for step in range(row.count)
    }


@cache
def _extension_rows() -> dict[int, ExtensionRow]:
    return {row.code: row for row in code_tables().vife}


def _looked_up(table: str, code: int) -> ValueInformation:
    row = _rows().get((table, code))
    if row is None:
        return ValueInformation(quantity=UNKNOWN)
    return ValueInformation(
        quantity=row.quantity,
        unit=row.unit,
        exponent=row.exponent + code - row.first,
        is_date=row.kind == "date",
        grade=row.grade,
    )


def _extended(base: ValueInformation, extensions: bytes) -> ValueInformation:
    """`base` after all its extensions, of which those after FF are the manufacturer's."""
    found = base
    for place, extension in enumerate(extensions):
        if found.quantity == UNKNOWN:
            break
        if extension & _CODE == _OWN:
            own = f"{MANUFACTURER} {extensions[place + 1 :].hex().upper()}".strip()
            return replace(found, modifiers=(*found.modifiers, own))
        found = _with_extension(found, extension & _CODE)
    return found


def _with_extension(base: ValueInformation, code: int) -> ValueInformation:
    if code < 0x20:
        return replace(base, record_error=base.record_error or code)
    if 0x70 <= code <= 0x77:
        return replace(base, exponent=base.exponent + (code & 0x07) - 6)
    if code == 0x7D:
        return replace(base, exponent=base.exponent + 3)
    row = _extension_rows().get(code)
    if row is None:
        return ValueInformation(quantity=UNKNOWN, record_error=base.record_error)
    return replace(base, unit=base.unit + row.unit, modifiers=(*base.modifiers, row.name))


def _byte(raw: bytes, at: int) -> int:
    _ends(raw, at + 1)
    return raw[at]


def _ends(raw: bytes, needed: int) -> None:
    if needed > len(raw):
        raise WireLengthError("m-bus record", raw=raw, found=len(raw), limit=f">= {needed}")
