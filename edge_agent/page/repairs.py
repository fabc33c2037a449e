"""What is to be put right at an agent, what costs most in quality of data first. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from calibration.basis import UncertaintyBasis
from edge_agent.page import findings
from edge_agent.page.health import (
    Cost,
    DeviceHealth,
    DeviceState,
    Health,
    Repair,
    SpoolLevel,
    last_day,
)
from edge_agent.page.words import MISS_REASONS, QUALITIES, size
from edge_agent.seen import Said, said
from evidence.clock_standing import ClockStanding
from evidence.errors import Words

DUE_DAYS: Final = 30
RENEWED: Final = timedelta(days=20)
"""A certificate of 90 days is renewed in its last 30: one that ends sooner could not be."""
_LEVELS: Final[Mapping[SpoolLevel, tuple[Cost, type[findings.HealthError]]]] = {
    SpoolLevel.WARN: (Cost.SOON, findings.SpoolFillsError),
    SpoolLevel.THIN: (Cost.LOST, findings.SpoolThinsError),
    SpoolLevel.STOP: (Cost.LOST, findings.SpoolStopsError),
}
_STANDINGS: Final[Mapping[ClockStanding, type[findings.HealthError]]] = {
    ClockStanding.UNSYNCHRONISED: findings.ClockLooseError,
    ClockStanding.UNKNOWN: findings.ClockUnheardError,
}


def repairs_of(health: Health) -> tuple[Repair, ...]:
    """What is to be put right; of one cost, what lasts longest first."""
    found = [*_of_agent(health), *_together(health)]
    ranks = list(Cost)
    return tuple(sorted(found, key=lambda each: (ranks.index(each.cost), _age(each, health))))


def _age(repair: Repair, health: Health) -> float:
    """Sorts what began first before what began later, and that before what nobody knows."""
    return 0.0 if repair.since is None else (repair.since - health.at).total_seconds()


def _of_agent(health: Health) -> Iterator[Repair]:
    yield from _room(health)
    yield from _uplink(health)
    yield from _clock(health)
    for line in health.lines:
        if line.overload is not None:
            yield Repair(cost=Cost.LOST, said=line.overload)
    until = health.connection_until
    if until is not None and until - health.at < RENEWED:
        ends = f"{until:%Y-%m-%dT%H:%M:%SZ}"
        yield Repair(
            cost=Cost.SOON, said=said(findings.ConnectionEndsError(health.agent, limit=ends))
        )


def _room(health: Health) -> Iterator[Repair]:
    spool = health.spool
    if spool.level in _LEVELS:
        cost, kind = _LEVELS[spool.level]
        used, limit = size(spool.used_bytes), size(spool.limit_bytes)
        yield Repair(cost=cost, said=said(kind("spool", found=used, limit=limit)))


def _uplink(health: Health) -> Iterator[Repair]:
    delivery = health.delivery
    if delivery.trouble is not None:
        yield Repair(cost=Cost.WAITING, said=delivery.trouble, since=delivery.last_receipt)


def _clock(health: Health) -> Iterator[Repair]:
    clock = health.clock
    kind = _STANDINGS.get(clock.standing)
    if clock.suspect:
        kind = findings.ClockUnsureError
    if kind is not None and not clock.simulated:
        yield Repair(cost=Cost.DOUBT, said=said(kind("clock")), since=clock.since)


def _together(health: Health) -> list[Repair]:
    """What is wrong with devices; one repair where devices of a line say the same."""
    found: dict[tuple[object, ...], Repair] = {}
    for device in health.devices:
        for each in _of_device(device, health.at):
            key = (each.cost, each.said.code, each.said.en, device.line)
            known = found.get(key)
            found[key] = each if known is None else _joined(known, each, device.line)
    return list(found.values())


def _joined(known: Repair, more: Repair, line: str) -> Repair:
    since = min((each.since for each in (known, more) if each.since is not None), default=None)
    told = replace(known.said, where=line)
    days = [each.due_on for each in (known, more) if each.due_on is not None]
    devices = (*known.devices, *more.devices)
    return replace(known, said=told, devices=devices, since=since, due_on=min(days, default=None))


def _of_device(device: DeviceHealth, at: datetime) -> Iterator[Repair]:
    yield from _unread(device)
    yield from _marked(device)
    yield from _uncalibrated(device, at)


def _unread(device: DeviceHealth) -> Iterator[Repair]:
    if device.state not in {DeviceState.SILENT, DeviceState.PARTLY}:
        return
    told = device.said
    if told is None:
        reasons = _listed(MISS_REASONS[each.reason] for each in device.missing)
        told = said(findings.LackingError(device.name, found=reasons))
    yield _about(device, Cost.LOST, replace(told, where=device.name), device.lacking_since)


def _marked(device: DeviceHealth) -> Iterator[Repair]:
    if device.qualities:
        marks = _listed(QUALITIES[each] for each in device.qualities)
        told = device.said or said(findings.MarkedError(device.name, found=marks))
        yield _about(device, Cost.DOUBT, replace(told, where=device.name), None)


def _uncalibrated(device: DeviceHealth, at: datetime) -> Iterator[Repair]:
    if device.basis is UncertaintyBasis.UNKNOWN:
        told = said(findings.UnknownUncertaintyError(device.name))
        yield _about(device, Cost.DOUBT, told, None)
    if device.due is None:
        return
    if device.due <= at:
        overdue = _about(device, Cost.DOUBT, said(findings.OverdueError(device.name)), device.due)
        yield replace(overdue, due_on=last_day(device.due))
    elif device.due - at < timedelta(days=DUE_DAYS):
        told = said(findings.DueError(device.name, limit=DUE_DAYS))
        yield _about(device, Cost.SOON, told, None)


def _about(device: DeviceHealth, cost: Cost, told: Said, since: datetime | None) -> Repair:
    return Repair(cost=cost, said=told, devices=(device.name,), since=since)


def _listed(words: Iterable[Words]) -> Words:
    some = list(words)
    return Words(", ".join(each.en for each in some), "、".join(each.zh for each in some))
