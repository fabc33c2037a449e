"""From options and files to the hours of a series: what the command does before it tells."""

import argparse
import math
from collections.abc import Mapping

import msgspec

from evidence.clock import parse_utc
from evidence.errors import Words
from evidence.statement.hours.averaging import averaged, expected_points, gathered
from evidence.statement.hours.determination import Determination
from evidence.statement.hours.determine import determine
from evidence.statement.hours.errors import HoursOptionError
from evidence.statement.hours.load import read_records, rule_pack
from evidence.statement.hours.lost_points import with_lost_points
from evidence.statement.hours.observed import in_a_row, observed_of
from evidence.statement.hours.pack import LoadedPack, RulePack
from evidence.statement.hours.read import hours_of, offset_s_of, points_of, standings_of
from evidence.statement.hours.settings import Kind, Settings
from evidence.statement.hours.stated_uncertainty import with_relative
from evidence.statement.standing.standing import Standing

HOUR_S = 3600


def determined(arguments: argparse.Namespace) -> Determination:
    """What the command line asks for.

    Raises:
        EvidenceError, CalibrationError: a file, a number or the rules do not do.
    """
    loaded = rule_pack(arguments.rules)
    data = read_records(arguments.path)
    standing = _standing(arguments)
    relative = _relative(arguments.influence)
    settings = _settings(arguments, loaded.pack, offset_s_of(data))
    if arguments.interval != HOUR_S:
        return _from_points(arguments, data, loaded, settings, standing, relative)
    records, registers = hours_of(data, arguments.path.name, loaded.pack)
    observed = [observed_of(each, standing.get(each.at_ns)) for each in records]
    hours = with_relative(in_a_row(observed, standing), relative)
    return determine(hours, loaded, _with_registers(settings, registers))


def _from_points(
    arguments: argparse.Namespace,
    data: bytes,
    loaded: LoadedPack,
    settings: Settings,
    standing: Mapping[int, Standing],
    relative: Mapping[str, float],
) -> Determination:
    pack, interval_s = loaded.pack, arguments.interval
    slots = gathered(points_of(data, arguments.path.name, pack), interval_s)
    made = [averaged(at, slots[at], pack.valid_hour, interval_s, standing.get(at)) for at in slots]
    hours = with_relative(in_a_row(made, standing), relative)
    lost = with_lost_points(hours, slots, expected_points(interval_s), settings.series)
    return determine(hours, loaded, settings, lost)


def _standing(arguments: argparse.Namespace) -> Mapping[int, Standing]:
    if arguments.standing is None:
        return {}
    return standings_of(read_records(arguments.standing), arguments.standing.name)


def _settings(arguments: argparse.Namespace, pack: RulePack, offset_s: int) -> Settings:
    name = arguments.quantity or next(iter(pack.quantities))
    quantity = pack.quantity(name)
    unit = arguments.unit or quantity.unit or ""
    if not unit or quantity.unit not in (None, unit):
        limit = quantity.unit or "UCUM, given by --unit"
        found = unit or Words("not given", "未给出")
        raise HoursOptionError(pack.id, name="unit", found=found, limit=limit)
    calibrations = (parse_utc(each, "--calibration") for each in arguments.calibration)
    return Settings(
        series=arguments.series or arguments.path.stem,
        quantity=name,
        unit=unit,
        kind=arguments.kind or _kind(pack, unit),
        offset_s=offset_s,
        from_ns=_instant(arguments.start, "--from"),
        certified_ns=_instant(arguments.certified, "--certified"),
        calibrations_ns=tuple(calibrations),
        maximum_potential=_finite(arguments.maximum_potential, "maximum-potential"),
        closed=arguments.closed,
        issue=arguments.issue,
        supersedes=arguments.supersedes,
        estimator=arguments.estimator,
    )


def _with_registers(settings: Settings, registers: Mapping[int, float]) -> Settings:
    if registers and settings.kind != "amount":
        limit = "amount, where there is a register"
        raise HoursOptionError(settings.series, name="kind", found=settings.kind, limit=limit)
    return msgspec.structs.replace(settings, registers=registers)


def _kind(pack: RulePack, unit: str) -> Kind:
    if pack.id == "meters":
        return "amount"
    return "concentration" if unit == "%" or "concentration" in pack.quantities else "rate"


def _instant(text: str | None, where: str) -> int | None:
    return None if text is None else parse_utc(text, where)


def _finite(value: float | None, name: str) -> float | None:
    if value is not None and not math.isfinite(value):
        raise HoursOptionError("command line", name=name, found=value, limit="finite")
    return value


def _relative(texts: list[str]) -> dict[str, float]:
    """Relative standard uncertainties by influence id.

    Raises:
        HoursOptionError: a text is not ID=U with 0 <= U < 1, or an id comes twice.
    """
    found: dict[str, float] = {}
    for text in texts:
        name, _, number = text.rpartition("=")
        try:
            share = float(number)
        except ValueError:
            share = math.nan
        if not name or name in found or not 0.0 <= share < 1.0:
            limit = "ID=U with 0 <= U < 1, each ID once"
            raise HoursOptionError("command line", name="influence", found=text[:80], limit=limit)
        found[name] = share
    return found
