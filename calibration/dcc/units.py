r"""Units of measurement in D-SI, such as \kilo\watt\hour, and their codes in our table.

The tables are closed (units.toml). A unit is recognised by its words, whatever their order and
whether it says \per or a negative exponent; a prefix that the table does not have becomes a
power of ten. Units that are equal only by their dimension are not confused: \newton\metre is
no energy here, and \volt\ampere no power. An offset belongs to a temperature only, never to a
difference of two.
"""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

import msgspec

from calibration.dcc.errors import DccUnitError
from calibration.dcc.load import read_table
from calibration.unit import unit

_TOKEN: Final = re.compile(r"\\([A-Za-z]+)(?:\{([-+]?[0-9]{1,2})\})?")
_LONGEST: Final = 200
Factors = frozenset[tuple[str, int]]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that is in our table: value in `code` = value * 10**`power` * `factor`."""

    code: str
    power: int = 0
    factor: float = 1.0

    def value(self, stated: float) -> float:
        """A stated value in `code`; powers of ten lose no digit that a decimal number has."""
        scaled = stated * 10.0**self.power if self.power >= 0 else stated / 10.0**-self.power
        return scaled * self.factor

    def difference(self, stated: float, to: str) -> float:
        """A stated difference of two values in `to`: scaled, never shifted."""
        source, target = unit(self.code), unit(to)
        if source.factor == target.factor:
            return self.value(stated)
        return self.value(stated) * source.factor / target.factor


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """The factors of a unit without prefixes, and the power of ten of all prefixes."""

    factors: Factors
    power: int


class _Tables(msgspec.Struct, frozen=True, kw_only=True):
    by_factors: Mapping[Factors, tuple[tuple[int, Known], ...]]
    written: Mapping[str, str]


def known_unit(text: str) -> Known | None:
    r"""Our code for a D-SI unit, with the factor that leads to it; None where there is none.

    Args:
        text: D-SI, such as \kilogram\metre\tothe{-3}; or |code, as our own documents write a
            unit that D-SI does not have.
    """
    if text.startswith("|"):
        return Known(code=text[1:]) if text[1:] in _without_dsi() else None
    found = parsed(text)
    rows = () if found is None else _tables().by_factors.get(found.factors, ())
    if found is None or not rows:
        return None
    power, nearest = min(rows, key=lambda row: abs(found.power - row[0]))
    return msgspec.structs.replace(nearest, power=found.power - power)


def dsi_unit(code: str) -> str:
    """The D-SI unit that is written for a code of our table.

    Raises:
        DccUnitError: D-SI has none, and the code is none of ours.
    """
    if code in _without_dsi():
        return f"|{code}"
    found = _tables().written.get(code)
    if found is None:
        raise DccUnitError("unit", found=code, limit=", ".join(_tables().written))
    return found


def is_si(text: str) -> bool:
    """Whether a unit is written in D-SI; one that is not begins with |."""
    return not text.startswith("|")


def product(*powers: tuple[str, int]) -> str:
    r"""The D-SI unit of a product of powers, such as \kelvin\tothe{2}; \one if all cancel.

    Args:
        powers: D-SI units with their exponents.
    """
    counted: Counter[str] = Counter()
    for text, exponent in powers:
        if not is_si(text):
            counted[text] += exponent
        else:
            for prefixed, own in _prefixed(text):
                counted[prefixed] += own * exponent
    counted.pop(r"\one", None)
    left = [(name, exponent) for name, exponent in counted.items() if exponent]
    written = (f"{n}\\tothe{{{e}}}" if e != 1 else n for n, e in left)
    return "".join(written).replace(r"\kilo\gram", r"\kilogram") or r"\one"


@lru_cache(maxsize=256)
def parsed(text: str) -> Parsed | None:
    """The factors of a D-SI unit; None where a word is not known or the grammar is not followed."""
    pairs = _prefixed(text)
    prefixes, names = _prefixes(), _names()
    counted: Counter[str] = Counter()
    power = 0
    for prefixed, exponent in pairs:
        *before, name = prefixed.strip("\\").split("\\")
        if name not in names or len(before) > 1 or any(each not in prefixes for each in before):
            return None
        power += exponent * sum(prefixes[each] for each in before)
        counted[name] += exponent
    if not pairs:
        return None
    return Parsed(factors=frozenset((n, e) for n, e in counted.items() if e), power=power)


def _prefixed(text: str) -> list[tuple[str, int]]:
    r"""The factors of a unit with their prefixes and exponents; none if it is no D-SI.

    \per makes the next factor's exponent negative, \tothe{n} is the exponent of the one before.
    """
    spelt = _spelt(text.strip())
    tokens = [(found[1], found[2]) for found in _TOKEN.finditer(spelt)]
    if len(text) > _LONGEST or _TOKEN.sub("", spelt):
        return []
    found: list[tuple[str, int]] = []
    pending, sign = "", 1
    for word, exponent in tokens:
        if word == "tothe" and found and exponent and not pending:
            name, own = found.pop()
            found.append((name, own * int(exponent)))
        elif word == "per" and exponent is None:
            sign = -1
        elif word in _prefixes() and exponent is None:
            pending += f"\\{word}"
        elif exponent is None:
            found.append((f"{pending}\\{word}", sign))
            pending, sign = "", 1
        else:
            return []
    return [] if pending or sign < 0 else found


def _spelt(text: str) -> str:
    """The unit in the spelling that the table uses."""
    spellings: Mapping[str, str] = read_table("units.toml")["words"]["spellings"]
    return re.sub(r"\\([A-Za-z]+)", lambda found: spellings.get(found[1], found[0]), text)


@cache
def _prefixes() -> Mapping[str, int]:
    exponents: Mapping[str, int] = read_table("units.toml")["prefixes"]["exponents"]
    return exponents


@cache
def _names() -> frozenset[str]:
    return frozenset(read_table("units.toml")["words"]["names"])


@cache
def _without_dsi() -> frozenset[str]:
    """Codes of ours that D-SI does not have, or cannot tell from others."""
    return frozenset(read_table("units.toml")["without_dsi"]["codes"])


@cache
def _tables() -> _Tables:
    by_factors: dict[Factors, tuple[tuple[int, Known], ...]] = {}
    written: dict[str, str] = {}
    for row in read_table("units.toml")["units"]:
        found = parsed(row["dsi"])
        if found is None:  # a test reads every row
            continue
        known = Known(code=unit(row["code"]).code, factor=row.get("factor", 1.0))
        by_factors[found.factors] = (*by_factors.get(found.factors, ()), (found.power, known))
        written.setdefault(row["code"], row["dsi"])
    return _Tables(by_factors=by_factors, written=written)
