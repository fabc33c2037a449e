"""Which language the reader of an answer wants. Pure."""

import re
from typing import Final

LANGUAGES: Final = ("en", "zh")
MAX_RANGES: Final = 32
_RANGE: Final = re.compile(
    r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?))?\s*"
)


def language_of(asked: str | None, accepted: str) -> str:
    """The language of an answer, "en" or "zh".

    Args:
        asked: The query parameter `lang`; it goes first if it is one of the two.
        accepted: The header Accept-Language (RFC 9110, 12.5.4); of equal weights the first.
    """
    if asked in LANGUAGES:
        return asked
    ranges = [_RANGE.fullmatch(part) for part in accepted.split(",")[:MAX_RANGES]]
    known = [
        (float(found[2] or 1.0), found[1].lower())
        for found in ranges
        if found is not None and found[1].lower() in LANGUAGES
    ]
    wanted = [name for weight, name in sorted(known, key=lambda each: -each[0]) if weight > 0.0]
    return wanted[0] if wanted else LANGUAGES[0]
