"""Texts and numbers in the content of CP: exact, or kept as text with what is wrong named."""

import re
from dataclasses import dataclass
from typing import Final

from device_profiles.formats import NotAvailable, Number
from device_profiles.scaling import times_power_of_ten

MOST_DIGITS: Final = 30
"""The most digits of a number; the widest of the standard, N14.2, has 16."""

_STRICT: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_NUMBER: Final = re.compile(r"([+-]?)(\d*)\.?(\d*)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One measured value.

    Attributes:
        text: as it stands in the packet.
        number: an int where the text has no point, else the double nearest to the decimal;
            NotAvailable where the text is no number.
        decimals: digits after the point: the resolution that was shown.
    """

    text: str
    number: Number | NotAvailable
    decimals: int = 0


def read_value(text: str) -> tuple[Value, str | None]:
    """The value that `text` shows, and the code of a finding where its form deviates.

    >>> read_value("196432.100")[0].number, read_value("-")[1]
    (196432.1, 'not_a_number')
    """
    parts = _NUMBER.fullmatch(text)
    digits = parts[2] + parts[3] if parts else ""
    if parts is None or not 0 < len(digits) <= MOST_DIGITS:
        code = "not_a_number" if text else "value_empty"
        return Value(text=text, number=NotAvailable(reason="not_a_number")), code
    decimals = len(parts[3])
    unscaled = int(parts[1] + digits)
    number = times_power_of_ten(unscaled, -decimals) if decimals else unscaled
    deviates = None if _STRICT.fullmatch(text) else "number_form"
    return Value(text=text, number=number, decimals=decimals), deviates


def text_of(raw: bytes) -> tuple[str, str | None]:
    """The text of `raw`, and the code of a finding where it is not UTF-8.

    Many loggers write Chinese in GB 18030. What is neither is shown with its bytes escaped.
    """
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding), None if encoding == "utf-8" else "not_utf8"
        except UnicodeDecodeError:
            continue
    return raw.decode("ascii", "backslashreplace"), "not_text"
