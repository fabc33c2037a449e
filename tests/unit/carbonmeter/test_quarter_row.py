"""What a quarter says, as a table."""

from msgspec.structs import replace

from carbonmeter.quarter_row import QuarterRow, Ruled, quarter_table

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
    value=80_500.2,
    substituted_h=14,
    out_of_control_h=178,
    failed_check="2026-03-10T02:20:00+08:00",
    repaired="2026-03-10T16:30:00+08:00",
    suspect_from="2026-03-09T02:20:00+08:00",
    suspect_until="2026-03-10T16:30:00+08:00",
    suspect_effect=-153.2,
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
    assert lines[5].split() == [
        *("quarter", "2026-03-01", "80500", "t", "(hj75)", "14", "h", "178", "h")
    ]
    assert lines[6:] == [
        "check failed      2026-03-10T02:20:00+08:00",
        "repaired          2026-03-10T16:30:00+08:00",
        "in doubt          2026-03-09T02:20:00+08:00 .. 2026-03-10T16:30:00+08:00",
        "which makes       -153 t of it",
    ]


def test_nothing_is_told_that_did_not_happen() -> None:
    calm = Ruled(rules="hj75", value=80_500.2, substituted_h=0, out_of_control_h=0)
    assert len(quarter_table([replace(QUARTER, ruled=calm)]).splitlines()) == 5
