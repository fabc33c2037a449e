"""`carbonmeter watch`: all channels of a configuration, again and again; nothing kept or sent."""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import msgspec

from edge_agent.assembly import lines_of
from edge_agent.cycle import PolledDevice, by_device
from edge_agent.field import printing
from edge_agent.field.capture import Capture
from edge_agent.field.errors import UsageError
from edge_agent.identity_watch import IdentityWatch
from edge_agent.installation import Installation, load_installation
from edge_agent.line import Line, Outcome
from edge_agent.poll import Poll
from edge_agent.probe_once import ProbedChannel, errors_of, heard_of, rows_of
from edge_agent.tick import NS_PER_MS, Tick
from evidence.clock import Clock, SystemClock, utc_text
from evidence.errors import Words

OK, FINDING = 0, 1
COVERAGE_FACTOR = 2.0
_LEFT_OUT = "not_polled"


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One channel in one round.

    Attributes:
        channel, unit: `<site>/<device>/<channel>`, UCUM code.
        value: Corrected; None where nothing came yet.
        expanded_uncertainty: Of the value, in its unit, k = 2; None where it is unknown.
        age_s: Since the device gave it; None where nothing came yet.
        quality: Of the value; empty where nothing came yet.
        miss: Why nothing came in this round; empty where something did.
        error: The same in words.
    """

    channel: str
    unit: str
    value: float | int | None = None
    expanded_uncertainty: float | None = None
    age_s: float | None = None
    quality: str = ""
    miss: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class _Last:
    """The last value of a channel, and when it came."""

    row: ProbedChannel
    at_ms: int


class Watch:
    """What is known of all channels, round by round.

    Args:
        installation: The configuration.
        lines: By name.
        clock: Stamps.
        language: Of errors.
        device: The one to ask; all where there is none.
    """

    def __init__(
        self,
        installation: Installation,
        lines: Mapping[str, Line],
        clock: Clock,
        language: str = "en",
        device: str | None = None,
    ) -> None:
        self._installation, self._lines, self._clock = installation, lines, clock
        self._language, self._device = language, device
        self._identities = IdentityWatch(installation.devices.values(), {})
        self._last: dict[str, _Last] = {}
        self._told: dict[str, tuple[str, str]] = {}

    async def round(self) -> list[Shown]:
        """Every channel, after each device was asked once."""
        chosen = self._installation.config.lines
        rounds = await asyncio.gather(*(self._of_line(each.name) for each in chosen))
        return [row for some in rounds for row in some]

    async def _of_line(self, name: str) -> list[Shown]:
        (settings,) = (each for each in self._installation.config.lines if each.name == name)
        devices = [
            self._installation.devices[each.name]
            for each in settings.devices
            if self._device in (None, each.name)
        ]
        if not devices:
            return []
        line, identities = self._lines[name], self._identities
        asks = {each.name: each.asks + identities.asks(each.name) for each in devices}
        outcomes = by_device(await line.cycle(asks))
        tick = Tick(sequence=0, at_ns=self._clock.now_ns())
        return [row for each in devices for row in self._of(each, outcomes[each.name], tick)]

    def _of(self, device: PolledDevice, heard: Sequence[Outcome], tick: Tick) -> Iterator[Shown]:
        """The channels of one device."""
        poll = heard_of(device, heard, self._identities, tick)
        errors = errors_of(heard, self._identities.findings(device.name), self._language)
        stamps = _stamps(poll)
        for place, row in enumerate(rows_of(self._installation, poll, errors)):
            yield self._shown(row, stamps[place])

    def _shown(self, row: ProbedChannel, at_ms: int) -> Shown:
        if not row.miss:
            self._last[row.channel] = _Last(row, at_ms)
            self._told.pop(row.channel, None)
            return self._made(row.channel, row.unit, "", "")
        if row.miss != _LEFT_OUT or row.channel not in self._told:
            self._told[row.channel] = (row.miss, row.error)
        return self._made(row.channel, row.unit, *self._told[row.channel])

    def _made(self, channel: str, unit: str, miss: str, error: str) -> Shown:
        plain = Shown(channel=channel, unit=unit, miss=miss, error=error)
        last = self._last.get(channel)
        if last is None:
            return plain
        u = last.row.standard_uncertainty
        return msgspec.structs.replace(
            plain,
            value=last.row.value,
            expanded_uncertainty=None if u is None else COVERAGE_FACTOR * u,
            age_s=max(0.0, self._clock.now_ns() // NS_PER_MS - last.at_ms) / 1000,
            quality=last.row.quality,
        )


def _stamps(poll: Poll) -> dict[int, int]:
    """When each channel of a poll was answered, or missed, by its place."""
    stamps = {reading.channel: reading.at_ms for reading in poll.readings}
    return stamps | {lacking.channel: lacking.at_ms for lacking in poll.lacking}


async def watch(arguments: argparse.Namespace) -> int:
    """Exit code of a watch: 0 ok, 1 a channel gave nothing in the last round."""
    clock, installation = SystemClock(), load_installation(arguments.config)
    if arguments.device is not None and arguments.device not in installation.devices:
        limit = Words("a device of the configuration", "配置中的设备")
        raise UsageError("--device", found=arguments.device, limit=limit)
    if not 0.05 <= arguments.every <= 86_400:
        raise UsageError("--every", found=arguments.every, limit="0.05..86400")
    tapped = nullcontext() if arguments.capture is None else Capture(arguments.capture, clock)
    with tapped as tap:
        lines = lines_of(installation, clock, tap)
        watched = Watch(installation, lines, clock, arguments.language, arguments.device)
        try:
            return await _rounds(watched, arguments, clock)
        finally:
            for line in lines.values():
                await line.close()


async def _rounds(watched: Watch, arguments: argparse.Namespace, clock: Clock) -> int:
    loop, done = asyncio.get_running_loop(), 0
    due_s = loop.time()
    while True:
        rows = await watched.round()
        _print(rows, utc_text(clock.now_ns()), arguments)
        done += 1
        if arguments.count is not None and done >= arguments.count:
            return FINDING if any(row.miss for row in rows) else OK
        due_s = max(due_s + arguments.every, loop.time())
        await asyncio.sleep(due_s - loop.time())


def _print(rows: Sequence[Shown], at: str, arguments: argparse.Namespace) -> None:
    if arguments.json:
        for row in rows:
            printing.json_line({"schema": 1, "at": at, **msgspec.to_builtins(row)})
    elif sys.stdout.isatty():
        printing.clear_screen()
        printing.plain(at)
        printing.table(_COLUMNS[arguments.language], [_cells(row) for row in rows])
    else:
        for row in rows:
            printing.plain("\t".join([at, *_cells(row)]))


_COLUMNS = {
    "en": ("channel", "value", "U (k=2)", "unit", "age", "quality", "error"),
    "zh": ("通道", "值", "U (k=2)", "单位", "时龄", "质量", "错误"),
}


def _cells(row: Shown) -> list[str]:
    value = "-" if row.value is None else f"{row.value:.10g}"
    spread = "-" if row.expanded_uncertainty is None else f"{row.expanded_uncertainty:.2g}"
    age = "-" if row.age_s is None else f"{row.age_s:.1f} s"
    error = f"{row.miss} {row.error}".strip()
    return [row.channel, value, spread, row.unit, age, row.quality or "-", error]
