"""Two hundred instruments of five protocols on twenty lines: each minute a value or a reason."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from tests.system.mixed_factory import FAULTS, Factory, Hour, factory, hour_of

LOG = logging.getLogger("carbonmeter.mixed_factory")
HOUR, MORNING = 60, 360


def lived(folder: Path, made: Factory, minutes: int) -> Hour:
    found = asyncio.run(hour_of(folder, made, minutes))
    LOG.info("%s", found.figures)  # --log-cli-level=INFO shows it
    return found


def test_the_factory_has_every_fault_and_every_kind_of_line() -> None:
    made = factory()
    assert len(made.rows) == 20
    assert sum(len(row.meters) for row in made.rows) == 200
    assert set(made.faults.values()) == set(FAULTS)
    assert len(made.faults) == 25


def test_an_hour_of_a_mixed_factory_leaves_no_poll_silently_missing(tmp_path: Path) -> None:
    hour = lived(tmp_path, factory(), HOUR)
    assert hour.wrong == []
    assert len(hour.polls) == 200 * HOUR
    assert hour.cpu_s < 60.0


def test_a_fault_that_is_not_planted_where_it_is_said_to_be_would_be_found(tmp_path: Path) -> None:
    made = factory()
    few = replace(made, rows=(made.rows[0], made.rows[10]), faults=made.faults)
    sound = [each.name for each in few.rows[0].meters if each.name not in made.faults]
    struck = [each.name for each in few.rows[1].meters if each.name in made.faults]
    wrong = {sound[0]: "silence", **dict.fromkeys(struck, "noise")}
    found = lived(tmp_path, replace(few, faults=wrong), 10).wrong
    assert f"{sound[0]}: silence is not found" in found
    assert any(name in each and "is told as" in each for name in struck for each in found)


@pytest.mark.torture
@pytest.mark.timeout(1800)
def test_six_hours_with_a_fault_on_every_third_leave_none_missing_either(tmp_path: Path) -> None:
    morning = lived(tmp_path, factory(every=3), MORNING)
    assert morning.wrong == []
    assert len(morning.polls) == 200 * MORNING
