"""Samples of bundles that are altered; and that the oracle sees what a defence keeps out."""

import io
from pathlib import Path

import pytest

from evidence.bundle.outcome import Check, Result
from evidence.bundle.verify import verify
from tests.faults.campaign import Campaign, Control, fails_without, sample
from tests.system.altered_bundle import (
    FLIPPED,
    MONITORED,
    MUTATED,
    RESEALED,
    harmless,
    large,
    member_flips,
    small,
    told,
)
from tests.system.planned_bundle import planned

ALL = (FLIPPED, RESEALED, MUTATED)


@pytest.mark.parametrize("campaign", ALL, ids=lambda each: each.name)
def test_a_bundle_that_was_altered_is_told(tmp_path: Path, campaign: Campaign) -> None:
    assert sample(campaign, tmp_path, (3,))


@pytest.mark.parametrize(
    "control",
    [control for each in ALL for control in each.controls],
    ids=lambda control: control.defence,
)
def test_without_a_defence_something_is_not_told(tmp_path: Path, control: Control) -> None:
    assert fails_without(control, tmp_path, range(20))


def test_the_bundles_themselves_are_sound_and_not_alike() -> None:
    assert not told(small())
    assert not told(large())
    assert harmless(small(), small())
    assert not harmless(small(), large())


def test_one_bundle_is_of_a_statement_under_a_plan_that_is_proven() -> None:
    assert not told(planned())
    assert list(member_flips(0, planned, MONITORED))
    found = {each.id: each.result for each in verify(io.BytesIO(planned())).outcomes}
    assert found[Check.UNDER_PLAN] is Result.OK
