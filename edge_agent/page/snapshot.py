"""From a running agent to how it is: nothing here changes it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from calibration.basis import WEAKEST_FIRST
from calibration.indication import WORST_FIRST, Quality
from calibration.timeline import Timeline
from edge_agent.agent import Agent
from edge_agent.assembly import state_dir
from edge_agent.cycle import PolledDevice
from edge_agent.enrolment.asking import certificate_of, kept_of
from edge_agent.enrolment.errors import EnrolError
from edge_agent.page.health import (
    ChannelHealth,
    ClockHealth,
    Delivery,
    DeviceHealth,
    DeviceState,
    DeviceTold,
    Health,
    LineHealth,
    Missing,
    Room,
    SpoolLevel,
)
from edge_agent.page.repairs import repairs_of
from edge_agent.poll import Poll, Reading
from edge_agent.schedule import ANSWERING
from edge_agent.schedule import Health as Answering
from edge_agent.seen import DeviceSeen, said

MIB: Final = 1_048_576
NS_PER_MS: Final = 1_000_000
_LEVELS: Final = tuple(SpoolLevel)
_CLOCK: Final = {Quality.CLOCK_SUSPECT, Quality.CLOCK_UNSYNCHRONISED, Quality.GOOD}
"""Not said of each device: the clock is one for all of them."""


def instant(at_ms: float) -> datetime:
    """An instant, from UTC ms."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _instant(at_ms: float | None) -> datetime | None:
    return None if at_ms is None else instant(at_ms)


def health_of(agent: Agent, started: datetime) -> Health:
    """How an agent is now.

    Args:
        agent: It is running, or could.
        started: When it was, UTC.
    """
    config = agent.parts.installation.config
    now_ns = agent.parts.clock.now_ns()
    devices = (
        _device(agent, name, healths.get(device.name, ANSWERING), device, now_ns)
        for name, healths in _answering(agent)
        for device in agent.devices_on(name)
    )
    health = Health(
        agent=config.agent.id,
        site=config.agent.site,
        software=agent.parts.software,
        configuration=agent.parts.installation.sha256,
        at=instant(now_ns / NS_PER_MS),
        started=started,
        memory_bytes=memory_bytes(),
        connection_until=_connection_until(state_dir(agent.parts.installation)),
        delivery=_delivery(agent),
        spool=_room(agent),
        clock=_clock(agent, now_ns),
        lines=tuple(_lines(agent)),
        devices=tuple(devices),
    )
    return replace(health, repairs=repairs_of(health))


def _answering(agent: Agent) -> Iterator[tuple[str, Mapping[str, Answering]]]:
    for name, line in agent.parts.lines.items():
        yield name, line.healths


def memory_bytes() -> int | None:
    """What of this process is in memory; None where the system does not say."""
    with suppress(OSError, ValueError, IndexError):
        lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
        found = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
        return int(found[0]) * 1024
    return None


def _connection_until(folder: Path) -> datetime | None:
    with suppress(EnrolError):
        kept = kept_of(folder)
        if kept is not None and kept.has_certificate:
            return certificate_of(folder).not_valid_after_utc
    return None


def _delivery(agent: Agent) -> Delivery:
    spool, uplink = agent.spool, agent.uplink
    trouble = None if uplink is None else uplink.trouble
    return Delivery(
        connected=uplink is not None and uplink.connected,
        epoch=spool.epoch,
        leaves=spool.size,
        receipted=spool.base,
        pending=len(spool.waiting),
        last_receipt=_instant(None if spool.receipt_s is None else spool.receipt_s * 1000),
        trouble=None if trouble is None else said(trouble),
    )


def _room(agent: Agent) -> Room:
    spool = agent.spool
    return Room(
        level=_LEVELS[agent.room.level],
        used_bytes=spool.used_bytes,
        limit_bytes=round(agent.parts.installation.config.spool.limit_MiB * MIB),
        disk_free_bytes=spool.files.ballast.disk_free_bytes(),
    )


def _clock(agent: Agent, now_ns: int) -> ClockHealth:
    state = agent.head(now_ns).clock
    return ClockHealth(
        standing=state.standing,
        suspect=agent.time.suspect,
        simulated=state.simulated,
        standard_uncertainty_s=state.standard_uncertainty_s,
        bound_s=state.bound_s,
        since=_instant(state.since_ms),
    )


