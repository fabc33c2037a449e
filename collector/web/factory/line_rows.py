"""Product lines in a line each: instruments, worst state, what repairs cost. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from calibration.measurand import Accumulation
from calibration.unit import has_amount
from collector.web.activity.saved import Line
from collector.web.factory.channels import GOOD, SILENT, UNKNOWN_U, Standing
from collector.web.factory.costs import DEAREST_FIRST, OF_STATE, Cost
from collector.web.factory.lines import LinesOf
from collector.web.factory.repairs import Repair

MOST_ROWS: Final = 20
MOST_OFFERED: Final = 200
Found = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """A product line as it stands.

    Attributes:
        devices, channels: How many; of `wrong` channels something is wrong.
        worst: State of the channel that stands worst; "" where none was seen yet.
        cost: Of the dearest repair that touches it; None where none does.
        repairs: How many touch it.
    """

    line: Line
    devices: int
    channels: int
    wrong: int
    worst: str
    cost: Cost | None
    repairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesSeen:
    """The lines that are shown; of `more` it is not told here; `offered` can be chosen."""

    rows: Sequence[LineRow]
    more: int
    offered: Sequence[Line]


class LineReach:
    """Which lines a repair touches, by what finds its channels.

    Args:
        lines: Of devices.
        rows: All channels of whoever asks.
    """

    def __init__(self, lines: LinesOf, rows: Iterable[Standing]) -> None:
        self._names = {each.key: each.called for each in lines.lines}
        found: dict[Found, dict[str, None]] = {}
        for each in rows if lines.lines else ():
            keys = dict.fromkeys(lines.keys(each))
            for finds in _finds(each):
                found.setdefault(finds, {}).update(keys)
        self._keys: Mapping[Found, Iterable[str]] = found

    def keys(self, repair: Repair) -> Iterable[str]:
        """Keys of the lines that it touches."""
        found = tuple(repair.find.items()) if repair.channels else None
        return () if found is None else self._keys.get(found) or self._of_device(repair)

    def _of_device(self, repair: Repair) -> Iterable[str]:
        """Keys of the lines of the device whose channel a repair names."""
        device = repair.find.get("q", "").rpartition("/")[0]
        return self._keys.get((("q", device),), ()) if device else ()

    def names(self, repair: Repair) -> list[str]:
        """Names of these, without what belongs to no line."""
        return [self._names[key] for key in self.keys(repair) if key in self._names]


def _finds(each: Standing) -> tuple[Found, ...]:
    """The parameters by which repairs find a channel, as `Repair.find` has them."""
    agent, site, state = ("agent", each.row.agent), ("site", each.site), ("state", each.state)
    by_name = (("q", each.device),), (("q", each.row.head.serial),)
    return (), *by_name, (agent,), (agent, state), (site, state)


def lines_seen(
    lines: LinesOf, rows: Iterable[Standing], repairs: Iterable[Repair], reach: LineReach
) -> LinesSeen:
    """The lines, those with the dearest repairs first; what belongs to none comes last.

    Args:
        lines: Of devices.
        rows: All channels of whoever asks.
        repairs: All of them, the dearest first.
        reach: Which lines a repair touches.
    """
    by_key: dict[str, list[Standing]] = {each.key: [] for each in lines.lines}
    for each in rows if lines.lines else ():
        for key in lines.keys(each):
            by_key.setdefault(key, []).append(each)
    named = {each.key: each for each in lines.lines}
    costs: dict[str, list[Cost]] = {}
    for repair in repairs:
        for key in reach.keys(repair):
            costs.setdefault(key, []).append(repair.cost)
    found = [
        _row(named.get(key) or _none(key), own, costs.get(key, ())) for key, own in by_key.items()
    ]
    found.sort(key=_order)
    offered = sorted((each.line for each in found), key=lambda each: (not each.name, each.key))
    return LinesSeen(
        rows=found[:MOST_ROWS],
        more=max(0, len(found) - MOST_ROWS),
        offered=offered[:MOST_OFFERED],
    )


def ruled_in(
    lines: LinesOf, rows: Iterable[Standing], plans: Mapping[str, str]
) -> dict[str, list[str]]:
    """Channels with a plan of their own and amounts, by key of each line that they belong to.

    Args:
        lines: Of devices.
        rows: All channels of whoever asks.
        plans: Of each channel that a plan speaks of the plan to look at.
    """
    found: dict[str, list[str]] = {}
    for each in rows if lines.lines and plans else ():
        measurand = each.row.head.measurand
        adds_up = measurand.accumulation != Accumulation.RATE or has_amount(measurand.unit)
        if adds_up and plans.get(each.row.channel) == each.row.channel:
            for key in lines.keys(each):
                found.setdefault(key, []).append(each.row.channel)
    return found


def _none(key: str) -> Line:
    return Line(site=key.rstrip("/"), name="", called="", boundaries=())


def _row(line: Line, own: Sequence[Standing], costs: Sequence[Cost]) -> LineRow:
    counts = Counter(each.state for each in own)
    return LineRow(
        line=line,
        devices=len({each.device for each in own}),
        channels=len(own),
        wrong=len(own) - counts[GOOD],
        worst=min(counts, key=_badness, default=""),
        cost=min(costs, key=DEAREST_FIRST.index, default=None),
        repairs=len(costs),
    )


def _badness(state: str) -> tuple[int, str]:
    """Where a state stands, the worst first."""
    if state == SILENT:
        return 0, state
    if state in (GOOD, UNKNOWN_U):
        return (9 if state == GOOD else 8), state
    return 1 + DEAREST_FIRST.index(OF_STATE[state]), state


def _order(row: LineRow) -> tuple[bool, int, int, str]:
    cost = len(DEAREST_FIRST) if row.cost is None else DEAREST_FIRST.index(row.cost)
    return not row.line.name, cost, -row.wrong, row.line.key
