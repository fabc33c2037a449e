"""What can be said of a register's entries: one outcome each, in English and Chinese."""

import datetime as dt
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

Weight = Literal["note", "finding"]

_SAID: Final[Mapping[str, tuple[Weight, str, str]]] = {
    "superseded": (
        "note",
        "{confirmation} gave way to {other} on {since}",
        "{confirmation} 自 {since} 起由 {other} 取代",
    ),
    "overlap": (
        "note",
        "{confirmation} and {other} were both in date from {since} to {until}; {other} holds",
        "{confirmation} 与 {other} 在 {since} 至 {until} 期间同时有效；以 {other} 为准",
    ),
    "corrected": (
        "note",
        "{other} replaces {confirmation} from the same instant on; it was recorded later",
        "{other} 自同一时刻起替代 {confirmation}；其记录时间较晚",
    ),
    "gap": (
        "finding",
        (
            "between {confirmation} and {other} nothing was in date, from {since} to {until}: "
            "readings of this time are overdue"
        ),
        "{confirmation} 与 {other} 之间（{since} 至 {until}）无有效确认：该期间读数标记为超期",
    ),
    "overdue": (
        "finding",
        "{confirmation} was due on {until}; calibrate the instrument, or take it out of use",
        "{confirmation} 已于 {until} 到期；请送检或停用该器具",
    ),
    "failed": (
        "finding",
        "{confirmation} says 'fail': from {since} on the instrument is not confirmed",
        "{confirmation} 结论为不合格：自 {since} 起该器具未经确认",
    ),
    "ended": (
        "finding",
        "{what} on {since} ended what {confirmation} supports; confirm the instrument again",
        "{since} 的事件（{what}）使 {confirmation} 失效；请重新进行计量确认",
    ),
    "withdrawn": (
        "finding",
        "certificate {certificate} was withdrawn; {confirmation} that cites it never counts",
        "证书 {certificate} 已撤销；引用它的 {confirmation} 不再有效",
    ),
    "wrong_serial": (
        "finding",
        "{confirmation} is for serial '{serial}', its certificate {certificate} for '{what}'",
        "{confirmation} 对应编号 '{serial}'，而证书 {certificate} 的编号为 '{what}'",
    ),
    "certificate_missing": (
        "finding",
        "{confirmation} cites {certificate}, which is not in the register",
        "{confirmation} 引用的证书 {certificate} 不在台账中",
    ),
    "recorded_late": (
        "note",
        (
            "{confirmation} has effect from {since} and was recorded on {until}: what was stated "
            "of the time between has a new version"
        ),
        "{confirmation} 自 {since} 起生效，于 {until} 登记：其间的结果须重新计算",
    ),
    "before_calibration": (
        "finding",
        "{confirmation} has effect from {since}, before {certificate} was performed on {until}",
        "{confirmation} 自 {since} 起生效，早于证书 {certificate} 的校准日期 {until}",
    ),
    "due_beyond_validity": (
        "finding",
        "{confirmation} is due on {until}, {certificate} is valid to {since} only",
        "{confirmation} 的到期日 {until} 晚于证书 {certificate} 的有效期 {since}",
    ),
    "outside_requirement": (
        "finding",
        "{confirmation} says 'pass', but at {what} the deviation exceeds its limit",
        "{confirmation} 结论为合格，但在 {what} 处的误差超过其限值",
    ),
    "outside_scope": (
        "finding",
        "{certificate}: {what} lies outside of the laboratory's accredited scope",
        "证书 {certificate}：{what} 超出实验室的认可范围",
    ),
    "below_capability": (
        "finding",
        "{certificate}: at {what} U is smaller than the laboratory's accredited capability (CMC)",
        "证书 {certificate}：{what} 处的 U 小于实验室认可的校准测量能力（CMC）",
    ),
    "not_accredited": (
        "finding",
        "{certificate} was performed on {since}, outside of the accreditation's time",
        "证书 {certificate} 的校准日期 {since} 不在认可有效期内",
    ),
    "as_found_missing": (
        "finding",
        (
            "{certificate}: the instrument was adjusted, and how it was found is not stated: what "
            "it did since its last calibration stays unknown"
        ),
        "证书 {certificate}：器具经过调整但未给出调整前数据：上次校准以来的漂移无法得知",
    ),
    "standard_expired": (
        "finding",
        "{certificate} rests on {what}, which was valid to {until} only",
        "证书 {certificate} 所用标准器 {what} 的有效期至 {until}，使用时已过期",
    ),
    "standard_later": (
        "finding",
        "{certificate} rests on {what}, which was calibrated only afterwards",
        "证书 {certificate} 所用标准器 {what} 的校准晚于其使用",
    ),
    "standard_withdrawn": (
        "finding",
        "{certificate} rests on {what}, whose certificate was withdrawn",
        "证书 {certificate} 所用标准器 {what} 的证书已撤销",
    ),
    "standard_unknown": (
        "note",
        "{certificate} rests on {what}; until when that was valid is not in the register",
        "证书 {certificate} 所用标准器 {what} 的有效期不在台账中",
    ),
    "standard_share_unstated": (
        "note",
        (
            "{certificate} does not state the share of {what}; instruments that were calibrated "
            "with it are taken as independent"
        ),
        "证书 {certificate} 未给出 {what} 的不确定度分量；由其校准的器具按相互独立处理",
    ),
    "shift": (
        "finding",
        (
            "from {certificate} to {other} the instrument moved by more than U, at {what}: "
            "readings from {since} to {until} are suspect"
        ),
        (
            "从证书 {certificate} 到 {other}，器具在 {what} 处的变化超过 U：{since} 至 {until} "
            "的读数可疑"
        ),
    ),
    "check_failed": (
        "finding",
        "an intermediate check failed on {until}: readings since {since} are suspect",
        "{until} 的期间核查不合格：{since} 以来的读数可疑",
    ),
}


class RegisterOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome of looking through a register.

    Args:
        code: which; a closed vocabulary.
        serial: of the instrument.
        certificate, confirmation: ids that it is about, "" if none.
        other: the certificate or confirmation that follows, or holds instead.
        since, until: first and last day that it is about.
        what: an argument, a standard, an event; by code.
    """

    code: str
    serial: str
    certificate: str = ""
    confirmation: str = ""
    other: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    what: str = ""

    @property
    def weight(self) -> Weight:
        """Whether it speaks against something, or only tells."""
        return _SAID[self.code][0]

    def say(self, language: str) -> str:
        """The outcome in words, in `language` ("en" or "zh")."""
        text = _SAID[self.code][2 if language == "zh" else 1]
        return text.format(**msgspec.structs.asdict(self))


CODES: Final = tuple(_SAID)
