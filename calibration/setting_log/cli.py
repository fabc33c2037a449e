"""`carbonmeter calibration settings`: every change on record, what holds, what does not fit."""

import argparse
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from calibration.load import read_sources, register_of
from calibration.printing import print_json, print_table
from calibration.register import CalibrationRegister
from calibration.setting import Setting, SettingValue
from calibration.setting_outcome import SettingOutcome, setting_outcomes
from calibration.settings import (
    SettingInForce,
    SettingStanding,
    as_known,
    installed_at,
    settings_in_force,
)

OK, FINDING = 0, 1
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
    if arguments.json:
        print_json(_record(listed, outcomes, holding, arguments.language))
    else:
        _show(listed, outcomes, holding, arguments.language)
    return FINDING if any(each.weight == "finding" for each in outcomes) else OK


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


def _record(
    listed: Iterable[Setting],
    outcomes: Iterable[SettingOutcome],
    holding: Mapping[str, str] | None,
    language: str,
) -> dict[str, Any]:
    told = [
        {"code": each.code, "weight": each.weight, "text": each.say(language)} for each in outcomes
    ]
    document = {"settings": [msgspec.to_builtins(each) for each in listed], "outcomes": told}
    return document if holding is None else {**document, "in_force": dict(holding)}


def _show(
    listed: Sequence[Setting],
    outcomes: Sequence[SettingOutcome],
    holding: Mapping[str, str] | None,
    language: str,
) -> None:
    print_table(COLUMNS, [_row(each) for each in listed])
    for each in outcomes:
        print(f"{each.weight}: {each.say(language)}")
    for name, found in (holding or {}).items():
        print(f"in force: {name} {found}")


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
