"""Who and what a certificate is about: its id, the instrument, the laboratory, the standards."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from calibration.certificate import Instrument
from calibration.dcc.content import Identification, Text
from calibration.dcc.errors import DccMissingError
from calibration.dcc.findings import Finding, finding
from calibration.dcc.reftypes import roles_of
from calibration.dcc.transcript import Equipment, Item, TranscribedCertificate
from calibration.dcc.wording import said
from calibration.laboratory import Laboratory, StandardUsed
from calibration.uncertainty import name_of

Findings = tuple[Finding, ...]


class Transcription(msgspec.Struct, frozen=True, kw_only=True):
    """What an unsigned transcription says of its original: our id of it, and its SHA-256."""

    path: str
    id: str
    sha256: str


def transcription_of(content: TranscribedCertificate) -> Transcription | None:
    """What a document says of its original; None where it is an original itself."""
    for each in content.statements:
        if "transcription" in roles_of(each.ref_types) and each.references:
            sha256 = each.references[1] if len(each.references) > 1 else ""
            return Transcription(path=each.path, id=each.references[0], sha256=sha256)
    return None


def certificate_id(content: TranscribedCertificate, serial: str) -> tuple[str, Findings]:
    """The id of the certificate: the laboratory's identifier, written as our ids are.

    White space, / and : become %XX. Where several items were calibrated, the serial number is
    added, since a certificate of ours is about one instrument.
    """
    original = transcription_of(content)
    if original is not None:
        shown = original.sha256 or "-"
        told = finding("F_DCC_TRANSCRIPTION", original.path, identifier=original.id, sha256=shown)
        return original.id, (told,)
    found = name_of(content.identifier)
    if len(content.items) > 1:
        found = f"{found}#{name_of(serial)}"
    if found == content.identifier:
        return found, ()
    path = "administrativeData/coreData/uniqueIdentifier"
    return found, (finding("F_DCC_ID", path, found=content.identifier, id=found),)


def item_chosen(content: TranscribedCertificate, serial: str) -> Item | Finding:
    """The item that is meant: the only one, or the one with this serial number."""
    every = list(_items(content.items))
    if not serial and len(content.items) == 1:
        return content.items[0]
    for each in every:
        if serial and serial in {known.value for known in each.identifications}:
            return each
    numbers = ", ".join(identified.value for each in every for identified in each.identifications)
    path = "administrativeData/items"
    return finding("F_DCC_ITEMS", path, count=len(every), serials=numbers[:500])


def _items(items: Iterable[Item]) -> Iterator[Item]:
    for each in items:
        yield each
        yield from _items(each.items)


def instrument(item: Item, languages: Sequence[str]) -> tuple[Instrument, Findings]:
    """The instrument that an item is; its number is that of its manufacturer.

    Raises:
        DccMissingError: the item has no number at all.
    """
    marked = [each for each in item.identifications if "serial" in roles_of(each.ref_types)]
    makers = [each for each in item.identifications if each.issuer == "manufacturer"]
    numbers = marked or makers or list(item.identifications)
    if not numbers:
        raise DccMissingError(item.path, name="identifications")
    serial, model = numbers[0].value, item.model or said(item.name, languages)
    found = Instrument(maker=said(item.maker, languages), model=model, serial=serial)
    if marked or makers:
        return found, ()
    return found, (finding("F_DCC_SERIAL", item.path, found=serial),)


def laboratory(content: TranscribedCertificate, languages: Sequence[str]) -> Laboratory:
    """The laboratory, with its code as its accreditation."""
    scopes = [each for each in content.statements if "scope" in roles_of(each.ref_types)]
    return Laboratory(
        name=said(content.laboratory.name, languages),
        accreditation=content.laboratory_code,
        scope=_whole(scopes[0].declaration) if scopes else "",
    )


def _whole(text: Text) -> str:
    return text[0].text if text else ""


def standards(
    equipment: Iterable[Equipment], house: str, languages: Sequence[str]
) -> tuple[tuple[StandardUsed, ...], Findings]:
    """The standards behind the results, each once; its share is not stated by a DCC.

    Two instruments that were calibrated with one standard must have one influence for it, so
    its id is made of what every certificate repeats: the certificate of the standard, or else
    its number in the laboratory, which is named `house`.
    """
    found: dict[str, StandardUsed] = {}
    findings: list[Finding] = []
    for each in equipment:
        is_standard = "standard" in roles_of(each.ref_types)
        name = said(each.name, languages) or each.model or "-"
        if not is_standard and each.certificate is None:
            findings.append(finding("F_DCC_EQUIPMENT", each.path, found=name))
            continue
        used = _own_standard(each) or _standard(each, house, name)
        found.setdefault(used.influence, used)
        if not used.certificate:
            findings.append(finding("F_DCC_STANDARD", each.path, found=name))
    return tuple(found.values()), tuple(findings)


def _standard(equipment: Equipment, house: str, name: str) -> StandardUsed:
    certificate = equipment.certificate
    if certificate is not None and certificate.identifier:
        issuer = said(certificate.name) or house
        own = certificate.identifier
        return StandardUsed(influence=f"std:{_named(issuer)}/{_named(own)}", certificate=own)
    number = equipment.identifications[0].value if equipment.identifications else name
    return StandardUsed(influence=f"std:{_named(house)}/{_named(number)}")


def _named(text: str) -> str:
    return name_of(text) or "-"


def _own_standard(equipment: Equipment) -> StandardUsed | None:
    """A standard as this software wrote it, with its share; None where it did not."""
    influence = _identified(equipment.identifications, "influence")
    if not influence:
        return None
    numbers = {
        role: rendering.values[0]
        for quantity in equipment.quantities
        for role in roles_of(quantity.ref_types)
        for rendering in quantity.renderings
    }
    return StandardUsed(
        influence=influence,
        certificate=_identified(equipment.identifications, "certificate"),
        relative_standard_uncertainty=numbers.get("relative_standard_uncertainty"),
        degrees_of_freedom=numbers.get("degrees_of_freedom"),
    )


def _identified(identifications: Iterable[Identification], role: str) -> str:
    found = (each.value for each in identifications if role in roles_of(each.ref_types))
    return next(found, "")
