"""Each of the fifteen checks: in order where all is in order, and a finding where it is not."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import msgspec
import pytest

from calibration.increment import Finding, FindingKind, RegisterReading
from calibration.window import RegisterWindow
from evidence.audit.audit import CHECKS, audit
from evidence.audit.failed import FailedTest
from evidence.audit.material import Again, Difference, Material, Told
from evidence.audit.outcome import NAMES, CheckOutcome
from evidence.audit.said import Pointer, Said, said
from evidence.clock_standing import ClockStanding
from evidence.log.leaf import ClockState, Record, RecordKind
from evidence.statement.corroboration import corroboration
from evidence.statement.hours.totals import unknown_sum
from evidence.statement.under_plan import PlanHours, UnderPlan
from tests.unit.evidence.audit.monitored import (
    in_doubt,
    refused,
    running,
    under_plan,
    without_value,
)
from tests.unit.evidence.audit.whole import (
    CERTIFICATE,
    CHANNEL,
    CHECK_METER,
    CONFIRMATION,
    INSTALLATION,
    KEPT,
    SETTING,
    STANDARD,
    VELOCITY,
    batch,
    material,
    register,
    stated,
    window,
)

Mutation = Callable[[], Material]
NO_PARTS: Final = UnderPlan(
    unit=None,
    compliance=None,
    best_estimate=None,
    hours=PlanHours(
        hours=0,
        by_state={},
        by_method={},
        ran_hours=0,
        substituted_hours=0,
        substituted_share=0.0,
    ),
    hours_without_plan=0,
    provisional=False,
    unconfirmed=False,
    parts=(),
    refused=None,
)
HOUR: Final = Pointer(kind="hour", id="x")


def changed(**files: str) -> Material:
    return material(register(**files))


def event(kind: str, more: str = "") -> str:
    return f"""schema = 1
