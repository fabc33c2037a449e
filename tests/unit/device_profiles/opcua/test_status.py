"""StatusCodes: severity, limits and overflow; names against a foreign table."""

import pytest
from asyncua.ua.status_codes import StatusCodes

from calibration.indication import MissReason
from device_profiles.opcua.status import (
    BAD_NODE_ID_UNKNOWN,
    Limit,
    Severity,
    limit,
    miss_reason,
    name,
    overflowed,
    severity,
)
from device_profiles.opcua.status_names import DEVICE_SIDE_REASONS, NAMES


def test_names_are_those_of_a_foreign_table_of_the_standard() -> None:
    foreign = {code: word for word, code in vars(StatusCodes).items() if isinstance(code, int)}
    assert {code: foreign.get(code) for code in NAMES} == dict(NAMES)
    assert name(BAD_NODE_ID_UNKNOWN) == "BadNodeIdUnknown"
    assert name(0x8FFF_0480) == "0x8FFF0000"


@pytest.mark.parametrize(
    ("status", "found"),
    [
        (0x0000_0000, Severity.GOOD),
        (0x0096_0000, Severity.GOOD),
        (0x4090_0000, Severity.UNCERTAIN),
        (0x8000_0000, Severity.BAD),
        (0xC000_0000, Severity.BAD),
        (0xFFFF_FFFF, Severity.BAD),
    ],
)
def test_the_two_upper_bits_say_how_good_a_value_is(status: int, found: Severity) -> None:
    assert severity(status) is found


@pytest.mark.parametrize("kind", [0x000, 0x800, 0xC00])
def test_low_bits_mean_limit_and_overflow_only_where_they_concern_a_value(kind: int) -> None:
    assert limit(kind | 0x380) is Limit.NONE
    assert not overflowed(kind | 0x380)
    assert overflowed(0x480)
    assert not overflowed(0x400)
    assert [limit(0x400 | bits << 8) for bits in range(4)] == list(Limit)


def test_a_bad_value_is_missed_under_a_reason_of_the_closed_vocabulary() -> None:
    assert set(DEVICE_SIDE_REASONS.values()) <= set(MissReason)
    assert set(DEVICE_SIDE_REASONS) <= set(NAMES.values())
    assert miss_reason(0x0000_0480) is None
    assert miss_reason(0x4090_0000) is None
    assert miss_reason(BAD_NODE_ID_UNKNOWN) == "exception"
    assert miss_reason(0x8031_0000) == "unreachable"
    assert miss_reason(0x808C_0000) == "device_fault"
    assert miss_reason(0x8FFF_0000) == "device_fault"
