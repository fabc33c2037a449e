"""A configuration with all that it names: profiles, certificates, and the devices they make."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from calibration.errors import CalibrationError
from calibration.load import SourceFile, read_folder, register_of
from calibration.register import CalibrationRegister
from device_profiles.errors import ProfileError, UnknownIdError
from device_profiles.load import LoadedProfile, catalogue, load_profile
from device_profiles.model import DeviceProfile
from device_profiles.nearest import nearest
from edge_agent.batcher import MAX_FRAME_BYTES, Place, packed_documents
from edge_agent.calibrations import Calibrations, calibrations_of
from edge_agent.config import AgentConfig
from edge_agent.config_errors import (
    ConfigCalibrationError,
    ConfigDocumentError,
    ConfigError,
    ConfigFileError,
    ConfigProfileError,
    ConfigReferenceError,
)
from edge_agent.config_lines import DeviceSettings
from edge_agent.config_parse import parse_config
from edge_agent.cycle import PolledDevice
from edge_agent.devices import Plans, polled_device
from edge_agent.documents import DocumentFile, Own, calibration_documents
from edge_agent.line_fit import require_fit
from edge_agent.setup import DeviceSetup
from evidence.errors import Words
from evidence.log.parts import BLIND_BYTES

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
    plans = Plans()
    devices = [
        polled_device(config, lines[device.name], device, profiles[device.profile], path, plans)
        for device in settings
    ]
    files, register = _certificates(path, config)
    _require_fits(config, profiles, str(path))
    by_digest = {each.sha256: each.profile for each in profiles.values()}
    setups = [device.setup for device in devices]
    calibrations = _calibrations(path, setups, by_digest, register)
    documents = (
        DocumentFile(kind="configuration", name=path.name, content=content),
        *(_profile_document(each) for each in profiles.values()),
        *calibration_documents(files, register, _own(config, setups)),
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


def _own(config: AgentConfig, setups: Iterable[DeviceSetup]) -> Own:
    """What the agent of these devices speaks for."""
    stood = list(setups)
    return Own(
        site=config.agent.site,
        serials=frozenset(each.serial for setup in stood for each in setup.installed),
        channels=frozenset(each.channel for setup in stood for each in setup.channels),
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
            str(path),
            key=key,
            found=wrong.say("en"),
            limit=Words("a sound profile", "有效的配置文件"),
        ) from None


def _profile_document(loaded: LoadedProfile) -> DocumentFile:
    return DocumentFile(kind="profile", name=f"{loaded.profile.id}.toml", content=loaded.content)


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
        str(path),
        key="calibration.directory",
        found=wrong.say("en"),
        limit=Words("usable certificates", "可用的证书"),
    )


def _refuse_large(documents: Iterable[DocumentFile], path: Path) -> None:
    """A file must fit a message wherever in whichever log it stands."""
    for file in documents:
        (leaf,) = packed_documents([file], _ANYWHERE, bytes(BLIND_BYTES))
        if not leaf.fits:
            limit = f"at most {MAX_FRAME_BYTES} bytes once compressed"
            raise ConfigDocumentError(str(path), key=file.name, found=len(leaf.frame), limit=limit)
