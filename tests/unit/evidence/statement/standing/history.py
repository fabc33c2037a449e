"""Histories of tests that the tests of this folder share: times as "2026-03-01T08:00"."""

from calibration.monitoring.record import TestKind, TestOutcome
from evidence.clock import parse_utc
from evidence.statement.standing.hour import HourStanding
from evidence.statement.standing.load import read_scheme
from evidence.statement.standing.operation import NS_PER_HOUR
from evidence.statement.standing.qa_test import QaTest
from evidence.statement.standing.standing import Standing

PART75 = read_scheme("part75-2011")[0]
HJ75 = read_scheme("hj75-2017")[0]
EN14181 = read_scheme("en14181-2014")[0]
ISO10012 = read_scheme("iso10012-2003")[0]
JJG = read_scheme("jjg")[0]


def ns(text: str) -> int:
    """POSIX ns of "2026-03-01T08:00" or "2026-03-01T08:00:30", UTC."""
    return parse_utc(f"{text}:00Z" if len(text) == 16 else f"{text}Z")


def hours(first: str, count: int) -> list[int]:
    """Starts of hours in a row."""
    return [ns(first) + k * NS_PER_HOUR for k in range(count)]


def made(
    at: str,
    outcome: TestOutcome = "passed",
    kind: TestKind = "daily_check",
    recorded: str | None = None,
    **more: object,
) -> QaTest:
    """A test of one analyser, recorded at once unless another instant is given."""
    plain = {
        "analyser": "CO2-1",
        "kind": kind,
        "at_ns": ns(at),
        "outcome": outcome,
        "recorded_ns": ns(recorded or at),
        "record": f"{kind}@{at}",
        **more,
    }
    return QaTest(**plain)  # type: ignore[arg-type]


def told(found: HourStanding) -> tuple[Standing, str, str | None]:
    """State, why, and the record that decides."""
    return found.standing, found.because, None if found.test is None else found.test.record
