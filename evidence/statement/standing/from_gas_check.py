"""Zero and span checks of a gas analyser as dated tests (pure)."""

import math
from collections.abc import Sequence

from calibration.gas_check.check import GasCheck
from calibration.monitoring.record import TestKind
from calibration.performance.drift import worst
from evidence.errors import Words
from evidence.statement.standing.errors import QaTestError
from evidence.statement.standing.from_performance import outcome_of
from evidence.statement.standing.qa_test import QaTest

_ONE = Words("checks of one analyser and range, 1 at least", "同一分析仪同一量程的检查，至少 1 次")


def qa_test_of_gas_checks(
    checks: Sequence[GasCheck], recorded_ns: int, kind: TestKind = "daily_check"
) -> QaTest:
    """The zero and span checks of one occasion as one test: the worst outcome counts.

    Its relative error is that of the span check, with u of its mean and of its gas.

    Args:
        checks: Of one analyser and range.
        recorded_ns: When this house learnt of them.
        kind: "manual_check" or "system_check" for those.

    Raises:
        QaTestError: there is none, or they do not belong together.
    """
    if len({(each.analyser, each.measuring_range) for each in checks}) != 1:
        what = Words(f"{len(checks)} checks", f"{len(checks)} 次校验")
        raise QaTestError("checks", what=what, limit=_ONE)
    outcome = worst([each.outcome for each in checks])
    last = max(checks, key=lambda each: each.end_ns)
    findings = dict.fromkeys(name for each in checks for name in each.findings)
    error, u = _relative(checks)
    return QaTest(
        analyser=last.analyser,
        kind=kind,
        at_ns=last.end_ns,
        outcome=outcome_of(outcome, last.id),
        recorded_ns=recorded_ns,
        record=f"{last.analyser}/{last.id}",
        detail=", ".join((outcome, *findings)),
        measuring_range=last.measuring_range,
        relative_error=error,
        standard_uncertainty=u,
    )


def _relative(checks: Sequence[GasCheck]) -> tuple[float | None, float | None]:
    spans = [each for each in checks if each.point == "span" and each.settled is not None]
    if not spans or spans[-1].settled is None or not spans[-1].reference:
        return None, None
    shown, held = spans[-1].settled, spans[-1].reference
    u = math.hypot(shown.standard_uncertainty, spans[-1].reference_standard_uncertainty or 0.0)
    return shown.mean / held - 1.0, u / held
