"""An agent's configuration: the types of agent.toml, and what they refuse.

The exact bytes of the file are logged, so it holds no secret: a password stands in a file
of its own, whose path stands here.
"""

import json
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from device_profiles.scalars import Name

_END = r"(?![\s\S])"
NS_PER_S: Final = 1_000_000_000
SCHEMA_ID: Final = "urn:carbonmeter:schema:agent-v1"

AgentId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}" + _END)]
"""Letters, digits, dot, hyphen, underscore; it stands in topics and in the log's name."""
PlaceName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}" + _END)]
"""A site, a line or a device: it stands in channel ids, so no slash, blank or colon."""
Serial = Annotated[str, Meta(pattern=r"^[^\s/:]{1,64}" + _END)]
"""A serial number: it stands in influence ids, so no blank, slash or colon."""
Host = Annotated[str, Meta(min_length=1, max_length=253)]
Port = Annotated[int, Meta(ge=1, le=65535)]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]
Period = Annotated[float, Meta(ge=0.01, le=86_400)]
Share = Annotated[float, Meta(gt=0, le=1)]
Amount = Annotated[float, Meta(gt=0, le=1e18)]
Count = Annotated[float, Meta(ge=-1e18, le=1e18)]
Instant = Annotated[datetime, Meta(tz=True)]


class AgentSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who the agent is, and where it keeps what is its own.

    Args:
        id: unique among the agents of a collector.
        site: first part of every channel's id.
        state_dir: holds spool.sqlite and agent.key; relative to the configuration's folder.
    """

    id: AgentId
    site: PlaceName
    state_dir: Annotated[str, Meta(min_length=1)]


class UplinkSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The broker, and the collector whose receipts count.

    Args:
        password_file: a file with one line; never the password itself.
        tls_ca: file with the broker's certificate authority; empty for no TLS.
        collector_key: the line that `carbonmeter collector init` printed.
    """

    host: Host = "127.0.0.1"
    port: Port = 1883
    username: str = ""
    password_file: str = ""
    tls_ca: str = ""
    collector_key: str = ""


class BatchSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a batch is closed: by age, or by readings of one channel."""

    max_age_s: Annotated[float, Meta(ge=0.1, le=3600)] = 10.0
    readings_per_channel: Annotated[int, Meta(ge=1, le=1000)] = 10


class SpoolSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much may wait on this machine for its receipt."""

    limit_MiB: Annotated[float, Meta(ge=1, le=1_048_576)] = 512


class ClockSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the machine's time is worth; it goes into every batch.

    Attributes:
        standard_uncertainty_s: Of every stamp where the operating system does not know
            better, and the least that is stated.
        drift_ppm: Highest rate at which the clock deviates once nothing keeps it any more,
            microseconds per second; 50 is 4.3 s a day.
    """

    standard_uncertainty_s: Seconds = 0.05
    drift_ppm: Annotated[float, Meta(ge=0, le=10_000)] = 50.0


class CalibrationSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where certificates and confirmations lie, relative to the configuration's folder."""

    directory: str = "certificates"


class ExchangeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A meter exchanged by a person, with both readings per register channel."""

    at: Instant
    old_serial: Serial
    new_serial: Serial
    closing: dict[Name, Count] = {}
    opening: dict[Name, Count] = {}


class DeviceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One device on a line.

    Args:
        profile: id in the catalogue, or path of a file that ends in .toml.
        unit_id: Modbus unit; None takes the profile's.
        serial: of the instrument that stood here first.
        period_s, phase_s: polls stand on the UTC grid of `period_s`, shifted by `phase_s`.
        channels: of the profile; None takes all.
        parameters: what the site knows and the registers do not, such as a CT ratio.
        nameplate_mpe_relative: maximum permissible error of the class on the name-plate.
        rated_rate: highest rate of a register, in its unit per hour.
        resolution: smallest step shown, where the profile's is not this instrument's.
        subject: of what the device measures; empty takes the device's name.
        frozen_after_s: for how long its channels may show the same; what stands still for
            longer is kept and marked `frozen`. None where its load may be off for ever.
    """

    name: PlaceName
    profile: Annotated[str, Meta(min_length=1)]
    serial: Serial
    unit_id: Annotated[int, Meta(ge=0, le=255)] | None = None
    period_s: Period = 60.0
    phase_s: Seconds = 0.0
    channels: tuple[Name, ...] | None = None
    parameters: dict[Name, Amount] = {}
    nameplate_mpe_relative: Share | None = None
    rated_rate: dict[Name, Amount] = {}
    resolution: dict[Name, Amount] = {}
    subject: str = ""
    frozen_after_s: Annotated[float, Meta(gt=0, le=31_622_400)] | None = None
    exchanges: tuple[ExchangeSettings, ...] = ()

    @property
    def period_ns(self) -> int:
        """Distance of the poll grid in ns, whole milliseconds."""
        return round(self.period_s * 1000) * 1_000_000

    @property
    def phase_ns(self) -> int:
        """Shift of the poll grid in ns, whole milliseconds."""
        return round(self.phase_s * 1000) * 1_000_000

    @property
    def frozen_after_ns(self) -> int | None:
        """`frozen_after_s` in ns, whole milliseconds."""
        after_s = self.frozen_after_s
        return None if after_s is None else round(after_s * 1000) * 1_000_000


class LineSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A physical line: the host and port that its devices share.

    Args:
        timeout_s: longest wait for an answer.
        gap_s: least silence between an answer and the next request.
    """

    name: PlaceName
    kind: Literal["modbus-tcp"]
    host: Host
    port: Port = 502
    timeout_s: Annotated[float, Meta(ge=0.01, le=60)] = 1.0
    gap_s: Annotated[float, Meta(ge=0, le=60)] = 0.0
    devices: Annotated[tuple[DeviceSettings, ...], Meta(min_length=1)]


class AgentConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of agent.toml, version 1."""

    schema: Literal[1]
    agent: AgentSettings
    lines: Annotated[tuple[LineSettings, ...], Meta(min_length=1)]
    uplink: UplinkSettings = UplinkSettings()
    batch: BatchSettings = BatchSettings()
    spool: SpoolSettings = SpoolSettings()
    clock: ClockSettings = ClockSettings()
    calibration: CalibrationSettings = CalibrationSettings()


def config_schema_text() -> str:
    """JSON Schema (2020-12) of agent.toml, as the text of `agent-v1.schema.json`."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "carbonmeter agent configuration, version 1",
        **msgspec.json.schema(AgentConfig),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
