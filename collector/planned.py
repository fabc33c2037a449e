"""Monitoring plans and tests of analysers, of agents that may speak for their channels (pure)."""

from collections.abc import Iterable, Mapping

from calibration.monitoring.plan import MonitoringPlan
from calibration.monitoring.record import TestRecord
from evidence.audit.papers import each_once
from evidence.judging.library import Library


def plans_of(
    libraries: Mapping[str, Library], sites: Mapping[str, str]
) -> tuple[MonitoringPlan, ...]:
    """The monitoring plans that agents logged of their own sites, all versions, each once.

    A plan counts if its channel and all channels that tell of it, of analysers and of the plant's
    operation, are of the agent's own site. They come in order of agents' names, and of arrival.

    Args:
        libraries: Of each agent.
        sites: agent -> site.
    """
    return each_once(
        [plan]
        for agent, library in sorted(libraries.items())
        for plan in library.register.plans
        if _is_own(plan.channels, sites.get(agent, ""))
    )


def tests_of(libraries: Mapping[str, Library], sites: Mapping[str, str]) -> tuple[TestRecord, ...]:
    """The records of tests that agents logged of channels of their own sites, each once.

    All versions of a record are there, in order of agents' names, and of arrival.

    Args:
        libraries: Of each agent.
        sites: agent -> site.
    """
    return each_once(
        [test]
        for agent, library in sorted(libraries.items())
        for test in library.register.tests
        if _is_own([test.channel], sites.get(agent, ""))
    )


def _is_own(channels: Iterable[str], site: str) -> bool:
    return all(each.startswith(f"{site}/") for each in channels)