def _lines(agent: Agent) -> Iterator[LineHealth]:
    mono_ns = agent.parts.clock.monotonic_ns()
    for each in agent.parts.installation.config.lines:
        yield LineHealth(
            name=each.name,
            kind=each.kind,
            place=each.place,
            devices=len(each.devices),
            overload=None if agent.seen is None else agent.seen.overload(each.name, mono_ns),
        )


def _device(
    agent: Agent, line: str, answering: Answering, device: PolledDevice, now_ns: int
) -> DeviceHealth:
    seen = None if agent.seen is None else agent.seen.device(device.name)
    poll = None if seen is None else seen.poll
    findings = agent.identity.findings(device.name)
    why = said(findings[0]) if findings else None if seen is None else seen.said
    applied = [each.at(now_ns) for each in _timelines(agent, device)]
    due = [each.due_ns for each in applied if each.due_ns is not None]
    return DeviceHealth(
        name=device.name,
        line=line,
        profile=device.profile.id,
        serial=device.serial_at(now_ns),
        period_s=device.period_ns / 1e9,
        channels=len(device.setup.channels),
        state=_state(poll, is_overdue=bool(due) and min(due) <= now_ns),
        failures=answering.failures,
        last_poll=_instant(None if poll is None else poll.at_ms),
        last_reading=_instant(None if seen is None or poll is None else _last_ms(seen, poll)),
        missing=_missing(poll),
        qualities=_qualities(poll),
        lacking_since=_instant(None if seen is None else seen.lacking_since_ms),
        said=why,
        basis=min((each.basis for each in applied), key=WEAKEST_FIRST.index),
        due=_instant(min(due) / NS_PER_MS if due else None),
    )


def _timelines(agent: Agent, device: PolledDevice) -> list[Timeline]:
    """Those of a device's channels; what channels share is there once."""
    known = agent.parts.calibrations.timelines
    own = [known[device.digest, place] for place in range(len(device.setup.channels))]
    return list({id(each): each for each in own}.values())


def _state(poll: Poll | None, *, is_overdue: bool) -> DeviceState:
    if poll is None:
        return DeviceState.WAITING
    if poll.lacking:
        return DeviceState.PARTLY if poll.readings else DeviceState.SILENT
    if _qualities(poll):
        return DeviceState.MARKED
    return DeviceState.OVERDUE if is_overdue else DeviceState.GOOD


def _last_ms(seen: DeviceSeen, poll: Poll) -> int | None:
    return max((each.at_ms for each in (*poll.readings, *seen.kept.values())), default=None)


def _missing(poll: Poll | None) -> tuple[Missing, ...]:
    reasons = Counter(each.reason for each in (poll.lacking if poll is not None else ()))
    return tuple(Missing(reason=each, channels=count) for each, count in reasons.most_common())


def _qualities(poll: Poll | None) -> tuple[Quality, ...]:
    found = {each.quality for each in poll.readings} if poll is not None else set()
    return tuple(each for each in WORST_FIRST if each in found - _CLOCK)


def device_told(agent: Agent, health: Health, name: str) -> DeviceTold | None:
    """A device with its channels; None if there is none of this name."""
    device = agent.parts.installation.devices.get(name)
    known = next((each for each in health.devices if each.name == name), None)
    if device is None or known is None:
        return None
    channels = tuple(_channels(agent, device, health))
    return DeviceTold(at=health.at, device=known, channels=channels)


def _channels(agent: Agent, device: PolledDevice, health: Health) -> Iterator[ChannelHealth]:
    seen = None if agent.seen is None else agent.seen.device(device.name)
    poll = None if seen is None else seen.poll
    shown: dict[int, Reading] = {} if seen is None else dict(seen.kept)
    shown |= {each.channel: each for each in (poll.readings if poll else ())}
    missing = {each.channel: each.reason for each in (poll.lacking if poll else ())}
    for place, setup in enumerate(device.setup.channels):
        timeline = agent.parts.calibrations.timelines[device.digest, place]
        applied = timeline.at(round(health.at.timestamp() * 1e9))
        reading = shown.get(place)
        yield ChannelHealth(
            name=setup.name,
            unit=setup.measurand.unit,
            number=None if reading is None else reading.number,
            read_at=_instant(None if reading is None else reading.at_ms),
            quality=None if reading is None else reading.quality,
            missing=missing.get(place),
            basis=applied.basis,
            certificate=applied.certificate,
            due=_instant(None if applied.due_ns is None else applied.due_ns / NS_PER_MS),
        )
