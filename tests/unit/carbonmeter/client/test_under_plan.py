"""The client asks for statements under a monitoring plan, and for what later papers changed."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from carbonmeter.client import Client
from collector.rights import Role
from tests.unit.carbonmeter.client.conftest import Served, serving
from tests.unit.collector.api.plant import Plant
from tests.unit.collector.api.test_monitored import with_checks
from tests.unit.collector.api.test_stack import CO2
from tests.unit.collector.api.test_under_plan import FAILED, log
from tests.unit.collector.api.writing import token

DAYS = ("2026-03-30", "2026-04-05")


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Served]:
    built = with_checks(Plant(tmp_path))
    with serving(built) as found:
        yield found
    built.close()


def test_the_value_under_the_plan_is_in_the_statement_the_frame_and_what_was_touched(
    own: Served,
) -> None:
    bearer = token(own.plant, "wang", Role.ANALYST)
    client = Client(own.url, bearer.removeprefix("Bearer "))
    (plain,) = client.activity(CO2, *DAYS)
    found = client.activity(CO2, *DAYS, under_plan=True)
    (datum,) = found
    assert plain.under_plan is msgspec.UNSET
    assert datum.under_plan is not msgspec.UNSET
    assert datum.under_plan.compliance is not None
    assert datum.value == plain.value
    frame = found.frame()
    assert frame["compliance_value"][0] == datum.under_plan.compliance.value
    assert frame["compliance_unit"][0] == "t"
    client.decide("release", datum.digest, "first quarter")
    client.decide("lock", datum.digest, "first quarter")
    log(own.plant, "test", "check-7.toml", FAILED)
    (moved,) = client.touched_by_plan(CO2).statements
    assert moved.locked
    assert moved.difference.compliance is not None
    assert moved.difference.compliance.difference is not None
    assert moved.difference.compliance.difference < 0.0
    file = client.export("csv", CO2, *DAYS, under_plan="true")
    assert datum.digest.encode() in file.data
