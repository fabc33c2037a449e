"""A whole DCC as it says itself."""

import datetime as dt

import msgspec

from calibration.dcc.content import (
    Attachment,
    Condition,
    Contact,
    Data,
    Identification,
    Method,
    Person,
    Quantity,
    Referral,
    Software,
    Statement,
    Text,
)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """What was calibrated; it may consist of further items."""

    path: str
    id: str = ""
    name: Text = ()
    description: Text = ()
    maker: Text = ()
    model: str = ""
    identifications: tuple[Identification, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    items: tuple["Item", ...] = ()


class Equipment(msgspec.Struct, frozen=True, kw_only=True):
    """What was used to calibrate: standards with their certificates, and other equipment."""

    path: str
    id: str = ""
    ref_types: tuple[str, ...] = ()
    name: Text = ()
    maker: Text = ()
    model: str = ""
    certificate: Referral | None = None
    identifications: tuple[Identification, ...] = ()
    quantities: tuple[Quantity, ...] = ()


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One result of a measurement."""

    path: str
    id: str = ""
    ref_types: tuple[str, ...] = ()
    ref_ids: tuple[str, ...] = ()
    name: Text = ()
    description: Text = ()
    data: Data = Data()


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """Results found by the same methods, equipment and conditions (measurementResult)."""

    path: str
    id: str = ""
    ref_types: tuple[str, ...] = ()
    ref_ids: tuple[str, ...] = ()
    name: Text = ()
    methods: tuple[Method, ...] = ()
    software: tuple[Software, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    conditions: tuple[Condition, ...] = ()
    statements: tuple[Statement, ...] = ()
    results: tuple[Result, ...] = ()


class TranscribedCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A DCC of version 2.4 to 3.3: all content that is read, as the document says it.

    Args:
        schema_version: of the document.
        identifier: uniqueIdentifier, given by the laboratory.
        languages: that texts are given in, ISO 639-1; `mandatory_languages` are the binding ones.
        received_on: when the item came to the laboratory.
        begun_on, ended_on: days of the calibration; `issued_on` of the certificate.
        change: "amended" or "substituted", with the identifier of the certificate it `replaces`.
        laboratory_code: of the laboratory, such as its accreditation.
        measurements: the results with what they rest on.
        comment: texts that the schema leaves free.
        attachments: files, formulas and foreign XML, wherever they stand.
    """

    schema_version: str
    identifier: str
    country: str
    languages: tuple[str, ...]
    mandatory_languages: tuple[str, ...]
    begun_on: dt.date
    ended_on: dt.date
    laboratory: Contact
    items: tuple[Item, ...]
    identifications: tuple[Identification, ...] = ()
    received_on: dt.date | None = None
    issued_on: dt.date | None = None
    performance_location: str = ""
    change: str = ""
    replaces: str = ""
    previous_report: Referral | None = None
    laboratory_code: str = ""
    software: tuple[Software, ...] = ()
    persons: tuple[Person, ...] = ()
    customer: Contact = Contact()
    statements: tuple[Statement, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    comment: str = ""
    attachments: tuple[Attachment, ...] = ()
