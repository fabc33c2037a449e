"""Checks 3, 7 and 8: dates, adjustments and seals, intervals and what followed (pure)."""

import datetime as dt
from typing import Final

import msgspec

from calibration.confirmation import MetrologicalConfirmation
from calibration.errors import CertificateError
from calibration.event import CalibrationEvent
from calibration.history.scrutiny import scrutiny
from calibration.history.suspect import SuspectPeriod, suspects
from calibration.increment import NS_PER_HOUR
from evidence.audit.failed import FailedTest
from evidence.audit.material import Material
from evidence.audit.outcome import CheckOutcome, Look
from evidence.audit.said import Pointer, Said, counted, said
from evidence.audit.stood import Stood, instant_of, ns_of
from evidence.audit.through_factor import through_factor
from evidence.clock import parse_utc, utc_text
from evidence.statement.datum import ActivityData

_EVENTS: Final = {
    "repair": said("repaired", "维修"),
    "adjustment": said("adjusted", "调整"),
    "seal_broken": said("its seal broken", "封印损坏"),
}
"""After which an instrument must be confirmed again."""
_DAY_NS = 86_400 * 1_000_000_000
_BECAUSE: Final = {
    "shift": said("it moved between two certificates", "两份证书之间发生变化"),
    "intermediate_check": said("a check between calibrations failed", "期间核查未通过"),
}


def dates(material: Material) -> CheckOutcome:
    """Check 3: calibrated, then confirmed, then used, and used no longer than valid."""
    look = Look(3)
    for stood in material.stood:
        for since, until, decided in material.applied(stood):
            if decided is None:
                _unconfirmed(look, material, stood, (since, until))
            else:
                _spell(look, material, (since, until), decided)
    return look.tell(
        f"instruments: {len(material.stood)}; calibration, begin of use, last day, gaps",
        f"器具 {len(material.stood)} 台：校准日期、启用、有效期与间断",
        applies=bool(material.stood),
    )


def _unconfirmed(look: Look, material: Material, stood: Stood, span: tuple[int, int]) -> None:
    found = through_factor(material.register, stood.serial, instant_of(span[0]))
    if found is None:
        since, until = utc_text(span[0]), utc_text(span[1])
        look.find(
            f"{stood.serial}: nothing confirms it from {since} to {until}",
            f"{stood.serial}：{since} 至 {until} 无有效计量确认",
        )
        return
    name, number = found.certificate.id, found.setting.id
    look.see(material.papers.of(found.certificate), material.papers.of(found.setting))
    look.leave(
        f"{stood.serial}: nothing confirms it; {number} declares what {name} found, and no paper "
        "says until when that holds",
        f"{stood.serial}：未经计量确认；{number} 采用证书 {name} 的结果，没有文件说明其有效期",
    )


def _spell(
    look: Look, material: Material, span: tuple[int, int], decided: MetrologicalConfirmation
) -> None:
    pointer = material.papers.of(decided)
    look.see(pointer)
    if decided.decision == "fail":
        look.find(
            f"{decided.serial} was used from {utc_text(span[0])} though by {decided.id} it "
            "did not pass",
            f"{decided.serial} 自 {utc_text(span[0])} 起仍在使用，而 {decided.id} 结论为不合格",
            pointer,
        )
    _too_late(look, span, decided.id, decided.due_on, pointer)
    own = material.cited(decided)
    if own is None:
        return
    if decided.effective_from.astimezone(dt.UTC).date() < own.performed_on:
        look.find(
            f"{decided.id} has effect before {own.id} was performed on {own.performed_on}",
            f"{decided.id} 的生效早于证书 {own.id} 的日期 {own.performed_on}",
            pointer,
            material.papers.of(own),
        )
    if own.valid_until is not None:
        _too_late(look, span, own.id, own.valid_until, material.papers.of(own))


def _too_late(
    look: Look, span: tuple[int, int], name: str, last: dt.date, pointer: Pointer
) -> None:
    """Use beyond the last day."""
    over = ns_of(dt.datetime(last.year, last.month, last.day, tzinfo=dt.UTC)) + _DAY_NS
    if over < span[1]:
        since = utc_text(max(over, span[0]))
        look.find(
            f"{name} was valid to {last}; it was used from {since} to {utc_text(span[1])}",
            f"{name} 有效至 {last}；而 {since} 至 {utc_text(span[1])} 仍在使用",
            pointer,
        )


def adjustments(material: Material) -> CheckOutcome:
    """Check 7: as found and as left, what was adjusted, seals before and after, and who."""
    look, sealed = Look(7), 0
    for stood in material.stood:
        for own in material.certificates(stood):
            look.see(material.papers.of(own))
            for each in scrutiny(material.register, own):
                if each.code == "as_found_missing":
                    look.find(each.say("en"), each.say("zh"), material.papers.of(own))
        events = [each for each in material.register.events if each.serial == stood.serial]
        sealed += sum(bool(each.seals) for each in events)
        for event in events:
            _touched(look, material, stood, event)
    if not sealed:
        look.leave("no seal is on record for these instruments", "这些器具没有封印记录")
    return look.tell(
        f"instruments: {len(material.stood)}; as-found results, adjustments, {sealed} seal events",
        f"器具 {len(material.stood)} 台：调整前数据、调整、封印事件 {sealed} 起",
        applies=bool(material.stood),
    )


