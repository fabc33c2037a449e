"""No silence without a word: every tick of a meter is a reading, a miss, or lies in a record.

Judged where an agent's wall clock was never set and no copy of a spool or ledger came into
use; elsewhere a tick has no one instant.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from evidence.log.batch import Record, RecordKind
from tests.simulation.book import polls_of, records_of
from tests.simulation.works import Works
from tests.system.oracle import Kept

FOREVER: Final = 2**62
SLOWEST_CYCLE_MS: Final = 5000
Span = tuple[int, int]


def check_ticks(works: Works) -> Iterator[str]:
    """Says which device's ticks are more than its polls and the records account for."""
    if works.world.tally["clock set"] or works.set_back:
        return
    for machine in works.gateways:
        if machine.agent_id not in works.suspects:
            yield from _of_agent(works, machine.agent_id)


def _of_agent(works: Works, agent: str) -> Iterator[str]:
    leaves = [leaf for (name, _), held in works.book.held.items() if name == agent for leaf in held]
    spans = list(_spans(record for leaf in leaves for record in records_of(leaf)))
    devices: dict[str, list[Kept]] = {}
    for leaf in leaves:
        for poll in polls_of(leaf):
            devices.setdefault(poll.device, []).append(poll)
    for device, polls in devices.items():
        period_ms = round(works.terms.period_s * 1000)
        unsure = 0 if period_ms >= SLOWEST_CYCLE_MS else SLOWEST_CYCLE_MS // period_ms
        lacking = _lacking(polls, spans, period_ms)
        if lacking > unsure * len(spans):
            yield f"{agent}: {lacking} ticks of {device} are not accounted for"


def _spans(records: Iterable[Record]) -> Iterator[Span]:
    """The intervals (first, last ms) that the agent says it did not read in.

    A restart begins at the last stamp. Ticks that went by while a slow cycle was under way are
    named after it; a kill in the next cycle takes them along, so nothing is asked of them.
    """
    for record in records:
        end_ms = FOREVER if record.until_ms is None else record.until_ms
        if record.kind == RecordKind.RESTART:
            yield record.at_ms - SLOWEST_CYCLE_MS, end_ms
        elif record.kind == RecordKind.GAP:
            yield record.at_ms, end_ms


def _lacking(polls: Sequence[Kept], spans: Sequence[Span], period_ms: int) -> int:
    """How many ticks outside the intervals have no poll, from the first poll to the last.

    A poll belongs to the tick before its stamp; where a slow cycle is longer than the period
    that may be another one, which counts at the ends of an interval alone.
    """
    first, last = (at(poll.at_ms for poll in polls) for at in (min, max))
    ticks = range(first - first % period_ms, last + 1, period_ms)
    due = sum(not _inside(tick, spans) for tick in ticks)
    return due - sum(not _inside(poll.at_ms - poll.at_ms % period_ms, spans) for poll in polls)


def _inside(at_ms: int, spans: Sequence[Span]) -> bool:
    return any(first <= at_ms <= last for first, last in spans)
