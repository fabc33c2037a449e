"""All that an auditor may look at of a channel and a period: the population of a sample."""

import hashlib
from collections.abc import Iterator
from typing import Final

import msgspec

from calibration.certificate import CalibrationCertificate
from calibration.errors import CertificateError
from calibration.history.chain import certificate_by_id
from calibration.history.suspect import suspects
from collector.audit.seen import Seen, leaf_name
from evidence.audit.checks.dates import days_of
from evidence.audit.checks.subjects import settings_of
from evidence.audit.material import Material
from evidence.audit.outcome import Audit
from evidence.audit.said import Pointer
from evidence.audit.sample import Item, Reason
from evidence.audit.stood import Hour, instant_of, ns_of
from evidence.clock import parse_utc, utc_text
from evidence.statement.hours.hour import HourState

MOST_PLACES: Final = 200_000
_MARKED: Final = frozenset({"overdue", "clock_suspect", "clock_unsynchronised", "quarantined"})
_MEASURED: Final = frozenset({HourState.MEASURED, HourState.SHUTDOWN})


def population(seen: Seen, material: Material, told: Audit) -> list[Item]:
    """Certificates, settings, checks, hours and readings, with what must be looked at.

    Args:
        seen: Where the leaves are.
        material: What was gathered for the audit.
        told: The audit: what it found is always looked at.
    """
    found = [
        *_certificates(material, told),
        *_settings(material),
        *_checks(material),
        *_hours(material, told),
        *_readings(seen, material),
    ]
    return list({(each.stratum, each.id): each for each in found}.values())


def _certificates(material: Material, told: Audit) -> Iterator[Item]:
    named = {
        pointer.id
        for check in told.checks
        if check.outcome == "finding"
        for pointer in check.evidence
        if pointer.kind == "certificate"
    }
    for each in _certificates_of(material):
        where = material.papers.of(each)
        why: tuple[Reason, ...] = ("finding",) if each.id in named else ()
        yield Item(stratum="certificate", id=each.id, content=where.sha256, why=why, where=where)


def _certificates_of(material: Material) -> list[CalibrationCertificate]:
    """Of the instruments, and of the gases that the plan names."""
    found = {each.id: each for one in material.stood for each in material.certificates(one)}
    for name in () if material.plan is None else sorted(material.plan.certificates):
        own = certificate_by_id(material.register, name)
        if own is not None:
            found[own.id] = own
    return list(found.values())


def _settings(material: Material) -> Iterator[Item]:
    """Those that began to hold, or were recorded, within the period are always in."""
    start, end = (instant_of(at) for at in material.span)
    for each in settings_of(material):
        where = material.papers.of(each)
        changed = start <= each.effective_from < end or start <= each.recorded_at < end
        why: tuple[Reason, ...] = ("changed_setting",) if changed else ()
        yield Item(stratum="setting", id=each.id, content=where.sha256, why=why, where=where)


def _checks(material: Material) -> Iterator[Item]:
    """Tests and intermediate checks on record; of automatic checks those that failed."""
    serials = {each.serial for each in material.stood}
    for test in material.register.tests:
        if test.serial in serials and _inside(material, ns_of(test.at)):
            where = material.papers.of(test)
            yield _check(test.id, test.outcome != "passed", where)
    for event in material.register.events:
        if event.serial in serials and event.check and _inside(material, ns_of(event.at)):
            where = material.papers.of(event)
            yield _check(where.id, not event.check.passes, where)
    if material.told.monitored is not None:
        for analyser in material.told.monitored.analysers:
            for failed in analyser.failed:
                at = f"{analyser.channel} {utc_text(failed.at_ns)}"
                yield _check(f"{failed.kind} {at}", failed=True, where=Pointer(kind="hour", id=at))


def _check(name: str, failed: bool, where: Pointer) -> Item:  # noqa: FBT001 - of one kind
    why: tuple[Reason, ...] = ("failed_check",) if failed else ()
    return Item(stratum="check", id=name, content=where.sha256, why=why, where=where)


def _inside(material: Material, at_ns: int) -> bool:
    return material.span[0] <= at_ns < material.span[1]


def _hours(material: Material, told: Audit) -> Iterator[Item]:
    """Kept hours, and those of which nothing came and a rule stands in."""
    differing = {
        pointer.id
        for pointer in (each.where for each in material.again.differing)
        if pointer.kind == "hour"
    }
    replaced, doubted = _replaced(material), _doubted(material)
    kept = {each.start_ns: each for each in material.hours}
    for start_ns in sorted({*kept, *replaced}):
        name = f"{told.channel} {utc_text(start_ns)}"
        reasons: list[Reason] = []
        reasons += ["substituted"] if start_ns in replaced else []
        reasons += ["not_recomputed"] if name in differing else []
        reasons += ["in_doubt"] if any(a <= start_ns < b for a, b in doubted) else []
        reasons += ["marked"] if start_ns in kept and _is_marked(kept[start_ns]) else []
        yield Item(
            stratum="hour",
            id=name,
            content=_content(kept.get(start_ns)),
            why=tuple(reasons),
            where=Pointer(kind="hour", id=name),
        )


def _replaced(material: Material) -> set[int]:
    """Beginnings of the hours that were not measured, by the plan."""
    told = material.told.monitored
    hours = () if told is None else told.determination.hours
    return {each.start_ns for each in hours if each.state not in _MEASURED}


def _doubted(material: Material) -> list[tuple[int, int]]:
    """Spans of time in doubt, UTC ns."""
    found = [(parse_utc(each.start), parse_utc(each.end)) for each in material.told.doubts]
    for stood in material.stood:
        kind = stood.measurand.kind_of_quantity
        try:
            found += map(days_of, suspects(material.register, stood.serial, kind, stood.name))
        except CertificateError:
            continue  # check 8 says that they cannot be compared
    return found


def _is_marked(hour: Hour) -> bool:
    return any(count and name in _MARKED for name, count in hour.tally.qualities.items())


def _content(hour: Hour | None) -> str:
    if hour is None:
        return ""
    return hashlib.sha256(msgspec.json.encode(hour, order="sorted")).hexdigest()


def _readings(seen: Seen, material: Material) -> Iterator[Item]:
    """The leaves that hold readings; which reading of a leaf, its rank tells."""
    first, last = (at // 1_000_000 for at in material.span)
    for channel in material.measured:
        for place in seen.lookup.places(channel, first, last, MOST_PLACES):
            name = leaf_name(place)
            held = seen.ledger.held(place.agent, place.epoch, place.sequence)
            yield Item(
                stratum="reading",
                id=f"{channel} {name}",
                content="" if held is None else held.leaf_hash.hex(),
                where=Pointer(kind="leaf", id=name, leaf=name),
            )
