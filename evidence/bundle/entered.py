"""A statement of what people entered: the journal's entries prove it, not leaves of an agent."""

from typing import Final

import msgspec

from calibration.errors import CalibrationError
from evidence.audit.said import counted
from evidence.bundle.figures import compare_figures
from evidence.bundle.journal import ShownEntries
from evidence.bundle.opened import Bundle
from evidence.bundle.outcome import Check, Findings
from evidence.bundle.policy import Policy
from evidence.errors import CodedError, Words
from evidence.software import SOFTWARE
from evidence.statement.datum import ActivityData
from evidence.statement.entered.noted import book_of
from evidence.statement.entered.stating import entered_statement

_OF_LEAVES: Final = (
    Check.CHECKPOINT,
    Check.INCLUSION,
    Check.PLACE,
    Check.RECEIPT,
    Check.CONSISTENCY,
    Check.RECEIVED,
    Check.WITNESS,
    Check.REMEMBERED,
    Check.DOCUMENTS,
    Check.INDICATION,
    Check.RESULT,
    Check.CONTENT,
    Check.LEFT_OUT,
    Check.POLLS,
    Check.CLOCK,
    Check.UNDER_PLAN,
)
"""What is asked of leaves; of a channel that no agent reads there is none."""
MOST_ENTRIES: Final = 5_000
"""Of one channel: each is held against all before it."""


def check_entered(
    bundle: Bundle, policy: Policy, entries: ShownEntries, findings: Findings
) -> None:
    """Notes whether a statement of an entered channel follows from the journal's entries.

    Args:
        bundle: whose statement it is.
        policy: what is pinned.
        entries: those that stand in the journal's signed head.
        findings: where it is noted.
    """
    for check in () if bundle.manifest.logs else _OF_LEAVES:
        findings.skipped(check, "people entered it; no agent read it", "由人工录入，非代理采集")
    if policy.journals:  # another one than these fails check 26
        findings.held(Check.PINNED, "the journal's key", "日志（journal）密钥")
    else:
        findings.skipped(
            Check.PINNED, "the journal's key is pinned by nobody", "日志（journal）密钥无人登记"
        )
    _check_withheld(bundle, entries, findings)
    again = _again(bundle, entries)
    if isinstance(again, Words):
        findings.wrong(Check.VALUE, bundle.datum.channel, again.en, again.zh)
    else:
        compare_figures(bundle.datum, again, findings)


def _check_withheld(bundle: Bundle, entries: ShownEntries, findings: Findings) -> None:
    """Whether another entry of the journal may correct one that is shown."""
    hidden = entries.size - len(entries.whole)
    own = [at for at, each in entries.partly if each.subject == bundle.datum.channel]
    if own:
        en, zh = "it is of the channel, and shown in part", "属于该通道，但仅部分给出"
        findings.wrong(Check.WITHHELD, f"journal {own[0]}", en, zh)
    if hidden:
        findings.skipped(
            Check.WITHHELD,
            f"{counted(hidden, 'entry of the journal is', 'entries of the journal are')} "
            "withheld; whether one corrects these is not told",
            f"日志中有 {hidden} 条记录被隐去；其中是否有更正无从得知",
        )
    else:
        findings.held(Check.WITHHELD, "all entries are here", "记录全部给出")


def _again(bundle: Bundle, entries: ShownEntries) -> ActivityData | Words:
    """The statement as it follows, or why none does."""
    channel, known_ns = bundle.datum.channel, bundle.manifest.known_until_ns
    if sum(each.subject == channel for _, each in entries.whole) > MOST_ENTRIES:
        en, zh = f"it has more than {MOST_ENTRIES} entries", f"记录超过 {MOST_ENTRIES} 条"
        return Words(en, zh)
    try:
        latest_ns = max([known_ns, *(each.at_ns for _, each in entries.whole)])
        book = book_of(entries.whole, channel, latest_ns)
        again = entered_statement(book, channel, bundle.period, SOFTWARE, known_ns)
    except (CodedError, CalibrationError) as wrong:
        return Words(wrong.say("en"), wrong.say("zh"))
    except msgspec.ValidationError as wrong:
        return Words(f"an entry is not understood: {wrong}", f"无法理解某条记录：{wrong}")
    nothing = Words("no entry covers any of the period", "没有记录覆盖该期间")
    return nothing if again is None else again
