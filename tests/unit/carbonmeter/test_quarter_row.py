"""What a quarter says, as a table."""

from msgspec.structs import replace

from carbonmeter.quarter_row import InDoubt, OutOfControl, QuarterRow, Ruled, quarter_table

MONTH = QuarterRow(
    kind="month",
    start="2026-03-01T00:00:00+08:00",
    end="2026-04-01T00:00:00+08:00",
    unit="t",
    value=79_123.4,
    expanded_uncertainty=2_345.6,
    true_of_measured=79_500.6,
    truth=81_000.4,
    completeness=0.9731,
    u_basis="nameplate",
    missing={"calibrating": 310},
)
RULED = Ruled(
    rules="hj75",
    compliance=80_500.2,
    best_estimate=80_100.7,
    expanded_uncertainty=2_345.6,
    substituted_h=14,
    out_of_control_h=24,
    checks={"daily_check/failed": 1, "daily_check/passed": 30},
    spells=(
        OutOfControl(start="2026-03-09T18:00:00Z", end="2026-03-10T18:00:00Z", because="failed"),
    ),
    doubts=(
        InDoubt(
            start="2026-03-08T18:00:00Z",
            end="2026-03-09T18:00:00Z",
            value=2_356.2,
            correction=26.4,
            expanded_uncertainty=36.1,
        ),
    ),
)
QUARTER = replace(MONTH, kind="quarter", ruled=RULED)


def test_value_and_u_are_rounded_to_the_second_digit_of_u() -> None:
    assert "79100 ± 2300 t" in quarter_table([MONTH])
    assert "79.12 ± 0.23 t" in quarter_table(
        [replace(MONTH, value=79.1234, expanded_uncertainty=0.2345)]
    )


def test_an_unknown_uncertainty_is_said_not_shown_as_nothing() -> None:
    assert "79123.4 t, U unknown" in quarter_table([replace(MONTH, expanded_uncertainty=None)])


def test_without_rules_the_table_ends_with_what_was_measured() -> None:
    head, line = quarter_table([MONTH]).splitlines()
    assert " ".join(head.split()) == (
        "from measured ± U (95 %) truth of it complete whole truth basis"
    )
    assert line.startswith("month    2026-03-01 ")
    assert line.split()[-6:] == ["79501", "t", "97.3%", "81000", "t", "nameplate"]


def test_rules_are_told_in_a_part_of_their_own_with_what_happened() -> None:
    lines = quarter_table([MONTH, QUARTER]).splitlines()
    assert lines[3] == ""
    assert " ".join(lines[5].split()) == (
        "quarter 2026-03-01 80500 t (hj75) 80100 ± 2300 t 81000 t 14 h 24 h"
    )
    assert lines[6:] == [
        "checks            1 daily_check/failed, 30 daily_check/passed",
        "not in control    2026-03-09T18:00:00Z .. 2026-03-10T18:00:00Z (failed)",
        "in doubt          2026-03-08T18:00:00Z .. 2026-03-09T18:00:00Z: 2356 t",
        "  to be added     26 ± 36 t",
    ]


def test_a_doubt_without_a_size_is_told_without_one() -> None:
    doubt = replace(RULED.doubts[0], correction=None, expanded_uncertainty=None)
    lines = quarter_table([replace(QUARTER, ruled=replace(RULED, doubts=(doubt,)))]).splitlines()
    assert lines[-1].startswith("in doubt ")


def test_nothing_is_told_that_did_not_happen() -> None:
    calm = replace(RULED, checks={}, spells=(), doubts=())
    lines = quarter_table([replace(QUARTER, ruled=calm)]).splitlines()
    assert lines[5:] == ["checks            none"]


def test_an_amount_of_which_nothing_is_known_is_not_told_as_nothing() -> None:
    unknown = replace(RULED, compliance=None, best_estimate=None, expanded_uncertainty=None)
    line = quarter_table([replace(QUARTER, ruled=unknown)]).splitlines()[4]
    assert " ".join(line.split()).startswith("quarter 2026-03-01 unknown (hj75) unknown 81000 t")
