"""Whether what an agent logged speaks of its own site alone (pure)."""

from collections.abc import Iterable, Mapping

from calibration.derivation import Derivation
from evidence.judging.library import Library
from evidence.statement.entered.channel import is_entered


def libraries_of_site(
    libraries: Mapping[str, Library], sites: Mapping[str, str], site: str
) -> dict[str, Library]:
    """What the agents of one site logged, by agent.

    Args:
        libraries: Of each agent.
        sites: agent -> site.
        site: Whose.
    """
    return {agent: each for agent, each in libraries.items() if sites.get(agent) == site}


def are_own(channels: Iterable[str], site: str) -> bool:
    """Whether all these channels are of a site."""
    return all(each.startswith(f"{site}/") for each in channels)


def is_own_derivation(derivation: Derivation, site: str) -> bool:
    """Whether a channel and all that it is computed from are of a site, and nobody enters it."""
    channels = (derivation.derivation, *derivation.inputs.values())
    return are_own(channels, site) and not is_entered(derivation.derivation)
