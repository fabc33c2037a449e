"""How much of an amount people entered, as a statement says it."""

import msgspec


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """What of a statement's value rests on entries of people.

    Args:
        share: of the value, 0 to 1.
        entries: their numbers in the collector's journal, ascending.
        by: names of those who entered them.
        sources: what they say that they were taken from: invoices, meter photos, logbooks.
    """

    share: float
    entries: tuple[int, ...]
    by: tuple[str, ...]
    sources: tuple[str, ...]
