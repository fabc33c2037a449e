"""Which saved boundary an answer was made with. Pure."""

import msgspec

from evidence.statement.boundary.content import BoundaryTerm


class BoundaryUsed(msgspec.Struct, frozen=True, kw_only=True):
    """The saved boundary whose channels and factors an amount has.

    Args:
        id: its name, `<site>/<name>`.
        digest: SHA-256 of the version that counts for the period.
        entry: number of the journal's entry that says who saved it, and why.
        name, line, product, kind, and the same in Chinese: as that version says.
    """

    id: str
    digest: str
    entry: int
    name: str
    name_zh: str
    line: str
    line_zh: str
    product: str
    product_zh: str
    kind: str
    kind_zh: str


class BoundaryShown(BoundaryUsed, frozen=True, kw_only=True):
    """The saved boundary whose channels were told one by one, without their factors.

    Args:
        terms: channels and factors: an amount of the boundary is the sum of factor*value.
    """

    terms: tuple[BoundaryTerm, ...]
