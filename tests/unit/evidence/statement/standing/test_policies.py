"""One history under four policies; what is known late; which hours that changes."""

import msgspec
import pytest

from calibration.monitoring.record import TestKind
from evidence.statement.standing.by_hour import Use, standing_by_hour, standings
from evidence.statement.standing.errors import (
    AnalyserError,
    HoursError,
    QaTestError,
    RecordConflictError,
)
from evidence.statement.standing.hour import changed_hours
from evidence.statement.standing.load import read_scheme
from evidence.statement.standing.operation import Operation, operation_of
from evidence.statement.standing.qa_test import QaTest
from evidence.statement.standing.scheme import Policy
from evidence.statement.standing.standing import Standing
from tests.unit.evidence.statement.standing.history import (
    EN14181,
    HJ75,
    ISO10012,
    JJG,
    PART75,
    hours,
    made,
    ns,
    told,
)

DAILY = Use(kinds=frozenset[TestKind]({"daily_check"}))
LETTER = {
    Standing.IN_CONTROL: "i",
    Standing.GRACE: "g",
    Standing.OUT_OF_CONTROL: "X",
    Standing.OVERDUE: "o",
    Standing.NO_TEST: "-",
}
HISTORY = [
    made("2026-03-01T00:10"),
    made("2026-03-01T03:20", "failed", detected_ns=ns("2026-03-01T05:30")),
    made("2026-03-01T07:40"),
]


def line(found: list[Standing]) -> str:
    return "".join(LETTER[each] for each in found)


def drawn(policy: Policy | None, tests: list[QaTest] = HISTORY, count: int = 9) -> tuple[str, str]:
    """States as letters, and suspect hours as "?"."""
    found = standing_by_hour(
        tests, hours("2026-03-01T00:00", count), PART75, policy, use=DAILY
    ).values()
    doubt = "".join("." if each.suspect is None else "?" for each in found)
    return line([each.standing for each in found]), doubt


@pytest.mark.parametrize(
    ("policy", "states", "suspects"),
    [
        ("from_test_hour", "iiiXXXXii", "........."),
        ("from_detection", "iiiiiXXii", "........."),
        ("retro_to_last_good", "iiiXXXXii", "????....."),
        ("expiry", "iiiXXXXii", "........."),
    ],
)
def test_four_policies_on_one_history(policy: Policy, states: str, suspects: str) -> None:
    assert drawn(policy) == (states, suspects)


@pytest.mark.parametrize(
    ("policy", "since"),
    [
        ("from_test_hour", "2026-03-01T03:00"),
        ("from_detection", "2026-03-01T05:30"),
        ("retro_to_last_good", "2026-03-01T03:20"),
        ("expiry", "2026-03-01T03:20"),
    ],
)
def test_policies_differ_in_the_instant_from_which_an_hour_is_out(
    policy: Policy, since: str
) -> None:
    six = ns("2026-03-01T06:00")
    assert standing_by_hour(HISTORY, [six], PART75, policy)[six].since_ns == ns(since)


def test_a_failure_that_was_mended_before_anyone_knew_of_it_leaves_no_hour_out() -> None:
    late = msgspec.structs.replace(HISTORY[1], detected_ns=ns("2026-03-01T08:30"))
    assert drawn("from_detection", [HISTORY[0], late, HISTORY[2]]) == ("i" * 9, "." * 9)


def test_each_hour_says_by_which_policy_and_the_result_by_which_file() -> None:
    found = standings(HISTORY, hours("2026-03-01T00:00", 2), read_scheme("part75-2011"))
    assert found.policy == "from_test_hour"
    assert {each.policy for each in found.by_hour.values()} == {"from_test_hour"}
    assert (found.scheme.id, len(found.scheme.sha256)) == ("part75-2011", 64)


def test_hj_75_counts_an_overdue_check_as_out_of_control_after_24_hours() -> None:
    tests = [made("2026-03-01T02:20")]
    found = standing_by_hour(tests, hours("2026-03-02T01:00", 2), HJ75, use=DAILY)
    good, late = found.values()
    assert good.standing is Standing.IN_CONTROL
    assert told(late) == (Standing.OUT_OF_CONTROL, "expired", "daily_check@2026-03-01T02:20")
    assert late.since_ns == ns("2026-03-02T02:20")


def test_hj_75_passes_over_a_check_without_a_result() -> None:
    tests = [made("2026-03-01T02:20"), made("2026-03-01T05:00", "aborted")]
    found = standing_by_hour(tests, hours("2026-03-01T05:00", 1), HJ75, use=DAILY)
    assert told(*found.values()) == (
        Standing.IN_CONTROL,
        "passed",
        "daily_check@2026-03-01T02:20",
    )


@pytest.mark.parametrize(
    ("kind", "last", "first_late"),
    [
        ("qal2", "2029-02-28T08:00", "2029-02-28T09:00"),
        ("ast", "2025-02-28T08:00", "2025-02-28T09:00"),
    ],
)
def test_qal2_holds_five_years_and_ast_one_to_the_minute(
    kind: TestKind, last: str, first_late: str
) -> None:
    """A test of 29 February ends on the 28th."""
    tests = [made("2024-02-29T09:00", kind=kind)]
    use = Use(kinds=frozenset({kind}))
    found = standing_by_hour(tests, [ns(last), ns(first_late)], EN14181, use=use)
    assert line([each.standing for each in found.values()]) == "io"


def test_a_verification_holds_to_its_second_and_then_is_overdue_without_grace() -> None:
    tests = [
        made("2026-01-10T09:00", kind="verification", valid_until_ns=ns("2026-03-01T02:30:01"))
    ]
    found = standing_by_hour(tests, hours("2026-03-01T01:00", 2), JJG)
    assert line([each.standing for each in found.values()]) == "io"
    assert found[ns("2026-03-01T02:00")].since_ns == ns("2026-03-01T02:30:01")


