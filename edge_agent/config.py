"""An agent's configuration: the types of agent.toml, and what they refuse.

The exact bytes of the file are logged, so it holds no secret: a password stands in a file
of its own, whose path stands here.
"""

import json
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from edge_agent.config_lines import Host, LineSettings, PlaceName, Port, Seconds

_END = r"(?![\s\S])"
SCHEMA_ID: Final = "urn:carbonmeter:schema:agent-v1"

AgentId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}" + _END)]
"""Letters, digits, dot, hyphen, underscore; it stands in topics and in the log's name."""


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
        tls_cert: file with the agent's own certificate and its key, mode 0600; empty for none.
        collector_key: the line that `carbonmeter collector init` printed.
    """

    host: Host = "127.0.0.1"
    port: Port = 1883
    username: str = ""
    password_file: str = ""
    tls_ca: str = ""
    tls_cert: str = ""
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


class PageSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the agent shows how it is: a page and JSON, for reading only.

    Args:
        host: address of this machine to listen on; any but a loopback one needs a token.
        port: of the page.
        token_file: a file with one line of 16 characters or more, asked of whoever looks; never
            the token itself.
        zone: IANA name of the zone of the times that are shown; empty for the machine's.
    """

    host: Host = "127.0.0.1"
    port: Port = 8079
    token_file: str = ""
    zone: Annotated[str, Meta(max_length=64)] = ""


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
    page: PageSettings | None = None


def config_schema_text() -> str:
    """JSON Schema (2020-12) of agent.toml, as the text of `agent-v1.schema.json`."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "carbonmeter agent configuration, version 1",
        **msgspec.json.schema(AgentConfig),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
