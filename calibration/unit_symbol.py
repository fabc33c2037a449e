"""Units as people write them, for the UCUM codes of the house. Pure."""

import re
from typing import Final

_WHOLE: Final = {
    "1": "",
    "[ppm]": "ppm",
    "[ppb]": "ppb",
    "Cel": "°C",
    "[in_i'Hg]": "inHg",
    "10*-6": "ppm",
}
_PARTS: Final = {"V.A{reactive}": "var", "10*6.[Btu_IT]": "10⁶ Btu"}
"""Of several atoms, that people write as one."""
_ATOMS: Final = {
    "Cel": "°C",
    "[ppm]": "ppm",
    "[cft_i]": "ft³",
    "[ston_av]": "short ton",
    "ug": "µg",
    "Ohm": "Ω",
    "deg": "°",
    "'": "′",
}
_POWERS: Final = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_ATOM: Final = re.compile(r"(\[[^]]*\]|[A-Za-z%]+)(-?[0-9]+)?")


def symbol(code: str) -> str:
    """The symbol of a UCUM code: kW.h is kW·h, m3 is m³; one that is not known stays as it is."""
    if code in _WHOLE:
        return _WHOLE[code]
    for part, text in _PARTS.items():
        code = code.replace(part, text)
    return _ATOM.sub(_written, code).replace(".", "·")


def with_symbol(number: str, code: str) -> str:
    """A number with the symbol of its unit; alone where the unit is 1."""
    return f"{number} {symbol(code)}".rstrip()


def quotient(of: str, per: str, power: int = 1) -> str:
    """Two symbols as a quotient: %/kW², 1/K; "" of a unit by itself.

    Args:
        of: A symbol; "" for 1.
        per: Likewise.
        power: Of `per`, >= 1.
    """
    if not per or (of == per and power == 1):
        return of if not per else ""
    raised = "" if power == 1 else str(power).translate(_POWERS)
    below = f"({per})" if not per.isalpha() and (raised or "/" in per or "·" in per) else per
    return f"{of or 1}/{below}{raised}"


def _written(found: "re.Match[str]") -> str:
    atom, power = found[1], found[2] or ""
    return _ATOMS.get(atom, atom) + power.translate(_POWERS)
