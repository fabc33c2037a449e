"""What is wrong with agents and their devices."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from collector.alarms import kinds
from collector.alarms.at_work import AtWork
from collector.alarms.config import AlarmSection
from collector.api.pool import Sources
from collector.api.stamp import stamp
from collector.lookup import ChannelRow
from evidence.clock import NS_PER_S
from evidence.errors import Words
from evidence.log.batch import Record, RecordKind

NS_PER_MS: Final = 1_000_000
PERIODS: Final = 5
"""A device that is asked seldom may miss so many polls."""
SEARCHED: Final = 200
NEVER: Final = Words("the collector was set up", "从未")
_UNKNOWN: Final = Words("an unknown time", "未知时间")
CALM: Final = "roomy"


def last_heard(sources: Sources, agent: str) -> int | None:
    """When the last leaf of an agent was committed, POSIX ns; None if none was.

    Its bytes are not read: a leaf that is damaged, or whose archive is away, blinds nobody.
    """
    row = sources.ledger.database.row(
        "SELECT received_ns FROM leaves WHERE log = (SELECT max(id) FROM logs WHERE agent = ?)"
        " ORDER BY sequence DESC LIMIT 1",
        agent,
    )
    return None if row is None else int(row[0])


def agents_wrong(
    sources: Sources,
    heard: Mapping[str, int | None],
    rows: Iterable[ChannelRow],
    section: AlarmSection,
    now_ns: int,
) -> Iterator[kinds.Alarm]:
    """Agents that are silent, whose spool fills, whose receipts lack; devices that are dead.

    Args:
        sources: Ledger and derived data.
        heard: When each configured agent was last heard; None for one that never was.
        rows: Channels of these agents; those of others tell nothing.
        section: When something is wrong.
        now_ns: The instant, POSIX ns.
    """
    limit_ns = round(section.agent_silent_s * NS_PER_S)
    silent = {name for name, at in heard.items() if at is None or now_ns - at > limit_ns}
    for agent in sorted(silent):
        yield kinds.AgentSilentAlarm(agent, since=_since(heard[agent]))
    for agent in sorted(heard.keys() - silent):
        yield from _spool(sources, agent)
        yield from _receipts(sources, agent)
    heard_ns = {name: at for name, at in heard.items() if at is not None and name not in silent}
    own = (each for each in rows if each.agent in heard_ns)
    yield from dead_devices(own, section, heard_ns, AtWork(sources).reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolSaid:
    """What an agent last said of its spool.

    Attributes:
        level: How full it is.
        since_ms: Since when, UTC; None where it said nothing.
        used: Share of its limit that was used then, >= 0; None where it did not say it.
        limit_bytes: That limit; None likewise.
    """

    level: str = CALM
    since_ms: int | None = None
    used: float | None = None
    limit_bytes: int | None = None


def _spool(sources: Sources, agent: str) -> Iterator[kinds.Alarm]:
    said = spool_said(sources, agent)
    if said.level != CALM and said.since_ms is not None:
        yield kinds.SpoolAlarm(agent, level=said.level, since=_since(said.since_ms * NS_PER_MS))


def spool_said(sources: Sources, agent: str) -> SpoolSaid:
    """How full the agent last said its spool is, and since when; calm if it said nothing.

    In the order of its log: its clock may step.
    """
    for epoch in sources.ledger.epochs(agent)[-1:]:
        for record in sources.store.lookup.last_records(agent, epoch, SEARCHED):
            level = _level(record)
            if level is not None:
                used, limit_bytes = _filled(record)
                return SpoolSaid(
                    level=level, since_ms=record.at_ms, used=used, limit_bytes=limit_bytes
                )
    return SpoolSaid()


def _filled(record: Record) -> tuple[float | None, int | None]:
    """Share and limit that a record states; None for both where these are no sizes."""
    used, limit = (record.facts.get(name) for name in ("used_bytes", "limit_bytes"))
    if not isinstance(used, int) or not isinstance(limit, int) or used < 0 or limit <= 0:
        return None, None
    return used / limit, limit


def _level(record: Record) -> str | None:
    """How full the spool was when a record was made; None if it does not tell."""
    if record.kind in (RecordKind.RESTART, RecordKind.EPOCH_OPENED):
        return CALM  # whatever else it is, the agent says after its start
    if record.kind is RecordKind.SPOOL_LIMIT:
        return str(record.facts.get("level", CALM))[:16]
    stopped = record.kind is RecordKind.GAP and record.facts.get("cause") == "spool_limit"
    return "stop" if stopped and record.until_ms is None else None


def _receipts(sources: Sources, agent: str) -> Iterator[kinds.Alarm]:
    logs = [sources.ledger.state(agent, each) for each in sources.ledger.epochs(agent)]
    lacking = sum(max(0, log.size - log.receipt_size) for log in logs)
    if lacking:
        yield kinds.ReceiptMissingAlarm(agent, found=lacking)


def dead_devices(
    rows: Iterable[ChannelRow],
    section: AlarmSection,
    heard_ns: Mapping[str, int],
    at_work: Callable[[ChannelRow], object],
) -> Iterator[kinds.Alarm]:
    """Devices none of whose channels gave a reading for too long before their agent was heard.

    What an agent read since then is not here yet: it tells nothing of the device.

    Args:
        rows: Channels of agents that are heard, `<site>/<device>/<channel>`; those that are
            computed or entered, and come by the hour or the month, are no device's.
        section: How long is too long.
        heard_ns: When their agents were last heard, POSIX ns.
        at_work: Why a channel's device does not measure though it answers; None where it does not.
    """
    devices: dict[str, list[ChannelRow]] = {}
    for row in (each for each in rows if each.head.profile):
        devices.setdefault(row.channel.rpartition("/")[0], []).append(row)
    for device, channels in sorted(devices.items()):
        last_ms = max(each.last_ms for each in channels)
        period_ms = min(each.head.period_ms for each in channels)
        limit_ms = max(section.device_dead_s * 1000, PERIODS * period_ms)
        agent = channels[0].agent
        late = heard_ns[agent] / NS_PER_MS - last_ms > limit_ms
        if late and all(at_work(each) is None for each in channels):
            since = _since(last_ms * NS_PER_MS)
            yield kinds.DeviceDeadAlarm(device, since=since, agent=agent)


def _since(at_ns: int | None) -> str | Words:
    """In words; what an agent stated may be no date at all."""
    if at_ns is None:
        return NEVER
    return stamp(at_ns // NS_PER_S * 1000) or _UNKNOWN
