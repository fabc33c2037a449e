"""Databases that fail or are wiped, for a moment; `python -m tests.faults` plays them longer."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import Require
from tests.contract.influxd import influxd_in
from tests.faults.campaign import Control, fails_without, sample
from tests.system import database_faults, database_hour, wiped_database
from tests.system.database_faults import DATABASE_FAULTS
from tests.system.database_hour import DATABASE_HOUR
from tests.system.database_pace import DATABASE_PACE
from tests.system.programs import require_mosquitto
from tests.system.wiped_database import WIPED_DATABASE


@pytest.fixture(autouse=True)
def _programs(tmp_path: Path, require: Require) -> None:
    require_mosquitto(require)
    influxd_in(tmp_path, require)


def test_whatever_the_database_does_receipts_go_on_and_afterwards_it_is_like_the_ledger(
    tmp_path: Path,
) -> None:
    size = database_faults.Size(faults=3, each_s=0.5)
    short = replace(DATABASE_FAULTS, play=partial(database_faults.play, size=size))
    assert sample(short, tmp_path, [1])["faults"] == 3


@pytest.mark.parametrize(
    "control",
    [
        DATABASE_FAULTS.controls[0],
        *(
            pytest.param(each, marks=pytest.mark.torture)
            for each in (DATABASE_FAULTS.controls[1], *DATABASE_PACE.controls)
        ),
    ],
    ids=lambda each: each.defence,
)
def test_without_a_defence_readings_or_receipts_are_missing(
    tmp_path: Path, control: Control
) -> None:
    assert fails_without(control, tmp_path, [1])


def test_what_came_while_the_database_was_away_is_in_it_once_when_it_is_back(
    tmp_path: Path,
) -> None:
    size = database_hour.Size(minutes=3)
    short = replace(DATABASE_HOUR, play=partial(database_hour.play, size=size))
    assert sample(short, tmp_path, [1])["readings_that_waited"] == 3000


@pytest.mark.torture
def test_a_view_that_takes_nothing_for_written_has_an_hour_missing(tmp_path: Path) -> None:
    (control,) = DATABASE_HOUR.controls
    assert fails_without(control, tmp_path, [1])


def test_a_wiped_database_is_written_anew_and_is_like_the_ledger(tmp_path: Path) -> None:
    size = wiped_database.Size(leaves=5)
    short = replace(WIPED_DATABASE, play=partial(wiped_database.play, size=size))
    assert sample(short, tmp_path, [1])["points"] == 5000


def test_a_view_that_believes_to_be_written_leaves_a_wiped_database_empty(tmp_path: Path) -> None:
    (control,) = WIPED_DATABASE.controls
    assert fails_without(control, tmp_path, [1])
