"""Whose zone the times of the page are of."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from edge_agent.config_errors import ConfigLimitError
from edge_agent.page.zone import Zone, zone_of

SUMMER = datetime(2026, 7, 1, tzinfo=UTC)


def test_the_machines_is_named_by_the_file_that_its_link_leads_to(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Asia/Shanghai")
    assert zone_of("", "agent.toml", link, {}) == Zone(name="Asia/Shanghai")
    assert zone_of("", "agent.toml", link, {"TZ": ":Europe/Berlin"}).name == "Europe/Berlin"


def test_a_machine_that_names_none_is_told_by_how_far_it_is_from_utc(tmp_path: Path) -> None:
    (tmp_path / "copied").write_bytes(b"TZif")
    (tmp_path / "elsewhere").symlink_to("/etc/adjtime")
    for name in ("copied", "elsewhere", "missing"):
        assert zone_of("", "agent.toml", tmp_path / name, {}) == Zone()
    assert Zone(info=timezone(timedelta(hours=5, minutes=45))).named(SUMMER) == "UTC+05:45"


def test_the_configurations_goes_before_the_machines() -> None:
    found = zone_of("Europe/Berlin", "agent.toml")
    assert (found.name, found.is_chosen) == ("Europe/Berlin", True)
    assert found.info is not None
    assert found.info.utcoffset(SUMMER) == timedelta(hours=2)


@pytest.mark.parametrize(
    "name", ["Nowhere", "../etc/passwd", "/etc/localtime", "Asia", "a\0b", "."]
)
def test_a_zone_that_the_machine_does_not_know_is_refused(name: str) -> None:
    with pytest.raises(ConfigLimitError, match=r"page\.zone") as wrong:
        zone_of(name, "agent.toml")
    assert "Asia/Shanghai" in wrong.value.say("zh")
