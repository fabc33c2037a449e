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


class About(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody says of a site, a device or a channel; what is said of less counts more.

    Attributes:
        of: `<site>`, `<site>/<device>` or a channel.
        declared_by, declared_on: Who says it, and when it was said.
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
    declared_by: Text
    declared_on: dt.date
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

    def speaks_of(self, channel: str) -> bool:
        """Whether a channel is the one named, or lies below what is."""
        return channel == self.of or channel.startswith(f"{self.of}/")


class Verification(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A verifier's statement on one stated datum.

    Attributes:
        digest: Of the statement that was verified.
        body, accreditation: Who verified.
        level: Of assurance.
        standard: Such as "ISO 14064-3:2019".
        scope, findings: In words.
        verified_on: Date of the verifier's statement.
        signature: Who signed it, or how.
        document_sha256: Of the verifier's own document.
        declared_by: Who entered it here.
    """

    digest: Sha256
    body: Text
    level: Literal["reasonable", "limited"]
    standard: Text
    verified_on: dt.date
    declared_by: Text
    accreditation: Text | None = None
    scope: Text | None = None
    findings: Text | None = None
    signature: Text | None = None
    document_sha256: Sha256 | None = None


_OWN: Final = frozenset({"of", "declared_by", "declared_on"})
_ADDED: Final = frozenset({"withhold", "notes", "management_numbers"})


def saying(abouts: Iterable[About], channel: str) -> tuple[About, ...]:
    """What is said of a channel: of the site first, of itself last."""
    return tuple(
        sorted((each for each in abouts if each.speaks_of(channel)), key=lambda one: len(one.of))
    )


def merged(said: Iterable[About], channel: str) -> About:
    """All that is said of a channel as one; withheld fields, numbers and notes add up."""
    whole = About(of=channel, declared_by="-", declared_on=dt.date.min)
    for each in said:
        whole = replace(whole, **_over(whole, each))
    return whole


def _over(before: About, own: About) -> Mapping[str, Any]:
    found = {
        name: value
        for name, value in msgspec.structs.asdict(own).items()
        if name not in _OWN | _ADDED and value is not None
    }
    return {
        **found,
        "withhold": tuple(dict.fromkeys((*before.withhold, *own.withhold))),
        "notes": tuple(dict.fromkeys((*before.notes, *own.notes))),
        "management_numbers": {**before.management_numbers, **own.management_numbers},
    }
