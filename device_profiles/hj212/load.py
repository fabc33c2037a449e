"""The tables that come with this folder: factors, commands, systems, codes of answers."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec

from device_profiles.status_model import Condition

_FORMAT: Final = re.compile(r"N(\d+)(?:\.(\d+))?")


class Code(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code and what it means, in both languages."""

    en: str
    zh: str


class System(Code, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An ST of table 5, and the medium whose factors belong under it, where that is one."""

    medium: Literal["air", "water", "other"] = "other"


class Command(Code, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A CN of table 9.

    Attributes:
        down: what it is from the centre to the site.
        up: what it is from the site to the centre.
        covers: what DataTime stamps: an instant, or the start of an interval.
        begin_end: what divides BeginTime and EndTime in its request, as annex C prints it; None
            where the request names neither.
        status: "second_hand" where the standard itself was not read (2025 edition).
    """

    down: Literal["request", "notice", "answer", "none"] = "none"
    up: Literal["upload", "notice", "answer", "none"] = "none"
    covers: Literal["instant", "minute", "hour", "day", "none"] = "none"
    begin_end: Literal[";", ","] | None = None
    status: Literal["standard", "second_hand"] = "standard"


class DataFlagEntry(Code, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A data flag of table 8, and what is the matter with a value under it; None: nothing."""

    condition: Condition | None = None


class FactorEntry(Code, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A gas factor of table B.2; units are UCUM codes that the standard presumes.

    Attributes:
        unit: of concentrations and quantities (Rtd, Min, Avg, Max and their Zs forms).
        amount: of cumulative amounts (Cou); None where the table has none.
        old: its code in HJ/T 212-2005.
        format: the default form N a.b of a number; None where the table has none.
        caution: where packets of the field were seen to deviate.
    """

    unit: str
    amount: str | None = None
    old: str | None = None
    format: str | None = None
    caution: str | None = None

    @property
    def decimals(self) -> int | None:
        """Digits after the point in the default form of a number."""
        parts = _FORMAT.fullmatch(self.format or "")
        return int(parts[2] or 0) if parts else None


@cache
def factors() -> Mapping[str, FactorEntry]:
    """The gas factors, by the code of 2017."""
    return MappingProxyType(
        msgspec.convert(_table("factors.toml")["factors"], dict[str, FactorEntry])
    )


@cache
def codes_of_2005() -> Mapping[str, str]:
    """The code of 2017 for each code of HJ/T 212-2005 (gas only)."""
    return MappingProxyType(
        {entry.old: code for code, entry in factors().items() if entry.old is not None}
    )


@cache
def commands() -> Mapping[str, Command]:
    """The commands, by CN."""
    return MappingProxyType(msgspec.convert(_table("tables.toml")["commands"], dict[str, Command]))


@cache
def systems() -> Mapping[str, System]:
    """The kinds of system, by ST."""
    return MappingProxyType(msgspec.convert(_table("tables.toml")["systems"], dict[str, System]))


@cache
def data_flags() -> Mapping[str, DataFlagEntry]:
    """The data flags, by letter."""
    table = msgspec.convert(_table("tables.toml")["data_flags"], dict[str, DataFlagEntry])
    return MappingProxyType(table)


@cache
def codes(
    name: Literal["request_answers", "execution_results", "equipment_states"],
) -> Mapping[int, Code]:
    """The codes of QnRtn, of ExeRtn, or of SBxxx-RS, by number."""
    table = msgspec.convert(_table("tables.toml")[name], dict[str, Code])
    return MappingProxyType({int(number): code for number, code in table.items()})


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / name).read_text("utf-8"))
