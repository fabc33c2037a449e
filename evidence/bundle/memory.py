"""Hours that are computed again, kept in memory as a collector keeps them in its store."""

from collections.abc import Iterable

from calibration.increment import NS_PER_HOUR
from calibration.mean import MeanWindow
from calibration.window import Window
from evidence.judging.kept import ChannelRow
from evidence.judging.shown import ShownInCheck

_Hours = dict[int, Window] | dict[int, MeanWindow]


class Memory:
    """The latest version of each hour, and how each channel was last seen."""

    def __init__(self) -> None:
        self._windows: dict[str, dict[int, Window]] = {}
        self._means: dict[str, dict[int, MeanWindow]] = {}
        self._rows: dict[str, ChannelRow] = {}
        self._shown: dict[str, dict[int, tuple[ShownInCheck, int]]] = {}
        self._heard: dict[str, int] = {}

    @property
    def lookup(self) -> "Memory":
        """Questions to it."""
        return self

    def keep_window(self, hour: Window | MeanWindow) -> bool:
        """Keeps an hour; whether it is another one than before."""
        if isinstance(hour, MeanWindow):
            means = self._means.setdefault(hour.channel, {})
            before: Window | MeanWindow | None = means.get(hour.start_ns)
            means[hour.start_ns] = hour
        else:
            windows = self._windows.setdefault(hour.channel, {})
            before = windows.get(hour.start_ns)
            windows[hour.start_ns] = hour
        return before != hour

    def keep_channel(self, row: ChannelRow) -> None:
        """Keeps how a channel was last seen, unless it was seen later before."""
        before = self._rows.get(row.channel)
        if before is None or row.last_ms >= before.last_ms:
            self._rows[row.channel] = row

    def keep_shown(self, shown: Iterable[ShownInCheck], received_ns: int) -> None:
        """Keeps what instruments showed in checks; what was known first is known since then."""
        for each in shown:
            known = self._shown.setdefault(each.channel, {})
            known.setdefault(each.at_ns, (each, received_ns))

    def keep_heard(self, channel: str, at_ns: int) -> None:
        """Keeps that a channel was read at an instant, or that it was noted why it was not."""
        self._heard[channel] = max(at_ns, self._heard.get(channel, at_ns))

    def shown(self, channel: str, start_ns: int, end_ns: int) -> list[tuple[ShownInCheck, int]]:
        """What an instrument showed in checks in [start, end), and when that was received."""
        held = self._shown.get(channel, {})
        return [held[at] for at in sorted(held) if start_ns <= at < end_ns]

    def heard(self, channel: str, before_ns: int) -> int | None:
        """Until when a channel was heard before an instant: of a reading or a miss, UTC ns."""
        heard_ns = self._heard.get(channel)
        return None if heard_ns is None else min(heard_ns, before_ns - 1)

    def channel(self, channel: str) -> ChannelRow | None:
        """One channel as last seen; None if it was not."""
        return self._rows.get(channel)

    def windows(self, channel: str, start_ns: int, end_ns: int) -> list[Window]:
        """Hourly windows of a channel inside [start, end), UTC ns, in order of time."""
        held = self._windows.get(channel, {})
        return [held[at] for at in _inside(held, start_ns, end_ns)]

    def means(self, channel: str, start_ns: int, end_ns: int) -> list[MeanWindow]:
        """Hourly means of a channel that has no amount, likewise."""
        held = self._means.get(channel, {})
        return [held[at] for at in _inside(held, start_ns, end_ns)]

    def starts(self, channel: str) -> list[int]:
        """Starts of all hours that are kept of a channel, UTC ns."""
        return sorted({*self._windows.get(channel, {}), *self._means.get(channel, {})})


def _inside(held: _Hours, start_ns: int, end_ns: int) -> list[int]:
    if end_ns - start_ns <= NS_PER_HOUR:  # asked so for each hour of a computed channel
        return [start_ns] if start_ns in held else []
    return sorted(at for at in held if start_ns <= at < end_ns)
