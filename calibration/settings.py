"""Which settings were in force at an instant, as known at another (pure).

The one that began last holds. Two that begin at one instant and say different things contradict
each other, and none of them is in force. One that belongs to an instrument holds while that
instrument is installed, and not a reading longer.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from calibration.errors import SettingConflictError
from calibration.event import CalibrationEvent
from calibration.setting import Setting, SettingKind, SettingValue
from calibration.unit import convert, unit


class SettingInForce(msgspec.Struct, frozen=True, kw_only=True):
    """The setting that is applied."""

    setting: Setting


class SettingsContradict(msgspec.Struct, frozen=True, kw_only=True):
    """Settings that begin at one instant and say different things: none is applied."""

    settings: tuple[Setting, ...]


class SettingNotApplied(msgspec.Struct, frozen=True, kw_only=True):
    """A setting that belongs to another instrument than the one that is installed.

    Args:
        setting: the last one that began.
        installed: serial of what is installed; None where that is not known.
    """

    setting: Setting
    installed: str | None


SettingStanding = SettingInForce | SettingsContradict | SettingNotApplied


def as_known(
    settings: Iterable[Setting], as_known_at: dt.datetime | None = None
) -> tuple[Setting, ...]:
    """The settings that were recorded by an instant, each in its latest version, by their begin.

    Raises:
        SettingConflictError: a setting has two contents of one instant of recording.
    """
    latest: dict[str, Setting] = {}
    for each in settings:
        if as_known_at is not None and each.recorded_at > as_known_at:
            continue
        held = latest.get(each.id)
        if held is not None and held.recorded_at == each.recorded_at and held != each:
            raise SettingConflictError("settings", id=each.id, at=each.recorded_at.isoformat())
        if held is None or each.recorded_at > held.recorded_at:
            latest[each.id] = each
    return tuple(
        sorted(latest.values(), key=lambda each: (each.effective_from, each.recorded_at, each.id))
    )


def settings_in_force(
    settings: Iterable[Setting],
    subject: str,
    at: dt.datetime,
    as_known_at: dt.datetime | None = None,
    installed: str | None = None,
) -> Mapping[SettingKind, SettingStanding]:
    """What was set for a channel or a stack at an instant, by the kind of setting.

    Args:
        settings: All versions, in any order.
        subject: The channel, or the stack.
        at: The instant asked for, with a time zone.
        as_known_at: Only what was recorded by then; None for all.
        installed: Serial of the instrument that was installed then; None where that is not known,
            and then nothing that belongs to an instrument is applied.

    Raises:
        SettingConflictError: a setting has two contents of one instant of recording.
    """
    by_kind: dict[SettingKind, list[Setting]] = {}
    for each in as_known(settings, as_known_at):
        if each.subject == subject and each.holds_at(at):
            by_kind.setdefault(each.setting, []).append(each)
    return {kind: _standing(some, installed) for kind, some in by_kind.items()}


def installed_at(
    events: Iterable[CalibrationEvent],
    place: str,
    at: dt.datetime,
    as_known_at: dt.datetime | None = None,
) -> str | None:
    """Serial of the instrument installed at a place; None if there is none, or nothing is known.

    Args:
        events: Installations and removals, in any order.
        place: As the events name it.
        at: The instant asked for.
        as_known_at: Only what was recorded by then; None for all.
    """
    moved = [
        each
        for each in events
        if each.place == place
        and each.event in {"installation", "removal"}
        and each.at <= at
        and (as_known_at is None or each.recorded_at <= as_known_at)
    ]
    # of one instant the removal comes first: that is how an exchange is written
    last = max(moved, key=lambda each: (each.at, each.event == "installation"), default=None)
    return None if last is None or last.event == "removal" else last.serial


def alike(one: SettingValue | None, other: SettingValue | None) -> bool:
    """Whether two values say the same, whatever unit they are written in; u is not compared."""
    if one is None or other is None:
        return one is other
    if unit(one.unit).dimension != unit(other.unit).dimension:
        return False
    if one.reference_conditions != other.reference_conditions:
        return False
    return abs(convert(other.value, other.unit, one.unit) - one.value) <= 1e-12 * abs(one.value)


def _standing(holding: Sequence[Setting], installed: str | None) -> SettingStanding:
    """Of the settings that were decided for an instant, in order of their begin."""
    own = [each for each in holding if not each.is_bound or each.serial == installed]
    if not own:
        return SettingNotApplied(setting=holding[-1], installed=installed)
    first = [each for each in own if each.effective_from == own[-1].effective_from]
    if any(not alike(each.after, own[-1].after) for each in first):
        return SettingsContradict(settings=tuple(first))
    return SettingInForce(setting=own[-1])
