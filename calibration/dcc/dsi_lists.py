"""The entries of D-SI elements and lists: numbers that can be used, words, lengths."""

import re
from collections.abc import Sequence
from typing import Final

from lxml.etree import _Element as Element

from calibration.dcc.document import SI, child_text, path_of
from calibration.dcc.errors import DccLengthError, DccMissingError, DccNumberError
from calibration.errors import Words

LARGEST: Final = 1e100
_LONGEST: Final = 100
_NUMBER: Final = re.compile(r"[-+]?([0-9]*\.[0-9]+|[0-9]+\.?)([Ee][-+]?[0-9]+)?")
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,6}")


def texts(element: Element, name: str) -> tuple[str, ...]:
    """The words of a list, or the one text of another element; none where it is absent."""
    found = child_text(element, name, SI)
    if not found:
        return ()
    return tuple(found.split()) if name.endswith("XMLList") else (found,)


def required(element: Element, name: str) -> tuple[str, ...]:
    """The words of a list, or the one text of another element.

    Raises:
        DccMissingError: it is absent or empty.
    """
    found = texts(element, name)
    if not found:
        raise DccMissingError(path_of(element), name=name)
    return found


def numbers(element: Element, name: str) -> tuple[float, ...]:
    """The numbers of a needed element or list, within -1e100 ... 1e100.

    Raises:
        DccMissingError, DccNumberError: there is none, or one that is no finite number.
    """
    return tuple(_number(element, name, text) for text in required(element, name))


def _number(element: Element, name: str, text: str) -> float:
    found = float(text) if len(text) <= _LONGEST and _NUMBER.fullmatch(text) else float("nan")
    if not abs(found) <= LARGEST:
        limit = f"-{LARGEST:g} <= v <= {LARGEST:g}"
        raise DccNumberError(path_of(element), name=name, found=text[:40], limit=limit)
    return found


def not_negative(element: Element, name: str) -> tuple[float, ...]:
    """The numbers of a needed element or list, all >= 0: uncertainties.

    Raises:
        DccMissingError, DccNumberError: there is none, or one that is negative.
    """
    found = numbers(element, name)
    if min(found) < 0.0:
        raise DccNumberError(path_of(element), name=name, found=min(found), limit=">= 0")
    return found


def coverage_factors(element: Element, name: str) -> tuple[float, ...]:
    """Coverage factors, without which U says nothing; all > 0.

    Raises:
        DccMissingError, DccNumberError: there is none, or one that is not > 0.
    """
    found = numbers(element, name)
    if not min(found) > 0.0:
        raise DccNumberError(path_of(element), name=name, found=min(found), limit="> 0")
    return found


def probabilities(element: Element, name: str) -> tuple[float, ...]:
    """Coverage probabilities, 0 to 1; none where they are not stated.

    Raises:
        DccNumberError: one is no probability.
    """
    found = numbers(element, name) if texts(element, name) else ()
    for each in found:
        if not 0.0 <= each <= 1.0:
            raise DccNumberError(path_of(element), name=name, found=each, limit="0 <= p <= 1")
    return found


def integers(element: Element, name: str) -> tuple[int, ...]:
    """Integers, such as places of significant digits; none where they are not stated.

    Raises:
        DccNumberError: one is no integer of at most six digits.
    """
    found = texts(element, name)
    for text in found:
        if not _INTEGER.fullmatch(text):
            raise DccNumberError(
                path_of(element), name=name, found=text[:40], limit=Words("an integer", "整数")
            )
    return tuple(int(text) for text in found)


def check_shared(element: Element, name: str, entries: Sequence[object], count: int) -> None:
    """Refuses entries that are neither absent, nor one for all values, nor one for each.

    Raises:
        DccLengthError: there are another number of them.
    """
    if len(entries) not in {0, 1, count}:
        limit = f"1 or {count}"
        raise DccLengthError(path_of(element), name=name, found=len(entries), limit=limit)


def check_each(element: Element, name: str, entries: Sequence[object], count: int) -> None:
    """Refuses entries that are not one for each value.

    Raises:
        DccLengthError: there are another number of them.
    """
    if len(entries) != count:
        raise DccLengthError(path_of(element), name=name, found=len(entries), limit=count)
