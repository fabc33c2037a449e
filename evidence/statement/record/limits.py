"""Group 15 of a record: what a reader must know before the value is used (pure)."""

import math
from collections.abc import Iterator

import msgspec

from evidence.audit.said import Said, said
from evidence.statement.entered.share import share_of
from evidence.statement.record.form import RecordQuality
from evidence.statement.record.form_behind import RecordInstruments, RecordLimitations, RecordNote
from evidence.statement.record.known import Known
from evidence.statement.seldom import is_seldom_read

_TOLERANCE = 1e-9


def limitations(known: Known, stood: RecordQuality, behind: RecordInstruments) -> RecordLimitations:
    """Group 15, found and declared; `stood` is group 8, `behind` group 9."""
    found = [*_of_the_value(known), *_of_the_hours(known), *_of_the_papers(known, stood)]
    found += _failed(behind)
    found += [("declaration_changed", _changed(*each)) for each in known.changing]
    found += [("declared", said(each, each)) for each in known.about.notes]
    return RecordLimitations(
        notes=tuple(RecordNote(code=code, words=words) for code, words in found)
    )


def _of_the_value(known: Known) -> Iterator[tuple[str, Said]]:
    datum = known.datum
    if known.standing.superseded_by is not None:
        yield (
            "superseded",
            said(
                "a later statement of this channel and period was made",
                "该通道和期间已有更新的陈述",
            ),
        )
    if datum.standard_uncertainty is None:
        yield "uncertainty_unknown", said("the uncertainty is unknown", "不确定度未知")
    if is_seldom_read(datum):
        yield (
            "seldom_read",
            said(
                "a rate that is read once an hour at most: what it did between two readings is "
                "not in u, unless the instrument states means",
                "速率至多每小时读取一次：两次读数之间的变化未计入 u，除非仪表给出的是平均值",
            ),
        )
    if any(datum.assumed_correlations.values()):
        yield (
            "correlation_assumed",
            said(
                "certificates share a standard whose share nobody states: r = 1 was assumed, so u "
                "is not the root of u_sys^2 + u_rand^2",
                "证书共用同一标准而未给出其分量：取 r = 1，故 u 不等于 u_sys 与 u_rand 的方和根",
            ),
        )
    share = share_of(datum)
    if share > 0.0:
        percent = f"{100.0 * share:.3g} %"
        yield "entered", said(f"people entered {percent} of it", f"其中 {percent} 为人工录入")
    if datum.doubts is not msgspec.UNSET:
        yield (
            "in_doubt",
            said(
                "later tests put hours in doubt; the value does not contain the correction",
                "后来的检测使部分小时存疑；量值未含相应修正",
            ),
        )


def _of_the_hours(known: Known) -> Iterator[tuple[str, Said]]:
    ratio = known.datum.completeness.ratio
    if not math.isclose(ratio, 1.0, rel_tol=_TOLERANCE):
        percent = f"{100.0 * (1.0 - ratio):.3g} %"
        polls = said(f"{percent} of the polls gave no value", f"{percent} 的轮询没有取得数值")
        if not known.datum.completeness.expected:
            polls = said(f"{percent} of the hours lack readings", f"{percent} 的小时没有读数")
        hours = said(
            f"what was entered tells nothing of {percent} of the hours",
            f"录入数据未涵盖 {percent} 的小时",
        )
        yield "incomplete", hours if share_of(known.datum) else polls
    yield from _of_the_plan(known)


def _of_the_plan(known: Known) -> Iterator[tuple[str, Said]]:
    """As the statement says it, or as it follows where the statement says nothing."""
    short, refused = known.datum.under_plan, known.refused
    provisional, unconfirmed = _as_it_follows(known)
    if short is not msgspec.UNSET:
        refused = None if short.refused is None else said(short.refused.en, short.refused.zh)
        provisional = short.provisional
        told = [each.told.rules for each in short.parts if each.told is not None]
        unconfirmed = tuple(dict.fromkeys(name for each in told for name in each.unconfirmed))
    if refused is not None:
        yield "not_told_under_plan", refused
    if provisional:
        yield (
            "provisional",
            said("substitutes may still change", "替代数据仍可能变化"),
        )
    if unconfirmed:
        names = ", ".join(unconfirmed)
        yield (
            "rules_unconfirmed",
            said(f"rules that are recalled, not read: {names}", f"凭记忆、未经核对的规则：{names}"),
        )


def _as_it_follows(known: Known) -> tuple[bool, tuple[str, ...]]:
    if known.monitored is None:
        return False, ()
    told = known.monitored.determination
    return told.provisional, told.rules.unconfirmed


def _of_the_papers(known: Known, stood: RecordQuality) -> Iterator[tuple[str, Said]]:
    if stood.overdue_seconds:
        hours = f"{stood.overdue_seconds / 3600.0:.3g} h"
        yield (
            "overdue",
            said(f"instruments were overdue for {hours}", f"计量器具超期 {hours}"),
        )
    if stood.unconfirmed_seconds:
        hours = f"{stood.unconfirmed_seconds / 3600.0:.3g} h"
        yield (
            "unconfirmed",
            said(
                f"instruments had no confirmation in force for {hours}",
                f"计量器具无有效确认 {hours}",
            ),
        )
    if known.datum.unstated_standards:
        names = ", ".join(sorted({each.standard for each in known.datum.unstated_standards}))
        yield (
            "share_unstated",
            said(
                f"standards whose share no certificate states: {names}",
                f"证书未给出其分量的标准：{names}",
            ),
        )


def _changed(of: str, at: str) -> Said:
    return said(
        f"something else is declared of {of} from {at} on; told is what counted at the start",
        f"自 {at} 起对 {of} 另有声明；此处按期间起始时的声明给出",
    )


def _failed(behind: RecordInstruments) -> Iterator[tuple[str, Said]]:
    """Instruments that were used although their confirmation says that they must not be."""
    failed = {
        each.serial
        for each in behind.instruments or ()
        if any(spell.decision == "fail" for spell in each.spells)
    }
    if failed:
        names = ", ".join(sorted(failed))
        yield (
            "confirmation_failed",
            said(
                f"instruments in use whose confirmation says fail: {names}",
                f"确认结论为不合格而仍在使用的计量器具：{names}",
            ),
        )
