"""Five days around the failed check, from the analyser's bytes to tonnes, against the truth."""

import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import pytest

from calibration.gas_check.check import checks_in
from calibration.gas_check.gas import CheckGas, gas_of
from calibration.gas_check.rules import CheckLimits, CheckReading, CheckRules, CheckState
from calibration.load import parse_certificate
from calibration.monitoring.plan import ConnectedGas, GasChecks, MonitoringPlan
from calibration.performance.load import read_limits
from carbonmeter.quarter_row import QuarterRow
from carbonmeter.quarter_run import AGENT, CHANNEL, PERIOD_NS, Days, run_in
from carbonmeter.stepped_collector import activity, shares
from collector.ledger_read import read_ledger
from evidence.statement.datum import ActivityData
from simulators.load import load_stack, shipped
from simulators.stack.minutes import Indications, minutes
from simulators.stack.state import State
from simulators.stack.truth import Stack, co2_t
from tests.system.quarter_ledger import Minute, minutes_of
from tests.unit.simulators.stack.stacks import HOUR_NS, local

DAYS: Final = Days(first=date(2026, 3, 8), last=date(2026, 3, 13))
FAILED: Final = local("2026-03-10T02:20")
RIGHT: Final = local("2026-03-10T18:00")
COMPARED: Final = local("2026-03-12T08:00")
"""From then on the comparison after the repair is confirmed."""
DAYS_AGED: Final = 7.1
AGEING_PER_DAY: Final = -0.019
REASONS: Final = {
    State.MEASURING: None,
    State.ZERO_GAS: "calibrating",
    State.SPAN_GAS: "calibrating",
    State.SETTLING: "device_fault",
    State.BLOW_BACK: "blow_back",
    State.PURGING: "blow_back",
    State.MAINTENANCE: "maintenance",
    State.FAULT: "device_fault",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A run that is over: its folder, what it said, and what the simulator knows."""

    folder: Path
    rows: Sequence[QuarterRow]
    stack: Stack
    shown: Indications
    kept: Sequence[Minute]

    def stated(self, start_ns: int, end_ns: int) -> ActivityData:
        return activity(self.folder, CHANNEL, (start_ns, end_ns))

    def deviation(self, start_ns: int, end_ns: int) -> tuple[float, float]:
        """Relative deviation of what was measured from the truth of it, and its U."""
        found = self.stated(start_ns, end_ns)
        measured = shares(self.folder, CHANNEL, (start_ns, end_ns)).items()
        true_t = sum(co2_t(self.stack, at, at + HOUR_NS) * share for at, share in measured)
        assert found.expanded_uncertainty is not None
        return found.value / true_t - 1, found.expanded_uncertainty / found.value


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("quarter")
    rows = run_in(folder, DAYS)
    stack = load_stack(shipped(Path("quarter")), "boiler")[1]
    return Done(
        folder=folder,
        rows=rows,
        stack=stack,
        shown=minutes(stack, DAYS.start_ns, DAYS.end_ns + 1).shown["co2"],
        kept=minutes_of(folder / "collector", "works/boiler-co2/co2"),
    )


def test_every_minute_is_in_the_ledger_once_and_receipted(done: Done) -> None:
    assert [each.sequence for each in done.kept] == list(range(len(done.kept)))
    assert [each.at_ms // 60_000 * 60_000 for each in done.kept] == [
        at_ns // 1_000_000 for at_ns in range(DAYS.start_ns, DAYS.end_ns + 1, PERIOD_NS)
    ]
    with read_ledger(done.folder / "collector") as ledger:
        assert ledger.agents() == (AGENT,)
        assert ledger.branches() == ()


def test_each_miss_says_why_and_what_the_analyser_showed(done: Done) -> None:
    states = [State(int(each)) for each in done.shown.state]
    assert {*states} == {*REASONS}
    assert [each.reason for each in done.kept] == [REASONS[each] for each in states]
    shown = np.array([each.indication for each in done.kept], dtype=np.float64)
    assert np.array_equal(shown, done.shown.value.astype(np.float32))


def test_the_checks_in_the_ledger_fail_before_the_repair_and_pass_after_it(done: Done) -> None:
    """By the plan and the cylinders' certificates, as the plant has them."""
    path = done.folder / "papers" / "PLAN.toml"
    plan = msgspec.convert(tomllib.loads(path.read_text("utf-8")), MonitoringPlan)
    checks = plan.analysers[0].checks
    assert checks is not None
    gases = tuple(_gas(done.folder / "papers", each) for each in checks.gases)
    found = checks_in(list(_readings(done.kept)), gases, _rules(checks), _limits(checks.limits))
    assert [(each.point, each.outcome) for each in found] == [
        *(("zero", "pass"), ("span", "adjust")) * 2,
        *(("zero", "pass"), ("span", "out_of_control")),
        *(("zero", "pass"), ("span", "pass")),
        *(("zero", "pass"), ("span", "pass")),
    ]
    assert FAILED - HOUR_NS < found[5].end_ns < FAILED


def _readings(kept: Sequence[Minute]) -> Iterator[CheckReading]:
    states: dict[str | None, CheckState] = {None: "measuring", "calibrating": "calibrating"}
    for each in kept:
        assert each.indication is not None
        yield CheckReading(
            at_ns=each.at_ms * 1_000_000,
            value=each.indication,
            state=states.get(each.reason, "other"),
        )


def _gas(papers: Path, connected: ConnectedGas) -> CheckGas:
    path = papers / f"{connected.certificate}.toml"
    certificate = parse_certificate(path.read_bytes(), path.name)
    return gas_of(certificate, connected.property, connected.point)


def _rules(checks: GasChecks) -> CheckRules:
    return CheckRules(
        analyser="boiler-co2",
        measurand=checks.measurand,
        unit=checks.unit,
        full_scale=checks.full_scale,
        purge_s=checks.purge_s,
        averaging_s=checks.averaging_s,
        resolution=checks.resolution,
    )


def _limits(name: str) -> CheckLimits:
    limits, used = read_limits(name)
    return CheckLimits(limits=limits, used=used)


def test_what_was_measured_is_stated_and_what_was_not_is_counted_by_its_reason(
    done: Done,
) -> None:
    """Of the month, as of all days, which are the same here."""
    month, whole = done.rows
    assert (month.kind, whole.kind) == ("month", "quarter")
    assert month.value == whole.value
    assert whole.true_of_measured < whole.truth
    assert whole.truth == pytest.approx(co2_t(done.stack, DAYS.start_ns, DAYS.end_ns))
    reasons = Counter(each.reason for each in done.kept[:-1])  # the last one ends the days
    present = reasons.pop(None)
    assert whole.completeness == pytest.approx(present / (5 * 24 * 60))
    assert sum(whole.missing.values()) == sum(reasons.values())


def test_before_its_repair_the_analyser_is_wrong_by_what_it_has_aged(done: Done) -> None:
    off, U = done.deviation(local("2026-03-10T00:00"), local("2026-03-10T05:00"))
    assert off == pytest.approx(AGEING_PER_DAY * DAYS_AGED, abs=U)
    assert abs(off) > 2 * U


def test_after_its_repair_the_truth_lies_within_u_by_its_plate_and_by_the_comparison(
    done: Done,
) -> None:
    for start_ns, end_ns in ((RIGHT, COMPARED), (COMPARED, DAYS.end_ns), (RIGHT, DAYS.end_ns)):
        off, U = done.deviation(start_ns, end_ns)
        assert abs(off) < U < 0.05


def test_the_repair_ends_the_confirmation_and_the_comparison_after_it_begins_another(
    done: Done,
) -> None:
    def cited(start_ns: int, end_ns: int) -> set[str]:
        found = done.stated(start_ns, end_ns).certificates
        return {each for each in found if each.startswith("PR-boiler-co2")}

    assert cited(DAYS.start_ns, local("2026-03-10T05:00")) == {"PR-boiler-co2-2025-12-01"}
    assert cited(RIGHT, COMPARED) == set()
    assert cited(COMPARED, DAYS.end_ns) == {"PR-boiler-co2-2026-03-11"}


def test_the_quarter_says_what_failed_what_did_not_count_and_what_it_may_have_cost(
    done: Done,
) -> None:
    """The failed check takes a day out, until the next one passes; the day before is in doubt."""
    month, whole = (each.ruled for each in done.rows)
    assert month is not None
    assert whole is not None
    assert month == whole
    assert whole.checks["daily_check/failed"] == 1
    assert whole.checks["daily_check/passed"] == 4
    (failed,) = (each for each in whole.spells if each.because == "failed")
    assert (failed.start, failed.end) == ("2026-03-09T18:00:00Z", "2026-03-10T18:00:00Z")
    assert whole.out_of_control_h == 24
    assert whole.substituted_h >= 24 - 2
    (doubt,) = whole.doubts
    assert (doubt.start, doubt.end) == ("2026-03-08T18:00:00Z", "2026-03-09T18:00:00Z")
    assert doubt.correction is not None
    assert doubt.expanded_uncertainty is not None
    assert 0.0 < doubt.correction < 0.02 * doubt.value < doubt.expanded_uncertainty + doubt.value


def test_the_best_estimate_of_what_was_not_measured_holds_the_truth(done: Done) -> None:
    """But for what the analyser had aged by, which its checks still passed: two days and a half."""
    ruled = done.rows[-1].ruled
    assert ruled is not None
    assert ruled.expanded_uncertainty is not None
    assert ruled.best_estimate is not None
    assert ruled.compliance is not None
    aged = -AGEING_PER_DAY * (DAYS_AGED - 1.1)
    lacking_t = co2_t(done.stack, DAYS.start_ns, FAILED) * aged
    true_t = co2_t(done.stack, DAYS.start_ns, DAYS.end_ns)
    assert abs(ruled.best_estimate + lacking_t - true_t) < ruled.expanded_uncertainty
    assert ruled.compliance >= ruled.best_estimate - ruled.expanded_uncertainty


def test_days_that_cannot_be_run_are_named_with_what_can() -> None:
    command = [sys.executable, "-m", "carbonmeter.cli", "demo", "--quarter"]
    done = subprocess.run(
        [*command, "--from", "2025-12-02", "--until", "2025-12-03"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "E_DEMO_DAYS" in done.stderr
    assert "2025-12-08" in done.stderr
