"""Outcomes of performance tests as dated tests (pure)."""

from collections.abc import Mapping
from typing import Final

import msgspec

from calibration.monitoring.record import TestKind, TestOutcome
from calibration.performance.criterion import Outcome
from calibration.performance.drift import CheckOutcome, Drift
from calibration.performance.limits import ChartOutcome
from calibration.performance.linearity import Linearity
from calibration.performance.qal2 import Qal2
from calibration.performance.qal3 import Qal3
from calibration.performance.rata import Rata
from calibration.performance.surveillance import Surveillance
from evidence.errors import Words
from evidence.statement.standing.errors import QaTestError
from evidence.statement.standing.qa_test import QaTest

_OUTCOMES: Final[Mapping[Outcome | ChartOutcome, TestOutcome]] = {
    "pass": "passed",
    "adjust": "passed",
    "fail": "failed",
    "out_of_control": "failed",
    "not_valid": "aborted",
    "in_control": "passed",
    "warning": "passed",
    "adjust_drift": "failed",
    "precision_out_of_control": "failed",
}
"""Beyond the specification but within the limit of valid data ("adjust") data stay valid; a chart's
alarm asks for an adjustment before they are again; a test without enough runs is none."""
_JUDGED: Final = Words("judged by limits", "依据限值判定的结果")


class Conducted(msgspec.Struct, frozen=True, kw_only=True):
    """Which analyser was tested, when, and the record of it; fields as in `QaTest`."""

    analyser: str
    at_ns: int
    recorded_ns: int
    record: str
    measuring_range: str = ""
    detected_ns: int | None = None


def qa_test_of_drift(found: Drift, conducted: Conducted, kind: TestKind = "daily_check") -> QaTest:
    """A zero and span check; its relative error is that of the largest reference.

    Raises:
        QaTestError: nothing was judged.
    """
    largest = max(found.checks, key=lambda each: each.check.reference)
    return _test(found.outcome, kind, conducted, relative_error=_relative(largest))


def qa_test_of_linearity(found: Linearity, conducted: Conducted) -> QaTest:
    """A linearity test; its relative error is the mean over the levels.

    Raises:
        QaTestError: nothing was judged.
    """
    shares = [each.percent_of_reference for each in found.levels]
    known = [each / 100.0 for each in shares if each is not None]
    mean = sum(known) / len(known) if known else None
    return _test(found.outcome, "linearity", conducted, found.findings, relative_error=mean)


def qa_test_of_rata(found: Rata, conducted: Conducted) -> QaTest:
    """A comparison with the reference method, with the quarters that its outcome gives.

    Raises:
        QaTestError: nothing was judged.
    """
    mean = found.mean_reference
    error = None if mean <= 0.0 else -found.mean_difference / mean
    u = None if mean <= 0.0 else found.standard_deviation / found.runs_used**0.5 / mean
    made = _test(found.outcome, "rata", conducted, found.findings, relative_error=error)
    return msgspec.structs.replace(made, quarters=found.next_test_quarters, standard_uncertainty=u)


def qa_test_of_qal2(found: Qal2, conducted: Conducted) -> QaTest:
    """A QAL2."""
    return _test(found.outcome, "qal2", conducted, found.findings)


def qa_test_of_surveillance(found: Surveillance, conducted: Conducted) -> QaTest:
    """An annual surveillance test; its relative error is the mean of the functions' values."""
    mean = sum(found.estimates) / len(found.estimates)
    bias = -sum(found.differences) / len(found.differences)
    error = bias / (mean - bias) if mean - bias > 0.0 else None
    return _test(found.outcome, "ast", conducted, found.findings, relative_error=error)


def qa_test_of_qal3(found: Qal3, conducted: Conducted, valid_until_ns: int | None = None) -> QaTest:
    """The latest reading of control charts; how long it holds is the maintenance plan's."""
    made = _test(found.outcome, "qal3", conducted)
    return msgspec.structs.replace(made, valid_until_ns=valid_until_ns)


def outcome_of(outcome: Outcome | ChartOutcome, record: str) -> TestOutcome:
    """What the outcome of a performance test is to the state of an analyser.

    Raises:
        QaTestError: nothing was judged.
    """
    if outcome not in _OUTCOMES:
        raise QaTestError(record, what=f"outcome = {outcome}", limit=_JUDGED)
    return _OUTCOMES[outcome]


def _test(
    outcome: Outcome | ChartOutcome,
    kind: TestKind,
    conducted: Conducted,
    findings: tuple[str, ...] = (),
    relative_error: float | None = None,
) -> QaTest:
    detail = ", ".join((outcome, *findings))
    return QaTest(
        kind=kind,
        outcome=outcome_of(outcome, conducted.record),
        detail=detail,
        relative_error=relative_error,
        **msgspec.structs.asdict(conducted),
    )


def _relative(found: CheckOutcome) -> float | None:
    reference = float(found.check.reference)
    return found.deviation / reference if reference > 0.0 else None
