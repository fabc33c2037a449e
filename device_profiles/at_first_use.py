"""Tables of parts whose modules are imported when they are first asked for.

An agent has meters of one or two protocols: it need not wait for the codecs of all others at its
start, nor keep them in memory.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TypeVar

PartT = TypeVar("PartT")


class AtFirstUse(Mapping[str, PartT]):
    """Parts by name; names are known at once.

    Args:
        places: `module:attribute` of each, by name, in the order in which they are listed.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = dict(places)
        self._parts: dict[str, PartT] = {}

    def __getitem__(self, name: str) -> PartT:
        if name not in self._parts:
            module, _, attribute = self._places[name].partition(":")
            self._parts[name] = getattr(import_module(module), attribute)
        return self._parts[name]

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