def test_a_calibration_that_nobody_gave_a_time_supports_nothing() -> None:
    tests = [made("2026-01-10T09:00", kind="calibration")]
    found = standing_by_hour(tests, hours("2026-03-01T01:00", 1), ISO10012)
    assert told(*found.values())[:2] == (Standing.NO_TEST, "no_validity")


def test_a_late_result_gives_past_hours_another_state_and_the_earlier_one_stays() -> None:
    """The check failed at 03:20, and its record came in on 4 March."""
    tests = [HISTORY[0], msgspec.structs.replace(HISTORY[1], recorded_ns=ns("2026-03-04T12:00"))]
    scheme, asked = read_scheme("part75-2011"), hours("2026-03-01T00:00", 6)

    def known(at: str) -> str:
        found = standings(tests, asked, scheme, as_known_at_ns=ns(at), use=DAILY)
        return line([each.standing for each in found.by_hour.values()])

    assert known("2026-03-04T11:59") == "iiiiii"
    assert known("2026-03-04T12:00") == "iiiXXX"
    before, after = (
        standings(tests, asked, scheme, as_known_at_ns=at, use=DAILY)
        for at in (ns("2026-03-02T00:00"), None)
    )
    changes = changed_hours(before, after)
    assert [each.start_ns for each in changes] == asked[3:]
    assert {each.before.standing for each in changes if each.before} == {Standing.IN_CONTROL}
    assert {each.after.standing for each in changes if each.after} == {Standing.OUT_OF_CONTROL}


def test_a_corrected_record_stands_in_the_place_of_the_first() -> None:
    first = made("2026-03-01T03:20", "failed")
    corrected = msgspec.structs.replace(first, outcome="passed", recorded_ns=ns("2026-03-05T00:00"))
    asked = hours("2026-03-01T03:00", 1)
    for at, letter in (("2026-03-04T00:00", "X"), ("2026-03-05T00:00", "i")):
        found = standing_by_hour(
            [corrected, first], asked, PART75, None, Operation(), ns(at), DAILY
        )
        assert line([each.standing for each in found.values()]) == letter


def test_two_contents_of_one_record_at_one_instant_are_refused() -> None:
    first = made("2026-03-01T03:20", "failed")
    other = msgspec.structs.replace(first, outcome="passed")
    with pytest.raises(RecordConflictError, match="two contents recorded at 2026-03-01T03:20:00Z"):
        standing_by_hour([first, other], [], PART75)


def test_a_check_belongs_to_the_range_that_it_was_made_in() -> None:
    low = made("2026-03-01T00:10", measuring_range="low")
    high = made("2026-03-01T00:20", "failed", measuring_range="high", record="h")
    both = made("2026-03-01T04:30", record="b")
    asked = hours("2026-03-01T01:00", 4)
    used = ("low", "high", "low", "high")
    ranges = {hour: frozenset({name}) for hour, name in zip(asked, used, strict=True)}
    use = Use(ranges=ranges, kinds=DAILY.kinds)
    found = standing_by_hour([low, high, both], asked, PART75, use=use)
    assert line([each.standing for each in found.values()]) == "iXii"


def test_an_hour_of_two_ranges_stands_as_the_worse_of_them() -> None:
    low = made("2026-03-01T00:10", measuring_range="low")
    high = made("2026-03-01T00:20", "failed", measuring_range="high", record="h")
    asked = hours("2026-03-01T01:00", 2)
    ranges = {asked[0]: frozenset({"low"}), asked[1]: frozenset({"low", "high"})}
    found = standing_by_hour([low, high], asked, PART75, use=Use(ranges=ranges, kinds=DAILY.kinds))
    assert line([each.standing for each in found.values()]) == "iX"


def test_quarters_and_hours_follow_the_plants_clock() -> None:
    """In Shandong Q3 begins at 16:00 UTC of 30 June."""
    china = Operation(utc_offset_s=8 * 3600)
    test = made("2026-02-10T10:00", kind="linearity")
    use = Use(kinds=frozenset[TestKind]({"linearity"}))
    asked = hours("2026-06-30T15:00", 2)
    found = standing_by_hour([test], asked, PART75, operating=china, use=use)
    assert line([each.standing for each in found.values()]) == "ig"


def test_what_cannot_be_used_is_refused_by_name() -> None:
    other = made("2026-03-01T00:10", analyser="O2-1", record="x")
    with pytest.raises(AnalyserError, match="CO2-1, O2-1"):
        standing_by_hour([HISTORY[0], other], [], PART75)
    with pytest.raises(HoursError, match="ascending"):
        standing_by_hour([], [ns("2026-03-01T00:10")], PART75)
    with pytest.raises(HoursError, match="ascending"):
        standing_by_hour([], [0, 0], PART75)
    with pytest.raises(QaTestError, match="valid_until_ns"):
        made("2026-03-01T00:10", valid_until_ns=0)
    with pytest.raises(QaTestError, match="quarters = 0"):
        made("2026-03-01T00:10", quarters=0)
    with pytest.raises(QaTestError, match="e = nan"):
        made("2026-03-01T00:10", relative_error=float("nan"))
    with pytest.raises(HoursError, match="full hours"):
        operation_of([1], 0, 3_600_000_000_000)
    with pytest.raises(HoursError, match="86399"):
        Operation(utc_offset_s=86_400)


def test_an_hour_is_told_even_where_the_scheme_asks_for_nothing() -> None:
    found = standing_by_hour([], [0], JJG, use=Use(kinds=frozenset()))
    assert told(found[0]) == (Standing.NO_TEST, "no_test", None)
