"""Agents' healths for tests: a sound one, and what becomes of it."""

from datetime import UTC, datetime, timedelta

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason, Quality
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
from edge_agent.seen import Said
from evidence.clock_standing import ClockStanding
from msgspec.structs import replace

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
TIMEOUT = Said(
    code="E_TIMEOUT", where="x", en="no answer within 1 s; check power", zh="1 秒内无应答；请检查供电"
)


def device_health(name: str = "feeder-1", line: str = "bus-1", **more: object) -> DeviceHealth:
    sound = DeviceHealth(
        name=name,
        line=line,
        profile="abb-b23",
        serial=f"SN-{name}",
        period_s=60.0,
        channels=4,
        state=DeviceState.GOOD,
        last_poll=NOW - timedelta(seconds=20),
        last_reading=NOW - timedelta(seconds=20),
        basis=UncertaintyBasis.CALIBRATION,
        due=NOW + timedelta(days=200),
    )
    return replace(sound, **more)


def silent(name: str = "feeder-2", hours: float = 3.0, line: str = "bus-1") -> DeviceHealth:
    since = NOW - timedelta(hours=hours)
    return device_health(
        name,
        line,
        state=DeviceState.SILENT,
        failures=7,
        missing=(Missing(reason=MissReason.TIMEOUT, channels=4),),
        lacking_since=since,
        last_reading=since - timedelta(minutes=1),
        said=TIMEOUT,
    )


def health(*devices: DeviceHealth, **more: object) -> Health:
    """A sound agent with these devices, changed as `more` says; its repairs follow."""
    sound = Health(
        agent="line-1",
        site="works",
        software="carbonmeter/0",
        configuration="ab" * 32,
        at=NOW,
        started=NOW - timedelta(days=3),
        memory_bytes=60 * 1024 * 1024,
        connection_until=None,
        delivery=Delivery(
            connected=True,
            epoch="0123456789abcdef" * 2,
            leaves=120,
            receipted=120,
            pending=6,
            last_receipt=NOW - timedelta(seconds=9),
        ),
        spool=Room(
            level=SpoolLevel.ROOMY, used_bytes=2**20, limit_bytes=2**29, disk_free_bytes=2**33
        ),
        clock=ClockHealth(
            standing=ClockStanding.SYNCHRONISED,
            suspect=False,
            simulated=False,
            standard_uncertainty_s=0.05,
            bound_s=0.01,
            since=NOW,
        ),
        lines=(
            LineHealth(name="bus-1", kind="modbus-tcp", place="10.0.0.7:502", devices=len(devices)),
        ),
        devices=devices or (device_health(),),
    )
    changed = replace(sound, **more)
    return replace(changed, repairs=repairs_of(changed))


def told(device: DeviceHealth | None = None, *channels: ChannelHealth) -> DeviceTold:
    some = channels or (
        ChannelHealth(
            name="active_power",
            unit="kW",
            number=20.5,
            read_at=NOW - timedelta(seconds=20),
            quality=Quality.GOOD,
            basis=UncertaintyBasis.CALIBRATION,
            certificate="C-1",
            due=NOW + timedelta(days=200),
        ),
        ChannelHealth(
            name="active_energy_import",
            unit="kW.h",
            missing=MissReason.SENTINEL,
            basis=UncertaintyBasis.UNKNOWN,
        ),
    )
    return DeviceTold(at=NOW, device=device or device_health(), channels=some)


class Shown:
    """A source that always tells the same."""

    def __init__(self, found: Health | None = None) -> None:
        self.found = found or health()
        self.asked = 0

    def health(self) -> Health:
        self.asked += 1
        return self.found

    def device(self, name: str) -> DeviceTold | None:
        known = [each for each in self.found.devices if each.name == name]
        return told(known[0]) if known else None
