"""Channels that a monitoring plan speaks of: compliance value beside best estimate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from calibration.errors import CalibrationError
from collector.api.parts import Parts
from collector.api.pool import Sources
from collector.monitoring import monitored_period
from collector.site_register import site_register
from evidence.errors import CodedError
from evidence.statement.monitoring.monitored import Monitored

MOST_PLANNED: Final = 5
"""Each looks back over the years before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A period of a channel under its plan.

    Attributes:
        told: None where `refused` says why it cannot be told.
    """

    channel: str
    told: Monitored | None
    refused: CodedError | CalibrationError | None = None


def planned(
    sources: Sources, parts: Parts, channels: Sequence[str], span: tuple[int, int]
) -> tuple[list[Planned], int]:
    """The channels with a plan over a period, and of how many more it is not told here.

    Raises:
        LedgerError: a leaf that holds a plan cannot be read.
    """
    found: list[Planned] = []
    more = 0
    for site in sorted({each.partition("/")[0] for each in channels}):
        register = site_register(sources.store.lookup, sources.ledger, parts.sites, site)
        ruled = {each.plan for each in register.plans}
        for channel in (each for each in channels if each in ruled):
            if len(found) == MOST_PLANNED:
                more += 1
                continue
            try:
                told = monitored_period(
                    sources.store.lookup, register, channel, span, parts.clock.now_ns()
                )
                found.append(Planned(channel=channel, told=told))
            except (CodedError, CalibrationError) as refused:
                found.append(Planned(channel=channel, told=None, refused=refused))
    return found, more
