"""From an installation to a running agent: drivers, lines, spool, the first records."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from calibration.errors import CalibrationError
from device_profiles.errors import ProfileError
from device_profiles.model import DeviceProfile
from device_profiles.parse import parse_profile
from device_profiles.traffic import Tap
from edge_agent import records
from edge_agent.agent import Agent
from edge_agent.agent_parts import AgentParts
from edge_agent.calibrations import Calibrations, calibrations_of
from edge_agent.config_errors import (
    ConfigCalibrationError,
    ConfigCollectorKeyError,
)
from edge_agent.installation import Installation
from edge_agent.learned import BlockMemory
from edge_agent.line import Line
from edge_agent.link import Link
from edge_agent.relog import Opening
from edge_agent.spool import Spool
from edge_agent.spool_schema import Connect, connect_file
from edge_agent.spool_start import Found, SpoolTerms, open_spool
from edge_agent.stations import line_of
from edge_agent.uplink import Uplink, UplinkTerms
from evidence.clock import Clock, SystemClock
from evidence.errors import EvidenceError, Words
from evidence.load import read_signing_key, read_verifier
from evidence.log.key import Algorithm, SigningKey, Verifier, require_algorithm

LOG = logging.getLogger("carbonmeter.agent")
NS_PER_MS: Final = 1_000_000
MIB: Final = 1_048_576


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What an agent gets from outside: time, randomness, and how files are opened."""

    clock: Clock
    entropy: Callable[[int], bytes]
    connect: Connect = connect_file


def software() -> str:
    """What made the results, for the batches."""
    try:
        return f"carbonmeter/{metadata.version('carbonmeter')}"
    except metadata.PackageNotFoundError:
        return "carbonmeter/source"


def lines_of(installation: Installation, clock: Clock, tap: Tap | None = None) -> dict[str, Line]:
    """The lines of an installation by name, not connected yet; `tap` is told what they carry."""
    memory = BlockMemory(state_dir(installation), clock)
    lines = installation.config.lines
    return {each.name: line_of(each, installation, clock, memory, tap) for each in lines}


def state_dir(installation: Installation) -> Path:
    """Where the agent keeps what is its own."""
    return installation.beside(installation.config.agent.state_dir)


def signing_key(installation: Installation) -> SigningKey:
    """The agent's key, which `agent init` made.

    Raises:
        KeyMaterialError: it is missing, open to others, or not a key.
    """
    return read_signing_key(state_dir(installation) / "agent.key")


def collector_key(installation: Installation) -> Verifier:
    """The pinned key of the collector.

    Raises:
        ConfigCollectorKeyError: it is not set, or not a key for receipts.
    """
    where, key = str(installation.path), "uplink.collector_key"
    line, limit = installation.config.uplink.collector_key, "a line name+hash8+base64"
    if not line:
        raise ConfigCollectorKeyError(
            where, key=key, found=Words("it is empty", "为空"), limit=limit
        )
    try:
        verifier = read_verifier(line, where)
        require_algorithm(verifier, Algorithm.COSIGNATURE_V1)
    except EvidenceError as wrong:
        raise ConfigCollectorKeyError(where, key=key, found=wrong.say("en"), limit=limit) from None
    return verifier


def open_agent(
    installation: Installation,
    key: SigningKey,
    world: World,
    lines: Mapping[str, Line] | None = None,
) -> Agent:
    """An agent on its spool, with an epoch and the records of its start; no uplink yet.

    Args:
        installation: Configuration, devices, certificates.
        key: Signs the log's checkpoints.
        world: Time, randomness, files.
        lines: By name; made from the configuration where not given.

    Raises:
        SpoolError: the spool cannot be used.
        ConfigCalibrationError: what is pending needs a certificate that cannot be used.
    """
    limit_bytes = round(installation.config.spool.limit_MiB * MIB)
    terms = SpoolTerms(
        agent=installation.config.agent.id,
        key=key,
        limit_bytes=limit_bytes,
        connect=world.connect,
        entropy=world.entropy,
    )
    spool, found = open_spool(state_dir(installation), terms)
    try:
        return _started(installation, spool, found, world, lines)
    except BaseException:
        spool.close()
        raise


