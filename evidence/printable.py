"""Text of strangers on a terminal: what would move the cursor or turn the line is shown instead."""

import unicodedata
from typing import Final

_UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control, format (also of direction), surrogates, unassigned, line and paragraph ends."""


def printable(text: str) -> str:
    """The text on one line, with every character that is not plainly shown as its escape.

    A bundle's statement or a key's name may hold what erases a line, begins another one, or
    writes from right to left; a reader must see that, and not what it does.
    """
    if text.isprintable():  # neither of these categories, nor a space but the plain one
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if unicodedata.category(character) in _UNSAFE:
        return character.encode("unicode_escape", "surrogatepass").decode("ascii")
    return character