def _touched(look: Look, material: Material, stood: Stood, event: CalibrationEvent) -> None:
    """A repair, an adjustment or a broken seal of the period after which nothing was confirmed."""
    if event.event not in _EVENTS:
        return
    begin, end = material.time_of(stood)
    if not begin <= ns_of(event.at) < end:
        return
    pointer = material.papers.of(event)
    look.see(pointer)
    if not event.recorded_by.strip():
        look.find(f"{_EVENTS[event.event].en} at {event.at}: nobody signs", "事件无记录人", pointer)
    later = (
        each
        for each in material.register.confirmations
        if each.serial == stood.serial and event.at <= each.effective_from
    )
    first = min(later, key=lambda each: each.effective_from, default=None)
    if first is None or ns_of(first.effective_from) >= end:
        look.find(
            f"{stood.serial}: {_EVENTS[event.event].en} on {event.at.date()}, and not confirmed "
            "again",
            f"{stood.serial}：{event.at.date()} {_EVENTS[event.event].zh}，其后未重新确认",
            pointer,
        )
    if event.event == "seal_broken" and not _sealed_again(material, event):
        look.find(
            f"{stood.serial}: the seal broken on {event.at.date()} was not replaced",
            f"{stood.serial}：{event.at.date()} 破封后未重新加封",
            pointer,
        )


def _sealed_again(material: Material, broken: CalibrationEvent) -> bool:
    return any(
        each.event == "seal_applied" and each.serial == broken.serial and each.at >= broken.at
        for each in material.register.events
    )


def intervals(material: Material) -> CheckOutcome:
    """Check 8: why that interval, and what became of data after a result that was not good."""
    look = Look(8)
    for stood in material.stood:
        for decided in material.confirmations(stood):
            pointer = material.papers.of(decided)
            look.see(pointer)
            if not decided.due_reason.strip() and decided.interval_months is None:
                look.find(
                    f"{decided.id} gives neither an interval nor a reason for {decided.due_on}",
                    f"{decided.id} 未给出周期，也未说明 {decided.due_on} 的依据",
                    pointer,
                )
        _doubted(look, material, stood)
    _doubted_by_tests(look, material)
    return look.tell(
        f"instruments: {len(material.stood)}; reasons of intervals, doubtful times, statements",
        f"器具 {len(material.stood)} 台：周期依据、存疑期间与相关陈述",
        applies=bool(material.stood),
        had_its_papers=material.told.refused is None,
    )


def _doubted(look: Look, material: Material, stood: Stood) -> None:
    kind = stood.measurand.kind_of_quantity
    try:
        found = suspects(material.register, stood.serial, kind, stood.name)
    except CertificateError as wrong:
        look.leave(wrong.say("en"), wrong.say("zh"))
        return
    begin, end = material.time_of(stood)
    for each in found:
        since, until = days_of(each)
        if since < end and begin < until:
            silent, because = _silent(material, since, until), _BECAUSE[each.because]
            look.find(
                f"{stood.serial} is in doubt since {each.begins} ({because.en}){silent.en}",
                f"{stood.serial} 自 {each.begins} 起存疑（{because.zh}）{silent.zh}",
                *(material.papers.of(event) for event in each.events),
                *_between(material, each),
            )


def _doubted_by_tests(look: Look, material: Material) -> None:
    """Hours that rest on a test under the plan that failed, a check with gas too."""
    refused = material.told.refused
    if refused is not None:
        look.leave(
            f"tests under the plan were not looked at: {refused.en}",
            f"监测计划下的检验未核查：{refused.zh}",
        )
    for each in material.told.failed:
        wrong, resting = each.said(), _resting(material, each)
        look.find(
            f"{wrong.en}{resting.en}",
            f"{wrong.zh}{resting.zh}",
            *(
                Pointer(kind="hour", id=f"{material.channel} {utc_text(some[0])}")
                for some in (each.before, each.after)
                if some
            ),
        )


def _between(material: Material, period: SuspectPeriod) -> tuple[Pointer, ...]:
    if period.shift is None:
        return ()
    named = (period.shift.before, period.shift.after)
    return tuple(material.papers.named("certificate", each) for each in named)


def days_of(period: SuspectPeriod) -> tuple[int, int]:
    """Its first instant and its end, UTC ns; one that nothing ended yet goes on."""
    begin = ns_of(
        dt.datetime(period.begins.year, period.begins.month, period.begins.day, tzinfo=dt.UTC)
    )
    if period.ends is None:
        return begin, 2**63
    day = dt.datetime(period.ends.year, period.ends.month, period.ends.day, tzinfo=dt.UTC)
    return begin, ns_of(day) + _DAY_NS


def _silent(material: Material, since: int, until: int) -> Said:
    """Whether the statements of the time in doubt, UTC ns, say so; nothing where there is none."""
    touching = _touching(material, since, until)
    silent = sum(not each.doubts for each in touching)
    if silent:
        does = counted(silent, "statement does", "statements do")
        return said(f"; {does} not say so", f"；有 {silent} 份陈述未予说明")
    return said("; its statements say so", "；相关陈述均已说明") if touching else said("", "")


def _touching(material: Material, since: int, until: int) -> list[ActivityData]:
    """The statements of a time, UTC ns, or of a part of it."""
    return [
        each
        for each in material.told.kept
        if parse_utc(each.period.start) < until and since < parse_utc(each.period.end)
    ]


def _resting(material: Material, failed: FailedTest) -> Said:
    """What was stated of hours that rest on a test that failed; with no statement, nothing.

    What is told under the plan has the rules' values in their place. What was measured is stated
    as it was measured, whatever tests say: who uses it must know.
    """
    touching = _touching(material, min(failed.hours), max(failed.hours) + NS_PER_HOUR)
    measured = sum(each.under_plan is msgspec.UNSET for each in touching)
    if not measured:
        return said("", "")
    return said(
        f"; {counted(measured, 'statement tells', 'statements tell')} what was measured, with "
        "these hours in it",
        f"；有 {measured} 份实测值陈述包含这些小时",
    )
