"""How a view of the ledger stands, for whoever asks the collector."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from evidence.errors import Words


class ViewSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A view as it stands now.

    Args:
        name: Such as "influx".
        lag_leaves: Judged leaves that it does not show yet.
        written: Readings and misses that it took since the collector began.
        aside: Readings and misses that it does not take.
        differing: Hours of channels in which it is not like the ledger.
        code: Why it is behind or differs; empty if it is neither.
        message: The same in words.
    """

    name: str
    lag_leaves: int = 0
    written: int = 0
    aside: int = 0
    differing: int = 0
    code: str = ""
    message: str = ""


class ViewAside(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a view does not show as the ledger has it; see `SetAside` in the API.

    `agent` and `epoch` are empty, and `leaf` is 0, for an hour that differs as a whole.
    """

    site: str
    agent: str
    epoch: str
    leaf: int
    subject: str
    code: str
    message: Words


class View(Protocol):
    """A view that follows the ledger in this process."""

    def seen(self, judged: int) -> ViewSeen:
        """How it stands, when so many leaves are judged."""
        ...

    def set_aside(self, limit: int) -> Sequence[ViewAside]:
        """What it does not show as the ledger has it, latest first."""
        ...
