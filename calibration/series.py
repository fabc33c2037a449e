"""Numbers to be drawn against each other: points, or a curve at many arguments (pure)."""

import msgspec


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """Values at arguments, each with its expanded uncertainty; all of one length.

    Args:
        at: arguments, in one unit.
        value: in another.
        expanded_uncertainty: of the values; 0 where nothing is drawn.
    """

    at: tuple[float, ...]
    value: tuple[float, ...]
    expanded_uncertainty: tuple[float, ...]
