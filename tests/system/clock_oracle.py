"""What must be true of a ledger whatever its agent's clock showed: seen with the true time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from calibration.indication import Quality
from calibration.window import RegisterWindow, merge_register
from evidence.clock_standing import STEP_NS
from evidence.judging import judge as judging
from evidence.judging.bounds import StampBounds, stamp_bounds
from evidence.judging.judge import Judge
from evidence.judging.judgement import Fault, Position
from evidence.judging.stream import qualities
from evidence.log.batch import Batch, ClockState, Record, RecordKind, decode
from evidence.log.column import progressed
from tests.faults.replaced import replaced

NS_PER_MS: Final = 1_000_000
STEP_APART_ms: Final = 50  # two readings of two clocks are never taken at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One reading as the ledger holds it.

    Attributes:
        value: What was shown; it tells when it was read.
        at_ns: Its stamp.
        quality: As the collector judges it.
        apart_s: What its stamp may be off by, as stated.
    """

    sequence: int
    value: int
    at_ns: int
    quality: Quality
    apart_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """All that the collector makes of a ledger."""

    readings: tuple[Seen, ...]
    records: tuple[Record, ...]
    windows: tuple[RegisterWindow, ...]
    faults: tuple[Fault, ...]

    @property
    def verified(self) -> list[Seen]:
        """The readings that count."""
        return [each for each in self.readings if each.quality != Quality.CLOCK_SUSPECT]


BoundsOf = Callable[[ClockState, int], StampBounds]


def judged(
    arrivals: Iterable[tuple[Position, bytes]], bounds_of: BoundsOf = stamp_bounds
) -> Judged:
    """What the collector makes of the leaves of one agent, in their order.

    Args:
        arrivals: Leaves, and where each stands.
        bounds_of: A control's idea of what bounds a stamp.
    """
    with replaced(judging, "stamp_bounds", bounds_of):
        return _judged(arrivals, bounds_of)


def _judged(arrivals: Iterable[tuple[Position, bytes]], bounds_of: BoundsOf) -> Judged:
    readings: list[Seen] = []
    records: list[Record] = []
    windows: list[RegisterWindow] = []
    faults: list[Fault] = []
    judge: Judge | None = None
    for where, data in arrivals:
        judge = judge or Judge({where.agent: "works"})
        found = judge.judge(data, where)
        leaf = decode(data)
        if isinstance(leaf, Batch):
            readings += _readings(leaf, bounds_of(leaf.clock, where.received_ns))
        records += found.records
        windows += [each for each in found.windows if isinstance(each, RegisterWindow)]
        faults += found.faults
    return Judged(
        readings=tuple(readings),
        records=tuple(records),
        windows=tuple(windows),
        faults=tuple(faults),
    )


def _readings(batch: Batch, bounds: StampBounds) -> Iterator[Seen]:
    for stream in batch.streams:
        if not stream.rows:
            continue
        columns = (
            progressed(stream.sequence, stream.rows),
            stream.raw,
            progressed(stream.at_ms, stream.rows),
            qualities(stream, bounds),
        )
        for sequence, raw, at_ms, quality in zip(*columns, strict=True):
            yield Seen(
                sequence=sequence,
                value=int(raw, 16),
                at_ns=at_ms * NS_PER_MS,
                quality=quality,
                apart_s=1.0 + 3.0 * batch.clock.standard_uncertainty_s,
            )


def complaints(
    found: Judged, served: Mapping[int, int], steps: Sequence[int], late_s: float = 0.0
) -> list[str]:
    """What is wrong with a ledger, as far as time goes; nothing if all is well.

    Args:
        found: What the collector makes of it.
        served: Value -> when it was read, UTC ns, in this order.
        steps: By how much the clock was set each time, ns; the agent looked after each.
        late_s: How late a busy machine may be in stamping what was read.
    """
    wrong = order(found.readings, served)
    wrong += _records(found.records, steps)
    wrong += _unflagged(found, served, late_s)
    wrong += _named(found)
    return wrong + _hours(found, served)


def order(readings: Sequence[Seen], served: Mapping[int, int]) -> list[str]:
    """Whether all that was read is there once, in the order in which it was read."""
    found = [each.value for each in readings]
    if found == list(served):
        return []
    lost, again = len(set(served) - set(found)), len(found) - len(set(found))
    return [f"{lost} readings lost, {again} doubled, of {len(served)}, or out of order"]


def _records(records: Sequence[Record], steps: Sequence[int]) -> list[str]:
    stated = [each.facts["step_ms"] for each in records if each.kind == RecordKind.CLOCK_STEP]
    due, sum_ns = [], 0
    for step_ns in steps:
        sum_ns += step_ns
        if abs(sum_ns) > STEP_NS:
            due.append(sum_ns // NS_PER_MS)
            sum_ns = 0
    apart = [abs(float(one) - other) for one, other in zip(stated, due, strict=False)]
    if len(stated) == len(due) and max(apart, default=0.0) <= STEP_APART_ms:
        return []
    return [f"steps recorded {stated[:9]}, made {due[:9]} ({len(due)})"]


def _unflagged(found: Judged, served: Mapping[int, int], late_s: float) -> list[str]:
    return [
        f"reading {each.sequence} counts and is stamped {off_s:.1f} s off, +-{each.apart_s:.1f} s"
        for each in found.verified
        if each.value in served
        and (off_s := abs(each.at_ns - served[each.value]) / 1e9) > each.apart_s + late_s
    ]


def _named(found: Judged) -> list[str]:
    suspect = len(found.readings) - len(found.verified)
    named = any(fault.code == "E_TIME_SUSPECT" for fault in found.faults)
    other = [fault.message for fault in found.faults if fault.code != "E_TIME_SUSPECT"]
    return other + ([] if named == bool(suspect) else [f"{suspect} suspect, named: {named}"])


def _hours(found: Judged, served: Mapping[int, int]) -> list[str]:
    """Hours begin and end with readings that count, join, and their sum is what was used."""
    if not found.windows:
        return []
    verified = {each.sequence: each for each in found.verified}
    whole = merge_register(found.windows)
    ends = [
        verified.get(int(end.key.split(".")[1]))
        for end in (whole.opening, whole.closing)
        if end.polled
    ]
    wrong = ["an hour rests on a suspect reading" for end in ends if end is None]
    first, last = min(served.values()), max(served.values())
    if whole.start_ns < first - 3600 * 10**9 or whole.end_ns > last + 3600 * 10**9:
        wrong.append(f"hours from {whole.start_ns} to {whole.end_ns}, read {first} to {last}")
    growth = whole.closing.value - whole.opening.value
    if abs(whole.uncorrected - growth) > 1e-6:
        wrong.append(f"the hours hold {whole.uncorrected}, the register grew by {growth}")
    starts = [each.start_ns for each in found.windows]
    if len(set(starts)) != len(starts):
        wrong.append("an hour was closed twice")
    return wrong
