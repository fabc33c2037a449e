"""The collector of a stepped run: the real intake, ledger and judge, in this process."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from calibration.model.derived import share_of
from collector.agents import PinnedKey, pin
from collector.config import BrokerSection
from collector.intake import Intake
from collector.judging import Judging
from collector.ledger import open_ledger
from collector.ledger_read import read_ledger
from collector.opening import open_store
from collector.receive import Receiver
from collector.site_register import site_register
from evidence.clock import Clock
from evidence.errors import PeriodError, Words
from evidence.load import read_verifier
from evidence.log.key import Algorithm, Verifier, generate
from evidence.software import SOFTWARE
from evidence.statement.activity import activity_data
from evidence.statement.datum import ActivityData
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.monitoring.period import monitored_period

_NOTHING = Words("no hour of it could be computed", "其任何小时均无法计算")
_AN_HOUR = Words("one hour", "至少一小时")
HOUR_NS = 3_600_000_000_000
COLLECTOR = "stepped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """An agent as the collector knows it: its id, its site, and its key's line."""

    agent: str
    site: str
    key: str


@contextmanager
def collector_on(folder: Path, broker_port: int, clock: Clock, sender: Sender) -> Iterator[str]:
    """A collector that receives while the block lasts, and judges at its end; its key's line."""
    state = folder / "collector"
    ledger = open_ledger(state)
    key = generate("collector", os.urandom(32), Algorithm.COSIGNATURE_V1)
    agents = pin([PinnedKey(agent=sender.agent, verifier=_verifier(sender.key))])
    intake = Intake(ledger=ledger, agents=agents, signer=key, clock=clock)
    section = BrokerSection(host="127.0.0.1", port=broker_port)
    receiver = Receiver(broker=section, collector_id=COLLECTOR, intake=intake, clock=clock)
    receiver.start()
    try:
        yield key.verifier.to_text()
    finally:
        receiver.stop()
        ledger.close()
    _judge(state, sender)


def _verifier(line: str) -> Verifier:
    return read_verifier(line, "agent")


def _judge(state: Path, sender: Sender) -> None:
    store = open_store(state)
    with read_ledger(state) as ledger:
        Judging(ledger, store, {sender.agent: sender.site}, accept_simulated=True).catch_up()
    store.close()


def activity(folder: Path, channel: str, period: tuple[int, int]) -> ActivityData:
    """The activity datum of a period, from the windows that were judged.

    Raises:
        PeriodError: nothing of the period was received.
    """
    store = open_store(folder / "collector")
    try:
        windows = store.lookup.windows(channel, *period)
        row = store.lookup.channel(channel)
        if row is None:
            raise PeriodError(channel, what=_NOTHING, limit=_AN_HOUR)
        return activity_data(
            windows,
            row.head.measurand,
            period,
            software=SOFTWARE,
        )
    finally:
        store.close()


def shares(folder: Path, channel: str, period: tuple[int, int]) -> dict[int, float]:
    """The share of each hour that its value stands for, 0 to 1, by the hour's start in UTC ns."""
    store = open_store(folder / "collector")
    try:
        windows = store.lookup.windows(channel, *period)
        return {each.start_ns: share_of(each.tally) for each in windows}
    finally:
        store.close()


def by_the_rules(
    folder: Path, channel: str, periods: Sequence[tuple[int, int]], sender: Sender, now_ns: int
) -> list[Monitored]:
    """Periods of a channel under its monitoring plan, from what was logged and judged.

    Raises:
        EvidenceError, CalibrationError: there is no plan, or its rules cannot be applied.
    """
    state, sites = folder / "collector", {sender.agent: sender.site}
    store = open_store(state)
    try:
        with read_ledger(state) as ledger:
            register = site_register(store.lookup, ledger, sites, sender.site)
        return [
            monitored_period(store.lookup, register, channel, period, now_ns) for period in periods
        ]
    finally:
        store.close()


def full_hours(start_ns: int, end_ns: int) -> tuple[int, int]:
    """The part of [start, end) that full hours fill: activity data are stated of nothing else."""
    return -(-start_ns // HOUR_NS) * HOUR_NS, end_ns // HOUR_NS * HOUR_NS


def months(start_ns: int, end_ns: int, zone: tzinfo = UTC) -> list[tuple[int, int]]:
    """The months of a zone that lie in [start, end), the first and last cut to it."""
    edges = [start_ns]
    while (following := _next_month(edges[-1], zone)) < end_ns:
        edges.append(following)
    return list(zip(edges, [*edges[1:], end_ns], strict=True))


def _next_month(at_ns: int, zone: tzinfo) -> int:
    at = datetime.fromtimestamp(at_ns // 1_000_000_000, tz=zone)
    year, month = (at.year + 1, 1) if at.month == 12 else (at.year, at.month + 1)
    return int(datetime(year, month, 1, tzinfo=zone).timestamp()) * 1_000_000_000
