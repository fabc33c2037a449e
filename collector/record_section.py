"""[record] of collector.toml: what only people can tell of activity data, before they enter it."""

from collections.abc import Sequence

import msgspec

from collector.zones import named_zones
from evidence.statement.declaration.book import Declarations
from evidence.statement.declaration.saying import Declared
from evidence.statement.record.declared import About, Verification


class RecordSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What records of activity data say beyond what was measured.

    Attributes:
        about: Of sites, devices and channels; what is said of less counts more.
        verifications: Statements of verifiers, one for each digest.
    """

    about: tuple[About, ...] = ()
    verifications: tuple[Verification, ...] = ()

    def __post_init__(self) -> None:
        """Refuses a zone that is none, and what is said twice of one thing."""
        zones = {each.time_zone for each in self.about if each.time_zone is not None}
        unknown = sorted(zones - named_zones()) if zones else []
        if unknown:
            raise ValueError("no time zone: " + unknown[0])  # msgspec names the place
        _once("about", [each.of for each in self.about])
        _once("verifications", [each.digest for each in self.verifications])

    def with_journal(self, journal: Declarations) -> Declared:
        """All that people declare: here, and in the journal."""
        return Declared(
            journal=journal,
            about={each.of: each for each in self.about},
            verifications={each.digest: each for each in self.verifications},
        )


def _once(where: str, names: Sequence[str]) -> None:
    twice = sorted({each for each in names if names.count(each) > 1})
    if twice:
        raise ValueError(f"{where}: twice " + twice[0])
