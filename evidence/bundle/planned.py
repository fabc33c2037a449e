"""The value under the monitoring plan against what follows from a bundle's leaves.

Rules look back, over years. A bundle holds the whole determination, hour by hour, whose digest is
the statement's. Where the readings that were looked at are here too, all of it is computed
again. Where they are not, measured hours are; what rules put in the place of others is not checked.
Where 0 stands for what is unknown, as it once did, it is taken for that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from calibration.errors import CalibrationError
from calibration.increment import NS_PER_HOUR
from calibration.register import CalibrationRegister
from evidence.audit.said import counted
from evidence.bundle.determinations import determinations
from evidence.bundle.figures import apart, shortened
from evidence.bundle.memory import Memory
from evidence.bundle.opened import Bundle
from evidence.bundle.outcome import Check, Findings
from evidence.bundle.proven import follows, nearness, untested
from evidence.bundle.said_before import determined_today, stated_today
from evidence.bundle.told_until import ToldUntil
from evidence.clock import parse_utc, utc_text
from evidence.errors import CodedError, PeriodError, Words
from evidence.judging.library import Library
from evidence.judging.planned import register_of_site
from evidence.statement.hours.hour import Hour
from evidence.statement.hours.totals import totals
from evidence.statement.monitoring.monitored import Monitored, uncertainty_of
from evidence.statement.monitoring.period import ToldPeriod
from evidence.statement.monitoring.stating import Part, parts_of, short_of
from evidence.statement.under_plan import PlanTold, UnderPlan

MOST_HOURS: Final = 10 * 8784
"""Of a period: more than a statement has."""
_OURS: Final = (ArithmeticError, LookupError, TypeError, ValueError)
_CHECK: Final = Check.UNDER_PLAN
_NOT_COMPARED: Final = frozenset({"digest", "monitored_sha256", "en", "zh"})
"""Digests are over every digit, and the order of sums differs between machines; words may be put
otherwise by another version."""


def check_under_plan(
    bundle: Bundle, memory: Memory, libraries: Mapping[str, Library], findings: Findings
) -> None:
    """Notes whether what a statement says under the monitoring plan follows.

    Args:
        bundle: whose statement it is.
        memory: hours that were computed again.
        libraries: what each agent logged.
        findings: where it is noted.
    """
    stated = bundle.datum.under_plan
    for field in _idle(bundle):
        en = "no rule looks at readings outside the period that it names"
        findings.wrong(_CHECK, f"manifest.json {field}", en, "没有规则依据该字段所指期间外的读数")
    if stated is msgspec.UNSET:
        findings.skipped(_CHECK, "the statement does not speak of a plan", "陈述未涉及监测计划")
        return
    try:
        held = determinations(bundle, stated, findings)
        if held is not None:
            register = register_of_site(libraries, bundle.manifest.sites, _site(bundle))
            compared = _Compared(
                bundle=bundle,
                stated=stated,
                held=held,
                findings=findings,
                corrected=_is_corrected(bundle, register),
            )
            compared.run(_again(bundle, memory, register))
    except (CodedError, CalibrationError) as wrong:
        _no_amount(findings, wrong.say("en"), wrong.say("zh"))
    except _OURS as wrong:
        _no_amount(findings, type(wrong).__name__, type(wrong).__name__)


def _idle(bundle: Bundle) -> Iterator[str]:
    """Fields by which readings outside the period would be here, where none are."""
    manifest, (start_ns, end_ns) = bundle.manifest, bundle.period
    planned = bundle.datum.under_plan is not msgspec.UNSET
    back_ns, ahead_ns = manifest.looks_back_ns, manifest.looks_ahead_ns
    if back_ns is not msgspec.UNSET and not (planned and back_ns <= start_ns):
        yield "looks_back_ns"
    if ahead_ns is not msgspec.UNSET and not (planned and ahead_ns > end_ns):
        yield "looks_ahead_ns"


def _no_amount(findings: Findings, en: str, zh: str) -> None:
    findings.wrong(_CHECK, "under_plan", f"no amount follows: {en}", f"无法得出量值：{zh}")


def _site(bundle: Bundle) -> str:
    return bundle.datum.channel.partition("/")[0]


def _is_corrected(bundle: Bundle, register: CalibrationRegister) -> bool:
    """Whether checks correct what the statement rests on."""
    own = (each for each in register.plans if each.plan in bundle.manifest.channels)
    return any(each.corrected for plan in own for each in plan.analysers)


def _again(bundle: Bundle, memory: Memory, register: CalibrationRegister) -> list[Part]:
    """The parts of the period as they follow from the leaves."""
    channel, (start_ns, end_ns) = bundle.datum.channel, bundle.period
    if (end_ns - start_ns) // NS_PER_HOUR > MOST_HOURS:
        what = Words("it is longer than a statement's", "超过陈述的最长期间")
        raise PeriodError(channel, what=what, limit=str(MOST_HOURS))
    told = ToldUntil(memory, bundle.looked_at[1])
    return parts_of(told, register, channel, bundle.period, bundle.manifest.known_until_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """What is stated, and the determinations that are held, by the start of their parts.

    Attributes:
        corrected: Whether checks correct what was measured: then it rests on some outside the span.
    """

    bundle: Bundle
    stated: UnderPlan
    held: Mapping[str, Monitored]
    findings: Findings
    corrected: bool

    def run(self, again: list[Part]) -> None:
        """Notes what does not follow, and what could not be told."""
        self._compare(short_of(self.bundle.datum.channel, [self._mixed(each) for each in again]))
        unproven = [hour for part in again for hour in self._unproven(part)]
        count = sum(len(each.determination.hours) for each in self.held.values())
        if unproven:
            _say_unproven(unproven, count, self.findings)
        else:
            self.findings.held(_CHECK, *self._said(count))

    def _said(self, count: int) -> Words:
        """What held, and whether 0 is stated of what is unknown."""
        if stated_today(self.stated) == self.stated:
            return Words(counted(count, "hour", "hours"), f"{count} 个小时")
        return Words(
            f"{counted(count, 'hour', 'hours')}; 0 stands for amounts of which nothing is known, "
            "as in statements of earlier versions",
            f"{count} 个小时；未知的量值记为 0（早期版本的陈述如此）",
        )

    def _told(self, part: Part) -> tuple[Monitored, PlanTold] | None:
        """What is held of a part, and what is stated of it; None where it is told nowhere."""
        start = utc_text(part.planned.span[0])
        stated = next((each.told for each in self.stated.parts if each.start == start), None)
        held = self.held.get(start)
        return None if held is None or stated is None else (held, stated)

    def _is_whole(self, stated: PlanTold) -> bool:
        """Whether all is here that the rules looked at, before the span and behind it."""
        start_ns, end_ns = self.bundle.looked_at
        ahead_ns = _looks_ahead(stated) or end_ns
        return start_ns <= parse_utc(stated.looks_back_to) and ahead_ns <= end_ns

    def _mixed(self, part: Part) -> Part:
        """A part as it follows, or of the held hours where what they rest on is not here."""
        told = self._told(part)
        if told is None or self._is_whole(told[1]):
            return part
        held, stated = told
        whole = held if part.told is None else _with_hours(part.told.monitored, held)
        looked = ToldPeriod(
            monitored=whole,
            since_ns=parse_utc(stated.looks_back_to),
            until_ns=_looks_ahead(stated),
        )
        return replace(part, told=looked, refused=None)

    def _compare(self, short: UnderPlan) -> None:
        hours = [hour for each in self.held.values() for hour in each.determination.hours]
        found = apart(
            "under_plan", _plain(stated_today(self.stated)), _plain(short), nearness(hours)
        )
        if found is not None:
            self._wrong("statement.json", *found)

    def _unproven(self, part: Part) -> Iterator[Hour]:
        """Hours that cannot be told to follow; those that do not are noted."""
        told = self._told(part)
        if told is None:
            return
        held, stated = told
        if part.told is None:
            yield from held.determination.hours
            return
        back_ns, since_ns = parse_utc(stated.looks_back_to), part.told.since_ns
        if since_ns < back_ns:
            self._wrong("statement.json", "looks_back_to", stated.looks_back_to, utc_text(since_ns))
        if self._is_whole(stated):
            self._require_same(held, part.told.monitored)
        else:
            yield from self._not_told(held, part.told.monitored)

    def _require_same(self, held: Monitored, again: Monitored) -> None:
        near = nearness(again.determination.hours)
        found = apart("monitored", _plain(determined_today(held)), _plain(again), near)
        if found is not None:
            self._wrong("monitored", *found)

    def _not_told(self, held: Monitored, again: Monitored) -> Iterator[Hour]:
        near, unknown = nearness(again.determination.hours), untested(again)
        pairs = zip(held.determination.hours, again.determination.hours, strict=True)
        for one, other in pairs:
            tested = one.start_ns not in unknown
            proven = follows(one, other, near, tested=tested, corrected=self.corrected)
            if proven is None:
                yield one
            elif not proven:
                self._wrong("monitored", utc_text(one.start_ns), _in_short(one), _in_short(other))

    def _wrong(self, member: str, where: str, one: object, other: object) -> None:
        self.findings.wrong(
            _CHECK,
            f"{member} {where}",
            f"{shortened(one)} is stated where {shortened(other)} follows",
            f"所述为 {shortened(one)}，复算得 {shortened(other)}",
        )


def _looks_ahead(stated: PlanTold) -> int | None:
    """End of what was looked at behind the span, UTC ns; None where nothing was."""
    ahead = stated.looks_ahead_to
    return None if isinstance(ahead, msgspec.UnsetType) else parse_utc(ahead)


def _say_unproven(unproven: list[Hour], count: int, findings: Findings) -> None:
    first, last, number = unproven[0].start_ns, unproven[-1].start_ns, len(unproven)
    findings.skipped(
        _CHECK,
        f"{count - number} of {counted(count, 'hour follows', 'hours follow')}; for {number}, "
        f"{utc_text(first)} to {utc_text(last)}, rules look at hours outside the leaves "
        "that are here",
        f"{count} 个小时中有 {count - number} 个可复算；其余 {number} 个（{utc_text(first)} 至 "
        f"{utc_text(last)}）按规则须依据所给出的叶以外的数据",
    )


def _with_hours(again: Monitored, held: Monitored) -> Monitored:
    """What follows, with the hours that are held and their sums."""
    own, hours = again.determination, held.determination.hours
    provisional = any(each.provisional for each in hours)
    told = msgspec.structs.replace(
        own, hours=hours, totals=totals(hours, own.kind), provisional=provisional
    )
    u, expanded = uncertainty_of(told)
    return msgspec.structs.replace(
        again, determination=told, standard_uncertainty=u, expanded_uncertainty=expanded
    )


def _in_short(hour: Hour) -> str:
    return f"{hour.state.value} {hour.method} {hour.compliance!r} {hour.best_estimate!r}"


def _plain(told: UnderPlan | Monitored) -> Any:  # noqa: ANN401 - plain JSON
    """The same as plain data, without what is not compared."""
    return _compared(msgspec.to_builtins(told))


def _compared(part: Any) -> Any:  # noqa: ANN401 - plain JSON
    if isinstance(part, dict):
        return {name: _compared(each) for name, each in part.items() if name not in _NOT_COMPARED}
    return [_compared(each) for each in part] if isinstance(part, list | tuple) else part
