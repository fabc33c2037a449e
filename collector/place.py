"""Where a leaf stands in the ledger."""

import msgspec


class Place(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A leaf in the ledger."""

    agent: str
    epoch: str
    sequence: int
