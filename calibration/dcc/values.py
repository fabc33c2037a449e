"""Plain values of a DCC: dates, truths, and leaves as they stand."""

import datetime as dt
import re

from lxml.etree import _Element as Element

from calibration.dcc.document import child, child_text, children, local_name, path_of, text_of
from calibration.dcc.errors import DccDateError, DccMissingError
from calibration.errors import Words

_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[-+][0-9]{2}:[0-9]{2})?")


def date_in(element: Element, name: str) -> dt.date | None:
    """The date (xs:date) in a child; None where there is no such child.

    Its time zone, if any, is left aside: a day is what a laboratory's calendar said.

    Raises:
        DccDateError: the text is no date.
    """
    found = child_text(element, name)
    if not found:
        return None
    matched = _DATE.fullmatch(found)
    try:
        return dt.date.fromisoformat(matched[1] if matched else "")
    except ValueError as cause:
        limit = Words("a date such as 2026-03-31", "日期，例如 2026-03-31")
        raise DccDateError(path_of(element), name=name, found=found[:40], limit=limit) from cause


def needed_date(element: Element, name: str) -> dt.date:
    """The date (xs:date) in a child.

    Raises:
        DccMissingError, DccDateError: there is none.
    """
    found = date_in(element, name)
    if found is None:
        raise DccMissingError(path_of(element), name=name)
    return found


def needed_text(element: Element, name: str) -> str:
    """The text of a child.

    Raises:
        DccMissingError: it is absent or empty.
    """
    found = child_text(element, name)
    if not found:
        raise DccMissingError(path_of(element), name=name)
    return found


def texts_in(element: Element, name: str) -> tuple[str, ...]:
    """The texts of all children of that name."""
    return tuple(text_of(each) for each in children(element, name))


def truth(text: str) -> bool:
    """Whether an xs:boolean is true; anything but true and 1 is not."""
    return text in {"true", "1"}


def truth_in(element: Element, name: str) -> bool | None:
    """What a child says, true or false; None where there is no such child."""
    return None if child(element, name) is None else truth(child_text(element, name))


def leaves(element: Element) -> tuple[tuple[str, str], ...]:
    """The names and texts of an element, or of all below it, that hold no further elements."""
    ends = (each for each in element.iter("*") if not len(each))
    return tuple((local_name(each), text_of(each)) for each in ends)
