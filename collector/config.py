"""The collector's configuration, collector.toml: one file, no expressions."""

import json
import re
import tomllib
from pathlib import Path
from typing import Annotated, Final

import msgspec

from collector.agents import Agents, PinnedKey, pin
from collector.alarms.config import AlarmSection, alarms_beside
from collector.api.limits import AsOfSection, RequestSection, StreamSection
from collector.archive.config import ArchiveSection
from collector.backup.config import BackupSection, backup_beside
from collector.errors import (
    AgentEntryError,
    ConfigFileError,
    ConfigSyntaxError,
    ConfigValueError,
    UnknownKeyConfigError,
)
from collector.quota import QuotaSection
from collector.record_section import RecordSection
from collector.views.influx_config import InfluxSection, beside
from collector.views.parquet_config import LakeSection, lake_beside
from evidence.errors import Words
from evidence.load import read_verifier
from evidence.log.key import Algorithm, require_algorithm

MAX_BYTES: Final = 256 * 1024
SCHEMA: Final = Path(__file__).parent / "collector-v1.schema.json"
_PLACE: Final = re.compile(r"(.*?)(?: - at `\$\.?([^`]*)`)?", re.DOTALL)
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)

Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\n)")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class CollectorSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who this collector is and where it keeps things.

    Attributes:
        id: Its name: 1 to 64 of A-Z a-z 0-9 . _ -, a letter or digit first.
        state_dir: Folder of the ledger; relative to the configuration file.
        key_file: Its cosignature key; `collector.key` in `state_dir` if left out.
        accept_simulated_clock: Whether batches stamped by a simulated clock count.
    """

    id: Id
    state_dir: Text
    key_file: Text | None = None
    accept_simulated_clock: bool = False


class TlsSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """TLS towards the broker; paths are relative to the configuration file.

    Attributes:
        ca_file: Certificates to trust; the system's if left out.
        cert_file, key_file: The collector's own, both or none.
    """

    ca_file: Text | None = None
    cert_file: Text | None = None
    key_file: Text | None = None


class BrokerSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The MQTT 5 broker.

    Attributes:
        host, port: Where it listens.
        username: Left out for an anonymous connection.
        password_file: A 0600 file whose first line is the password.
        tls: Left out for a plain connection.
    """

    host: Text = "127.0.0.1"
    port: Port = 1883
    username: Text | None = None
    password_file: Text | None = None
    tls: TlsSection | None = None


class ApiSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the HTTP interface listens."""

    host: Text = "127.0.0.1"
    port: Port = 8080


class AgentSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agent whose log is taken; one with two keys has two entries.

    Attributes:
        id: The agent's id.
        site: Where it stands; tokens are limited by site.
        key: The line that `agent init` printed.
        revoked: Nothing more is taken under this key; what is held stays valid.
    """

    id: Id
    site: Id
    key: Text
    revoked: bool = False


class CollectorConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """collector.toml; after `load_config` all paths are absolute."""

    collector: CollectorSection
    broker: BrokerSection = BrokerSection()
    api: ApiSection = ApiSection()
    influx: InfluxSection | None = None
    lake: LakeSection | None = None
    backup: BackupSection | None = None
    alarms: AlarmSection = AlarmSection()
    archive: ArchiveSection = ArchiveSection()
    quota: QuotaSection = QuotaSection()
    requests: RequestSection = RequestSection()
    streams: StreamSection = StreamSection()
    as_of: AsOfSection = AsOfSection()
    record: RecordSection = RecordSection()
    agents: tuple[AgentSection, ...] = ()

    @property
    def state_dir(self) -> Path:
        """The folder of the ledger."""
        return Path(self.collector.state_dir)

    @property
    def key_file(self) -> Path:
        """The file of the cosignature key."""
        named = self.collector.key_file
        return self.state_dir / "collector.key" if named is None else Path(named)

    def sites(self) -> dict[str, str]:
        """Where each agent stands, by the agent's id."""
        return {each.id: each.site for each in self.agents}


