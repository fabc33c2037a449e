"""The numbered checks of a bundle, and what becomes of each."""

from collections import Counter
from collections.abc import Iterable
from enum import IntEnum, StrEnum
from typing import Final

import msgspec

from evidence.errors import Words


class Check(IntEnum):
    """A check; its number never changes its meaning."""

    SEAL = 1
    MEMBERS = 2
    STATEMENT = 3
    PINNED = 4
    CHECKPOINT = 5
    INCLUSION = 6
    PLACE = 7
    RECEIPT = 8
    CONSISTENCY = 9
    RECEIVED = 10
    WITNESS = 11
    REMEMBERED = 12
    DOCUMENTS = 13
    INDICATION = 14
    RESULT = 15
    CONTENT = 16
    LEFT_OUT = 17
    POLLS = 18
    WITHHELD = 19
    CLOCK = 20
    VALUE = 21
    UNCERTAINTY = 22
    COMPONENTS = 23
    COMPLETENESS = 24
    TRACE = 25
    JOURNAL = 26
    SEALS = 27
    UNDER_PLAN = 28


CHECKS: Final[dict[Check, Words]] = {
    Check.SEAL: Words("the file is as it was written", "文件与写出时一致"),
    Check.MEMBERS: Words("each member has its digest", "各成员与其摘要相符"),
    Check.STATEMENT: Words("the statement has its digest", "陈述与其摘要相符"),
    Check.PINNED: Words("the keys are those pinned by the policy", "密钥与策略登记一致"),
    Check.CHECKPOINT: Words("each log's head is signed by its agent", "各日志头由其代理签名"),
    Check.INCLUSION: Words("the leaves lead to the signed roots", "各叶导出已签名的根"),
    Check.PLACE: Words("each leaf says where it stands", "各叶所述位置与实际一致"),
    Check.RECEIPT: Words("each log is receipted by the collector", "各日志有采集器的回执"),
    Check.CONSISTENCY: Words(
        "what was receipted is in the latest head, and covers the leaves",
        "回执所覆盖的内容包含于最新日志头，且覆盖全部叶",
    ),
    Check.RECEIVED: Words("the times of reception agree with the receipts", "接收时间与回执相符"),
    Check.WITNESS: Words("the heads are cosigned by the witnesses", "日志头经见证者联署"),
    Check.REMEMBERED: Words("the heads go on from remembered ones", "日志头延续自已记住的日志头"),
    Check.DOCUMENTS: Words(
        "the documents have their digests, and all are here", "文件与摘要相符且齐全"
    ),
    Check.INDICATION: Words("the indications follow from the raw bytes", "示值可由原始字节得出"),
    Check.RESULT: Words(
        "the results follow from the indications and the certificates", "结果可由示值与证书得出"
    ),
    Check.CONTENT: Words("the leaves contradict nothing", "各叶内容无矛盾"),
    Check.LEFT_OUT: Words("what was left out is wrong", "被剔除的数据确有错误"),
    Check.POLLS: Words("no poll of the period is missing between two", "期间内轮询编号连续"),
    Check.WITHHELD: Words("nothing of the period is withheld", "期间内没有隐去的内容"),
    Check.CLOCK: Words("the stamps are of a real clock", "时间戳来自真实时钟"),
    Check.VALUE: Words("the value follows", "量值可复算"),
    Check.UNCERTAINTY: Words("u, U, k and what they rest on follow", "u、U、k 及其依据可复算"),
    Check.COMPONENTS: Words("the components follow", "不确定度分量可复算"),
    Check.COMPLETENESS: Words("the completeness follows", "完整性可复算"),
    Check.TRACE: Words("readings, events and papers follow", "读数、事件与文件可复算"),
    Check.JOURNAL: Words(
        "the journal's entries stand in its signed head", "日志记录包含于其签名的日志头"
    ),
    Check.SEALS: Words(
        "the laboratories' documents bear the certificates out", "实验室原件的签章与数据支持各证书"
    ),
    Check.UNDER_PLAN: Words(
        "the value under the monitoring plan follows", "监测计划下的量值可复算"
    ),
}
"""What each check says of a bundle that passes it."""


class Result(StrEnum):
    """What becomes of a check."""

    OK = "ok"
    FAILED = "failed"
    NOT_CHECKED = "not checked"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one check.

    Args:
        id: its number.
        what, what_zh: what holds where it is ok.
        result: ok, failed, or not checked.
        where: the first place where it does not hold; empty if there is none.
        en, zh: what was found.
    """

    id: Check
    what: str
    what_zh: str
    result: Result
    where: str
    en: str
    zh: str


class Findings:
    """What was found check by check; a check of which nothing is noted was not made.

    Of what is wrong the first of each check is kept, and how many there are: a bundle of two
    million wrong leaves must not fill the reader's memory with words.
    """

    def __init__(self) -> None:
        self._wrong: dict[Check, tuple[str, Words]] = {}
        self._count: Counter[Check] = Counter()
        self._said: dict[Check, tuple[Result, Words]] = {}

    def wrong(self, check: Check, where: str, en: str, zh: str) -> None:
        """Notes that something does not hold."""
        self._wrong.setdefault(check, (where, Words(en, zh)))
        self._count[check] += 1

    def held(self, check: Check, en: str, zh: str) -> None:
        """Notes what was looked at; it stands unless something is wrong."""
        self._said[check] = (Result.OK, Words(en, zh))

    def skipped(self, check: Check, en: str, zh: str) -> None:
        """Notes why a check was not made."""
        self._said[check] = (Result.NOT_CHECKED, Words(en, zh))

    def outcomes(self, required: Iterable[Check] = ()) -> tuple[Outcome, ...]:
        """All checks in their order; what is required and was not checked has failed."""
        must = frozenset(required)
        return tuple(self._outcome(check, must=check in must) for check in Check)

    def _outcome(self, check: Check, *, must: bool) -> Outcome:
        wrong = self._wrong.get(check)
        if wrong:
            where, words = wrong
            more = self._count[check] - 1
            if more:
                words = Words(f"{words.en} (and {more} more)", f"{words.zh}（另有 {more} 处）")
            return _outcome(check, Result.FAILED, where, words)
        nothing = Words("it could not be reached", "未能执行到此项")
        result, words = self._said.get(check, (Result.NOT_CHECKED, nothing))
        if must and result is Result.NOT_CHECKED:
            words = Words(f"required, but {words.en}", f"策略要求此项，但{words.zh}")
            return _outcome(check, Result.FAILED, "policy", words)
        return _outcome(check, result, "", words)


def _outcome(check: Check, result: Result, where: str, words: Words) -> Outcome:
    what = CHECKS[check]
    return Outcome(
        id=check,
        what=what.en,
        what_zh=what.zh,
        result=result,
        where=where,
        en=words.en,
        zh=words.zh,
    )
