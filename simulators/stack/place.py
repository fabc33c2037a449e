"""A device that shows what the instruments of a stack indicate."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from device_profiles.formats import NotAvailable
from simulators.fault import AnyFault
from simulators.place import Place, Site
from simulators.servers.answer import Image
from simulators.stack.form import ShownQuantity
from simulators.stack.state import State
from simulators.stack.watch import Readout, StackWatch
from simulators.stack.waves import NS_PER_MIN

NS_PER_H: Final = 3_600_000_000_000


class StackPlace(Place):
    """A place at which the logger, or an analyser, of a stack stands.

    Channels show the minute that holds the instant; over an interval the mean of its minutes;
    channels of interval amounts show the mean times the hours.
    """

    def __init__(self, site: Site, watch: StackWatch, shows: Sequence[ShownQuantity]) -> None:
        self.watch = watch
        self._shows = {each.channel: each for each in shows}
        amounts = {each.name for each in site.profile.channels if each.accumulation == "interval"}
        self._amounts = frozenset(self._shows) & amounts
        steady = {name: value for name, value in site.constants.items() if name not in self._shows}
        self._image: tuple[int, Image] | None = None
        super().__init__(replace(site, constants=steady), ())

    def image(self, at_ns: int, active: Sequence[AnyFault] = ()) -> Image:
        """The words that can be read; without faults the same during a minute, made once.

        Raises:
            ProfileError: a value that its format cannot carry.
        """
        minute = at_ns // NS_PER_MIN
        if active:
            self._image = None
            return super().image(at_ns, active)
        if self._image is None or self._image[0] != minute:
            self._image = minute, super().image(at_ns)
        return self._image[1]

    def states(self, at_ns: int, over_ns: int = 0) -> Mapping[str, State]:
        """What the instrument behind each channel does; all that measures is left out."""
        found = {name: self._readout(name, at_ns, over_ns).state for name in self._shows}
        return {name: state for name, state in found.items() if state is not State.MEASURING}

    def indications(self, at_ns: int, over_ns: int = 0) -> dict[str, float]:
        """What every channel shows without faults; NaN where the logger hears nothing."""
        shown = {name: self._value(name, at_ns, over_ns) for name in self._shows}
        return {**self.site.constants, **shown}

    def shown(
        self, at_ns: int, active: Sequence[AnyFault] = (), over_ns: int = 0
    ) -> dict[str, float | NotAvailable]:
        """What every channel shows under the active faults."""
        found = super().shown(at_ns, active, over_ns)
        return {name: NotAvailable() if _none(value) else value for name, value in found.items()}

    def _value(self, name: str, at_ns: int, over_ns: int) -> float:
        hours = over_ns / NS_PER_H if name in self._amounts else 1.0
        value = self._readout(name, at_ns, over_ns).value
        return value * self._shows[name].factor * hours

    def _readout(self, name: str, at_ns: int, over_ns: int) -> Readout:
        quantity = self._shows[name].quantity
        if over_ns:
            return self.watch.mean(quantity, at_ns - over_ns, at_ns)
        return self.watch.at(quantity, at_ns)


def _none(value: float | NotAvailable) -> bool:
    return isinstance(value, float) and math.isnan(value)
