"""A line of what would follow now: one unit for all that stands in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from collector.web.audit.touched import touched_line
from evidence.statement.datum import ActivityData
from evidence.statement.difference import InUnit, difference
from evidence.statement.touched import TouchedStatement
from tests.unit.collector.api.plant import LINE_1, Plant, served

ASKED = f"/api/v1/activity-data?channel={LINE_1}&start=2026-03-30&end=2026-04-01"


@pytest.fixture
def stated(tmp_path: Path) -> Iterator[ActivityData]:
    """A statement of an energy in W.h."""
    plant = Plant(tmp_path)
    plant.fill()
    parts = plant.parts()
    digest = served(parts).get(ASKED).json()[0]["digest"]
    datum = plant.store.lookup.activity(digest)
    assert datum is not None
    yield replace(datum, unit="W.h")
    parts.sources.close()
    plant.close()


def test_difference_and_what_is_suspected_stand_in_the_unit_of_the_statement(
    stated: ActivityData,
) -> None:
    moved = InUnit(
        unit="kW.h", value=-0.0565, standard_uncertainty=0.0016, expanded_uncertainty=0.0031
    )
    unknown = replace(moved, standard_uncertainty=None, expanded_uncertainty=None)
    touched = TouchedStatement(
        difference=difference(stated, replace(stated, value=stated.value + 2_000.0)),
        locked=False,
        suspected=(moved, None, unknown),
    )
    line = touched_line(touched)
    assert line.unit == "W.h"
    assert line.difference[0] == pytest.approx(2_000.0)
    told, bare = line.suspected
    assert (told[0], told[1], bare[0]) == pytest.approx((-56.5, 3.1, -56.5))
    assert bare[1] is None
