"""`evidence verify` with every check: readings computed again a second of one core.

Bundles of 36,000 readings: registers with many and with few readings an hour, in short and in
long leaves, and a rate, all under certificates. Nothing else does the same, so there is no
yardstick; processor time.
"""

import io
import tempfile
import time
from pathlib import Path

import msgspec

from benchmarks.factory import AGENT, START_MS, Factory, corrected, stream_of, timeline_for
from benchmarks.figures import Bound, Figure, measured
from collector.bundle_held import Held
from collector.bundling import choose
from evidence.bundle.form import Key
from evidence.bundle.verify import verify
from evidence.bundle.writing import write_bundle
from evidence.statement.activity import activity_data
from tests.unit.collector.agent_log import SIGNER
from tests.unit.collector.api.plant import HEADS, LINE_1, POWER

READINGS, RUNS = 36_000, 5
FAST = Bound(goal=20_000, gate=10_000, sense=">=", of="subject")
CASES = (
    ("a register each 15 min, 12 readings a leaf", LINE_1, 12, 900_000),
    ("a register each minute, 12 readings a leaf", LINE_1, 12, 60_000),
    ("a register each minute, 100 readings a leaf", LINE_1, 100, 60_000),
    ("a rate each minute, 100 readings a leaf", POWER, 100, 60_000),
)


def measure() -> list[Figure]:
    """Readings a second of each case."""
    found = []
    for name, channel, rows, period_ms in CASES:
        data = bundle(channel, rows, period_ms)
        rates = [_rate(data) for _ in range(RUNS)]
        found.append(measured(18, f"verify {name}", rates, unit="/s", bound=FAST))
    return found


def _rate(data: bytes) -> float:
    begin = time.process_time()
    verified = verify(io.BytesIO(data))
    took_s = time.process_time() - begin
    wrong = [each for each in verified.outcomes if each.result.value == "failed"]
    assert not wrong, wrong
    return verified.rows / took_s


def bundle(channel: str, rows: int, period_ms: int) -> bytes:
    """The bundle of a statement that rests on that many readings, as a collector writes it."""
    with tempfile.TemporaryDirectory() as name, Factory(Path(name)) as factory:
        factory.log_documents()
        head = msgspec.structs.replace(HEADS[channel], period_ms=period_ms)
        timeline = timeline_for(head)
        batches = []
        for n in range(READINGS // rows):
            polls = range(n * rows, (n + 1) * rows)
            shown = [_shown(channel, poll) for poll in polls]
            bare = stream_of(head, polls.start, shown, START_MS)
            part = corrected(bare, timeline) if channel == POWER else bare
            batches.append([part])
        closed_ms = START_MS + READINGS * period_ms
        factory.clock.set_to(closed_ms * 1_000_000)
        factory.take(batches, closed_ms)
        factory.judging.catch_up()
        return _written(factory, channel)


def _shown(channel: str, poll: int) -> float:
    if channel == LINE_1:
        return round(1000.0 + 1.7 * poll + (poll % 7) / 10, 2)
    return round(80.0 + (poll * 37 % 110) / 10, 1)


def _written(factory: Factory, channel: str) -> bytes:
    """The bundle of all whole hours that there are."""
    lookup = factory.store.lookup
    span, row = lookup.span(channel), lookup.channel(channel)
    assert span is not None
    assert row is not None
    period = (span[0], span[1] + 3_600_000_000_000)
    datum = activity_data(
        lookup.windows(channel, *period),
        row.head.measurand,
        period,
        software="carbonmeter benchmark",
    )
    with factory.store.transaction():
        factory.store.state_activity(datum, factory.clock.now_ns())
    keys = (
        Key(role="agent", of=AGENT, line=factory.logs[AGENT].key.verifier.to_text()),
        Key(role="collector", of="collector-1", line=SIGNER.verifier.to_text()),
    )
    held = Held(lookup=lookup, ledger=factory.ledger, sites=factory.sites, keys=keys)
    file = io.BytesIO()
    write_bundle(file, choose(held, datum.digest))
    return file.getvalue()
