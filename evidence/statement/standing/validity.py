"""Until when a test that passed holds, and what follows then: a grace, or overdue (pure)."""

from collections.abc import Callable
from typing import Final

from evidence.statement.standing.hour import Because
from evidence.statement.standing.operation import NS_PER_HOUR, Operation
from evidence.statement.standing.qa_test import QaTest
from evidence.statement.standing.scheme import TimeUnit, Validity
from evidence.statement.standing.standing import Standing

NEVER_NS: Final = 2**63 - 1
Aged = tuple[Standing, Because, int | None]
"""State, why, and since when; None: as long as the test has stood."""
_IN_CONTROL: Final[Aged] = (Standing.IN_CONTROL, "passed", None)


def expires_ns(test: QaTest, validity: Validity, operation: Operation) -> int | None:
    """The first instant at which a test that passed does not hold; None if nothing says it.

    What the test states itself goes before the scheme.
    """
    if test.valid_until_ns is not None:
        return test.valid_until_ns
    if validity.unit == "quarters" or test.quarters is not None:
        return _quarters(test, validity, operation)
    if validity.valid_for is None:
        return NEVER_NS if validity.unit == "unlimited" else None
    return _ENDS[validity.unit](test.at_ns, validity.valid_for, operation)


_ENDS: Final[dict[TimeUnit, Callable[[int, int, Operation], int]]] = {
    "clock_hours": lambda at, count, plant: plant.hour_of(at) + count * NS_PER_HOUR,
    "hours": lambda at, count, _: at + count * NS_PER_HOUR,
    "days": lambda at, count, _: at + 24 * count * NS_PER_HOUR,
    "months": lambda at, count, plant: plant.months_later(at, count),
}


def _quarters(test: QaTest, validity: Validity, operation: Operation) -> int:
    """The end of the last quarter that a test holds for; quarters that hardly ran do not count."""
    own, wanted = operation.quarter_of(test.at_ns), test.quarters or validity.valid_for or 1
    extension = validity.extension
    if extension is None:
        return operation.quarter_begin(own + wanted + 1)
    counted, quarter = 0, own
    while counted < wanted and quarter < own + max(extension.most_quarters, wanted):
        quarter += 1
        begin, end = operation.quarter_begin(quarter), operation.quarter_begin(quarter + 1)
        counted += operation.count(begin, end) >= extension.quarter_operating_hours
    return operation.quarter_begin(quarter + 1)


def aged(
    test: QaTest, expiry_ns: int | None, hour: int, validity: Validity, operation: Operation
) -> Aged:
    """The state of an hour by the last test, which passed.

    Args:
        test: That one.
        expiry_ns: As `expires_ns` says.
        hour: Its start.
        validity: Of the test's kind.
        operation: When the stack ran.
    """
    if expiry_ns is None:
        return Standing.NO_TEST, "no_validity", test.at_ns
    if hour + NS_PER_HOUR <= expiry_ns:
        return _IN_CONTROL
    if validity.startup is not None:
        return _after_restart(test, expiry_ns, hour, validity, operation)
    if validity.grace is not None:
        first = operation.hour_of(expiry_ns)
        if operation.count(first, hour) < validity.grace.operating_hours:
            return Standing.GRACE, "operating_hours", expiry_ns
    return Standing.OVERDUE, "expired", expiry_ns


def _after_restart(
    test: QaTest, expiry_ns: int, hour: int, validity: Validity, operation: Operation
) -> Aged:
    """Grace where the stack stood still in the test's time, or in the very next hour.

    It lasts from the test's end until some clock hours after the restart.
    """
    covered = min(operation.hour_of(expiry_ns), hour)
    idle = operation.last_idle(operation.hour_of(test.at_ns), covered)
    if idle is None or validity.startup is None:
        return Standing.OVERDUE, "expired", expiry_ns
    end = operation.restart(idle) + validity.startup.clock_hours * NS_PER_HOUR
    if hour < end:
        return Standing.GRACE, "start_up", expiry_ns
    return Standing.OVERDUE, "expired", max(expiry_ns, end)
