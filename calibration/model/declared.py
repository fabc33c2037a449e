"""The declared inputs of a computed channel at an instant: an area, a K_v, a moisture (pure)."""

import datetime as dt
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from calibration.derivation import Derivation
from calibration.errors import Words
from calibration.measurand import ReferenceConditions
from calibration.model.errors import DeclaredInputError
from calibration.model.stated import Stated
from calibration.setting import Setting, SettingKind, SettingValue
from calibration.settings import SettingInForce, SettingStanding, settings_in_force
from calibration.uncertainty import Influence, UncertaintyComponent, merge, name_of
from calibration.window import (
    FlowWindow,
    Grounds,
    SettingUsed,
    UnstatedStandard,
    merge_grounds,
)

_MOIST = ReferenceConditions(temperature_K=273.15, pressure_Pa=101_325.0, wet=True)


def applied_at(
    derivation: Derivation,
    settings: Iterable[Setting],
    at: dt.datetime,
    as_known_at: dt.datetime | None = None,
) -> dict[str, Setting]:
    """The settings that a derivation takes inputs from, by the model's name for each.

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
        name: _in_force(derivation, name, kind, found, at)
        for name, kind in derivation.settings.items()
    }


def declared_at(
    derivation: Derivation,
    settings: Iterable[Setting],
    at: dt.datetime,
    as_known_at: dt.datetime | None = None,
) -> dict[str, Stated]:
    """The inputs that a derivation takes from settings, by the model's name for each.

    Raises:
        DeclaredInputError: as `applied_at`.
    """
    applied = applied_at(derivation, settings, at, as_known_at)
    return {name: stated_setting(each) for name, each in applied.items()}


def _in_force(
    derivation: Derivation,
    name: str,
    kind: SettingKind,
    found: Mapping[SettingKind, SettingStanding],
    at: dt.datetime,
) -> Setting:
    standing = found.get(kind)
    if isinstance(standing, SettingInForce):
        return standing.setting
    raise DeclaredInputError(
        derivation.derivation,
        name=name,
        kind=kind,
        subject=derivation.subject,
        at=at.isoformat(),
        found=Words("none", "无") if standing is None else type(standing).__name__,
    )


def stated_setting(setting: Setting) -> Stated:
    """A setting as a model takes it; what the same decision says deviates alike in every hour.

    Its standards act as influences of their own. Without a `standard_uncertainty` there is none.
    """
    held: SettingValue = setting.after
    return Stated(
        value=held.value,
        unit=held.unit,
        components=_parts(setting, held.value, held.standard_uncertainty),
        reference_conditions=_MOIST if setting.setting == "moisture" else held.reference_conditions,
    )


def resting_on(window: FlowWindow, settings: Iterable[Setting]) -> FlowWindow:
    """The hour with the settings that went in, their papers, and standards without a share."""
    applied = tuple(settings)
    papers = Grounds(
        basis=window.grounds.basis,
        settings=tuple(
            SettingUsed(
                setting=each.id, document=each.document, document_sha256=each.document_sha256
            )
            for each in applied
        ),
        unstated_standards=tuple(
            UnstatedStandard(standard=standard.influence, certificate=each.document)
            for each in applied
            for standard in each.standards
            if standard.relative_standard_uncertainty is None
        ),
    )
    return replace(window, grounds=merge_grounds((window.grounds, papers)))


def _parts(setting: Setting, value: float, u: float | None) -> tuple[UncertaintyComponent, ...]:
    if u is None:
        return ()
    own = UncertaintyComponent(influence=Influence(id=influence_of(setting)), contribution=u)
    shares = (
        UncertaintyComponent(
            influence=Influence(id=each.influence, degrees_of_freedom=each.degrees_of_freedom),
            contribution=value * each.relative_standard_uncertainty,
        )
        for each in setting.standards
        if each.relative_standard_uncertainty is not None
    )
    return merge((own, *shares))


def influence_of(setting: Setting) -> str:
    """Id of a setting's own influence: a K_v is the result of a comparison, others are factors.

    What was found by analysis deviates with its report: in every plant that uses it, and no longer
    than it is used. An area deviates as long as it is the same stack.
    """
    if setting.setting == "velocity_coefficient":
        return f"cert:{name_of(setting.document)}/0"
    whose = setting.document if setting.is_sampled else setting.subject
    return f"factor:{name_of(setting.setting)}.{name_of(whose)}"
