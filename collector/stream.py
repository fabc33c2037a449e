"""A stream of a batch, as arrays that windows are made of.

It stands on the ground floor, where a verifier has it too.
"""

from evidence.judging.stream import (
    LATEST_MS,
    NS_PER_MS,
    check_stamps,
    contribution_columns,
    has_suspect,
    instants_ns,
    misses,
    qualities,
    register_readings,
    sequences,
    timed_polls,
    timely_ns,
    value_column,
)

__all__ = [
    "LATEST_MS",
    "NS_PER_MS",
    "check_stamps",
    "contribution_columns",
    "has_suspect",
    "instants_ns",
    "misses",
    "qualities",
    "register_readings",
    "sequences",
    "timed_polls",
    "timely_ns",
    "value_column",
]
