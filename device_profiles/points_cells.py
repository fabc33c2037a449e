"""What single cells of a list of points mean (pure): a value, or a coded error."""

import math
import re
from typing import TypeVar, get_args

from device_profiles.formats import FormatName, word_count
from device_profiles.nearest import nearest
from device_profiles.points_errors import CellError, FunctionError, PointAddressError, PointsError
from device_profiles.points_table import Row
from device_profiles.points_words import (
    ACCUMULATIONS,
    CASED_UNITS,
    FUNCTIONS,
    TYPES,
    UNITS,
    WIDER,
    plain,
)
from device_profiles.registers import WordOrder
from device_profiles.scalars import FunctionCode

T = TypeVar("T")
_ORDERS: tuple[WordOrder, ...] = get_args(WordOrder)
_TABLES: dict[str, FunctionCode] = {"0": 1, "1": 2, "3": 4, "4": 3}
_ORDER_WORDS: dict[str, WordOrder] = {
    "bigendian": "ABCD",
    "big": "ABCD",
    "be": "ABCD",
    "大端": "ABCD",
    "littleendian": "DCBA",
    "小端": "DCBA",
    "wordswap": "CDAB",
    "swapped": "CDAB",
    "midlittleendian": "CDAB",
    "byteswap": "BADC",
}


def number_of(row: Row, field: str, where: str, default: float) -> float:
    """The number in a cell: 0.01, 1e-3, 1/10, x0.1 or 0,01; the default where it is empty.

    Raises:
        CellError: it is no finite number.
    """
    text = row.cells.get(field)
    if text is None:
        return default
    plainly = text.lower().lstrip("x×*= ").replace(" ", "")
    if re.fullmatch(r"[+-]?\d+,\d{1,2}", plainly):
        plainly = plainly.replace(",", ".")
    top, slash, bottom = plainly.partition("/")
    try:
        number = float(top or "1") / (float(bottom) if slash else 1.0)
    except (ValueError, ZeroDivisionError, OverflowError):
        number = math.nan
    if math.isfinite(number):
        return number
    raise _cell(row, field, where, text, "0.01, 1e-3, 1/10")


def address_of(row: Row, where: str, *, printed: bool) -> tuple[int, FunctionCode | None]:
    """The frame address of a row, and the function that a printed number states.

    Raises:
        PointAddressError: no address of a frame.
    """
    text = row.cells.get("address", "").strip()
    plainly = re.sub(r"[\s_]", "", text.lower())
    if re.fullmatch(r"(0x[0-9a-f]{1,4}|[0-9a-f]{1,4}h)", plainly):
        return int(plainly.removeprefix("0x").removesuffix("h"), 16), None
    digits = re.sub(r"^([0-4])[x:](?=\d)", r"\1", plainly)
    if not re.fullmatch(r"\d{1,6}(\.0+)?", digits):
        raise _address(row, where, text, "0..65535")
    digits = digits.partition(".")[0]
    return _of_manual(row, where, digits) if printed else (_within(row, where, int(digits)), None)


def function_of_row(row: Row, where: str, stated: FunctionCode | None) -> FunctionCode | None:
    """The function of a row; None where neither cell nor address states one.

    Raises:
        CellError: the cell is no function.
        FunctionError: cell and printed number contradict each other.
    """
    text = row.cells.get("function")
    if text is None:
        return stated
    function = FUNCTIONS.get(plain(text).removesuffix("s"))
    if function is None:
        raise _cell(row, "function", where, text, "3, FC04, holding, input")
    if stated is not None and stated != function:
        limit = f"function {stated}"
        raise FunctionError(where, key=row.place("function"), found=text[:40], limit=limit)
    return function


