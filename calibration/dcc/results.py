"""Results as a DCC says them: tables of quantities, with methods, conditions and statements."""

from typing import Final

from lxml.etree import _Element as Element

from calibration.dcc.content import (
    Condition,
    Content,
    Data,
    Method,
    Quantity,
    Rendering,
    Statement,
    Table,
    Text,
)
from calibration.dcc.document import (
    DCC,
    SI,
    child,
    child_text,
    local_name,
    path_of,
    placed,
    text_of,
    within,
    words,
)
from calibration.dcc.dsi import READERS, real, real_list_xml_list, renderings
from calibration.dcc.errors import DccMissingError
from calibration.dcc.values import date_in, leaves, texts_in, truth, truth_in
from calibration.dcc.wording import text_in

_READ: Final = frozenset(f"{{{SI}}}{name}" for name in (*READERS, "list", "hybrid"))
_KEPT: Final = frozenset(f"{{{SI}}}{name}" for name in ("complex", "complexListXMLList"))
_WORDS: Final = frozenset(f"{{{DCC}}}{name}" for name in ("noQuantity", "charsXMLList"))


def quantity(element: Element, path: str) -> Quantity:
    """The quantity that stands at `path`, with whatever it holds.

    Raises:
        DccMissingError: it holds nothing that a DCC knows.
        DccNumberError, DccLengthError: its values cannot be used.
    """
    held = _held(element)
    return Quantity(
        path=path,
        form=local_name(held),
        id=element.get("id") or "",
        ref_types=words(element, "refType"),
        ref_ids=words(element, "refId"),
        name=text_in(element, "name"),
        description=text_in(element, "description"),
        renderings=renderings(held) if held.tag in _READ else (),
        texts=_text_of_words(element),
        raw=leaves(held) if held.tag in _KEPT else (),
        relative_uncertainty=_relative_uncertainty(element),
        methods=methods(element),
        conditions=conditions(element, path),
        statements=metadata(element, path),
    )


def _held(element: Element) -> Element:
    """The element within a quantity that holds its values or words."""
    for each in element:
        if each.tag in _READ | _KEPT | _WORDS:
            return each
    raise DccMissingError(path_of(element), name="si:real, si:realListXMLList, ...")


def _text_of_words(element: Element) -> Text:
    chars = text_of(child(element, "charsXMLList"))
    listed = (Content(language="", text=chars),) if chars else ()
    return text_in(element, "noQuantity") + listed


def _relative_uncertainty(element: Element) -> Rendering | None:
    for single in within(element, "relativeUncertainty", "relativeUncertaintySingle"):
        return real(single)
    for listed in within(element, "relativeUncertainty", "relativeUncertaintyXmlList"):
        return real_list_xml_list(listed)
    return None


def table(element: Element, path: str) -> Table:
    """The list (dcc:list) of quantities and of further lists that stands at `path`."""
    instants = child_text(element, "dateTime") or child_text(element, "dateTimeXMLList")
    return Table(
        path=path,
        id=element.get("id") or "",
        ref_types=words(element, "refType"),
        ref_ids=words(element, "refId"),
        name=text_in(element, "name"),
        description=text_in(element, "description"),
        instants=tuple(instants.split()),
        quantities=quantities(element, path, "quantity"),
        tables=tuple(table(*each) for each in placed(element, path, "list")),
        methods=methods(element),
        conditions=conditions(element, path),
        statements=metadata(element, path),
    )


def quantities(element: Element, path: str, *names: str) -> tuple[Quantity, ...]:
    """The quantities below an element, along a path of names."""
    return tuple(quantity(*each) for each in placed(element, path, *names))


def data_in(element: Element, path: str) -> Data:
    """What the data of an element hold; empty where it has none."""
    return Data(
        texts=tuple(text_in(each) for each in within(element, "data", "text")),
        quantities=quantities(element, path, "data", "quantity"),
        tables=tuple(table(*each) for each in placed(element, path, "data", "list")),
    )


def methods(element: Element) -> tuple[Method, ...]:
    """The methods used, as said at an element."""
    return tuple(
        Method(
            name=text_in(each, "name"),
            description=text_in(each, "description"),
            norms=texts_in(each, "norm"),
            references=texts_in(each, "reference"),
            ref_types=words(each, "refType"),
        )
        for each in within(element, "usedMethods", "usedMethod")
    )


def conditions(element: Element, path: str) -> tuple[Condition, ...]:
    """The influence conditions said at an element; `state` is their status before DCC 3."""
    return tuple(
        Condition(
            name=text_in(each, "name"),
            status=child_text(each, "status") or child_text(each, "state"),
            description=text_in(each, "description"),
            ref_types=words(each, "refType"),
            data=data_in(each, place),
        )
        for each, place in placed(element, path, "influenceConditions", "influenceCondition")
    )


def metadata(element: Element, path: str) -> tuple[Statement, ...]:
    """The metadata said at an element."""
    names = ("measurementMetaData", "metaData")
    return tuple(statement(*each) for each in placed(element, path, *names))


def statement(element: Element, path: str) -> Statement:
    """The statement on the calibration, or the metadata of a quantity, that stands at `path`.

    Raises:
        DccDateError: its date is none.
    """
    lists = child_text(element, "validXMLList") or child_text(element, "valid")
    conformity = child_text(element, "conformityXMLList") or child_text(element, "conformity")
    return Statement(
        path=path,
        id=element.get("id") or "",
        ref_types=words(element, "refType"),
        ref_ids=words(element, "refId") + texts_in(element, "refId"),
        name=text_in(element, "name"),
        declaration=text_in(element, "declaration"),
        convention=child_text(element, "convention"),
        norms=texts_in(element, "norm"),
        references=texts_in(element, "reference"),
        traceable=truth_in(element, "traceable"),
        valid=tuple(truth(each) for each in lists.split()),
        date=date_in(element, "date"),
        period=child_text(element, "period"),
        authority=text_in(element, "respAuthority", "name"),
        conformity=tuple(conformity.split()),
        non_si_definition=child_text(element, "nonSIDefinition"),
        non_si_unit=child_text(element, "nonSIUnit"),
        data=data_in(element, path),
    )
