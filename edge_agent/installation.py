"""A configuration with all that it names: profiles, certificates, and the devices they make."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from calibration.errors import CalibrationError
from calibration.load import SourceFile, read_folder, register_of
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.register import CalibrationRegister
from calibration.timeline import Installed
from device_profiles.cost import LineCost
from device_profiles.errors import ProfileError, UnknownIdError
from device_profiles.load import LoadedProfile, catalogue, load_profile
from device_profiles.model import Channel, DeviceProfile
from device_profiles.nearest import nearest
from device_profiles.parameters import parameters_of
from device_profiles.resolution import rollover
from edge_agent.batcher import MAX_FRAME_BYTES, Place, packed_documents
from edge_agent.calibrations import Calibrations, calibrations_of
from edge_agent.config import AgentConfig
from edge_agent.config_errors import (
    ConfigCalibrationError,
    ConfigDocumentError,
    ConfigError,
    ConfigFileError,
    ConfigLimitError,
    ConfigProfileError,
    ConfigReferenceError,
)
from edge_agent.config_lines import DeviceSettings, LineSettings
from edge_agent.config_parse import parse_config
from edge_agent.cycle import PolledDevice, ReadingPlan, plan_of
from edge_agent.documents import DocumentFile, calibration_documents
from edge_agent.line_fit import require_fit
from edge_agent.line_time import line_cost
from edge_agent.setup import ChannelSetup, DeviceSetup, setup_digest

_ANYWHERE: Final = Place(agent="a" * 64, epoch="0" * 32, sequence=2**62)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Everything that a configuration stands for.

    Attributes:
        path: Of the configuration.
        config: As read.
        sha256: Of the configuration's exact bytes.
        devices: By name.
        register: Certificates and confirmations of the site.
        calibrations: What the channels of these devices apply.
        documents: Files that are logged before the first batch.
    """

    path: Path
    sha256: str
    config: AgentConfig = field(repr=False)
    devices: Mapping[str, PolledDevice] = field(repr=False)
    register: CalibrationRegister = field(repr=False)
    calibrations: Calibrations = field(repr=False)
    documents: tuple[DocumentFile, ...] = field(repr=False)

    def beside(self, name: str) -> Path:
        """A path that the configuration names, relative to its own folder."""
        return self.path.parent / name


def load_installation(path: Path) -> Installation:
    """The installation that the configuration at `path` describes.

    Raises:
        ConfigError: the first thing that is wrong with it, or with a file that it names.
    """
    content = _read(path, "agent.toml")
    config = parse_config(content, str(path))
    settings = [device for line in config.lines for device in line.devices]
    lines = {device.name: line for line in config.lines for device in line.devices}
    first = {device.profile: device for device in reversed(settings)}  # each is read once
    profiles = {name: _profile(device, path) for name, device in first.items()}
    plans = _Plans()
    devices = [
        _device(config, lines[device.name], device, profiles[device.profile], path, plans)
        for device in settings
    ]
    files, register = _certificates(path, config)
    _require_fits(config, profiles, str(path))
    by_digest = {each.sha256: each.profile for each in profiles.values()}
    setups = [device.setup for device in devices]
    serials = [each.serial for setup in setups for each in setup.installed]
    calibrations = _calibrations(path, setups, by_digest, register)
    documents = (
        DocumentFile(kind="configuration", name=path.name, content=content),
        *(_profile_document(each) for each in profiles.values()),
        *calibration_documents(files, register, serials),
    )
    _refuse_large(documents, path)
    return Installation(
        path=path,
        config=config,
        sha256=hashlib.sha256(content).hexdigest(),
        devices={device.name: device for device in devices},
        register=register,
        calibrations=calibrations,
        documents=tuple({each.sha256: each for each in documents}.values()),
    )


def _require_fits(config: AgentConfig, profiles: Mapping[str, LoadedProfile], where: str) -> None:
    for line in config.lines:
        own = {device.name: profiles[device.profile].profile for device in line.devices}
        require_fit(line, own, where)


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as wrong:
        found = wrong.strerror or type(wrong).__name__
        raise ConfigFileError(str(path), key=what, found=found, limit="readable") from None


def _profile(device: DeviceSettings, path: Path) -> LoadedProfile:
    key = f"lines.devices[{device.name}].profile"
    named = device.profile
    try:
        return load_profile(path.parent / named if named.endswith(".toml") else named)
    except UnknownIdError:
        guess = nearest(named, catalogue()) or "-"
        limit = "an id of the catalogue, or a path that ends in .toml"
        raise ConfigReferenceError(
            str(path), key=key, found=named[:80], limit=limit, nearest=guess
        ) from None
    except ProfileError as wrong:
        raise ConfigProfileError(
            str(path), key=key, found=wrong.say("en"), limit="a sound profile"
        ) from None


def _profile_document(loaded: LoadedProfile) -> DocumentFile:
    return DocumentFile(kind="profile", name=f"{loaded.profile.id}.toml", content=loaded.content)


