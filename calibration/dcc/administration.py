"""Administrative data of a DCC: what was calibrated, by whom, for whom, with what."""

from lxml.etree import _Element as Element

from calibration.dcc.content import Contact, Identification, Person, Referral, Software
from calibration.dcc.document import (
    child,
    child_text,
    local_name,
    placed,
    within,
    words,
)
from calibration.dcc.results import quantities
from calibration.dcc.transcript import Equipment, Item
from calibration.dcc.values import leaves, needed_text, truth_in
from calibration.dcc.wording import text_in


def items(element: Element, path: str) -> tuple[Item, ...]:
    """The items below an element that lists them; a maker said for all of them is each one's."""
    common = text_in(element, "manufacturer", "name")
    return tuple(
        Item(
            path=place,
            id=each.get("id") or "",
            name=text_in(each, "name"),
            description=text_in(each, "description"),
            maker=text_in(each, "manufacturer", "name") or common,
            model=child_text(each, "model"),
            identifications=identifications(each),
            quantities=quantities(each, place, "itemQuantities", "itemQuantity"),
            items=tuple(
                found for part in placed(each, place, "subItems") for found in items(*part)
            ),
        )
        for each, place in placed(element, path, "item")
    )


def identifications(element: Element) -> tuple[Identification, ...]:
    """By which numbers something is known; their name was a description before DCC 3."""
    return tuple(
        Identification(
            issuer=child_text(each, "issuer"),
            value=needed_text(each, "value"),
            name=text_in(each, "name") or text_in(each, "description"),
            ref_types=words(each, "refType"),
        )
        for each in within(element, "identifications", "identification")
    )


def equipment(element: Element, path: str) -> tuple[Equipment, ...]:
    """What was used to calibrate, as said at an element."""
    own = ("measuringEquipmentQuantities", "measuringEquipmentQuantity")
    return tuple(
        Equipment(
            path=place,
            id=each.get("id") or "",
            ref_types=words(each, "refType"),
            name=text_in(each, "name"),
            maker=text_in(each, "manufacturer", "name"),
            model=child_text(each, "model"),
            certificate=referral(child(each, "certificate")),
            identifications=identifications(each),
            quantities=quantities(each, place, *own),
        )
        for each, place in placed(element, path, "measuringEquipments", "measuringEquipment")
    )


def referral(element: Element | None) -> Referral | None:
    """Another document (hashType); its elements were called reference, referenceID before DCC 3."""
    if element is None:
        return None
    return Referral(
        identifier=child_text(element, "referralID") or child_text(element, "referenceID"),
        name=text_in(element, "referral") or text_in(element, "reference"),
        procedure=child_text(element, "procedure"),
        value=child_text(element, "value"),
    )


def contact(element: Element | None) -> Contact:
    """A person or an organisation; empty where there is none."""
    parts = [] if element is None else [each for each in element if local_name(each) != "name"]
    return Contact(
        name=text_in(element, "name"),
        details=tuple(found for part in parts for found in leaves(part)),
    )


def persons(element: Element) -> tuple[Person, ...]:
    """Who answers for the certificate."""
    return tuple(
        Person(
            contact=contact(child(each, "person")),
            role=child_text(each, "role"),
            main_signer=bool(truth_in(each, "mainSigner")),
        )
        for each in within(element, "respPersons", "respPerson")
    )


def software(element: Element, name: str) -> tuple[Software, ...]:
    """The programs listed in a child of that name."""
    return tuple(
        Software(name=text_in(each, "name"), release=child_text(each, "release"))
        for each in within(element, name, "software")
    )
