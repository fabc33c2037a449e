"""Units of measurement: a closed table of UCUM codes, and the only code that converts.

Codes follow the Unified Code for Units of Measure. Two quantities that share a
dimension but must never be added (active and reactive energy) have different
dimensions here, so that a conversion between them is refused.
"""

import math
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Final
from unicodedata import normalize

import msgspec

from calibration.errors import UnitMismatchError, UnknownUnitError, Words


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit: `value_in_coherent = value * factor + offset`.

    Args:
        code: the UCUM code, case sensitive.
        dimension: the kind of unit; only units of one dimension convert.
        factor: size in the coherent unit of the dimension, > 0.
        offset: added after scaling; only temperatures have one.
    """

    code: str
    dimension: str
    factor: float
    offset: float = 0.0


_ROWS: Final = (
    ("J", "energy", 1.0, 0.0),
    ("kJ", "energy", 1e3, 0.0),
    ("MJ", "energy", 1e6, 0.0),
    ("GJ", "energy", 1e9, 0.0),
    ("W.h", "energy", 3600.0, 0.0),
    ("kW.h", "energy", 3.6e6, 0.0),
    ("MW.h", "energy", 3.6e9, 0.0),
    ("GW.h", "energy", 3.6e12, 0.0),
    ("10*6.[Btu_IT]", "energy", 1.05505585262e9, 0.0),
    ("V.A.h", "apparent energy", 3600.0, 0.0),
    ("kV.A.h", "apparent energy", 3.6e6, 0.0),
    ("V.A{reactive}.h", "reactive energy", 3600.0, 0.0),
    ("kV.A{reactive}.h", "reactive energy", 3.6e6, 0.0),
    ("W", "power", 1.0, 0.0),
    ("kW", "power", 1e3, 0.0),
    ("MW", "power", 1e6, 0.0),
    ("GJ/h", "power", 1e9 / 3600.0, 0.0),
    ("10*6.[Btu_IT]/h", "power", 1.05505585262e9 / 3600.0, 0.0),
    ("V.A", "apparent power", 1.0, 0.0),
    ("kV.A", "apparent power", 1e3, 0.0),
    ("V.A{reactive}", "reactive power", 1.0, 0.0),
    ("kV.A{reactive}", "reactive power", 1e3, 0.0),
    ("m3", "volume", 1.0, 0.0),
    ("L", "volume", 1e-3, 0.0),
    ("[cft_i]", "volume", 0.3048**3, 0.0),
    ("m3/s", "volume flow", 1.0, 0.0),
    ("m3/h", "volume flow", 1.0 / 3600.0, 0.0),
    ("L/h", "volume flow", 1e-3 / 3600.0, 0.0),
    ("cm3/min", "volume flow", 1e-6 / 60.0, 0.0),
    ("[cft_i]/h", "volume flow", 0.3048**3 / 3600.0, 0.0),
    ("m", "length", 1.0, 0.0),
    ("m2", "area", 1.0, 0.0),
    ("kg", "mass", 1.0, 0.0),
    ("t", "mass", 1e3, 0.0),
    ("g", "mass", 1e-3, 0.0),
    ("[ston_av]", "mass", 907.18474, 0.0),
    ("kg/s", "mass flow", 1.0, 0.0),
    ("kg/h", "mass flow", 1.0 / 3600.0, 0.0),
    ("t/h", "mass flow", 1e3 / 3600.0, 0.0),
    ("[ston_av]/h", "mass flow", 907.18474 / 3600.0, 0.0),
    ("J/kg", "specific energy", 1.0, 0.0),
    ("kJ/kg", "specific energy", 1e3, 0.0),
    ("GJ/t", "specific energy", 1e6, 0.0),
    ("MJ/m3", "energy per volume", 1e6, 0.0),
    ("t/GJ", "mass per energy", 1e-6, 0.0),
    ("t/(MW.h)", "mass per energy", 1e3 / 3.6e9, 0.0),
    ("[cft_i]/(10*6.[Btu_IT])", "volume per energy", 0.3048**3 / 1.05505585262e9, 0.0),
    ("Cel", "temperature", 1.0, 273.15),
    ("K", "temperature", 1.0, 0.0),
    ("Pa", "pressure", 1.0, 0.0),
    ("hPa", "pressure", 1e2, 0.0),
    ("kPa", "pressure", 1e3, 0.0),
    ("MPa", "pressure", 1e6, 0.0),
    ("bar", "pressure", 1e5, 0.0),
    ("[in_i'Hg]", "pressure", 0.0254 * 133_322.0, 0.0),  # UCUM: m[Hg] is 133.322 kPa
    ("ug/m3", "mass concentration", 1e-9, 0.0),
    ("mg/m3", "mass concentration", 1e-6, 0.0),
    ("g/m3", "mass concentration", 1e-3, 0.0),
    ("kg/m3", "mass concentration", 1.0, 0.0),
    ("1", "ratio", 1.0, 0.0),
    ("%", "ratio", 1e-2, 0.0),
    ("[ppm]", "ratio", 1e-6, 0.0),
    ("[ppb]", "ratio", 1e-9, 0.0),
    ("V", "voltage", 1.0, 0.0),
    ("A", "current", 1.0, 0.0),
    ("mA", "current", 1e-3, 0.0),
    ("Hz", "frequency", 1.0, 0.0),
    ("m/s", "velocity", 1.0, 0.0),
    ("deg", "plane angle", 1.0, 0.0),
    ("rad", "plane angle", 180.0 / math.pi, 0.0),
    ("s", "time", 1.0, 0.0),
    ("h", "time", 3600.0, 0.0),
)

UNITS: Final = MappingProxyType(
    {
        code: Unit(code=code, dimension=dimension, factor=factor, offset=offset)
        for code, dimension, factor, offset in _ROWS
    }
)

# The amount that a rate gives when it is integrated over time: (unit, factor per hour).
_AMOUNT_OF_RATE: Final = MappingProxyType(
    {
        "W": ("W.h", 1.0),
        "kW": ("kW.h", 1.0),
        "MW": ("MW.h", 1.0),
        "GJ/h": ("GJ", 1.0),
        "V.A": ("V.A.h", 1.0),
        "kV.A": ("kV.A.h", 1.0),
        "V.A{reactive}": ("V.A{reactive}.h", 1.0),
        "kV.A{reactive}": ("kV.A{reactive}.h", 1.0),
        "m3/h": ("m3", 1.0),
        "m3/s": ("m3", 3600.0),
        "L/h": ("L", 1.0),
        "kg/h": ("kg", 1.0),
        "kg/s": ("kg", 3600.0),
        "t/h": ("t", 1.0),
        "10*6.[Btu_IT]/h": ("10*6.[Btu_IT]", 1.0),
        "[cft_i]/h": ("[cft_i]", 1.0),
        "[ston_av]/h": ("[ston_av]", 1.0),
    }
)


def unit(code: str, where: str = "unit") -> Unit:
    """The unit of a UCUM code.

    Raises:
        UnknownUnitError: the code is not in the closed table.
    """
    found = UNITS.get(code)
    if found is None:
        raise UnknownUnitError(where, unit=code, known=", ".join(_nearest_first(code)))
    return found


def _nearest_first(code: str) -> list[str]:
    """All codes, first those that are written almost so: kW.h for kWh, m3 for m³."""
    plain = _plain(code)
    return sorted(UNITS, key=lambda each: -SequenceMatcher(None, plain, _plain(each)).ratio())


def _plain(code: str) -> str:
    """A code without what people write in different ways."""
    return "".join(filter(str.isalnum, normalize("NFKC", code))).casefold()


def convert(value: float, code: str, to: str) -> float:
    """`value` given in `code`, expressed in `to`.

    Raises:
        UnknownUnitError: one of the codes is not in the table.
        UnitMismatchError: the units are of different dimensions.
    """
    source, target = unit(code), unit(to)
    if source.dimension != target.dimension:
        raise UnitMismatchError("unit", found=code, expected=to)
    if source == target:
        return value
    return (value * source.factor + source.offset - target.offset) / target.factor


def conversion_factor(code: str, to: str) -> float:
    """The number that turns an amount in `code` into one in `to`; no offset units.

    Raises:
        UnitMismatchError: different dimensions, or a unit with an offset.
    """
    source, target = unit(code), unit(to)
    if source.dimension != target.dimension or source.offset != target.offset:
        raise UnitMismatchError("unit", found=code, expected=to)
    return 1.0 if source == target else source.factor / target.factor


def has_amount(code: str) -> bool:
    """Whether a rate in `code` integrates over time to an amount in this table."""
    return code in _AMOUNT_OF_RATE


def amount_of(rate_code: str) -> tuple[str, float]:
    """Unit of a rate's integral over time, and the amount that a rate of 1 gives in an hour.

    Raises:
        UnitMismatchError: the unit is not a rate.
    """
    found = _AMOUNT_OF_RATE.get(rate_code)
    if found is None:
        raise UnitMismatchError(
            "unit",
            found=rate_code,
            expected=Words("a rate, such as kW or m3/h", "瞬时量，例如 kW 或 m3/h"),
        )
    return found


_RATE_OF_AMOUNT: Final = MappingProxyType(
    {amount: rate for rate, (amount, hourly) in _AMOUNT_OF_RATE.items() if hourly == 1.0}
)


def rate_of(amount_code: str) -> str:
    """The rate that runs up an amount in `amount_code` within an hour; a rate is its own.

    Raises:
        UnitMismatchError: no rate in the table gives that amount.
    """
    if has_amount(amount_code):
        return amount_code
    found = _RATE_OF_AMOUNT.get(amount_code)
    if found is None:
        raise UnitMismatchError(
            "unit",
            found=amount_code,
            expected=Words("an amount, such as kW.h or m3", "累计量，例如 kW.h 或 m3"),
        )
    return found