def _device(
    config: AgentConfig,
    line: LineSettings,
    settings: DeviceSettings,
    loaded: LoadedProfile,
    path: Path,
    plans: "_Plans",
) -> PolledDevice:
    profile, where = loaded.profile, str(path)
    names = settings.channels or tuple(channel.name for channel in profile.channels)
    _refuse_unknown(settings, profile, names, where)
    channels = [_channel(config, settings, profile, profile.channel(name), path) for name in names]
    setup = DeviceSetup(
        device=settings.name,
        profile=loaded.sha256,
        period_ms=settings.period_ns // 1_000_000,
        installed=_installed(settings),
        channels=tuple(channels),
        parameters=settings.parameters,
    )
    return PolledDevice(
        setup=setup,
        digest=setup_digest(setup),
        plan=plans.of(loaded, names, settings.parameters, line_cost(line, settings, profile)),
        period_ns=settings.period_ns,
        phase_ns=settings.phase_ns,
        frozen_after_ns=settings.frozen_after_ns,
        probe_serial=settings.probe_serial,
    )


class _Plans:
    """The plans of an installation: devices that are read in the same way share one."""

    def __init__(self) -> None:
        self._made: dict[object, ReadingPlan] = {}

    def of(
        self,
        loaded: LoadedProfile,
        names: tuple[str, ...],
        parameters: Mapping[str, float],
        cost: LineCost,
    ) -> ReadingPlan:
        """How these channels of a profile are read, under these parameters, on such a line."""
        key = (loaded.sha256, names, tuple(sorted(parameters.items())), cost)
        if key not in self._made:
            self._made[key] = plan_of(loaded.profile, names, parameters, cost)
        return self._made[key]


def _refuse_unknown(
    settings: DeviceSettings, profile: DeviceProfile, names: Iterable[str], where: str
) -> None:
    """Every name must be of the profile, and those of a register of a register."""
    every = [channel.name for channel in profile.channels]
    registers = [each.name for each in profile.channels if each.accumulation == "register"]
    place = f"lines.devices[{settings.name}]"
    exchanged = [name for exchange in settings.exchanges for name in exchange.closing]
    for key, found, known in (
        ("channels", names, every),
        ("resolution", settings.resolution, every),
        ("rated_rate", settings.rated_rate, registers),
        ("exchanges", exchanged, registers),
        ("parameters", settings.parameters, list(profile.parameters)),
    ):
        for name in found:
            if name not in known:
                limit = f"one of the profile's {len(known)} for this key"
                guess = nearest(name, known) or "-"
                raise ConfigReferenceError(
                    where, key=f"{place}.{key}", found=name, limit=limit, nearest=guess
                )
    if settings.phase_ns >= settings.period_ns > 0:
        raise ConfigLimitError(
            where, key=f"{place}.phase_s", found=settings.phase_s, limit="below period_s"
        )


def _channel(
    config: AgentConfig,
    settings: DeviceSettings,
    profile: DeviceProfile,
    channel: Channel,
    path: Path,
) -> ChannelSetup:
    name = channel.name
    return ChannelSetup(
        name=name,
        channel=f"{config.agent.site}/{settings.name}/{name}",
        measurand=_measurand(settings, profile, channel, path),
        resolution=settings.resolution.get(name),
        rollover=rollover(profile, name, parameters_of(profile, settings.parameters)),
        rated_rate=settings.rated_rate.get(name),
    )


def _measurand(
    settings: DeviceSettings, profile: DeviceProfile, channel: Channel, path: Path
) -> Measurand:
    parts = (settings.subject or settings.name, channel.subject, channel.phase)
    try:
        return Measurand(
            kind_of_quantity=KindOfQuantity(channel.kind_of_quantity),
            unit=channel.unit,
            subject=" ".join(part for part in parts if part),
            accumulation=Accumulation(channel.accumulation),
        )
    except (ValueError, CalibrationError) as wrong:
        key = f"{profile.id} channel {channel.name}"
        limit = "a kind and a unit that the calibration room knows"
        raise ConfigProfileError(str(path), key=key, found=str(wrong), limit=limit) from None


def _installed(settings: DeviceSettings) -> tuple[Installed, ...]:
    mpe = settings.nameplate_mpe_relative
    first = Installed(from_ns=0, serial=settings.serial, nameplate_mpe_relative=mpe)
    later = (
        Installed(
            from_ns=round(exchange.at.timestamp() * 1000) * 1_000_000,
            serial=exchange.new_serial,
            nameplate_mpe_relative=mpe,
        )
        for exchange in settings.exchanges
    )
    return (first, *later)


def _certificates(
    path: Path, config: AgentConfig
) -> tuple[tuple[SourceFile, ...], CalibrationRegister]:
    folder = path.parent / config.calibration.directory
    try:
        files = read_folder(folder)
        return files, register_of(files)
    except CalibrationError as wrong:
        raise _unusable(path, wrong) from None


def _calibrations(
    path: Path,
    setups: Iterable[DeviceSetup],
    profiles: Mapping[str, DeviceProfile],
    register: CalibrationRegister,
) -> Calibrations:
    try:
        return calibrations_of(setups, profiles, register)
    except CalibrationError as wrong:
        raise _unusable(path, wrong) from None


def _unusable(path: Path, wrong: CalibrationError) -> ConfigError:
    return ConfigCalibrationError(
        str(path), key="calibration.directory", found=wrong.say("en"), limit="usable certificates"
    )


def _refuse_large(documents: Iterable[DocumentFile], path: Path) -> None:
    """A file must fit a message wherever in whichever log it stands."""
    for file in documents:
        (leaf,) = packed_documents([file], _ANYWHERE)
        if not leaf.fits:
            limit = f"at most {MAX_FRAME_BYTES} bytes once compressed"
            raise ConfigDocumentError(str(path), key=file.name, found=len(leaf.frame), limit=limit)
