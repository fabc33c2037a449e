"""The channels that one agent says are computed, and how many of them count. Pure."""

from typing import Final

from calibration.derivation import Derivation
from calibration.model.errors import DerivedLimitError
from evidence.judging.judgement import Fault, fault_of
from evidence.judging.library import Library

MOST_CHANNELS: Final = 500
"""That are computed by what one agent says; each means as many hours as its inputs have."""


def within_limit(library: Library) -> tuple[Derivation, ...]:
    """How the first channels that an agent says are computed come about; as many as count."""
    computed = frozenset(_channels(library)[:MOST_CHANNELS])
    return tuple(each for each in library.register.derivations if each.derivation in computed)


def beyond_limit(agent: str, library: Library) -> list[Fault]:
    """That an agent says more channels are computed than count; empty where it does not."""
    channels = _channels(library)
    if len(channels) <= MOST_CHANNELS:
        return []
    first = channels[MOST_CHANNELS]
    wrong = DerivedLimitError(agent, found=len(channels), limit=MOST_CHANNELS, name=first)
    return [fault_of(f"derivations of {agent}", wrong)]


def _channels(library: Library) -> list[str]:
    """The channels that an agent says are computed, in the order in which it said so first."""
    return list(dict.fromkeys(each.derivation for each in library.register.derivations))
