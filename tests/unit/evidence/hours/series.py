"""Series of hours to judge: values by hour, None for an hour that is missing."""

from collections.abc import Sequence

from calibration.increment import NS_PER_HOUR
from evidence.clock import parse_utc
from evidence.statement.hours.basis import Basis
from evidence.statement.hours.determination import Determination
from evidence.statement.hours.determine import determine
from evidence.statement.hours.gap import operating_hours
from evidence.statement.hours.hour import Hour
from evidence.statement.hours.load import rule_pack
from evidence.statement.hours.lookback import lookback_of
from evidence.statement.hours.observed import ObservedHour, in_a_row, observed_of
from evidence.statement.hours.point import HourlyRecord, PointState
from evidence.statement.hours.settings import Settings
from evidence.statement.standing.standing import Standing

START = parse_utc("2026-01-01T00:00:00Z")
Told = float | None | PointState


def at(hour: int) -> int:
    return START + hour * NS_PER_HOUR


def record(hour: int, told: float | PointState) -> HourlyRecord:
    if isinstance(told, PointState):
        return HourlyRecord(at_ns=at(hour), value=None, state=told)
    return HourlyRecord(at_ns=at(hour), value=told)


def observed(
    told: Sequence[Told], standing: dict[int, Standing] | None = None
) -> tuple[ObservedHour, ...]:
    """Hours from `START`: a value, a state without one, or nothing at all."""
    known = standing or {}
    records = [record(k, each) for k, each in enumerate(told) if each is not None]
    hours = [observed_of(each, known.get(each.at_ns)) for each in records]
    return in_a_row(hours, known, (START, at(len(told))))


DEFAULTS = {
    "part75": Settings(series="s", quantity="co2", unit="%", kind="concentration"),
    "hj75": Settings(series="s", quantity="mass", unit="t/h", kind="rate"),
    "mrr": Settings(series="s", quantity="concentration", unit="g/m3", kind="concentration"),
    "meters": Settings(series="s", quantity="energy", unit="kW.h", kind="amount"),
}


def determined(
    told: Sequence[Told],
    rules: str = "part75",
    settings: Settings | None = None,
    standing: dict[int, Standing] | None = None,
) -> Determination:
    return determine(observed(told, standing), rule_pack(rules), settings or DEFAULTS[rules])


def told_at(found: Determination, hour: int) -> Hour:
    return next(each for each in found.hours if each.start_ns == at(hour))


def kinds(found: Determination) -> set[str]:
    return {each.kind.value for each in found.findings}


def basis_of(told: Sequence[Told], rules: str, settings: Settings | None = None) -> Basis:
    hours, pack = observed(told), rule_pack(rules).pack
    used = settings or DEFAULTS[rules]
    ran, quantity = operating_hours(hours, pack), pack.quantity(used.quantity)
    return Basis(
        hours=hours,
        ran=ran,
        lookback=lookback_of(ran, quantity),
        quantity=quantity,
        pack=pack,
        settings=used,
        told={},
    )