def format_of(row: Row, where: str) -> tuple[FormatName, WordOrder | None]:
    """The number format of a row, and the word order that stands beside it.

    Raises:
        CellError: the type is unknown, or has another number of registers than the row says.
    """
    text = row.cells.get("type", "")
    found = re.search(r"(?<![a-z])(abcd|cdab|badc|dcba)(?![a-z])", text.lower().replace(" ", "_"))
    name = text.lower().replace(found[1], "") if found else text
    format_name = TYPES.get(plain(name)) or TYPES.get(plain(text))
    if format_name is None:
        near = nearest(plain(text), TYPES)
        raise _cell(row, "type", where, text, near[:80] or "float32, uint16, int32")
    order = next((each for each in _ORDERS if found and each.lower() == found[1]), None)
    return _as_long_as_said(row, where, format_name), order


def order_of(row: Row, where: str) -> WordOrder | None:
    """The word order of a row; None where its cell is empty.

    Raises:
        CellError: it is none.
    """
    text = row.cells.get("order")
    if text is None:
        return None
    written = plain(text).upper()
    found = next((each for each in _ORDERS if each == written), None)
    order = found or _ORDER_WORDS.get(plain(text))
    if order is None:
        raise _cell(row, "order", where, text, ", ".join(_ORDERS))
    return order


def unit_of(row: Row, where: str) -> str:
    """The UCUM code of a row's unit; "1" where its cell is empty.

    Raises:
        CellError: the unit is not known.
    """
    text = row.cells.get("unit", "1").replace(" ", "")
    code = CASED_UNITS.get(text) or UNITS.get(text.lower())
    if code is None:
        near = nearest(text.lower(), UNITS)
        raise _cell(row, "unit", where, text, near[:120])
    return code


def accumulation_of(row: Row, where: str) -> str | None:
    """register, rate or interval; None where the cell is empty.

    Raises:
        CellError: it is none of them.
    """
    text = row.cells.get("accumulation")
    if text is None:
        return None
    found = ACCUMULATIONS.get(plain(text))
    if found is None:
        raise _cell(row, "accumulation", where, text, "register, rate, 累计, 瞬时")
    return found


def yes_of(row: Row, field: str, where: str) -> bool:
    """Whether a cell says yes; no where it is empty.

    Raises:
        CellError: it says neither.
    """
    text = row.cells.get(field, "no").lower()
    if text in {"yes", "y", "true", "1", "x", "是", "√"}:
        return True
    if text in {"no", "n", "false", "0", "-", "否"}:
        return False
    raise _cell(row, field, where, text, "yes, no, 是, 否")


def _of_manual(row: Row, where: str, digits: str) -> tuple[int, FunctionCode | None]:
    """A printed number: table digit and 1-based number, or the 1-based number alone."""
    if len(digits) in {5, 6} and digits[0] in _TABLES:
        number = int(digits[1:])
        if 1 <= number <= 65536:
            return number - 1, _TABLES[digits[0]]
        raise _address(row, where, digits, "x0001..x9999 or x00001..x65536")
    if not 1 <= int(digits) <= 65536:
        raise _address(row, where, digits, "1..65536")
    return int(digits) - 1, None


def _within(row: Row, where: str, address: int) -> int:
    if address > 65535:
        raise _address(row, where, str(address), "0..65535")
    return address


def _as_long_as_said(row: Row, where: str, format_name: FormatName) -> FormatName:
    text = row.cells.get("length")
    if text is None:
        return format_name
    length = number_of(row, "length", where, 0)
    wider = WIDER.get((format_name, int(length)), format_name)
    if word_count(wider) != length:
        found = f"{format_name}, {text} registers"
        raise _cell(row, "length", where, found, f"{word_count(format_name)} for {format_name}")
    return wider


def _address(row: Row, where: str, found: str, limit: str) -> PointsError:
    return PointAddressError(where, key=row.place("address"), found=found[:40], limit=limit)


def _cell(row: Row, field: str, where: str, found: str, ways: str) -> PointsError:
    return CellError(where, key=row.place(field), found=found[:40], limit=field, nearest=ways)
