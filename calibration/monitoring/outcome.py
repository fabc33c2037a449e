"""One thing that can be said of a monitoring plan, in English and Chinese (pure)."""

import datetime as dt
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

Weight = Literal["note", "finding"]
_SAID: Final[Mapping[str, tuple[Weight, str, str]]] = {
    "superseded": (
        "note",
        "{plan}: the plan from {since} gave way to the one from {what}",
        "{plan}：自 {since} 起的监测计划由自 {what} 起的计划取代",
    ),
    "corrected": (
        "note",
        "{plan}: the plan from {since} was recorded again on {what}; that version holds",
        "{plan}：自 {since} 起的监测计划于 {what} 重新登记；以该版本为准",
    ),
    "contradiction": (
        "finding",
        (
            "{plan}: plans from {since} were recorded together on {what} and differ; none is "
            "applied: record the valid one again, later"
        ),
        (
            "{plan}：自 {since} 起有于 {what} 同时登记而内容不同的监测计划；"
            "均不采用：请稍后重新登记有效的一份"
        ),
    ),
    "recorded_late": (
        "note",
        (
            "{plan}: the plan from {since} was recorded on {what}: what was told of the time "
            "between has a new version"
        ),
        "{plan}：自 {since} 起的监测计划于 {what} 登记：其间的结果有新版本",
    ),
    "analyser_without_checks": (
        "note",
        (
            "{plan}: the plan from {since} names no automatic checks of {analyser}; only recorded "
            "tests tell of it"
        ),
        "{plan}：自 {since} 起的监测计划未列出 {analyser} 的自动校验；仅以登记的试验为依据",
    ),
    "ranges_untold": (
        "finding",
        (
            "{plan}: the plan from {since} names ranges {what} of {analyser}, and nothing tells in "
            "which it measures: no check of it is valid; add its ranges"
        ),
        (
            "{plan}：自 {since} 起的监测计划列出 {analyser} 的量程 {what}，"
            "但未说明如何判断所用量程：其校验均无效；请补充 ranges"
        ),
    ),
    "gas_unknown": (
        "finding",
        (
            "{plan}: {analyser}: certificate {certificate} of a {point} gas is not in the "
            "register; checks with it cannot be evaluated: add its file"
        ),
        (
            "{plan}：{analyser}：登记册中没有{point}气证书 {certificate}；"
            "无法评价使用该气体的校验：请补充文件"
        ),
    ),
    "gas_property_unknown": (
        "finding",
        (
            "{plan}: {analyser}: certificate {certificate} of a {point} gas certifies '{what}' not "
            "exactly once; name a property that it states"
        ),
        (
            "{plan}：{analyser}：{point}气证书 {certificate} 未给出唯一的 '{what}' 认定值；"
            "请填写证书所列的特性"
        ),
    ),
    "gas_unit": (
        "finding",
        (
            "{plan}: {analyser}: certificate {certificate} of a {point} gas states {what}, which "
            "is of another kind than the unit of the checks"
        ),
        "{plan}：{analyser}：{point}气证书 {certificate} 的单位 {what} 与校验单位不是同类量",
    ),
    "gas_withdrawn": (
        "finding",
        (
            "{plan}: {analyser}: certificate {certificate} of a {point} gas was withdrawn; checks "
            "with it are not valid"
        ),
        "{plan}：{analyser}：{point}气证书 {certificate} 已撤回；使用该气体的校验无效",
    ),
    "gas_expired": (
        "finding",
        (
            "{plan}: {analyser}: the {point} gas of {certificate} was connected beyond {what}, its "
            "last day: no check after it passes"
        ),
        (
            "{plan}：{analyser}：{certificate} 的{point}气在有效期末日 {what} 之后仍连接："
            "其后的校验均不能通过"
        ),
    ),
    "gas_gap": (
        "finding",
        "{plan}: {analyser}: no {point} gas was connected from {since} to {what}",
        "{plan}：{analyser}：自 {since} 至 {what} 未连接{point}气",
    ),
}
_POINTS: Final[Mapping[str, str]] = {"zero": "零点", "span": "量程"}
CODES: Final = tuple(_SAID)


class PlanOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome of looking through monitoring plans.

    Args:
        code: which; a closed vocabulary.
        plan: channel that it is about.
        since: from when the plan, or a gap, is.
        what: an instant, a day, a property or a unit.
        analyser: its channel, with the measuring range where it has several.
        certificate, point: of a gas.
    """

    code: str
    plan: str
    since: dt.datetime
    what: str = ""
    analyser: str = ""
    certificate: str = ""
    point: str = ""

    @property
    def weight(self) -> Weight:
        """Whether it speaks against something, or only tells."""
        return _SAID[self.code][0]

    def say(self, language: str) -> str:
        """The outcome in words, in `language` ("en" or "zh")."""
        _, en, zh = _SAID[self.code]
        facts = {**msgspec.structs.asdict(self), "since": self.since.isoformat()}
        if language == "zh":
            return zh.format(**{**facts, "point": _POINTS.get(self.point, "")})
        return en.format(**facts)
