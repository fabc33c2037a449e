"""How an analyser stood in an hour: a closed vocabulary."""

from enum import StrEnum


class Standing(StrEnum):
    """The quality-assurance state of an analyser in an hour."""

    IN_CONTROL = "in_control"
    GRACE = "grace"
    OUT_OF_CONTROL = "out_of_control"
    OVERDUE = "overdue"
    NO_TEST = "no_test"
