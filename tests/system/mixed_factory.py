"""A factory of 200 instruments on 20 lines of every kind, for an hour: nothing is silently missing.

Faults of every kind are planted on one instrument in eight. Each minute of each instrument must be
a value that was shown then, or a miss with its reason; where a fault struck, it must be a miss that
the fault explains, and where none did, a value.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import process_time
from typing import Final

from edge_agent.poll import Poll
from tests.pains.bench import MINUTE_NS, Bench, Meter, Row, benched

ON_A_LINE: Final = 10
FIRST, LAST = 4, 6
"""Requests of an instrument that a fault strikes."""
_STRUCK: Final = f"first_poll = {FIRST}, last_poll = {LAST}"
_COUNTER: Final = {"cjt188": "volume"}
MINUTES_OF_MISSES: Final = 25
"""A fault strikes three requests, and pauses grow meanwhile to 5 minutes at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A fault, on which lines it can be, and what it costs.

    Attributes:
        text: The fault, as a scenario writes it.
        told: Reasons that a miss may have; empty where no value is lost.
        where: Kinds of lines; empty for all.
    """

    text: str
    told: frozenset[str] = frozenset()
    where: frozenset[str] = frozenset()


def _told(*reasons: str) -> frozenset[str]:
    return frozenset({"not_polled", *reasons})


_FRAMES: Final = frozenset({"modbus-tcp", "modbus-udp"})
_BYTES: Final = frozenset({"serial-tcp", "pty"})
_UNREADABLE: Final = ("timeout", "garbage", "checksum", "short_reply", "foreign_reply")
FAULTS: Final[Mapping[str, Planted]] = {
    "silence": Planted(text=f"kind = 'silence', {_STRUCK}", told=_told("timeout")),
    "dead": Planted(text="kind = 'silence'", told=_told("timeout")),
    "exception": Planted(text=f"kind = 'exception', code = 4, {_STRUCK}", told=_told("exception")),
    "reboot": Planted(text=f"kind = 'reboot', {_STRUCK}", told=_told("unreachable", "timeout")),
    "garbage": Planted(text=f"kind = 'garbage', {_STRUCK}", told=_told(*_UNREADABLE)),
    "late": Planted(
        text=f"kind = 'late_reply', delay_s = 0.6, {_STRUCK}", told=_told("timeout"), where=_BYTES
    ),
    "transaction": Planted(
        text=f"kind = 'wrong_transaction_id', {_STRUCK}",
        told=_told("foreign_reply"),
        where=_FRAMES,
    ),
    "truncated": Planted(
        text=f"kind = 'truncated', {_STRUCK}", told=_told("timeout"), where=_BYTES
    ),
    "checksum": Planted(
        text=f"kind = 'bad_checksum', {_STRUCK}", told=_told(*_UNREADABLE), where=_BYTES
    ),
    "duplicate": Planted(
        text=f"kind = 'duplicate_address', {_STRUCK}", told=_told(*_UNREADABLE), where=_BYTES
    ),
    "sentinel": Planted(
        text=f"kind = 'sentinel', channel = 'COUNTER', {_STRUCK}",
        told=_told("sentinel", "garbage"),
    ),
    "noise": Planted(text=f"kind = 'noise', {_STRUCK}", where=_BYTES),
    "echo": Planted(text="kind = 'echo'", where=_BYTES),
}
_MIXES: Final = (
    *(("modbus-tcp", ("modbus",)) for _ in range(6)),
    *(("modbus-udp", ("modbus",)) for _ in range(3)),
    *(("serial-tcp", ("rtu", "dlt645", "cjt188", "mbus")) for _ in range(5)),
    *(("serial-tcp", ("ascii", "dlt645")) for _ in range(2)),
    *(("pty", ("rtu", "dlt645", "cjt188")) for _ in range(2)),
    ("pty", ("ascii", "cjt188")),
    ("serial-tcp", ("dlt645",)),
)
"""Kind of each line, and what is spoken on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factory:
    """Lines, and the fault of each instrument that has one."""

    rows: tuple[Row, ...]
    faults: Mapping[str, str]