def load_config(path: Path) -> CollectorConfig:
    """The configuration in a file of at most 256 KiB, with absolute paths.

    Raises:
        ConfigError: E_CONFIG_*, naming file and key.
        KeyMaterialError: An agent's key is no key.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise ConfigFileError(str(path), what=_reason(problem)) from problem
    return parse_config(data, str(path), path.resolve().parent)


def parse_config(data: bytes, where: str, folder: Path) -> CollectorConfig:
    """The configuration in a file's bytes.

    Args:
        data: The file's content.
        where: Its name, for messages.
        folder: The absolute folder that relative paths start from.

    Raises:
        ConfigError: E_CONFIG_*, naming file and key.
        KeyMaterialError: An agent's key is no key.
    """
    if len(data) > MAX_BYTES:
        what = Words(f"it is over {MAX_BYTES} bytes", f"超过 {MAX_BYTES} 字节")
        raise ConfigFileError(where, what=what)
    try:
        table = tomllib.loads(data.decode())
    except (ValueError, RecursionError) as problem:
        raise ConfigSyntaxError(where, what=str(problem) or type(problem).__name__) from problem
    try:
        config = msgspec.convert(table, CollectorConfig)
    except msgspec.ValidationError as problem:
        raise _value_error(where, str(problem)) from None
    pinned_agents(config, where)
    _require_pairs(config, where)
    return _absolute(config, folder)


def _value_error(where: str, message: str) -> ConfigValueError | UnknownKeyConfigError:
    match = _PLACE.fullmatch(message)
    what, place = (match[1], match[2] or "") if match else (message, "")
    unknown = _UNKNOWN.fullmatch(what)
    if unknown is not None:
        return UnknownKeyConfigError(f"{where} [{place}]", key=unknown[1][:80])
    return ConfigValueError(f"{where} {place}".rstrip(), what=what)


def pinned_agents(config: CollectorConfig, where: str = "collector.toml") -> Agents:
    """The agents of a configuration by their keys.

    Raises:
        AgentEntryError: A key is pinned twice, or an agent stands on two sites.
        KeyMaterialError: A key is no Ed25519 note key.
    """
    sites: dict[str, str] = {}
    for each in config.agents:
        if sites.setdefault(each.id, each.site) != each.site:
            what = Words(
                f"it stands on '{sites[each.id]}' and on '{each.site}'",
                f"同时位于厂区 '{sites[each.id]}' 与 '{each.site}'",
            )
            raise AgentEntryError(f"{where} agent {each.id}", what=what)
    keys = (_pinned(each, f"{where} agents[{at}].key") for at, each in enumerate(config.agents))
    return pin(keys, where)


def _pinned(entry: AgentSection, where: str) -> PinnedKey:
    verifier = read_verifier(entry.key, where)
    require_algorithm(verifier, Algorithm.ED25519)
    return PinnedKey(agent=entry.id, verifier=verifier, revoked=entry.revoked)


def _require_pairs(config: CollectorConfig, where: str) -> None:
    broker, tls = config.broker, config.broker.tls
    if broker.password_file is not None and broker.username is None:
        what = Words("a password needs a username", "有密码则必须有用户名")
        raise ConfigValueError(f"{where} broker.username", what=what)
    if tls is not None and (tls.cert_file is None) != (tls.key_file is None):
        what = Words("cert_file and key_file go together", "cert_file 与 key_file 必须同时给出")
        raise ConfigValueError(f"{where} broker.tls", what=what)


def _absolute(config: CollectorConfig, folder: Path) -> CollectorConfig:
    broker, replace = config.broker, msgspec.structs.replace
    section = replace(
        config.collector,
        state_dir=str(folder / config.state_dir),
        key_file=_below(folder, config.collector.key_file),
    )
    tls = broker.tls and replace(
        broker.tls,
        ca_file=_below(folder, broker.tls.ca_file),
        cert_file=_below(folder, broker.tls.cert_file),
        key_file=_below(folder, broker.tls.key_file),
    )
    broker = replace(broker, password_file=_below(folder, broker.password_file), tls=tls)
    influx, lake = beside(folder, config.influx), lake_beside(folder, config.lake)
    backup, alarms = backup_beside(folder, config.backup), alarms_beside(folder, config.alarms)
    config = replace(config, collector=section, broker=broker, influx=influx, lake=lake)
    return replace(config, backup=backup, alarms=alarms)


def _below(folder: Path, path: str | None) -> str | None:
    return None if path is None else str(folder / path)


def _reason(problem: OSError) -> str:
    return problem.strerror or type(problem).__name__


def schema_text() -> str:
    """The JSON Schema (2020-12) of collector.toml, the text of `collector-v1.schema.json`."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:carbonmeter:schema:collector-v1",
        "title": "carbonmeter collector configuration, version 1",
        **msgspec.json.schema(CollectorConfig),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
