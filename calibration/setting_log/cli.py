"""`carbonmeter calibration settings`: every change on record, what holds, what does not fit."""

import argparse
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from calibration.load import read_sources, register_of
from calibration.register import CalibrationRegister
from calibration.reviewed_cli import Reviewed, tell
from calibration.setting import Setting, SettingValue
from calibration.setting_outcome import setting_outcomes
from calibration.settings import (
    SettingInForce,
    SettingStanding,
    as_known,
    installed_at,
    settings_in_force,
)

COLUMNS: Final = ("subject", "setting", "from", "before", "after", "by", "why", "document", "id")


def tell_settings(arguments: argparse.Namespace) -> int:
    """Exit code of `settings`: 0 nothing speaks against them, 1 something does.

    Raises:
        CalibrationError: a file cannot be read, or a setting has two contents of one instant.
    """
    register = register_of(read_sources(arguments.paths))
    chosen = [each for each in register.settings if arguments.subject in (None, each.subject)]
    listed = as_known(chosen, arguments.known_at)
    outcomes = setting_outcomes(chosen, arguments.known_at)
    holding = _holding(register, chosen, arguments)
    reviewed = Reviewed(listed=listed, outcomes=outcomes, holding=holding)
    return tell(reviewed, "settings", COLUMNS, _row, arguments)


def _holding(
    register: CalibrationRegister, chosen: Sequence[Setting], arguments: argparse.Namespace
) -> Mapping[str, str] | None:
    """The id of the setting that holds, by subject and kind; None where no instant is asked."""
    at: dt.datetime | None = arguments.at
    if at is None:
        return None
    held: dict[str, str] = {}
    for subject in sorted({each.subject for each in chosen}):
        installed = installed_at(register.events, subject, at, arguments.known_at)
        found = settings_in_force(chosen, subject, at, arguments.known_at, installed)
        for kind, standing in sorted(found.items()):
            held[f"{subject} {kind}"] = _named(standing)
    return held


def _named(standing: SettingStanding) -> str:
    """The setting that holds, or why none does."""
    if isinstance(standing, SettingInForce):
        return standing.setting.id
    return type(standing).__name__


def _row(setting: Setting) -> tuple[str, ...]:
    return (
        setting.subject,
        setting.setting,
        setting.effective_from.isoformat(),
        _text(setting.before),
        _text(setting.after),
        setting.decided_by,
        setting.reason,
        setting.document,
        setting.id,
    )


def _text(value: SettingValue | None) -> str:
    if value is None:
        return "-"
    u = value.standard_uncertainty
    stated = "" if u is None else f" (u {u:g})"
    return f"{value.value:g} {value.unit}{stated}"
