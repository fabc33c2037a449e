"""From a profile's bytes to a checked DeviceProfile (pure).

Limits come before parsing: size, then the length of dotted keys, because a parser
walks every prefix of a dotted key and a quarter megabyte of dots keeps it busy for hours.
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Final

import msgspec

from device_profiles.dialects import DIALECTS
from device_profiles.errors import LimitError, ProfileError, SizeError, TomlError
from device_profiles.lint import profile_findings
from device_profiles.model import DeviceProfile
from device_profiles.nearest import nearest
from device_profiles.phrase import Words
from device_profiles.structure import findings

MAX_BYTES: Final = 256 * 1024
"""The largest profile file; the largest of the catalogue has a twentieth of it."""
MAX_DOTS: Final = 64
"""The most full stops on one line."""
MAX_KEPT: Final = 64
"""How many checked profiles are remembered: a plant has many devices of few types."""
MAX_FINDINGS: Final = 100
"""How many findings are told; a file with more is not a profile."""


def lint(content: bytes, where: str) -> tuple[ProfileError, ...]:
    """The findings of a profile's bytes, the first 100 of them; empty if it is sound.

    Args:
        content: the exact bytes of the file.
        where: what to call the file in the findings.
    """
    return _checked(content, where)[0]


@lru_cache(maxsize=MAX_KEPT)
def parse_profile(content: bytes, where: str) -> DeviceProfile:
    """The profile that `content` describes, if nothing is wrong with it.

    Raises:
        ProfileError: the first finding; further ones are its notes.
    """
    wrong, profile = _checked(content, where)
    if profile is not None:
        return profile
    for further in wrong[1:]:
        wrong[0].add_note(further.say("en"))
    raise wrong[0]


def _checked(content: bytes, where: str) -> tuple[tuple[ProfileError, ...], DeviceProfile | None]:
    """The findings, or the profile if there is none."""
    try:
        table = _table(content, where)
    except ProfileError as wrong:
        return (wrong,), None
    named = table.get("protocol")
    if isinstance(named, str) and named not in DIALECTS:
        limit, guess = " | ".join(DIALECTS), nearest(named, DIALECTS) or "-"
        found = LimitError(where, key="protocol", found=named[:80], limit=limit, nearest=guess)
        return (found,), None
    kind = _kind(table)
    misshapen = tuple(islice(findings(table, kind, where), MAX_FINDINGS))
    if misshapen:
        return misshapen, None
    profile = msgspec.convert(table, kind)
    unsound = tuple(islice(profile_findings(profile, where), MAX_FINDINGS))
    return unsound, None if unsound else profile


def _kind(table: Mapping[str, object]) -> type[DeviceProfile]:
    """The type of the profile's protocol; where none is named, one that says it is missing."""
    named = str(table.get("protocol"))
    return DIALECTS[named if named in DIALECTS else next(iter(DIALECTS))].profile


def _table(content: bytes, where: str) -> dict[str, object]:
    if len(content) > MAX_BYTES:
        limit = f"{MAX_BYTES} bytes"
        raise SizeError(where, key="file", found=len(content), limit=limit)
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.count(b".") > MAX_DOTS:
            key, why = f"line {number}", Words("too many full stops", "句点过多")
            raise TomlError(
                where, key=key, why=why, limit=Words(f"{MAX_DOTS} on a line", f"每行 {MAX_DOTS} 个")
            )
    try:
        return tomllib.loads(content.decode("utf-8"))
    except RecursionError as wrong:
        why = Words("nested too deeply", "嵌套过深")
        raise TomlError(
            where, key="file", why=why, limit=Words("tables, not towers", "表，而非层层嵌套")
        ) from wrong
    except ValueError as wrong:
        # also UnicodeDecodeError, impossible dates and integers of thousands of digits
        place, limit = _place(wrong), "TOML 1.0, UTF-8"
        raise TomlError(where, key=place, why=str(wrong)[:200], limit=limit) from wrong


def _place(wrong: ValueError) -> str:
    """Where in the file, as far as the parser says."""
    _, _, place = str(wrong).rpartition(" (at ")
    return place.rstrip(")") if place.startswith("line ") else "file"
