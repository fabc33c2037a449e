"""What something that is wrong costs: every alarm and every state of a channel has its place."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from calibration.indication import MissReason, Quality
from collector.alarms import kinds
from collector.web.factory.channels import CHECK_FAILED, GOOD, NOT_PASSED, SILENT, UNKNOWN_U


class Cost(StrEnum):
    """What it costs in quality of data, the dearest first; a closed vocabulary.

    LOST: readings are not taken, or do not count, and nothing brings them back.
    WAITING: what is read is kept elsewhere and comes later.
    DOUBT: readings count, but their value or their uncertainty is in doubt.
    SOON: nothing yet.
    """

    LOST = "lost"
    WAITING = "waiting"
    DOUBT = "doubt"
    SOON = "soon"


DEAREST_FIRST: Final = tuple(Cost)
OF_ALARM: Final[Mapping[str, Cost]] = {
    kinds.DeviceDeadAlarm.code: Cost.LOST,
    kinds.SpoolAlarm.code: Cost.LOST,
    kinds.AgentSilentAlarm.code: Cost.WAITING,
    kinds.LedgerAlarm.code: Cost.WAITING,
    kinds.BrokerAlarm.code: Cost.WAITING,
    kinds.ReceiptMissingAlarm.code: Cost.WAITING,
    kinds.QuotaAlarm.code: Cost.WAITING,
    kinds.JudgeBehindAlarm.code: Cost.WAITING,
    kinds.ViewStuckAlarm.code: Cost.WAITING,
    kinds.CertificateOverdueAlarm.code: Cost.DOUBT,
    kinds.CheckFailedAlarm.code: Cost.DOUBT,
    kinds.CertificateFailedAlarm.code: Cost.DOUBT,
    kinds.BranchAlarm.code: Cost.DOUBT,
    kinds.CertificateDueAlarm.code: Cost.SOON,
    kinds.DiskAlarm.code: Cost.SOON,
    kinds.BackupAlarm.code: Cost.SOON,
}
OF_ALL: Final = frozenset(
    {
        kinds.LedgerAlarm.code,
        kinds.BrokerAlarm.code,
        kinds.JudgeBehindAlarm.code,
        kinds.ViewStuckAlarm.code,
        kinds.DiskAlarm.code,
        kinds.BackupAlarm.code,
    }
)
"""Alarms of the collector itself: they touch every channel."""
PASSING: Final = frozenset(
    (MissReason.CALIBRATING.value, MissReason.BLOW_BACK.value, MissReason.STANDBY.value)
)
"""States that end by themselves: nobody need do anything."""
BY_PAPERS: Final = frozenset((CHECK_FAILED, NOT_PASSED))
"""States that follow from checks and papers, of which an alarm tells."""
NO_REPAIR: Final = PASSING | BY_PAPERS
"""States of which nothing is told but by an alarm."""
OF_STATE: Final[Mapping[str, Cost]] = {
    Quality.QUARANTINED.value: Cost.LOST,
    Quality.MAINTENANCE.value: Cost.LOST,
    **dict.fromkeys(PASSING, Cost.SOON),
    Quality.DEVICE_WARNING.value: Cost.DOUBT,
    Quality.FROZEN.value: Cost.DOUBT,
    Quality.CLOCK_SUSPECT.value: Cost.DOUBT,
    Quality.CLOCK_UNSYNCHRONISED.value: Cost.DOUBT,
    Quality.OUTSIDE_MEASURING_INTERVAL.value: Cost.DOUBT,
    Quality.OVERDUE.value: Cost.DOUBT,
    Quality.INTERPOLATED.value: Cost.DOUBT,
    UNKNOWN_U: Cost.DOUBT,
    **dict.fromkeys(BY_PAPERS, Cost.DOUBT),
}
"""Of channels that still show something; one that is silent is told by its device or agent."""
MARKS: Final[Mapping[Cost, str]] = {
    Cost.LOST: "bad",
    Cost.WAITING: "warn",
    Cost.DOUBT: "warn",
    Cost.SOON: "none",
}
"""The class of its mark in `style.css`."""


def mark_of(state: str) -> str:
    """The class of the mark of a channel's state."""
    if state in (GOOD, UNKNOWN_U):
        return "good" if state == GOOD else "none"
    return "bad" if state == SILENT else MARKS[OF_STATE[state]]
