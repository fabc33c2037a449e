"""The determinations behind a statement under a monitoring plan, as a bundle holds them."""

import msgspec

from calibration.errors import CalibrationError
from calibration.increment import NS_PER_HOUR
from evidence.audit.said import counted
from evidence.bundle.form import monitored_member, require_one_reading
from evidence.bundle.opened import Bundle
from evidence.bundle.outcome import Check, Findings
from evidence.clock import parse_utc
from evidence.statement.monitoring.monitored import Monitored, canonical, digest_of
from evidence.statement.under_plan import PlanPart, UnderPlan


def determinations(
    bundle: Bundle, stated: UnderPlan, findings: Findings
) -> dict[str, Monitored] | None:
    """The determinations by the start of their parts; None, noted, where one is not what it must.

    Raises:
        BundleError: a member is damaged.
        TimestampError: a part begins or ends at no instant.
    """
    told = [each for each in stated.parts if each.told is not None]
    named = [monitored_member(number) for number in range(len(told))]
    here = sorted(each for each in bundle.container.names if each.startswith("monitored/"))
    if here != named:
        en = (
            f"{counted(len(named), 'part is', 'parts are')} told, and "
            f"{counted(len(here), 'determination is', 'determinations are')} here"
        )
        zh = f"已述 {len(named)} 个部分，给出 {len(here)} 份判定"
        findings.wrong(Check.UNDER_PLAN, "monitored", en, zh)
        return None
    found: dict[str, Monitored] = {}
    for name, part in zip(named, told, strict=True):
        made = _determination(bundle, name, part)
        if made is None:
            en = "it is not the determination whose digest is stated, hour by hour"
            findings.wrong(Check.UNDER_PLAN, name, en, "不是所述摘要对应的逐时判定")
            return None
        found[part.start] = made
    return found


def _determination(bundle: Bundle, name: str, part: PlanPart) -> Monitored | None:
    """A determination; None unless it has the digest that is stated, and the hours of its part."""
    data = bundle.container.read(name)
    try:
        told = msgspec.json.decode(data, type=Monitored)
    except (msgspec.DecodeError, CalibrationError, UnicodeDecodeError, RecursionError):
        return None
    require_one_reading(data, name)
    is_its_own = canonical(told) == data and digest_of(told) == told.digest
    is_stated = part.told is not None and part.told.monitored_sha256 == told.digest
    return told if is_its_own and is_stated and _has_hours_of(told, part) else None


def _has_hours_of(told: Monitored, part: PlanPart) -> bool:
    hours = [each.start_ns for each in told.determination.hours]
    begin_ns = parse_utc(part.start)
    in_a_row = all(at == begin_ns + n * NS_PER_HOUR for n, at in enumerate(hours))
    return in_a_row and begin_ns + len(hours) * NS_PER_HOUR == parse_utc(part.end)
