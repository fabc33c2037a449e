"""Which time zones people may name."""

from typing import Final
from zoneinfo import available_timezones

_OF_THIS_MACHINE: Final = frozenset({"localtime"})
"""Another zone on another machine: a record by it would be another one there."""


def named_zones() -> frozenset[str]:
    """The IANA names that this machine knows."""
    return frozenset(available_timezones()) - _OF_THIS_MACHINE
