"""All campaigns, by the module and name of their constants; imported when they are played."""

from collections.abc import Iterable
from importlib import import_module
from typing import Final

from tests.faults.campaign import Campaign

PLACES: Final[tuple[str, ...]] = ()


def campaigns(names: Iterable[str] = ()) -> dict[str, Campaign]:
    """Place -> campaign, of these names; of all where none is given.

    Raises:
        LookupError: a name is no campaign's.
    """
    found = {place: campaign_at(place) for place in PLACES}
    wanted = set(names)
    unknown = wanted - {each.name for each in found.values()}
    if unknown:
        raise LookupError(", ".join(sorted(unknown)))
    return {place: each for place, each in found.items() if not wanted or each.name in wanted}


def campaign_at(place: str) -> Campaign:
    """The campaign at `module:NAME`."""
    module, name = place.split(":")
    found = getattr(import_module(module), name)
    assert isinstance(found, Campaign)
    return found