def _started(
    installation: Installation,
    spool: Spool,
    found: Found,
    world: World,
    lines: Mapping[str, Line] | None,
) -> Agent:
    agent = Agent(
        AgentParts(
            installation=installation,
            calibrations=_calibrations(installation, spool),
            spool=spool,
            lines=lines_of(installation, world.clock) if lines is None else lines,
            clock=world.clock,
            entropy=world.entropy,
            software=software(),
        )
    )
    _open_log(agent, found, world)
    devices = installation.devices.values()
    spool.remember([device.setup for device in devices], installation.documents)
    _first_records(agent, found, world.clock.now_ns() // NS_PER_MS)
    return agent


def _open_log(agent: Agent, found: Found, world: World) -> None:
    """A new epoch where the old log does not go on; else what is left of a former move."""
    if not found.reason:
        agent.spool.log_again()
        return
    if found.reason != "new":
        LOG.error("spool: %s, %s; a new epoch is opened", found.reason, found.what or "-")
    now_ns = world.clock.now_ns()
    now_ms = now_ns // NS_PER_MS
    agent.spool.open_epoch(
        Opening(
            epoch=world.entropy(16).hex(),
            records=records.epoch_opened(found, now_ms, _last_stamp_ms(agent.spool)),
            documents=agent.parts.installation.documents,
            head=agent.head(now_ns),
            former=frozenset({found.former} - {""}),
            # Counters are lost with a damaged spool: milliseconds are above any of them.
            first_sequence=now_ms if found.reason == "damaged" else 0,
        )
    )


def _last_stamp_ms(spool: Spool) -> int:
    polls = (each.at_ms for each in spool.waiting if each.setup)
    return max([spool.state.stamp_ms, *polls])


def _first_records(agent: Agent, found: Found, now_ms: int) -> None:
    """Restart, configuration, a clock that went back, exchanges: what a start must say."""
    spool, installation = agent.spool, agent.parts.installation
    stamp_ms, before = spool.state.stamp_ms, spool.state.configuration
    made = []
    if not found.reason:
        made.append(records.restarted(stamp_ms, now_ms, len(spool.waiting)))
    if stamp_ms - now_ms > 1000:
        made.append(records.clock_stepped(now_ms - stamp_ms, now_ms))
    if before != installation.sha256:
        made.append(records.configured_as(installation.sha256, before, now_ms))
    config = installation.config
    devices = [device for line in config.lines for device in line.devices]
    exchanges = dict(records.exchange_records(config.agent.site, devices))
    new = {key: record for key, record in exchanges.items() if not spool.is_told(key)}
    agent.note(*made, *new.values(), told=new, configuration=installation.sha256)


def _calibrations(installation: Installation, spool: Spool) -> Calibrations:
    """Those of the installation, and of what is pending from an earlier configuration."""
    used = {each.setup for each in spool.waiting} - {b""}
    known = installation.calibrations
    if used <= known.setups.keys():
        return known
    setups = [*spool.setups(), *known.setups.values()]
    profiles = dict(known.profiles)
    for sha256 in {setup.profile for setup in setups} - profiles.keys():
        profiles |= _stored_profile(spool, sha256)
    try:
        return calibrations_of(setups, profiles, installation.register)
    except CalibrationError as wrong:
        raise ConfigCalibrationError(
            str(installation.path),
            key="calibration.directory",
            found=wrong.say("en"),
            limit=Words("usable for what is still pending", "可用于尚未发送的数据"),
        ) from None


def _stored_profile(spool: Spool, sha256: str) -> dict[str, DeviceProfile]:
    file = spool.document(sha256)
    if file is None:
        return {}
    try:
        return {sha256: parse_profile(file.content, file.name)}
    except ProfileError:
        return {}


def attach_uplink(
    agent: Agent, link: Link, collector: Verifier, clock: Clock | None = None
) -> Uplink:
    """The agent's uplink over a link, not started.

    Args:
        agent: Whose spool is delivered.
        link: The transport.
        collector: The pinned key.
        clock: Of the network's time-outs; the machine's where not given, since the network
            is real also where the agent's time is simulated.
    """
    terms = UplinkTerms(
        agent=agent.parts.installation.config.agent.id,
        collector=collector,
        clock=clock or SystemClock(),
        reopen=agent.reopen,
    )
    agent.uplink = Uplink(agent.spool, link, terms)
    return agent.uplink
