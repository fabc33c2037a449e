"""[archive] of collector.toml: how long leaves stay in the ledger, and how long they are kept."""

from typing import Annotated

import msgspec


class ArchiveSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The archive, in the folder `archive` of the state folder.

    Attributes:
        after_months: Whole months after the end of a month until it is moved, 1 to 1,200.
        keep_years: What must be kept, 1 to 100; nothing is ever deleted by this software.
    """

    after_months: Annotated[int, msgspec.Meta(ge=1, le=1_200)] = 12
    keep_years: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10
