"""Fault matrix row 25: meters and registers that misbehave, a sample of each campaign."""

from pathlib import Path

import pytest

from tests.faults.campaign import Campaign, fails_without, sample
from tests.system.meter_faults import MISBEHAVING_METERS
from tests.system.register_faults import MISBEHAVING_REGISTERS


@pytest.mark.parametrize(
    "campaign", [MISBEHAVING_METERS, MISBEHAVING_REGISTERS], ids=lambda each: each.name
)
def test_every_misbehaviour_has_a_status_of_its_own_and_gives_no_wrong_value(
    campaign: Campaign, tmp_path: Path
) -> None:
    assert sample(campaign, tmp_path, range(6))[campaign.counted] > 60


def test_without_the_guard_pymodbus_gives_wrong_values(tmp_path: Path) -> None:
    (control,) = MISBEHAVING_METERS.controls
    assert any(" is given for " in each for each in fails_without(control, tmp_path, range(5)))


def test_without_the_sieve_what_a_register_did_becomes_energy(tmp_path: Path) -> None:
    (control,) = MISBEHAVING_REGISTERS.controls
    assert any(" is stated where " in each for each in fails_without(control, tmp_path, range(5)))
