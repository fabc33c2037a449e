"""What an audit of a channel and a period comes to: fifteen numbered outcomes (pure)."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec

from evidence.audit.said import Pointer, Said, said

Verdict = Literal["ok", "finding", "not_applicable", "not_checked"]
VERDICT_WORDS: Final[Mapping[Verdict, Said]] = {
    "ok": said("ok", "符合"),
    "finding": said("finding", "有发现"),
    "not_applicable": said("not applicable", "不适用"),
    "not_checked": said("not checked", "未核查"),
}
NAMES: Final[Mapping[int, Said]] = {
    1: said("certificate and installed instrument", "证书与在用器具一致"),
    2: said("laboratory, its accreditation and scope", "机构授权/认可及其范围"),
    3: said("chain of dates", "日期链"),
    4: said("traceability of the standards", "标准器溯源性"),
    5: said("results and conformity", "校准结果与符合性"),
    6: said("corrections and factors in use", "在用修正值与系数"),
    7: said("as found, adjustment, seals", "调整前后数据与封印"),
    8: said("interval, and data after a bad result", "周期依据与不合格后的数据处理"),
    9: said("recomputation from raw data", "由原始数据复算"),
    10: said("share of substitutes and their rule", "替代数据占比与规则"),
    11: said("clock", "时钟同步"),
    12: said("changes of parameters", "参数变更记录"),
    13: said("place of installation", "安装位置"),
    14: said("balance with other meters", "多表平衡"),
    15: said("authenticity of certificates", "证书真实性"),
}


class CheckOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """One of the fifteen checks.

    Args:
        number: 1 to 15; `name` says what it is about.
        outcome: "ok" only if something was looked at and nothing is wrong.
        looked_at: what was looked at, with figures.
        findings: what is wrong.
        unchecked: parts of the check that were not made, and why.
        evidence: papers, leaves, hours and statements that were looked at.
    """

    number: int
    name: Said
    outcome: Verdict
    looked_at: Said
    findings: tuple[Said, ...]
    unchecked: tuple[Said, ...]
    evidence: tuple[Pointer, ...]


class NotChecked(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a check that was not made, and why."""

    number: int
    why: Said


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """The fifteen checks of a channel in a period.

    Args:
        start, end: of the period, RFC 3339 in UTC, end excluded.
        instruments: serial numbers that the hours rest on.
        checks: by number.
        counts: of outcomes.
        not_checked: all that was not looked at, over all checks.
        software: name and version that made it.
        digest: SHA-256 of the canonical JSON of all this without `digest`.
    """

    schema: str = "carbonmeter/audit/v1"
    channel: str
    start: str
    end: str
    instruments: tuple[str, ...]
    checks: tuple[CheckOutcome, ...]
    counts: Mapping[str, int]
    not_checked: tuple[NotChecked, ...]
    software: str
    digest: str = ""


@dataclass(slots=True)
class Look:
    """What is gathered while a check looks; `tell` makes the outcome of it."""

    number: int
    findings: list[Said] = field(default_factory=list)
    unchecked: list[Said] = field(default_factory=list)
    evidence: dict[Pointer, None] = field(default_factory=dict)
    looked: int = 0

    def see(self, *evidence: Pointer) -> None:
        """Notes something that was looked at."""
        self.looked += 1
        self.evidence.update(dict.fromkeys(evidence))

    def find(self, en: str, zh: str, *evidence: Pointer) -> None:
        """Notes something that is wrong."""
        self.looked += 1
        self.findings.append(said(en, zh))
        self.evidence.update(dict.fromkeys(evidence))

    def leave(self, en: str, zh: str) -> None:
        """Notes something that was not looked at."""
        self.unchecked.append(said(en, zh))

    def tell(
        self, en: str, zh: str, *, applies: bool = True, had_its_papers: bool = True
    ) -> CheckOutcome:
        """The outcome; `en` and `zh` say what was looked at.

        Args:
            en: In English.
            zh: In Chinese.
            applies: False where there is nothing that the check is about.
            had_its_papers: False where none of the papers that it is about is there: what else
                was looked at does not make it "ok".
        """
        return CheckOutcome(
            number=self.number,
            name=NAMES[self.number],
            outcome=self._verdict(applies=applies, had_its_papers=had_its_papers),
            looked_at=said(en, zh),
            findings=tuple(dict.fromkeys(self.findings)),
            unchecked=tuple(dict.fromkeys(self.unchecked)),
            evidence=tuple(sorted(self.evidence)),
        )

    def _verdict(self, *, applies: bool, had_its_papers: bool) -> Verdict:
        if self.findings:
            return "finding"
        if not applies:
            return "not_applicable"
        return "ok" if self.looked and had_its_papers else "not_checked"


def not_checked_of(checks: Iterable[CheckOutcome]) -> tuple[NotChecked, ...]:
    """All that was not looked at, in order of the checks."""
    return tuple(
        NotChecked(number=each.number, why=why) for each in checks for why in each.unchecked
    )


def digest_of(told: Audit) -> str:
    """SHA-256 of an audit's canonical JSON without `digest`."""
    bare = msgspec.to_builtins(told)
    del bare["digest"]
    return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()
