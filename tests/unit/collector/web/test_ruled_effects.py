"""What checks that a plan asks for did to the amounts, beside what later certificates did."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from collector.web.audit.effects import Effects
from collector.web.audit.ruled_effects import ruled_effects, with_ruled
from evidence.clock import parse_utc
from tests.unit.collector.api.plant import LINE_1, Plant
from tests.unit.collector.api.test_monitored import GAS, PLAN, with_checks
from tests.unit.collector.api.test_stack import CO2

YEAR = parse_utc("2025-07-01T00:00:00Z"), parse_utc("2026-07-01T00:00:00Z")


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """Six days of a stack; its analyser fails its checks on the fourth and the fifth."""
    built = with_checks(Plant(tmp_path_factory.mktemp("checked")))
    yield built
    built.close()


def found(plant: Plant, *channels: str, span: tuple[int, int] = YEAR) -> Effects:
    parts = plant.parts()
    with parts.sources.lease() as sources:
        seen = ruled_effects(sources, parts, channels, span)
    parts.sources.close()
    return seen


def test_a_check_that_failed_has_its_effect_in_tonnes(checked: Plant) -> None:
    """It showed 17.6 of 15.02 %: up to so much too high are the hours since the check before."""
    seen = found(checked, LINE_1, CO2)
    (line,) = seen.lines
    assert (seen.looked, seen.left_out) == (1, 0)
    assert (line.channel, line.because, line.unit) == (CO2, "intermediate_check", "t")
    assert (line.before, line.after) == ("", "")  # tests, no certificates
    assert 0 < line.end_ns - line.start_ns <= 25 * 3_600_000_000_000
    assert isinstance(line.since, int)  # of the check before, a day earlier
    assert line.checks_ns[0] - line.since == 24 * 3_600_000_000_000
    assert line.start_ns - 3_600_000_000_000 < line.since
    assert line.common is not None
    assert line.common.unit == "t"
    assert line.relative is not None
    assert 15.02 / 17.6 - 1 < line.relative < 0
    assert line.expanded is not None
    assert line.expanded > abs(line.common.value) / 2


def test_a_plan_that_is_followed_by_another_is_told_part_by_part(checked: Plant) -> None:
    """The second plan begins after the checks that failed; the first one's part stays as it is."""
    later = (
        PLAN.replace("effective_from = 2026-03-01", "effective_from = 2026-04-03")
        .replace("recorded_at = 2026-03-01", "recorded_at = 2026-03-02")
        .replace("monitoring plan of 2026", "version 2")
    )
    before = found(checked, CO2).lines
    checked.log_file(checked.gw1, "plan", "plan-2.toml", later.encode())
    assert found(checked, CO2).lines == before


def test_neither_another_time_nor_a_mean_has_a_line(checked: Plant) -> None:
    before = parse_utc("2026-03-01T00:00:00Z"), parse_utc("2026-03-29T00:00:00Z")
    assert found(checked, CO2, span=before).lines == []
    assert found(checked, GAS).lines == []


def test_more_channels_than_are_looked_through_are_counted(checked: Plant) -> None:
    seen = found(checked, *[CO2] * 7)
    assert (seen.looked, seen.left_out) == (5, 2)


def test_both_kinds_of_lines_stand_in_one_order(checked: Plant) -> None:
    ruled = found(checked, CO2)
    (line,) = ruled.lines
    other = replace(line, channel="a/meter/energy", because="shift")
    whole = with_ruled(Effects(lines=[other], looked=3, left_out=1), ruled)
    assert [each.because for each in whole.lines] == ["shift", "intermediate_check"]
    assert (whole.looked, whole.left_out) == (3, 1)