def factory(every: int = 8) -> Factory:
    """Twenty lines with ten instruments each; one of `every` has a fault."""
    planting, faults, rows = _kinds_in_turn(), dict[str, str](), []
    for line, (kind, spoken) in enumerate(_MIXES):
        meters = [_meter(line, place, spoken) for place in range(ON_A_LINE)]
        for place, meter in enumerate(meters):
            if (line * ON_A_LINE + place) % every == every - 1:
                faults[meter.name] = next(planting[kind])
                meters[place] = _faulty(meter, FAULTS[faults[meter.name]].text)
        rows.append(Row(name=f"line-{line}", kind=kind, meters=meters, timeout_s=0.45, late_s=0.5))
    return Factory(rows=tuple(rows), faults=faults)


def _kinds_in_turn() -> dict[str, Iterator[str]]:
    """For each kind of line, faults that can be on it, one after the other for ever."""

    def turning(kind: str) -> Iterator[str]:
        while True:
            yield from (name for name, each in FAULTS.items() if kind in (each.where or {kind}))

    frames, of_bytes = turning("modbus-tcp"), turning("serial-tcp")
    return {"modbus-tcp": frames, "modbus-udp": frames, "serial-tcp": of_bytes, "pty": of_bytes}


def _meter(line: int, place: int, spoken: Sequence[str]) -> Meter:
    """Numbers are unit ids of their line and must differ in the whole factory."""
    number = 1 + place
    return Meter(
        spoken=spoken[place % len(spoken)],
        number=number,
        line=line,
        begins=100.0 * (1 + line * ON_A_LINE + place),
    )


def _faulty(meter: Meter, text: str) -> Meter:
    return replace(meter, faults=f"{{ {text.replace('COUNTER', meter.register)} }}")


@dataclass(slots=True, kw_only=True)
class Hour:
    """What came of so many minutes, and what they cost."""

    minutes: int
    polls: list[Poll]
    wrong: list[str]
    cpu_s: float
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def figures(self) -> str:
        """In words."""
        values = sum(len(each.readings) for each in self.polls)
        told = ", ".join(f"{reason} {count}" for reason, count in self.reasons.most_common())
        each_us = 1e6 * self.cpu_s / len(self.polls)
        return (
            f"{len(self.polls)} polls in {self.minutes} minutes: {values} values, "
            f"{self.reasons.total()} misses ({told}); {each_us:.0f} us of CPU a poll, "
            f"of agent and instruments together"
        )


async def hour_of(folder: Path, made: Factory, minutes: int) -> Hour:
    """The factory, read by an agent for so many minutes of its own time."""
    async with benched(folder, *made.rows) as bench:
        began_s = process_time()
        polls = await bench.poll(minutes)
        cpu_s = process_time() - began_s
        return Hour(
            minutes=minutes,
            polls=polls,
            wrong=[*bench.wrong(polls), *amiss(made, polls, bench, minutes)],
            cpu_s=cpu_s,
            reasons=Counter(str(one.reason) for each in polls for one in each.lacking),
        )


def amiss(made: Factory, polls: Sequence[Poll], bench: Bench, minutes: int) -> list[str]:
    """Minutes that are missing or doubled, and misses that no fault explains, and the reverse."""
    end_ms = bench.clock.now_ns() // 1_000_000
    due = [end_ms - n * MINUTE_NS // 1_000_000 for n in reversed(range(minutes))]
    by_device: dict[str, list[Poll]] = {}
    for each in polls:
        by_device.setdefault(each.device, []).append(each)
    found = []
    for name in bench.agent.parts.installation.devices:
        own = by_device.get(name, [])
        if [each.at_ms for each in own] != due:
            found.append(f"{name}: {len(own)} polls where {minutes} were due")
        found += _unexplained(name, made.faults.get(name, ""), own)
    return found


def _unexplained(name: str, fault: str, own: Sequence[Poll]) -> Iterator[str]:
    channels = 1
    told = FAULTS[fault].told if fault else frozenset[str]()
    reasons = Counter(str(one.reason) for each in own for one in each.lacking)
    if any(len(each.readings) + len(each.lacking) != channels for each in own):
        yield f"{name}: a channel is neither a value nor a miss"
    if strange := reasons.keys() - told:
        yield f"{name}: {fault or 'no fault'} is told as {sorted(strange)}"
    if told and not reasons:
        yield f"{name}: {fault} is not found"
    if fault == "dead" and reasons.total() != len(own):
        yield f"{name}: it is dead and gave a value"
    if fault != "dead" and reasons.total() > MINUTES_OF_MISSES:
        yield f"{name}: {fault} lasted for {reasons.total()} minutes"
