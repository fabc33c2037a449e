"""The content of a DCC as it says it: nothing converted, nothing decided."""

import datetime as dt
from typing import Literal

import msgspec


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """A text in one language; `language` is an ISO 639-1 code, empty where none is given."""

    language: str
    text: str


Text = tuple[Content, ...]
"""One text, in each of its languages."""


class Identification(msgspec.Struct, frozen=True, kw_only=True):
    """A number by which someone knows an item: the maker, the laboratory, the customer."""

    issuer: str
    value: str
    name: Text = ()
    ref_types: tuple[str, ...] = ()


class Referral(msgspec.Struct, frozen=True, kw_only=True):
    """Another document, with a hash value of it (hashType)."""

    identifier: str
    name: Text = ()
    procedure: str = ""
    value: str = ""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A person or an organisation; `details` are element names with their texts."""

    name: Text = ()
    details: tuple[tuple[str, str], ...] = ()


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers for the certificate."""

    contact: Contact
    role: str = ""
    main_signer: bool = False


class Software(msgspec.Struct, frozen=True, kw_only=True):
    """A program and its release."""

    name: Text
    release: str


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file, a formula or foreign XML within the document; what is no text, by its SHA-256."""

    kind: Literal["file", "formula", "xml"]
    name: str = ""
    media_type: str = ""
    sha256: str = ""
    text: str = ""


class Uncertainty(msgspec.Struct, frozen=True, kw_only=True):
    """What is stated of the uncertainty of values: one entry for all of them, or one each.

    Args:
        kind: "expanded" (U with k), "standard" (u), "interval" (u with a coverage interval).
        values: U or u, in the unit of the values, >= 0.
        coverage_factors, coverage_probabilities, distributions: as stated; may be empty.
        lower, upper: ends of the coverage intervals.
    """

    kind: Literal["expanded", "standard", "interval"]
    values: tuple[float, ...]
    coverage_factors: tuple[float, ...] = ()
    coverage_probabilities: tuple[float, ...] = ()
    distributions: tuple[str, ...] = ()
    lower: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A coverage region of several values: their covariance, row by row, with the units."""

    shape: Literal["ellipsoidal", "rectangular"]
    covariance: tuple[tuple[float, ...], ...]
    units: tuple[tuple[str, ...], ...]
    coverage_factor: float
    coverage_probability: float | None
    distribution: str = ""


class Rendering(msgspec.Struct, frozen=True, kw_only=True):
    """Values in one unit (D-SI, one for all or one each), with their uncertainty."""

    form: str
    values: tuple[float, ...]
    units: tuple[str, ...]
    labels: tuple[str, ...] = ()
    quantity_types: tuple[str, ...] = ()
    instants: tuple[str, ...] = ()
    significant_digits: tuple[int, ...] = ()
    uncertainty: Uncertainty | None = None
    region: Region | None = None


class Method(msgspec.Struct, frozen=True, kw_only=True):
    """A method that was used."""

    name: Text
    description: Text = ()
    norms: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    ref_types: tuple[str, ...] = ()


class Quantity(msgspec.Struct, frozen=True, kw_only=True):
    """A quantity with its values.

    Args:
        path: of the element in the document.
        form: "real", "constant", "realList", "realListXMLList", "list", "hybrid", "text",
            "chars", or the name of a form that is kept as `raw` only.
        renderings: one; of a hybrid, the same values in several units; of a list, its parts.
        texts: where the quantity is words.
        raw: element names with their texts, of forms that are not read.
    """

    path: str
    form: str
    id: str = ""
    ref_types: tuple[str, ...] = ()
    ref_ids: tuple[str, ...] = ()
    name: Text = ()
    description: Text = ()
    renderings: tuple[Rendering, ...] = ()
    texts: Text = ()
    raw: tuple[tuple[str, str], ...] = ()
    relative_uncertainty: Rendering | None = None
    methods: tuple[Method, ...] = ()
    conditions: tuple["Condition", ...] = ()
    statements: tuple["Statement", ...] = ()


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A list of quantities, its columns, and of further tables."""

    path: str
    id: str = ""
    ref_types: tuple[str, ...] = ()
    ref_ids: tuple[str, ...] = ()
    name: Text = ()
    description: Text = ()
    instants: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    tables: tuple["Table", ...] = ()
    methods: tuple[Method, ...] = ()
    conditions: tuple["Condition", ...] = ()
    statements: tuple["Statement", ...] = ()


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """Texts, quantities and tables that belong together."""

    texts: tuple[Text, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    tables: tuple[Table, ...] = ()


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """An influence condition; `status` says before or after an adjustment or repair."""

    name: Text
    status: str = ""
    description: Text = ()
    ref_types: tuple[str, ...] = ()
    data: Data = Data()


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A statement on the calibration, or metadata of a quantity."""

    path: str
    id: str = ""
    ref_types: tuple[str, ...] = ()
    ref_ids: tuple[str, ...] = ()
    name: Text = ()
    declaration: Text = ()
    convention: str = ""
    norms: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    traceable: bool | None = None
    valid: tuple[bool, ...] = ()
    date: dt.date | None = None
    period: str = ""
    authority: Text = ()
    conformity: tuple[str, ...] = ()
    non_si_definition: str = ""
    non_si_unit: str = ""
    data: Data = Data()
