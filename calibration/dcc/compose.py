"""Elements of a DCC that is written: texts, plain strings and numbers as its schema wants them."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from calibration.dcc.document import DCC, SI, path_of
from calibration.dcc.errors import DccExportError
from calibration.errors import Words

LANGUAGE: Final = "en"
NOT_STATED: Final = "not stated"
_PLAIN: Final = re.compile(r"[^ \t\n\r]+([ \t\n\r]+[^ \t\n\r]+)*")


def put(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    """A new last child in the namespace of the DCC, with any text.

    Raises:
        DccExportError: XML has no such character.
    """
    return _put(parent, f"{{{DCC}}}{name}", text, attributes)


def put_si(parent: Element, name: str, text: str | None = None) -> Element:
    """A new last child in the namespace of D-SI, with any text."""
    return _put(parent, f"{{{SI}}}{name}", text, {})


def _put(parent: Element, tag: str, text: str | None, attributes: dict[str, str]) -> Element:
    element = etree.SubElement(parent, tag, attributes)
    try:
        element.text = text
    except ValueError as cause:
        limit = Words("text without control characters", "不含控制字符的文本")
        shown = ascii(text)[:100]
        name = etree.QName(tag).localname
        raise DccExportError(path_of(parent), name=name, found=shown, limit=limit) from cause
    return element


def put_plain(parent: Element, name: str, text: str, **attributes: str) -> Element:
    """A new last child whose text must not be empty nor begin or end with white space.

    Raises:
        DccExportError: the text does not do (notEmptyStringType).
    """
    if not _PLAIN.fullmatch(text):
        limit = Words(
            "text that does not begin or end with white space, and is not empty",
            "首尾无空白且非空的文本",
        )
        raise DccExportError(path_of(parent), name=name, found=text[:100], limit=limit)
    return put(parent, name, text, **attributes)


def put_text(parent: Element, name: str, text: str, **attributes: str) -> Element:
    """A new last child that holds a text for all languages."""
    element = put(parent, name, **attributes)
    put(element, "content", text)
    return element


def put_words(parent: Element, name: str, text: str) -> Element:
    """A new last child that holds a text in the language of the document."""
    element = put(parent, name)
    put(element, "content", text, lang=LANGUAGE)
    return element


def number(value: float) -> str:
    """A number with all its digits, as D-SI writes one."""
    return repr(float(value))


def fixed(value: float) -> str:
    """A number with all its digits and without an exponent, as D-SI writes k."""
    return format(Decimal(repr(float(value))), "f")


def listed(values: Iterable[str]) -> str:
    """Entries of an XML list; one entry where all are the same."""
    found = list(values)
    return found[0] if len(set(found)) == 1 else " ".join(found)
