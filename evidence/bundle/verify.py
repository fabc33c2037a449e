"""Whether a bundle proves its statement: all checks, in one reading of the leaves or two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from evidence.audit.said import counted
from evidence.bundle.entered import check_entered
from evidence.bundle.figures import check_digest
from evidence.bundle.journal import check_journal
from evidence.bundle.logs import LogChecks, receipt_of
from evidence.bundle.members import check_agents, check_file
from evidence.bundle.opened import Bundle, open_bundle
from evidence.bundle.outcome import Check, Findings, Outcome
from evidence.bundle.pins import check_pins
from evidence.bundle.policy import NO_POLICY, Policy
from evidence.bundle.reading import Reading
from evidence.bundle.sealed import SealReader, read_seal
from evidence.bundle.seals import check_seals
from evidence.bundle.withheld import check_withheld
from evidence.log.checkpoint import origin
from evidence.log.receipt import Receipt
from evidence.statement.entered.channel import is_entered


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What became of a bundle.

    Attributes:
        bundle: What was looked at.
        outcomes: Of all checks, by number.
        rows: Readings that were computed again.
    """

    bundle: Bundle
    outcomes: tuple[Outcome, ...]
    rows: int


def verify(
    file: BinaryIO,
    policy: Policy = NO_POLICY,
    witnessed: Sequence[bytes] = (),
    read: SealReader = read_seal,
) -> Verified:
    """What becomes of every check of the bundle in a file that can be sought.

    Args:
        file: the bundle.
        policy: what is pinned and required.
        witnessed: notes of heads that witnesses cosigned.
        read: reads the laboratories' documents; a server lets another process do so.

    Raises:
        BundleError: it cannot be read.
        CheckpointError, KeyMaterialError: it names a log or a key that cannot be.
    """
    bundle, findings = open_bundle(file), Findings()
    check_file(bundle, findings)
    check_agents(bundle, findings)
    check_digest(bundle, findings)
    check_pins(bundle, policy, findings)
    logs = range(len(bundle.manifest.logs))
    receipts = {number: receipt_of(bundle, number, findings) for number in logs}
    reading = Reading(bundle, receipts, findings)
    reading.run()
    _say_defaults(bundle, policy, receipts, findings)
    for number in logs:
        shown = dict(sorted(reading.hashes[number].items()))
        LogChecks(bundle, number, policy, receipts[number], shown, findings).run(witnessed)
    check_withheld(bundle.manifest.logs, reading.hidden, reading.hashes, findings)
    _check_clock(policy, reading, findings)
    entries = check_journal(bundle, policy, findings)
    if is_entered(bundle.datum.channel):
        check_entered(bundle, policy, entries, findings)
    check_seals(bundle, policy, reading.certificates, findings, read)
    outcomes = findings.outcomes(policy.require)
    return Verified(bundle=bundle, outcomes=outcomes, rows=reading.rows)


def _say_defaults(
    bundle: Bundle,
    policy: Policy,
    receipts: Mapping[int, Receipt | None],
    findings: Findings,
) -> None:
    """What the checks of logs say where nothing is wrong."""
    count = len(bundle.manifest.logs)
    for check in (Check.CHECKPOINT, Check.INCLUSION, Check.CONSISTENCY):
        findings.held(check, counted(count, "log", "logs"), f"{count} 个日志")
    findings.held(Check.PLACE, counted(count, "log", "logs"), f"{count} 个日志")
    signed = [each.at_s for each in receipts.values() if each is not None]
    findings.held(
        Check.RECEIPT, counted(len(signed), "receipt", "receipts"), f"{len(signed)} 份回执"
    )
    if policy.witnesses:
        findings.held(Check.WITNESS, counted(count, "log", "logs"), f"{count} 个日志")
    else:
        findings.skipped(Check.WITNESS, "no witness is pinned", "未登记见证者")
    here = {origin(each.agent, each.epoch) for each in bundle.manifest.logs}
    known = here & {each.origin for each in policy.heads}
    if known and known == here:
        findings.held(Check.REMEMBERED, counted(len(known), "log", "logs"), f"{len(known)} 个日志")
    else:
        findings.skipped(
            Check.REMEMBERED,
            f"of {len(here - known)} of {counted(count, 'log', 'logs')} no head is remembered",
            f"{count} 个日志中有 {len(here - known)} 个未记住日志头",
        )


def _check_clock(policy: Policy, reading: Reading, findings: Findings) -> None:
    count = reading.simulated
    if count and not policy.accept_simulated:
        findings.wrong(
            Check.CLOCK,
            "",
            f"a simulated clock stamped {counted(count, 'leaf', 'leaves')}: this is a "
            "demonstration, and proves nothing",
            f"{count} 个叶由仿真时钟打戳：这是演示，不构成证据",
        )
    findings.held(Check.CLOCK, f"{count} of a simulated clock", f"仿真时钟 {count} 个")
