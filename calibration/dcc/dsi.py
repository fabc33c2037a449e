"""Quantities in D-SI: one value or many, in one unit or in several."""

from collections.abc import Callable
from typing import Final

import msgspec
from lxml.etree import _Element as Element

from calibration.dcc.content import Rendering, Uncertainty
from calibration.dcc.document import SI, child, children, local_name, path_of
from calibration.dcc.dsi_lists import (
    check_shared,
    integers,
    not_negative,
    numbers,
    required,
    texts,
)
from calibration.dcc.dsi_uncertainty import joined, region_of, uncertainty_of
from calibration.dcc.errors import DccMissingError


def renderings(element: Element) -> tuple[Rendering, ...]:
    """The renderings that an si: element holds, in their order; none of a form not read here.

    Args:
        element: si:real, constant, realList, realListXMLList, or a list or hybrid of these.

    Raises:
        DccNumberError, DccMissingError, DccLengthError: the values cannot be used.
    """
    name = local_name(element)
    if name in READERS:
        return (READERS[name](element),)
    if name == "list" and children(element, "real", SI):
        return (real_list(element),)
    if name not in {"list", "hybrid"}:
        return ()
    return tuple(found for each in element for found in renderings(each))


def real(element: Element) -> Rendering:
    """The value of an si:real.

    Raises:
        DccNumberError, DccMissingError: the value is missing, or no number that can be used.
    """
    return Rendering(
        form="real",
        values=numbers(element, "value"),
        units=required(element, "unit"),
        labels=texts(element, "label"),
        quantity_types=texts(element, "quantityTypeQUDT"),
        instants=texts(element, "dateTime"),
        significant_digits=integers(element, "significantDigit"),
        uncertainty=uncertainty_of(element, "", 1),
    )


def constant(element: Element) -> Rendering:
    """The value of an si:constant; what uncertainty it states is a standard uncertainty."""
    found = real(element)
    names = [n for n in ("valueStandardMU", "uncertainty") if child(element, n, SI) is not None]
    stated = None
    if names:
        stated = Uncertainty(
            kind="standard",
            values=not_negative(element, names[0]),
            distributions=texts(element, "distribution"),
        )
    return msgspec.structs.replace(found, form="constant", uncertainty=stated)


def real_list_xml_list(element: Element) -> Rendering:
    """The values of an si:realListXMLList; its other lists have one entry, or one per value.

    Raises:
        DccLengthError: a list has another length.
    """
    values = numbers(element, "valueXMLList")
    found = Rendering(
        form="realListXMLList",
        values=values,
        units=required(element, "unitXMLList"),
        labels=texts(element, "labelXMLList"),
        quantity_types=texts(element, "quantityTypeQUDTXMLList"),
        instants=texts(element, "dateTimeXMLList"),
        significant_digits=integers(element, "significantDigitXMLList"),
        uncertainty=uncertainty_of(element, "XMLList", len(values)),
        region=region_of(element, len(values)),
    )
    for name in ("units", "labels", "quantity_types", "instants", "significant_digits"):
        check_shared(element, name, getattr(found, name), len(values))
    return found


def real_list(element: Element) -> Rendering:
    """The values of an si:realList, or of an si:list of reals as before D-SI 2.

    Raises:
        DccLengthError: some of the values state an uncertainty, and others do not.
    """
    reals = children(element, "real", SI)
    if not reals:
        raise DccMissingError(path_of(element), name="real")
    own = [uncertainty_of(each, "", 1) for each in reals]
    stated = joined(element, [each for each in own if each is not None], len(reals))
    return Rendering(
        form="realList",
        values=tuple(number for each in reals for number in numbers(each, "value")),
        units=_units(element, reals),
        labels=tuple(label for each in reals for label in texts(each, "label")),
        quantity_types=texts(element, "listQuantityTypeQUDT"),
        instants=tuple(at for each in reals for at in texts(each, "dateTime")),
        uncertainty=stated or uncertainty_of(element, "", len(reals)),
        region=region_of(element, len(reals)),
    )


def _units(element: Element, reals: list[Element]) -> tuple[str, ...]:
    """The unit of each real: its own, or that of the list."""
    common = texts(element, "listUnit")
    found = tuple(texts(each, "unit") or common for each in reals)
    if not all(found):
        raise DccMissingError(path_of(element), name="unit")
    return tuple(each[0] for each in found)


READERS: Final[dict[str, Callable[[Element], Rendering]]] = {
    "real": real,
    "constant": constant,
    "realListXMLList": real_list_xml_list,
    "realList": real_list,
}