event = "{kind}"
at = 2026-04-01T06:00:00Z
recorded_at = 2026-04-01T07:00:00Z
recorded_by = "Q. Wang"
serial = "S-1"
{more}"""


def in_hours(**grounds: tuple[str, ...]) -> Material:
    """The channel with hours that rest on something else."""
    whole = material()
    hours = [
        msgspec.structs.replace(each, grounds=msgspec.structs.replace(each.grounds, **grounds))
        for each in whole.hours
    ]
    return replace(whole, hours=hours, measured={CHANNEL: hours})


def at_load(value: float) -> Material:
    whole = material()
    return replace(whole, measured={CHANNEL: [window(each, value) for each in range(24)]})


def marked(quality: str) -> Material:
    whole = material()
    tally = msgspec.structs.replace(whole.hours[3].tally, qualities={quality: 60})
    hours = [window(0), window(1, tally=tally)]
    return replace(whole, measured={CHANNEL: hours})


def twice_logged() -> Material:
    whole = material()
    own = whole.papers.by_name["certificate", "C-1"]
    other = msgspec.structs.replace(own[0], sha256="f" * 64)
    whole.papers.by_name["certificate", "C-1"] = (*own, other)
    return whole


def restated() -> Material:
    whole = material()
    (kept,) = whole.told.kept
    anew = msgspec.structs.replace(kept, value=kept.value * 1.001)
    return replace(whole, told=Told(kept=(kept,), anew={kept.digest: anew}))


def apart() -> Material:
    own = stated([window(each) for each in range(24)])
    other = stated([window(each, 103.0, CHECK_METER) for each in range(24)])
    return replace(material(), corroborated=(corroboration(own, other),))


def differing() -> Material:
    words = said("value 1 / 2", "数值 1 / 2")
    return replace(material(), again=Again(differing=(Difference(where=HOUR, words=words),)))


def stepped(step_ms: int) -> Material:
    record = Record(kind=RecordKind.CLOCK_STEP, at_ms=1, facts={"step_ms": step_ms})
    return replace(material(), records=[record])


def left_alone() -> Material:
    alone = msgspec.structs.replace(KEPT, standing=ClockStanding.UNSYNCHRONISED)
    return replace(material(), batches=[batch(0, alone)], leaves=1)


def other_profile() -> Material:
    return replace(material(), batches=[batch(0, KEPT), batch(1, KEPT, "q")], leaves=2)


def replaced() -> Material:
    """A register of another meter, of which nobody recorded how the one before stood."""
    whole = material()
    hours = [judged_hour(2, FindingKind.REPLACED), judged_hour(3)]
    return replace(whole, measured={CHANNEL: hours})


def judged_hour(hour: int, *kinds: FindingKind) -> RegisterWindow:
    flow = window(hour)
    end = RegisterReading(key="x", at_ns=flow.start_ns, value=0.0, standard_uncertainty=0.01)
    found = (Finding(kind=each, at_ns=flow.start_ns, before=10.0, after=900.0) for each in kinds)
    return RegisterWindow(
        channel=CHANNEL,
        start_ns=flow.start_ns,
        end_ns=flow.end_ns,
        unit=flow.unit,
        opening=end,
        closing=end,
        uncorrected=flow.uncorrected,
        value=flow.value,
        components=flow.components,
        fresh_variance=0.0,
        tally=flow.tally,
        grounds=flow.grounds,
        findings=tuple(found),
    )


READ_BACK: Final = '[[parameters]]\nname = "ct_ratio"\nfound = 60.0\nexpected = 80.0\n'
FAILED_CHECK: Final = """[check]
kind_of_quantity = "active_energy"
unit = "kW.h"
indication = 110.0
expanded_uncertainty = 1.0
reference = 100.0
reference_expanded_uncertainty = 1.0
"""
WITHDRAWN: Final = """schema = 1
event = "certificate_withdrawn"
at = 2026-05-01T00:00:00Z
recorded_at = 2026-05-01T00:00:00Z
recorded_by = "SDIM"
certificate = "C-1"
"""
LATER_SETTING: Final = (
    SETTING.replace('"F-1"', '"F-2"').replace("2026-01-08", "2026-03-01").replace("1.0\n", "1.1\n")
)
WRONG: Final[dict[str, tuple[int, Mutation]]] = {
    "another serial": (1, lambda: changed(certificate=CERTIFICATE.replace('"S-1"', '"S-2"'))),
    "no maker": (1, lambda: changed(certificate=CERTIFICATE.replace('"ABB"', '""'))),
    "no certificate": (1, lambda: changed(certificate="")),
    "no accreditation": (2, lambda: changed(certificate=CERTIFICATE.replace("CNAS L0001", ""))),
    "accredited later": (
        2,
        lambda: changed(certificate=CERTIFICATE.replace("2024-01-01", "2026-02-01")),
    ),
    "out of scope": (
        2,
        lambda: changed(certificate=CERTIFICATE.replace("[0.0, 500.0]", "[0.0, 100.0]")),
    ),
    "overdue": (3, lambda: changed(confirmation=CONFIRMATION.replace("2027-01-06", "2026-03-31"))),
    "not confirmed": (
        3,
        lambda: changed(confirmation=CONFIRMATION.replace("2026-01-07T00", "2026-04-01T12")),
    ),
    "used though failed": (
        3,
        lambda: changed(confirmation=CONFIRMATION.replace('"pass"', '"fail"')),
    ),
    "used before it was calibrated": (
        3,
        lambda: changed(certificate=CERTIFICATE.replace("2026-01-05", "2026-02-05")),
    ),
    "standard expired": (4, lambda: changed(standard=STANDARD.replace("2026-06-01", "2025-12-31"))),
    "U above MPE/3": (
        4,
        lambda: changed(
            certificate=CERTIFICATE.replace(
                "expanded_uncertainty = 0.001 ", "expanded_uncertainty = 0.005 "
            )
        ),
    ),
    "no standard": (
        4,
        lambda: changed(
            certificate=CERTIFICATE.partition("[[standards]]")[0]
            + "[[results]]"
            + CERTIFICATE.partition("[[results]]")[2]
        ),
    ),
    "load above the interval": (5, lambda: at_load(500.0)),
    "error above the MPE": (
        5,
        lambda: changed(certificate=CERTIFICATE.replace("value = 0.003", "value = 0.013")),
    ),
    "function beside the points": (
        6,
        lambda: changed(confirmation=CONFIRMATION.replace("[0.0025]", "[0.02]")),
    ),
    "another confirmation": (6, lambda: in_hours(confirmations=("K-0",))),
    "a setting of the past": (6, lambda: changed(later=LATER_SETTING)),
    "a paper of another digest": (6, lambda: changed(setting=SETTING.replace('"ab"', '"cd"'))),
    "another ratio read back": (6, lambda: changed(read=event("parameter_readback", READ_BACK))),
    "adjusted, not as found": (
        7,
        lambda: changed(
            certificate=CERTIFICATE.replace("[instrument]", 'adjustment = "gain"\n[instrument]', 1)
        ),
    ),
    "seal broken": (7, lambda: changed(broken=event("seal_broken", 'seals = ["LQ-4711"]\n'))),
    "repaired and used on": (7, lambda: changed(repair=event("repair"))),
    "no reason for the interval": (
        8,
        lambda: changed(confirmation=CONFIRMATION.replace("interval_months = 12\n", "")),
    ),
    "failed check": (8, lambda: changed(check=event("intermediate_check", FAILED_CHECK))),
    "failed check with gas": (8, in_doubt),
    "raw bytes say otherwise": (9, differing),
    "stated otherwise": (9, restated),
    "hours without value": (10, without_value),
    "clock not kept": (11, left_alone),
    "clock set": (11, lambda: stepped(-5000)),
    "suspect stamps": (11, lambda: marked("clock_suspect")),
    "a change in between": (12, lambda: changed(later=LATER_SETTING)),
    "another profile": (12, other_profile),
    "another meter without an exchange": (12, replaced),
    "not installed": (13, lambda: changed(installation="")),
    "no place": (
        13,
        lambda: changed(installation=INSTALLATION.replace("boiler house, feed line", "")),
    ),
    "meters apart": (14, apart),
    "no document": (
        15,
        lambda: changed(certificate=CERTIFICATE.replace('_sha256 = "ab"', '_sha256 = ""')),
    ),
    "two contents": (15, twice_logged),
}


def checked(number: int, of: Material) -> CheckOutcome:
    (found,) = (each for each in audit(of, "carbonmeter test").checks if each.number == number)
    return found


@pytest.mark.parametrize("number", range(1, 16))
def test_a_channel_in_order_passes_each_check(number: int) -> None:
    found = checked(number, under_plan() if number == 10 else material())
    assert (found.outcome, found.findings) == ("ok", ())
    assert found.evidence
    assert found.looked_at.en != found.looked_at.zh
    assert found.name == NAMES[number]


def test_hours_by_method_are_told_in_words_with_the_code_behind() -> None:
    found = checked(10, under_plan()).looked_at
    assert "0.00 % of hours" in found.en
    assert "hours by method: measured, valid hour [measured]: 24" in found.en
    assert "按方法的小时数：实测有效小时 [measured]：24" in found.zh


def test_of_a_quantity_of_which_nothing_is_known_no_share_is_told() -> None:
    whole = under_plan()
    assert whole.told.monitored is not None
    told = whole.told.monitored
    own = told.determination
    totals = msgspec.structs.replace(own.totals, compliance=unknown_sum(24))
    none = msgspec.structs.replace(told, determination=msgspec.structs.replace(own, totals=totals))
    found = checked(10, replace(whole, told=replace(whole.told, monitored=none))).looked_at
    assert "of hours are not measured, and of the quantity nothing is known;" in found.en
    assert "数量未知；" in found.zh


def test_what_was_stated_otherwise_has_the_digits_that_u_allows() -> None:
    (found,) = checked(9, restated()).findings
    assert re.search(r": \d+\.\d{1,3} was stated, the hours give \d+\.\d{1,3} kW", found.en)


@pytest.mark.parametrize("name", WRONG)
def test_no_finding_shows_a_code_of_ours(name: str) -> None:
    number, make = WRONG[name]
    for found in checked(number, make()).findings:
        for text in (found.en, found.zh):
            told = re.sub(
                "ct_ratio|meter_factor|active_energy 200 kW", "", text
            )  # names within papers
            assert not re.search(r"\b[a-z]+_[a-z_]+\b|'(pass|fail|undetermined)'", told), text


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found_by_its_check_and_said_in_both_languages(name: str) -> None:
    number, mutated = WRONG[name]
    found = checked(number, mutated())
    assert found.outcome == "finding"
    for each in found.findings:
        assert not any("一" <= letter <= "鿿" for letter in each.en) or "E_" in each.en
        assert any("一" <= letter <= "鿿" for letter in each.zh)


def test_every_check_has_a_case_that_is_found() -> None:
    assert {number for number, _ in WRONG.values()} == set(range(1, len(CHECKS) + 1)) == set(NAMES)


def test_a_small_step_of_the_clock_is_told_and_no_finding() -> None:
    found = checked(11, stepped(-250))
    assert found.outcome == "ok"
    assert "steps of a clock: 1" in found.looked_at.en


def test_a_certificate_that_acts_through_a_declared_number_stands_behind_its_instrument() -> None:
    known = {"confirmation": "", "setting": VELOCITY}
    assert checked(1, changed(**known)).outcome == "ok"
    dates = checked(3, changed(**known))
    assert (dates.outcome, dates.findings) == ("ok", ())
    (left,) = dates.unchecked
    assert left.en.startswith("S-1: nothing confirms it; F-1 declares what C-1 found, and no paper")
    assert "certificates: 1" in checked(4, changed(**known)).looked_at.en
    for number in (1, 3):
        assert checked(number, changed(confirmation="")).outcome == "finding"


def test_what_names_no_standard_is_named_once_and_what_is_measured_has_no_constants() -> None:
    bare = CERTIFICATE.partition("[[standards]]")
    rest = bare[2].partition("[[results]]")
    found = checked(4, changed(certificate=f"{bare[0]}{rest[1]}{rest[2]}"))
    told = [each.en for each in (*found.findings, *found.unchecked)]
    assert "C-1 names no standard that it rests on" in told
    assert "constants" not in checked(9, material()).looked_at.en


def test_a_simulated_clock_proves_nothing_and_says_so() -> None:
    real = material()
    batches = tuple(replace(each, clock=_simulated(each.clock)) for each in real.batches)
    found = checked(11, replace(real, batches=batches))
    assert found.outcome == "not_checked"
    assert f"(simulated {len(batches)})" in found.looked_at.en
    (left,) = found.unchecked
    assert "simulated" in left.en
    assert "prove nothing of real time" in left.en
    assert "仿真时钟" in left.zh


def _simulated(clock: ClockState) -> ClockState:
    return msgspec.structs.replace(clock, simulated=True)


def test_a_laboratory_without_time_and_scope_on_record_is_not_checked_and_never_ok() -> None:
    bare = CERTIFICATE.partition("accredited_from")[0]
    rest = CERTIFICATE.partition("[[standards]]")
    found = checked(2, changed(certificate=f"{bare}{rest[1]}{rest[2]}"))
    assert found.outcome == "not_checked"
    assert any("C-1" in each.en for each in found.unchecked)


def test_a_standard_that_nobody_knows_is_not_checked() -> None:
    found = checked(4, changed(standard=""))
    assert found.outcome == "not_checked"
    assert len(found.unchecked) == 2


def test_instruments_without_any_certificate_leave_their_standards_unchecked() -> None:
    found = checked(4, changed(certificate=""))
    assert found.outcome == "not_checked"
    assert "certificates: 0" in found.looked_at.en
    assert any("S-1" in each.en for each in found.unchecked)


def test_without_a_plan_and_without_a_group_two_checks_do_not_apply() -> None:
    alone = replace(material(), grouped=(), corroborated=())
    outcomes = {each.number: each.outcome for each in audit(alone, "x").checks}
    assert (outcomes[10], outcomes[14]) == ("not_applicable", "not_applicable")


def test_what_was_not_checked_is_listed_over_all_checks_with_its_reason() -> None:
    told = audit(material(), "carbonmeter test")
    assert {1, 2, 5, 13, 14, 15} <= {each.number for each in told.not_checked}
    assert sum(told.counts.values()) == 15
    assert told.digest == audit(material(), "carbonmeter test").digest
    assert told.digest != audit(changed(certificate=""), "carbonmeter test").digest


def test_papers_that_contradict_themselves_are_findings_and_the_audit_goes_on() -> None:
    twice = SETTING.replace("value = 1.0", "value = 1.5")
    found = audit(changed(other=twice), "x")
    assert len(found.checks) == 15
    assert any("E_SETTING" in each.en for check in found.checks for each in check.findings)


def test_a_withdrawn_certificate_counts_no_more() -> None:
    assert checked(3, changed(gone=WITHDRAWN)).outcome == "finding"


def test_hours_that_rest_on_a_setting_of_the_past_are_one_finding_with_their_number() -> None:
    late = LATER_SETTING.replace("2026-03-01", "2026-04-01")
    (found,) = checked(6, changed(later=late)).findings
    assert found.en.startswith("24 hours from 2026-04-01T00:00:00Z rest on setting F-1")


@pytest.mark.parametrize(("measured", "share"), [(10, "0.00"), (8, "20.00")])
def test_hours_to_come_have_no_value_yet_and_are_no_finding(measured: int, share: str) -> None:
    found = checked(10, running(measured, over=10))
    assert (found.unchecked[0].en, found.unchecked[0].zh) == (
        "14 hours are still to come",
        "尚有 14 个小时未到来",
    )
    assert found.findings == ()  # an hour that is over and did not come has a substitute
    assert f"{share} % of hours" in found.looked_at.en
    methods = re.findall(r"\]: (\d+)", found.looked_at.en)
    assert sum(map(int, methods)) == 10


def test_hours_before_and_since_a_failed_check_with_gas_are_named_with_the_statement() -> None:
    assert checked(8, under_plan()).outcome == "ok"
    found = checked(8, in_doubt())
    (said,) = found.findings
    assert said.en == (
        "CO2-1 failed a test under the plan at 2026-04-01T06:30:00Z: 6 hours from "
        "2026-04-01T00:00:00Z to 2026-04-01T06:00:00Z are in doubt, since the last good one at "
        "2026-04-01T00:30:00Z; 3 hours from 2026-04-01T06:00:00Z to 2026-04-01T09:00:00Z were "
        "measured out of control, until one passed at 2026-04-01T08:10:00Z; 1 statement tells what "
        "was measured, with these hours in it"
    )
    assert "3 个小时为失控期间所测，至 2026-04-01T08:10:00Z 再次合格" in said.zh
    assert {"01T00:00:00Z", "01T06:00:00Z"} <= {each.id[-12:] for each in found.evidence}


def with_failed(failed: FailedTest) -> Said:
    doubted = in_doubt()
    told = replace(doubted.told, kept=(), failed=(failed,))
    (found,) = checked(8, replace(doubted, told=told)).findings
    return found


def test_hours_on_one_side_of_a_failed_check_alone_are_told_alone() -> None:
    (one,) = in_doubt().told.failed
    open_end = with_failed(replace(one, before=(), passed_ns=None))
    assert "in doubt" not in open_end.en
    assert open_end.en.endswith("measured out of control, and none passed since")
    first = with_failed(replace(one, after=(), good_ns=None))
    assert first.en.endswith("are in doubt, since none before was good")
    assert first.zh.endswith("存疑，此前没有合格的")
    single = with_failed(replace(one, before=(), after=one.after[:1]))
    assert "1 hour from 2026-04-01T06:00:00Z to 2026-04-01T07:00:00Z was measured" in single.en


def test_of_hours_in_doubt_no_statement_is_spoken_of_that_is_told_under_the_plan() -> None:
    doubted = in_doubt()
    (kept,) = doubted.told.kept
    ruled = msgspec.structs.replace(kept, under_plan=NO_PARTS)
    (found,) = checked(8, replace(doubted, told=replace(doubted.told, kept=(ruled,)))).findings
    assert found.en.endswith("until one passed at 2026-04-01T08:10:00Z")
    assert found.zh.endswith("再次合格")


def test_what_was_stated_before_its_period_was_over_may_have_grown_since() -> None:
    whole = restated()
    (kept,) = whole.told.kept
    early = replace(whole, told=replace(whole.told, early=frozenset({kept.digest})))
    found = checked(9, early)
    assert (checked(9, whole).outcome, found.outcome) == ("finding", "ok")
    assert any("before the period was over" in each.en for each in found.unchecked)


def test_statements_that_say_so_are_named_so_and_where_there_are_none_nothing_is_said() -> None:
    whole = WRONG["failed check"][1]()
    (kept,) = whole.told.kept
    says = msgspec.structs.replace(kept, doubts=in_doubt().told.doubts)
    cases = (
        ((kept,), "; 1 statement does not say so", "；有 1 份陈述未予说明"),
        ((says,), "; its statements say so", "；相关陈述均已说明"),
        ((), ")", "）"),
    )
    for those, en, zh in cases:
        (found,) = checked(8, replace(whole, told=replace(whole.told, kept=those))).findings
        assert found.en.endswith(en)
        assert found.zh.endswith(zh)


def test_tests_of_a_plan_that_could_not_be_applied_leave_check_8_unchecked() -> None:
    found = checked(8, refused())
    assert found.outcome == "not_checked"
    assert any("no rule" in each.en for each in found.unchecked)


def test_conformity_that_nobody_could_decide_again_is_not_checked() -> None:
    """Of the interval it was looked at, and that alone does not make the check ok."""
    without_mpe = changed(confirmation=CONFIRMATION.replace("mpe_relative = 0.01\n", ""))
    head, points, rest = CERTIFICATE.partition("points = [")
    function = CONFIRMATION.partition("[functions.function]")[2]
    only_function = f"{head}[results.function]{function}"
    assert points
    assert rest
    for whole, why in (
        (without_mpe, "no MPE is on record"),
        (changed(certificate=only_function), "a function and no points"),
    ):
        found = checked(5, whole)
        assert found.outcome == "not_checked"
        assert any(why in each.en for each in found.unchecked)
