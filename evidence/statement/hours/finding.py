"""What a reader must know beside the hours: a closed vocabulary, in two languages (pure)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from evidence.errors import Words


class FindingKind(StrEnum):
    """What was found."""

    FEW_PLACES = "few_places"
    FEW_WHOLE_HOURS = "few_whole_hours"
    NO_WHOLE_HOUR = "no_whole_hour"
    BIAS = "bias"
    NO_ESTIMATE = "no_estimate"
    NO_SUBSTITUTE = "no_substitute"
    NOT_USABLE = "not_usable"
    OPEN_GAP = "open_gap"
    SHORT_LOOKBACK = "short_lookback"
    CALIBRATION_UNKNOWN = "calibration_unknown"
    HISTORY_ASSUMED = "history_assumed"
    RECALLED_RULES = "recalled_rules"
    UNCERTAINTY_UNSTATED = "uncertainty_unstated"
    LOAD_BINS = "load_bins"
    PROVISIONAL = "provisional"
    BRIDGE_REFUSED = "bridge_refused"
    NOTIFY = "notify"


WORDS: Final[Mapping[FindingKind, Words]] = {
    FindingKind.FEW_PLACES: Words(
        "gap {gap}: {found} places to punch it elsewhere, fewer than {limit}; u is conservative, "
        "the whole range of the measured hours, rectangular",
        "缺口 {gap}：可供打孔检验的位置 {found} 处，少于 {limit}；u 取保守值（实测全范围，矩形）",
    ),
    FindingKind.FEW_WHOLE_HOURS: Words(
        "in {found} hours the lost points could not be punched; their u is conservative, the "
        "range of the other points, rectangular",
        "{found} 个小时的缺失点无法打孔检验；其 u 取保守值（其余各点范围，矩形分布）",
    ),
    FindingKind.NO_WHOLE_HOUR: Words(
        "in {found} hours it is not known what the lost points do: no hour of the series has its "
        "whole course; this part of u is missing",
        "{found} 个小时缺失点的影响未知：该序列没有完整过程的小时；u 缺少这一部分",
    ),
    FindingKind.BIAS: Words(
        "gap {gap}: the estimate is biased by {found} in punched gaps; not corrected, part of u",
        "缺口 {gap}：打孔检验的偏差为 {found}；未修正，已计入 u",
    ),
    FindingKind.NO_ESTIMATE: Words(
        "gap {gap}: no measured hour to estimate it from; there is no best estimate",
        "缺口 {gap}：没有可用于估计的实测小时；无最佳估计值",
    ),
    FindingKind.NO_SUBSTITUTE: Words(
        "gap {gap}: rule {found} gives no value; there is no compliance value",
        "缺口 {gap}：规则 {found} 得不到数值；无合规值",
    ),
    FindingKind.NOT_USABLE: Words(
        "gap {gap}: availability {found} % is below what the scheme can use; calculate instead",
        "缺口 {gap}：数据捕集率 {found} % 低于该制度可用下限；应改用核算法",
    ),
    FindingKind.OPEN_GAP: Words(
        "gap {gap}: no valid hour on its {found} side; the value is provisional",
        "缺口 {gap}：{found} 侧没有有效小时；数值为暂定",
    ),
    FindingKind.SHORT_LOOKBACK: Words(
        "gap {gap}: {found} valid hours to look back on, fewer than {limit}",
        "缺口 {gap}：回溯期有效小时为 {found}，少于 {limit}",
    ),
    FindingKind.CALIBRATION_UNKNOWN: Words(
        "gap {gap}: the last calibration before it is not known; its beginning was taken",
        "缺口 {gap}：此前最近一次校准时间未知；按缺口起点处理",
    ),
    FindingKind.HISTORY_ASSUMED: Words(
        "the records were taken to begin at certification; state that instant, or give them all",
        "假定记录自认证之时开始；请说明该时刻或提供全部记录",
    ),
    FindingKind.RECALLED_RULES: Words(
        "these rules are recalled and must be confirmed in the printed document: {found}",
        "以下规则仅凭记忆，须与正式文本核对：{found}",
    ),
    FindingKind.UNCERTAINTY_UNSTATED: Words(
        "the uncertainty of the measured values was not stated; only that of estimates is told",
        "未给出实测值的不确定度；此处只含估计值的不确定度",
    ),
    FindingKind.LOAD_BINS: Words(
        "bins of load are not formed: all hours count as one bin",
        "未划分负荷区间：全部小时视为同一区间",
    ),
    FindingKind.PROVISIONAL: Words(
        "the period is not closed: substitutes are provisional and will be issued anew",
        "报告期尚未结束：替代值为暂定，将重新发布",
    ),
    FindingKind.NOTIFY: Words(
        "gap {gap}: {found} h, more than {limit} h without a break: the authority must be told",
        "缺口 {gap}：连续 {found} 小时，超过 {limit} 小时：须通知主管机关",
    ),
    FindingKind.BRIDGE_REFUSED: Words(
        "gap {gap}: the register falls by {found} over it; a reset or an exchange must be stated",
        "缺口 {gap}：累积示值减少 {found}；复位或换表须明确说明",
    ),
}


class Finding(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Something a reader must know.

    Args:
        kind: what.
        gap: the gap that it concerns; "" for the whole.
        found, limit: facts, as text.
    """

    kind: FindingKind
    gap: str = ""
    found: str = ""
    limit: str = ""

    def say(self, language: str) -> str:
        """The finding in `language` ("en" or "zh")."""
        words = WORDS[self.kind]
        text = words.zh if language == "zh" else words.en
        return text.format(gap=self.gap, found=self.found, limit=self.limit)
