"""What only people can tell of activity data: organisation, product, ratings, verifiers (pure)."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

Text = Annotated[str, Meta(min_length=1, max_length=1024)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Score = Annotated[int, Meta(ge=1, le=5)]
Withholdable = Literal[
    "identity.released",
    "identity.locked",
    "organisation.organisation",
    "organisation.process_unit",
    "organisation.product",
    "organisation.allocation_key",
    "organisation.boundary",
    "uncertainty.components",
    "corroboration.comparisons",
]
"""Fields of a record that may be left out of it."""


class Rating(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Data quality ratings, 1 to 5.

    Attributes:
        technology, time, geography, completeness, reliability: As far as they were given.
        scale: Which one, such as "ecoinvent 3 pedigree".
        best: The best score of the scale: some count up, some down.
        derivation: How the scores were found.
    """

    technology: Score | None = None
    time: Score | None = None
    geography: Score | None = None
    completeness: Score | None = None
    reliability: Score | None = None
    scale: Text
    best: Literal[1, 5]
    derivation: Text


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of a site, a device, a channel or a statement; what is said of less counts more.

    Attributes:
        of: `<site>`, `<site>/<device>`, a channel, or the digest of a statement.
        organisation, process_unit, product, allocation_key, boundary: In words.
        time_zone: IANA name of the plant's clock.
        primary: Whether the data are primary data.
        confidentiality: Marking of the record.
        withhold: Fields that are left out of it.
        management_numbers: 管理编号 of instruments, by serial number.
        rating: Data quality.
        notes: Limitations, in words.
    """

    of: Annotated[str, Meta(min_length=1, max_length=200)]
    organisation: Text | None = None
    process_unit: Text | None = None
    product: Text | None = None
    allocation_key: Text | None = None
    boundary: Text | None = None
    time_zone: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    primary: bool | None = None
    confidentiality: Text | None = None
    withhold: tuple[Withholdable, ...] = ()
    management_numbers: dict[str, Text] = {}
    rating: Rating | None = None
    notes: tuple[Text, ...] = ()


class About(Told, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a configuration says of a site, a device or a channel; what is said of less counts more.

    Attributes:
        declared_by, declared_on: Who says it, and when it was said.

    The other fields are in docs/reference/record.md.
    """

    declared_by: Text
    declared_on: dt.date


class Verified(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A verifier's statement on one stated datum.

    Attributes:
        body, accreditation: Who verified.
        level: Of assurance.
        standard: Such as "ISO 14064-3:2019".
        scope, findings: In words.
        verified_on: Date of the verifier's statement.
        signature: Who signed it, or how.
        document_sha256: Of the verifier's own document.
    """

    body: Text
    level: Literal["reasonable", "limited"]
    standard: Text
    verified_on: dt.date
    accreditation: Text | None = None
    scope: Text | None = None
    findings: Text | None = None
    signature: Text | None = None
    document_sha256: Sha256 | None = None


class Verification(Verified, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A verifier's statement as it stands in a configuration.

    Attributes:
        digest: Of the statement that was verified.
        declared_by: Who entered it here.
    """

    digest: Sha256
    declared_by: Text


_ADDED: Final = frozenset({"withhold", "notes", "management_numbers"})


def speaks_of(name: str, channel: str) -> bool:
    """Whether a channel is the one named, or lies below what is."""
    return channel == name or channel.startswith(f"{name}/")


def merged(said: Iterable[Told], channel: str) -> Told:
    """All that is said of a channel as one; withheld fields, numbers and notes add up."""
    whole = Told(of=channel)
    for each in said:
        whole = replace(whole, **_over(whole, each))
    return whole


def _over(before: Told, own: Told) -> Mapping[str, Any]:
    found = {
        name: getattr(own, name)
        for name in Told.__struct_fields__
        if name != "of" and name not in _ADDED and getattr(own, name) is not None
    }
    return {
        **found,
        "withhold": tuple(dict.fromkeys((*before.withhold, *own.withhold))),
        "notes": tuple(dict.fromkeys((*before.notes, *own.notes))),
        "management_numbers": {**before.management_numbers, **own.management_numbers},
    }
