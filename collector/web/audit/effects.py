"""What bad results did to the amounts: each time in doubt, in the channel's unit and in kW.h or t.

Nothing is corrected: the effect stands beside the amount, with its uncertainty.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from calibration.register import CalibrationRegister
from calibration.unit import convert
from calibration.window import Window
from collector.api.pool import Sources
from collector.api.suspects import Suspects
from collector.doubt.amounts import ByPlan
from collector.lookup import ChannelRow
from evidence.clock import parse_utc
from evidence.statement.difference import InUnit
from evidence.statement.doubt import Doubt, doubts
from evidence.statement.touched import suspected

MOST_CHANNELS: Final = 200
"""Whose hours are looked through for one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectLine:
    """Hours of a channel that rest on an instrument that had moved, or failed a check.

    Attributes:
        because: "shift", "intermediate_check", or "out_of_control" of hours since a failed check.
        since: Of the last good result: its day for a paper, its instant (UTC ns) for a check under
            a plan; None where there was none, and all that was ever shown is in doubt.
        start_ns, end_ns: Of the hours in doubt that have amounts, UTC ns: whole ones, of the period
            asked for. What was shown outside of them since then is in doubt too.
        amount: Of these hours, as it stands; in `unit`.
        before, after: Certificates between which it moved; "" where there is none.
        checks_ns: When it failed a check.
        correction, expanded: To be added to the amount, and its U (k = 2); None where it cannot
            be told.
        relative: The correction over the amount.
        common: The same in kW.h or t.
        analyser: Channel of the one that failed a test of its plan; "" of any other instrument.
        until_ns: Of hours since a failed check, when a test passed again; None: none did yet.
        by_plan: Of these hours, what the channel's plan makes of them; None without a plan.
        is_ruled: Whether the channel has a plan, which has a value of these hours.
    """

    channel: str
    serial: str
    because: str
    since: dt.date | int | None
    start_ns: int
    end_ns: int
    amount: float
    unit: str
    before: str
    after: str
    checks_ns: Sequence[int]
    correction: float | None
    expanded: float | None
    relative: float | None
    common: InUnit | None
    analyser: str = ""
    until_ns: int | None = None
    by_plan: ByPlan | None = None
    is_ruled: bool = False

    @property
    def in_one_unit(self) -> tuple[float, str]:
        """The amount in the unit in which the correction is shown, and that unit."""
        unit = self.unit if self.common is None else self.common.unit
        return convert(self.amount, self.unit, unit), unit

    @property
    def relative_expanded(self) -> float | None:
        """U of `relative`."""
        if self.expanded is None or not self.amount:
            return None
        return abs(self.expanded / self.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """All that was found; `left_out` channels were not looked through."""

    lines: Sequence[EffectLine]
    looked: int
    left_out: int


def effects_of(sources: Sources, rows: Mapping[str, ChannelRow], span: tuple[int, int]) -> Effects:
    """What later tests put in doubt of some channels in a period, by channel and time.

    Args:
        sources: What it is made from.
        rows: The channels.
        span: UTC ns.

    Raises:
        LedgerError: a paper cannot be read.
    """
    known = Suspects(sources)
    earlier = _earlier(sources)
    chosen = [each for each in rows.values() if _may_be(known.register(each.agent), each, earlier)]
    looked = chosen[:MOST_CHANNELS]
    lines = [line for row in looked for line in _of(sources, known, row, span)]
    lines.sort(key=lambda each: (each.channel, each.start_ns))
    return Effects(lines=lines, looked=len(looked), left_out=len(chosen) - len(looked))


def _of(
    sources: Sources, known: Suspects, row: ChannelRow, span: tuple[int, int]
) -> Iterator[EffectLine]:
    windows: list[Window] = sources.store.lookup.windows(row.channel, *span)
    if windows:
        for suspect in known.of(row, windows):
            for each in doubts(windows, [suspect]):
                yield line_of(row.channel, windows[0].unit, each, suspect.begins)


def _earlier(sources: Sources) -> Mapping[str, set[str]]:
    """Serial numbers of instruments that were taken away, by the channel that they showed."""
    found = {channel: set(read) for channel, read in sources.store.lookup.all_serials().items()}
    for each in sources.store.lookup.exchanges():
        found.setdefault(each.channel, set()).add(str(each.facts.get("old_serial", "")))
    return found


def _may_be(
    register: CalibrationRegister, row: ChannelRow, earlier: Mapping[str, set[str]]
) -> bool:
    """Whether a channel's instruments were tested twice, or checked; a computed one's may be."""
    if not row.head.profile:
        return bool(register.certificates)
    own = {row.head.serial, *earlier.get(row.channel, ())}
    tested = [each.instrument.serial for each in register.certificates]
    checked = {each.serial for each in register.events}
    return any(each in checked or tested.count(each) > 1 for each in own)


def line_of(
    channel: str, unit: str, doubt: Doubt, since: dt.date | int | None = None
) -> EffectLine:
    """A doubt in a line; since when, as `EffectLine` has it. Pure."""
    moved = doubt.correction
    return EffectLine(
        channel=channel,
        serial=doubt.serial,
        because=doubt.because,
        since=since,
        start_ns=parse_utc(doubt.start),
        end_ns=parse_utc(doubt.end),
        amount=doubt.value,
        unit=unit,
        before=doubt.before or "",
        after=doubt.after or "",
        checks_ns=[parse_utc(each) for each in doubt.checks],
        correction=moved,
        expanded=doubt.expanded_uncertainty,
        relative=None if moved is None or not doubt.value else moved / doubt.value,
        common=suspected(doubt, unit),
    )
