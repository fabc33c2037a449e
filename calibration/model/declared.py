"""The declared inputs of a computed channel at an instant: an area, a K_v, a moisture (pure)."""

import datetime as dt
from collections.abc import Iterable, Mapping

from calibration.derivation import Derivation
from calibration.measurand import ReferenceConditions
from calibration.model.errors import DeclaredInputError
from calibration.model.stated import Stated
from calibration.setting import Setting, SettingKind, SettingValue
from calibration.settings import SettingInForce, SettingStanding, settings_in_force
from calibration.uncertainty import Influence, UncertaintyComponent, name_of

_MOIST = ReferenceConditions(temperature_K=273.15, pressure_Pa=101_325.0, wet=True)


def declared_at(
    derivation: Derivation,
    settings: Iterable[Setting],
    at: dt.datetime,
    as_known_at: dt.datetime | None = None,
) -> dict[str, Stated]:
    """The inputs that a derivation takes from settings, by the model's name for each.

    Args:
        derivation: How the channel is computed.
        settings: All versions.
        at: The instant asked for.
        as_known_at: Only what was recorded by then; None for all.

    Raises:
        DeclaredInputError: one is not in force, or several contradict each other.
    """
    found = settings_in_force(settings, derivation.subject, at, as_known_at)
    return {
        name: _stated(derivation, name, kind, found, at)
        for name, kind in derivation.settings.items()
    }


def _stated(
    derivation: Derivation,
    name: str,
    kind: SettingKind,
    found: Mapping[SettingKind, SettingStanding],
    at: dt.datetime,
) -> Stated:
    standing = found.get(kind)
    if isinstance(standing, SettingInForce):
        return stated_setting(standing.setting)
    raise DeclaredInputError(
        derivation.derivation,
        name=name,
        kind=kind,
        subject=derivation.subject,
        at=at.isoformat(),
        found="none (无)" if standing is None else type(standing).__name__,
    )


def stated_setting(setting: Setting) -> Stated:
    """A setting as a model takes it; what the same decision says deviates alike in every hour."""
    held: SettingValue = setting.after
    u, moist = held.standard_uncertainty, setting.setting == "moisture"
    part = UncertaintyComponent(influence=Influence(id=_influence(setting)), contribution=u or 0.0)
    return Stated(
        value=held.value,
        unit=held.unit,
        components=() if u is None else (part,),
        reference_conditions=_MOIST if moist else None,
    )


def _influence(setting: Setting) -> str:
    """A K_v is the result of a comparison, other numbers are factors of their own."""
    if setting.setting == "velocity_coefficient":
        return f"cert:{name_of(setting.document)}/0"
    return f"factor:{name_of(setting.setting)}.{name_of(setting.subject)}"
