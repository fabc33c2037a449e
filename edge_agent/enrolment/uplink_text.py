"""agent.toml with another uplink: the lines that enrolling changes, and no others. Pure."""

import re
import tomllib
from collections.abc import Mapping
from typing import Final

_TABLE: Final = re.compile(r"^\s*\[")
_UPLINK: Final = re.compile(r"^\s*\[\s*uplink\s*\]\s*(#.*)?$")
_KEY: Final = re.compile(r"^\s*([A-Za-z_]+)\s*=")
_COMMENT: Final = re.compile(r"(\s+#[^\"']*)$")


def with_uplink(text: str, settings: Mapping[str, str | int]) -> str | None:
    """The text of agent.toml with these settings in [uplink]; None if that cannot be said safely.

    Everything else stays byte for byte: comments, order, line ends. The result is read again,
    and is given only if it differs from the first in these settings alone.

    Args:
        text: A whole agent.toml that can be read.
        settings: Keys of [uplink] and their values.
    """
    lines = text.splitlines(keepends=True)
    starts = [at for at, line in enumerate(lines) if _UPLINK.match(line.rstrip("\r\n"))]
    made = _appended(text, settings) if not starts else _replaced(lines, starts[0], settings)
    try:
        before, after = tomllib.loads(text), tomllib.loads(made)
    except (ValueError, RecursionError):
        return None
    expected = {**before, "uplink": {**before.get("uplink", {}), **settings}}
    return made if after == expected else None


def _appended(text: str, settings: Mapping[str, str | int]) -> str:
    gap = "" if text.endswith("\n") else "\n"
    return text + gap + "\n[uplink]\n" + "".join(_line(*each) for each in settings.items())


def _replaced(lines: list[str], start: int, settings: Mapping[str, str | int]) -> str:
    rest = lines[start + 1 :]
    end = next((at for at, line in enumerate(rest) if _TABLE.match(line)), len(rest))
    inside, missing = [], dict(settings)
    for line in rest[:end]:
        match = _KEY.match(line)
        if match is not None and match[1] in missing:
            comment = _COMMENT.search(line.rstrip("\r\n"))
            inside.append(_line(match[1], missing.pop(match[1]), comment[1] if comment else ""))
        else:
            inside.append(line)
    while inside and not inside[-1].strip():
        rest.insert(end, inside.pop())
    if inside and not inside[-1].endswith("\n"):
        inside[-1] += "\n"
    inside += [_line(*each) for each in missing.items()]
    return "".join([*lines[: start + 1], *inside, *rest[end:]])


def _line(key: str, value: str | int, comment: str = "") -> str:
    return f"{key} = {_shown(value)}{comment}\n"


def _shown(value: str | int) -> str:
    """A basic string of TOML; what would need an escape is refused when it is read again."""
    return str(value) if isinstance(value, int) else f'"{value}"'
