"""What is committed and waits for its batch, as its stored bytes. Pure.

A reading as an object takes ten times the memory of its bytes, and a gateway that polls by the
second has thousands of them waiting: they are read again a device at a time, when their batch
is closed.
"""

from collections.abc import Iterable, Iterator

import msgspec

from edge_agent.poll import Noted, Pending, Poll, read_pending
from evidence.log.batch import Record


class Waiting(msgspec.Struct, frozen=True, gc=False):
    """One poll or record that waits.

    Args:
        row: its id in the spool, ascending.
        setup: digest of the setup that a poll was read under; empty for a record.
        at_ms: UTC instant of the poll, or when the record was made.
        data: the stored bytes.
    """

    row: int
    setup: bytes
    at_ms: int
    data: bytes


def waiting_as(row: int, pending: Pending, data: bytes) -> Waiting:
    """How something waits that is stored as `data` in a row."""
    setup = pending.setup if isinstance(pending, Poll) else b""
    return Waiting(row, setup, pending.at_ms, data)


def read_again(waiting: Iterable[Waiting]) -> Iterator[Pending]:
    """The polls and records, each when it is asked for."""
    for each in waiting:
        found = read_pending(each.data)
        if found is not None:
            yield found


def records_in(waiting: Iterable[Waiting]) -> list[Record]:
    """The records among what waits."""
    noted = read_again(each for each in waiting if not each.setup)
    return [each.record for each in noted if isinstance(each, Noted)]


def polls_by_setup(waiting: Iterable[Waiting]) -> Iterator[list[Poll]]:
    """The polls of one setup after another; only one setup's are objects at a time."""
    setups: dict[bytes, list[Waiting]] = {}
    for each in waiting:
        if each.setup:
            setups.setdefault(each.setup, []).append(each)
    for some in setups.values():
        yield [each for each in read_again(some) if isinstance(each, Poll)]
