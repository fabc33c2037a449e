"""From what a configuration says of a device to the device as it is polled."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from calibration.errors import CalibrationError
from calibration.increment import NS_PER_HOUR
from calibration.measurand import Accumulation, KindOfQuantity, Measurand, ReferenceConditions
from calibration.timeline import Installed
from device_profiles.cost import LineCost
from device_profiles.load import LoadedProfile
from device_profiles.model import Channel, DeviceProfile
from device_profiles.nearest import nearest
from device_profiles.parameters import parameters_of
from device_profiles.resolution import rollover
from edge_agent.checked import PlannedCheck
from edge_agent.config import AgentConfig
from edge_agent.config_errors import ConfigLimitError, ConfigProfileError, ConfigReferenceError
from edge_agent.config_lines import CheckSettings, DeviceSettings, LineSettings
from edge_agent.cycle import PolledDevice, ReadingPlan, plan_of
from edge_agent.line_time import line_cost
from edge_agent.setup import ChannelSetup, DeviceSetup, setup_digest
from evidence.errors import Words


class Plans:
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


def polled_device(
    config: AgentConfig,
    line: LineSettings,
    settings: DeviceSettings,
    loaded: LoadedProfile,
    path: Path,
    plans: Plans,
) -> PolledDevice:
    """A device as the agent polls it.

    Raises:
        ConfigError: it names what its profile does not have, or says what cannot be.
    """
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
        checks=tuple(_check(each, names) for each in settings.checks),
    )


def _refuse_unknown(
    settings: DeviceSettings, profile: DeviceProfile, names: Sequence[str], where: str
) -> None:
    """Every name must be of the profile, and those of a register of a register."""
    every = [channel.name for channel in profile.channels]
    registers = [each.name for each in profile.channels if each.accumulation == "register"]
    place = f"lines.devices[{settings.name}]"
    checked = [name for each in settings.checks for name in each.channels]
    exchanged = [name for exchange in settings.exchanges for name in exchange.closing]
    for key, found, known in (
        ("channels", names, every),
        ("resolution", settings.resolution, every),
        ("rated_rate", settings.rated_rate, registers),
        ("reference_conditions", settings.reference_conditions, every),
        ("exchanges", exchanged, registers),
        ("checks", checked, names),
        ("parameters", settings.parameters, list(profile.parameters)),
    ):
        for name in found:
            if name not in known:
                limit = f"one of the profile's {len(known)} for this key"
                guess = nearest(name, known) or "-"
                raise ConfigReferenceError(
                    where, key=f"{place}.{key}", found=name, limit=limit, nearest=guess
                )
    _refuse_intervals(settings, where)
    _refuse_cut_hours(settings, profile, names, where)
    if settings.phase_ns >= settings.period_ns > 0:
        raise ConfigLimitError(
            where,
            key=f"{place}.phase_s",
            found=settings.phase_s,
            limit=Words("below period_s", "小于 period_s"),
        )


def _refuse_cut_hours(
    settings: DeviceSettings, profile: DeviceProfile, names: Sequence[str], where: str
) -> None:
    """What is told of a channel are hours: no poll may stand for parts of two of them.

    A register shows what it counted however seldom it is read; anything else is known of the
    time alone that its polls stand for.
    """
    period_ns = settings.period_ns
    if period_ns > 0 and NS_PER_HOUR % period_ns == 0:
        return
    others = [name for name in names if profile.channel(name).accumulation != "register"]
    if not others and period_ns > 0 and period_ns % NS_PER_HOUR == 0:
        return
    limit = Words(
        "a whole part of an hour, such as 60, 900 or 3600; registers alone may be read each so "
        "many full hours" + (f" ('{others[0]}' is none)" if others else ""),
        "能整除一小时的周期，如 60、900 或 3600；仅有累计表时也可为若干整小时"
        + (f"（'{others[0]}' 不是累计表）" if others else ""),
    )
    key = f"lines.devices[{settings.name}].period_s"
    raise ConfigLimitError(where, key=key, found=settings.period_s, limit=limit)


def _refuse_intervals(settings: DeviceSettings, where: str) -> None:
    """Checks that are counted from midnight must come back to it."""
    for each in settings.checks:
        if 24 % each.every_h and each.every_h % 24:
            key = f"lines.devices[{settings.name}].checks.every_h"
            limit = "a divisor or a multiple of 24"
            raise ConfigLimitError(where, key=key, found=each.every_h, limit=limit)


def _check(settings: CheckSettings, names: Sequence[str]) -> PlannedCheck:
    at = settings.at
    seconds = at.hour * 3600 + at.minute * 60 + at.second
    return PlannedCheck(
        places=frozenset(map(names.index, settings.channels)),
        at_ms=seconds * 1000 + at.microsecond // 1000,
        every_ms=settings.every_h * 3_600_000,
        duration_ms=round(settings.duration_s * 1000),
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
            reference_conditions=_conditions(settings, channel),
        )
    except (ValueError, CalibrationError) as wrong:
        key = f"{profile.id} channel {channel.name}"
        limit = "a kind and a unit that the calibration room knows"
        raise ConfigProfileError(str(path), key=key, found=str(wrong), limit=limit) from None


def _conditions(settings: DeviceSettings, channel: Channel) -> ReferenceConditions | None:
    """The state of gas that a channel is stated for; no device says it of itself."""
    state = settings.reference_conditions.get(channel.name)
    if state is None:
        return None
    return ReferenceConditions(
        temperature_K=state.temperature_K, pressure_Pa=state.pressure_Pa, wet=state.wet
    )


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
