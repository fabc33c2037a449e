"""Data lines of a readout: identification codes, values, units (IEC 62056-21, IEC 62056-61).

    1.8.0*01(00123.4*kWh)(2301310000)     one data set with two value groups

Numbers stay exact: an integer and a power of ten. What is no number stays text. Units are the
meter's own words. A register of the past carries a billing period after `*` or `&`; it is told
apart from the current one and never taken for it.
"""

import re
from dataclasses import dataclass
from typing import Final

from device_profiles.formats import Number
from device_profiles.scaling import times_power_of_ten
from device_profiles.wire_errors import WireFormError

_END: Final = "!"
_SET: Final = re.compile(r"(?P<identifier>[^()]*)(?P<groups>(?:\([^()]*\))+)")
_GROUP: Final = re.compile(r"\(([^()]*)\)")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,32}(?:\.[0-9]{1,32})?")
_CODE: Final = re.compile(
    r"(?:(?P<medium>[0-9]{1,3})-(?P<channel>[0-9]{1,3}):)?"
    r"(?P<measured>[0-9A-Z]{1,3}\.[0-9A-Z]{1,3}(?:\.[0-9A-Z]{1,3})?)"
    r"(?:(?P<reset>[*&])(?P<period>[0-9]{1,3}))?"
)
_CURRENT: Final = 255
_UNWRITTEN: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """`significand` · 10^`exponent`, exponent 0 or below, as many places as were printed."""

    significand: int
    exponent: int

    @property
    def number(self) -> Number:
        """The integer, or the double nearest to the decimal."""
        return times_power_of_ten(self.significand, self.exponent)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueGroup:
    """What stands between two brackets.

    Attributes:
        value: the text before `*`.
        unit: the text after it, as the meter writes it; empty where there is none.
        exact: the value as a number, or its text where it is none.
    """

    value: str
    unit: str
    exact: Exact | str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObisCode:
    """An identification code in its parts.

    Attributes:
        medium: A, such as 1 for electricity; -1 where it is not written.
        channel: B; -1 where it is not written.
        measured: C.D or C.D.E as written.
        period: billing period F; 255, the current one, where it is not written.
        by_hand: True where `&` says that the period was closed by hand.
    """

    medium: int
    channel: int
    measured: str
    period: int
    by_hand: bool

    @property
    def is_current(self) -> bool:
        """True for the register itself, False for one of a past billing period."""
        return self.period == _CURRENT


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """One identification code and its value groups.

    Attributes:
        raw: its bytes, from the code to the last bracket.
        identifier: as written; empty where a line goes on with groups alone.
        groups: in order; empty for a line of plain text.
    """

    raw: bytes
    identifier: str
    groups: tuple[ValueGroup, ...]

    @property
    def code(self) -> ObisCode | None:
        """The identifier in its parts; None where it is no code."""
        found = _CODE.fullmatch(self.identifier)
        if found is None:
            return None
        return ObisCode(
            medium=int(found["medium"] or _UNWRITTEN),
            channel=int(found["channel"] or _UNWRITTEN),
            measured=found["measured"],
            period=int(found["period"] or _CURRENT),
            by_hand=found["reset"] == "&",
        )


def data_sets(data: bytes) -> tuple[DataSet, ...]:
    """The data sets in `data`, the bytes between STX and ETX, with or without the closing `!`.

    Raises:
        WireFormError: no ASCII, brackets that do not pair, or text after the closing `!`.
    """
    try:
        lines = data.decode("ascii").split("\r\n")
    except UnicodeDecodeError:
        raise _form(data, "the data hold no ASCII", "数据不是 ASCII", "00..7F") from None
    if _END in lines:
        after = lines[lines.index(_END) + 1 :]
        if after != [""]:
            raise _form(data, "the data go on after the closing !", "结束符 ! 之后仍有数据", "!")
        lines = lines[: lines.index(_END)]
    return tuple(found for line in lines for found in _sets_of(line, data))


def _sets_of(line: str, data: bytes) -> list[DataSet]:
    sets: list[DataSet] = []
    at = 0
    while at < len(line) and (found := _SET.match(line, at)):
        sets.append(_set(found[0], found["identifier"], _GROUP.findall(found["groups"])))
        at = found.end()
    rest = line[at:]
    if "(" in rest or ")" in rest:
        raise _form(data, "brackets do not pair", "括号不成对", "(...)")
    return [*sets, _set(rest, rest, [])] if rest else sets


def _set(text: str, identifier: str, groups: list[str]) -> DataSet:
    told = tuple(_group(group) for group in groups)
    return DataSet(raw=text.encode("ascii"), identifier=identifier, groups=told)


def _group(text: str) -> ValueGroup:
    value, _, unit = text.partition("*")
    return ValueGroup(value=value, unit=unit, exact=_exact(value))


def _exact(text: str) -> Exact | str:
    if not _NUMBER.fullmatch(text):
        return text
    _, _, places = text.partition(".")
    return Exact(significand=int(text.replace(".", "")), exponent=-len(places))


def _form(raw: bytes, what: str, what_zh: str, limit: str) -> WireFormError:
    return WireFormError("iec 62056-21 data", raw=raw, what=what, what_zh=what_zh, limit=limit)
