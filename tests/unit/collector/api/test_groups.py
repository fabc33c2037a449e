"""Groups of plain meters, from the events of their installation, through the collector."""

from collections.abc import Iterator

import pytest

from tests.unit.collector.api.plant import LINE_1, LINE_2, Asked, Plant, served

WHOLE = "start=2026-03-29T16:00:00Z&end=2026-04-03T16:00:00Z"
BASE = "/api/v1/activity-data"


def installed(serial: str, group: str, at: str = "2026-01-08T00:00:00Z") -> bytes:
    return f"""schema = 1
event = "installation"
serial = "{serial}"
at = {at}
recorded_at = {at}
recorded_by = "Q. Ma"
double_count_group = "{group}"
""".encode()


@pytest.fixture
def asked(fresh: Plant) -> Iterator[Asked]:
    fresh.fill()
    parts = fresh.parts()
    yield served(parts)
    parts.sources.close()


def log(plant: Plant, name: str, data: bytes) -> None:
    plant.log_file(plant.gw1, "event", name, data)
    plant.judging.catch_up()


def test_a_meter_and_its_check_meter_are_not_added(fresh: Plant, asked: Asked) -> None:
    both = f"{BASE}/combined?channels={LINE_1},{LINE_2}&{WHOLE}"
    assert asked.get(both).status_code == 200
    (before,) = asked.get(f"{BASE}?channel={LINE_1}&{WHOLE}").json()
    log(fresh, "s-1.toml", installed("S-1", "line 1"))
    log(fresh, "s-2.toml", installed("S-2", "line 1"))
    (found,) = asked.get(f"{BASE}?channel={LINE_1}&{WHOLE}").json()
    assert found["double_count_groups"] == ["line 1"]
    assert found["supersedes"] == before["digest"]
    refused = asked.get(both)
    assert (refused.status_code, refused.json()["code"]) == (422, "E_DOUBLE_COUNT")
    chinese = asked.get(both, Accept_Language="zh").json()["detail"]
    assert "重复计算" in chinese
    assert LINE_2 in chinese
    assert asked.get(f"{both}&factors=1,-1").status_code == 200
    allowed = asked.get(f"{both}&allow_double_count=line 1").json()
    assert allowed["double_counted"] == [{"group": "line 1", "channels": [LINE_1, LINE_2]}]


def test_the_last_installation_before_the_end_of_the_period_counts(
    fresh: Plant, asked: Asked
) -> None:
    log(fresh, "a.toml", installed("S-1", "line 1"))
    log(fresh, "b.toml", installed("S-1", "hall#sub-meters", "2026-03-31T00:00:00Z"))
    log(fresh, "c.toml", installed("S-1", "elsewhere", "2026-04-03T16:00:00Z"))
    rows = asked.get(f"{BASE}?channel={LINE_1}&{WHOLE}&by=day").json()
    assert [each["double_count_groups"] for each in rows] == [
        ["line 1"],
        *[["hall#sub-meters"]] * 4,
    ]
