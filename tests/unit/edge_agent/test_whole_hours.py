"""Polls that would stand for parts of two hours are refused when a site is loaded."""

from pathlib import Path

import pytest

from edge_agent.config_errors import ConfigLimitError
from edge_agent.installation import load_installation
from tests.unit.edge_agent.site import device, write_site

BOTH = ("active_energy_import", "active_power")


def loaded(folder: Path, period_s: float, channels: tuple[str, ...] = BOTH) -> None:
    load_installation(write_site(folder, device(channels=channels, period_s=period_s)))


@pytest.mark.parametrize("period_s", [0.04, 0.5, 1.0, 7.2, 60.0, 900.0, 3600.0])
def test_whole_parts_of_an_hour_are_taken(tmp_path: Path, period_s: float) -> None:
    loaded(tmp_path, period_s)


@pytest.mark.parametrize("period_s", [0.07, 7.0, 420.0, 5400.0, 7200.0, 86_400.0])
def test_what_does_not_divide_an_hour_is_refused(tmp_path: Path, period_s: float) -> None:
    with pytest.raises(ConfigLimitError) as refused:
        loaded(tmp_path, period_s)
    told = refused.value.say("en")
    assert "lines.devices[feeder-1].period_s" in told
    assert f"is {period_s}; it must be a whole part of an hour" in told
    assert "'active_power' is none" in told
    assert "'active_power' 不是累计表" in refused.value.say("zh")


@pytest.mark.parametrize("period_s", [7200.0, 14_400.0, 86_400.0])
def test_registers_may_be_read_less_than_once_an_hour(tmp_path: Path, period_s: float) -> None:
    loaded(tmp_path, period_s, ("active_energy_import",))


@pytest.mark.parametrize("period_s", [420.0, 5400.0])
def test_but_at_full_hours(tmp_path: Path, period_s: float) -> None:
    with pytest.raises(ConfigLimitError):
        loaded(tmp_path, period_s, ("active_energy_import",))
