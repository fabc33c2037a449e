"""Which quantity a point is, from its unit and its name (pure)."""

import re
from types import MappingProxyType
from typing import Final

_BY_UNIT: Final = MappingProxyType(
    {
        **dict.fromkeys(("W.h", "kW.h", "MW.h"), "active_energy"),
        **dict.fromkeys(("V.A{reactive}.h", "kV.A{reactive}.h"), "reactive_energy"),
        **dict.fromkeys(("V.A.h", "kV.A.h"), "apparent_energy"),
        **dict.fromkeys(("W", "kW", "MW"), "active_power"),
        **dict.fromkeys(("V.A{reactive}", "kV.A{reactive}"), "reactive_power"),
        **dict.fromkeys(("V.A", "kV.A"), "apparent_power"),
        **dict.fromkeys(("GJ", "MJ", "kJ"), "heat"),
        **dict.fromkeys(("m3", "L"), "volume"),
        **dict.fromkeys(("m3/h", "m3/s", "L/h"), "volume_flow"),
        **dict.fromkeys(("kg", "t"), "mass"),
        **dict.fromkeys(("kg/h", "kg/s", "t/h"), "mass_flow"),
        **dict.fromkeys(("Cel", "K"), "temperature"),
        **dict.fromkeys(("Pa", "hPa", "kPa", "MPa", "bar"), "pressure"),
        **dict.fromkeys(("mg/m3", "ug/m3", "g/m3"), "mass_concentration"),
        **dict.fromkeys(("[ppm]", "[ppb]"), "amount_fraction"),
        "GJ/h": "thermal_power",
        "kg/m3": "density",
        "V": "voltage",
        "A": "current",
        "Hz": "frequency",
        "m/s": "velocity",
    }
)
AMOUNTS: Final = frozenset(
    {"active_energy", "reactive_energy", "apparent_energy", "heat", "volume", "mass"}
)
"""Kinds of quantity that a register counts."""
_HEAT: Final = re.compile(r"heat|thermal|cooling|热|冷量", re.IGNORECASE)
_HUMIDITY: Final = re.compile(r"humid|\brh\b|湿度", re.IGNORECASE)
_FACTOR: Final = re.compile(r"power.?factor|\bpf|cos|功率因数", re.IGNORECASE)
_GAS: Final = re.compile(r"(?<![a-z0-9])(so2|nox|no2|no|co2|co|o2|nh3|ch4|h2o|hcl|hf)(?![a-z0-9])")
_PHASES: Final = (
    (re.compile(r"\bl1.?l2\b|\bu?ab\b|\bvab\b", re.IGNORECASE), "L1-L2"),
    (re.compile(r"\bl2.?l3\b|\bu?bc\b|\bvbc\b", re.IGNORECASE), "L2-L3"),
    (re.compile(r"\bl3.?l1\b|\bu?ca\b|\bvca\b", re.IGNORECASE), "L3-L1"),
    (re.compile(r"\bl1\b|\bphase[ _]?a\b|[A|a]相|\bu?a\b", re.IGNORECASE), "L1"),
    (re.compile(r"\bl2\b|\bphase[ _]?b\b|[B|b]相|\bu?b\b", re.IGNORECASE), "L2"),
    (re.compile(r"\bl3\b|\bphase[ _]?c\b|[C|c]相|\bu?c\b", re.IGNORECASE), "L3"),
)
_ELECTRIC: Final = ("voltage", "current", "power", "energy")
_SYMBOLS: Final = MappingProxyType({"nox": "NOx", "hcl": "HCl", "hf": "HF"})
_LOWERED: Final = re.compile(r"[\W_]+")


def kind_of(name: str, unit: str) -> str | None:
    """The kind of quantity that unit and name tell; None where they do not."""
    kind = _BY_UNIT.get(unit)
    if kind in {"active_energy", "active_power"} and _HEAT.search(name):
        return "heat" if kind == "active_energy" else "thermal_power"
    if kind is None and unit in {"1", "%"}:
        return _pure_number(name, unit)
    return kind


def gas_of(name: str) -> str | None:
    """The gas that a name names, as its formula; None where it names none."""
    found = _GAS.search(name.lower().replace("_", " "))
    return None if found is None else _SYMBOLS.get(found[1], found[1].upper())


def phase_of(name: str, kind: str) -> str | None:
    """The phase that a name of an electrical quantity names; None where it names none."""
    if not any(word in kind for word in _ELECTRIC):
        return None
    spaced = re.sub(r"[_\-]", " ", name)
    return next((phase for pattern, phase in _PHASES if pattern.search(spaced)), None)


def channel_name(name: str, kind: str) -> str:
    """A channel's name: letters and digits of a point's, after its kind where they are not all."""
    lowered = _LOWERED.sub("_", name.lower().encode("ascii", "ignore").decode()).strip("_")
    if not (name.isascii() and lowered[:1].isalpha()):
        lowered = f"{kind}_{lowered}"
    return lowered[:60].strip("_")


def _pure_number(name: str, unit: str) -> str | None:
    if _FACTOR.search(name):
        return "power_factor"
    if unit == "%" and _HUMIDITY.search(name):
        return "relative_humidity"
    return "amount_fraction" if unit == "%" and gas_of(name) else None
