"""What of a site's register bears on one instrument (pure).

To look through all papers of a site for each of its instruments takes the square of their number.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from calibration.register import CalibrationRegister

_Paper = TypeVar("_Paper")
_Numbers = Mapping[str, Sequence[int]]
_NOBODY = frozenset({"", "#"})


class Bearing:
    """The papers of a register, by the instruments and the certificates that they are about.

    Args:
        register: Of a site.
    """

    def __init__(self, register: CalibrationRegister) -> None:
        self._register = register
        self._certificates = _by(
            (each.instrument.serial, f"#{each.id}") for each in register.certificates
        )
        self._confirmations = _by(
            (each.serial, f"#{each.certificate}") for each in register.confirmations
        )
        self._events = _by((each.serial, f"#{each.certificate}") for each in register.events)

    def on(self, serial: str) -> CalibrationRegister:
        """The papers of an instrument and of the standards behind it, in their order.

        Settings, plans and what belongs to them are all there.
        """
        names = self._names(serial)
        whole = self._register
        return msgspec.structs.replace(
            whole,
            certificates=_chosen(whole.certificates, self._certificates, names),
            confirmations=_chosen(whole.confirmations, self._confirmations, names),
            events=_chosen(whole.events, self._events, names),
        )

    def _names(self, serial: str) -> set[str]:
        """Serial numbers, and ids of certificates after a `#`, that lead to its papers."""
        found, left = {serial}, [serial]
        while left:
            more = self._next(left.pop()) - found
            found |= more
            left += more
        return found

    def _next(self, name: str) -> set[str]:
        """Where the papers of a name lead: to what they cite, and to what that is about."""
        whole = self._register
        own = [whole.certificates[at] for at in self._certificates.get(name, ())]
        confirmed = [whole.confirmations[at] for at in self._confirmations.get(name, ())]
        return {
            *(each.instrument.serial for each in own),
            *(f"#{each.id}" for each in own),
            *(f"#{used.certificate}" for each in own for used in each.standards),
            *(f"#{each.certificate}" for each in confirmed if each.serial == name),
        }


def _by(named: Iterable[tuple[str, ...]]) -> _Numbers:
    found: dict[str, list[int]] = defaultdict(list)
    for number, names in enumerate(named):
        for name in set(names) - _NOBODY:
            found[name].append(number)
    return found


def _chosen(
    papers: Sequence[_Paper], numbers: _Numbers, names: Iterable[str]
) -> tuple[_Paper, ...]:
    own = {number for name in names for number in numbers.get(name, ())}
    return tuple(papers[number] for number in sorted(own))
