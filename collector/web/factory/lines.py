"""Which product lines a device belongs to: those of the boundaries that have a channel of it. Pure.

A device can belong to several lines: the meter of a hall stands in the boundary of each of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from collector.web.activity.saved import Line
from collector.web.factory.channels import Device, Standing, devices


class LinesOf:
    """Devices and their lines.

    Args:
        lines: All that whoever asks may see.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = [each for each in lines if each.name]
        found: dict[str, dict[str, Line]] = {}
        for line in self.lines:
            for boundary in line.boundaries:
                for channel in boundary.channels:
                    found.setdefault(channel.rpartition("/")[0], {})[line.key] = line
        self._of: Mapping[str, Sequence[Line]] = {
            device: tuple(each.values()) for device, each in found.items()
        }

    def keys(self, each: Standing) -> Sequence[str]:
        """Keys of the lines of a channel's device; that of no line of its site where it has none.

        Empty where there are no lines at all.
        """
        if not self.lines:
            return ()
        return [line.key for line in self._of.get(each.device, ())] or [f"{each.site}/"]

    def names(self, device: str) -> list[str]:
        """What the lines of a device are called."""
        return [line.called for line in self._of.get(device, ())]

    def within(self, rows: Iterable[Standing], key: str) -> list[Standing]:
        """The channels of a line's devices; all where `key` is "" or there are no lines."""
        if not key or not self.lines:
            return list(rows)
        return [each for each in rows if key in self.keys(each)]

    def ordered(self, rows: Sequence[Standing]) -> Sequence[Standing]:
        """The same by line, in their order within one; what belongs to none comes last."""
        if not self.lines:
            return rows
        return sorted(rows, key=self._place)

    def _place(self, each: Standing) -> tuple[str, bool, str]:
        name = self._first(each)
        return each.site, not name, name

    def _first(self, each: Standing) -> str:
        return next(iter(self.names(each.device)), "")

    def grouped(
        self, rows: Sequence[Standing], key: str = ""
    ) -> list[tuple[str, tuple[Device, ...]]]:
        """Devices under the first of their lines, or under the one that was asked for."""
        asked = next((each.called for each in self.lines if each.key == key), "")

        def name(each: Standing) -> str:
            return asked or self._first(each)

        return [(line, devices(group)) for line, group in groupby(rows, key=name)]
