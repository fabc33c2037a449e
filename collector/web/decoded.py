"""Names that hold percent-encoded bytes, as people write them. Pure."""

import re
from typing import Final
from urllib.parse import unquote

_ENCODED: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_NAME: Final = re.compile(r"[\w.~%/-]*(?::|%2F)[\w.~%/-]+")
"""In a text: an influence, or a channel with its strokes encoded."""


def decoded(name: str) -> str:
    """An id, such as std:Works%20lab/E-17, as people write it: std:Works lab/E-17.

    What would become no text that can be seen stays as it is. An address has the id itself.
    """
    if not _ENCODED.search(name):
        return name
    told = unquote(name)
    return told if told.isprintable() and "\ufffd" not in told else name


def names_decoded(text: str) -> str:
    """A text in which the ids of influences and channels stand as people write them."""
    return _NAME.sub(lambda each: decoded(each[0]), text)
