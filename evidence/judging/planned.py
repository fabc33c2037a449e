"""What agents of a site logged of monitoring plans, and of the papers behind these (pure)."""

from collections.abc import Mapping

from calibration.monitoring.plan import MonitoringPlan
from calibration.monitoring.record import TestRecord
from calibration.register import CalibrationRegister
from evidence.audit.papers import each_once
from evidence.judging.library import Library
from evidence.judging.own import are_own, is_own_derivation, libraries_of_site


def register_of_site(
    libraries: Mapping[str, Library], sites: Mapping[str, str], site: str
) -> CalibrationRegister:
    """Plans, tests, and the papers behind them, as the agents of a site logged them, each once.

    Args:
        libraries: Of each agent.
        sites: agent -> site.
        site: Whose.
    """
    own = libraries_of_site(libraries, sites, site)
    registers = [each.register for each in own.values()]
    return CalibrationRegister(
        certificates=each_once(each.certificates for each in registers),
        confirmations=each_once(each.confirmations for each in registers),
        events=each_once(each.events for each in registers),
        settings=each_once(each.settings for each in registers),
        derivations=each_once(
            [each for each in register.derivations if is_own_derivation(each, site)]
            for register in registers
        ),
        plans=plans_of(own, sites),
        tests=tests_of(own, sites),
    )


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
        if are_own(plan.channels, sites.get(agent, ""))
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
        if are_own([test.channel], sites.get(agent, ""))
    )
