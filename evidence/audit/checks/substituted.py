"""Check 10: substitutes (pure)."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from evidence.audit.material import Material
from evidence.audit.outcome import CheckOutcome, Look
from evidence.audit.said import counted
from evidence.errors import Words
from evidence.statement.hours.finding import FindingKind
from evidence.statement.hours.hour import Hour, HourState
from evidence.statement.hours.totals import Totals
from evidence.statement.monitoring.method_words import method_words
from evidence.statement.monitoring.monitored import Monitored

_AGAINST: Final = frozenset(
    {
        FindingKind.NO_SUBSTITUTE,
        FindingKind.NOT_USABLE,
        FindingKind.NOTIFY,
        FindingKind.BRIDGE_REFUSED,
    }
)


def substitutes(material: Material) -> CheckOutcome:
    """Check 10: how much was not measured, by which rule it was replaced, and what has no value."""
    look, told = Look(10), material.told.monitored
    if told is not None:
        return _under_rules(look, material, told)
    if material.told.refused is not None:
        look.leave(material.told.refused.en, material.told.refused.zh)
        return look.tell("the plan could not be applied to this period", "该期间无法按监测计划核定")
    missing = sum(each.tally.expected - each.tally.present for each in material.hours)
    return look.tell(
        "no monitoring plan: nothing is substituted; "
        f"{counted(missing, 'poll is', 'polls are')} missing",
        f"无监测计划：不作替代；缺失轮询 {missing} 次",
        applies=False,
    )


def _under_rules(look: Look, material: Material, told: Monitored) -> CheckOutcome:
    totals, rules = told.determination.totals, told.determination.rules
    pointer = () if material.plan is None else (material.papers.of(material.plan),)
    look.see(*pointer)
    to_come = Counter(each.method for each in told.determination.hours if _is_to_come(each))
    late = to_come.total()
    without = totals.compliance.without - late
    if late:
        look.leave(
            f"{counted(late, 'hour is', 'hours are')} still to come",
            f"尚有 {late} 个小时未到来",
        )
    if without:
        look.find(
            f"{counted(without, 'operating hour has', 'operating hours have')} no compliance value",
            f"{without} 个运行小时没有合规值",
            *pointer,
        )
    for each in told.determination.findings:
        if each.kind in _AGAINST:
            look.find(each.say("en"), each.say("zh"), *pointer)
    if rules.unconfirmed:
        names = ", ".join(rules.unconfirmed)
        look.leave(
            f"rules of {rules.id} that are only recalled: {names}",
            f"{rules.id} 中仅凭记忆的规则：{names}",
        )
    methods, methods_zh = (
        _methods(rules.id, Counter(totals.by_method) - to_come, language)
        for language in ("en", "zh")
    )
    en, zh = _not_measured(totals, _share_of_hours(told, late))
    return look.tell(
        f"{rules.id} {rules.version} ({rules.sha256[:12]}): {en}: {methods}",
        f"{rules.id} {rules.version}（{rules.sha256[:12]}）：{zh}：{methods_zh}",
    )


def _not_measured(totals: Totals, of_hours: float) -> Words:
    """How much was not measured, of the hours and of the quantity; what follows are the methods."""
    share, hours = totals.compliance.substituted_share, _percent(of_hours)
    if share is None:
        return Words(
            f"{hours} of hours are not measured, and of the quantity nothing is known; "
            "hours by method",
            f"非实测占小时 {hours}，数量未知；按方法的小时数",
        )
    return Words(
        f"{hours} of hours and {_percent(share)} of the quantity are not measured; hours by method",
        f"非实测占小时 {hours}、占数量 {_percent(share)}；按方法的小时数",
    )


def _is_to_come(hour: Hour) -> bool:
    """Whether an hour is not over: it has no value, and is not missing yet."""
    return hour.because == "to_come"


def _share_of_hours(told: Monitored, late: int) -> float:
    """The share of the hours of operation that are over and were not measured."""
    states = told.determination.totals.by_state
    ran = sum(states.values()) - states[HourState.SHUTDOWN] - late
    return (ran - states[HourState.MEASURED]) / ran if ran else 0.0


def _percent(share: float) -> str:
    """A share in percent, with the space that the SI has before the sign."""
    return f"{100.0 * share:.2f} %"


def _methods(rules: str, by_method: Mapping[str, int], language: str) -> str:
    """Hours by method, each in words, with its code behind: "arithmetic mean [07]: 18"."""
    mark, between = ("：", "；") if language == "zh" else (": ", "; ")

    def told(code: str) -> str:
        words = method_words((rules,), code, language)
        return f"{words} [{code}]" if words else code

    return between.join(f"{told(code)}{mark}{count}" for code, count in by_method.items())
