"""How an analyser stands in quality assurance; a closed vocabulary."""

from enum import StrEnum


class Standing(StrEnum):
    """What the tests of an analyser say about an hour."""

    IN_CONTROL = "in_control"
    GRACE = "grace"
    OUT_OF_CONTROL = "out_of_control"
    OVERDUE = "overdue"
    NO_TEST = "no_test"
