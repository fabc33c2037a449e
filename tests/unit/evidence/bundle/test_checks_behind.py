"""Bundles of statements on which checks behind the period bear."""

from collections.abc import Iterator
from typing import Final

import msgspec
import pytest

from evidence.bundle.outcome import Check, Result
from tests.unit.calibration.monitoring.texts import CYLINDER, ZERO
from tests.unit.collector.api.plant import Plant, batch
from tests.unit.collector.api.test_monitored import CHECK, DAYS, OF_CO2, OF_MASS, POLLS, polled
from tests.unit.collector.api.test_stack import FILES, SHOWN
from tests.unit.evidence.bundle.made import failed as failing
from tests.unit.evidence.bundle.made import outcomes, written
from tests.unit.evidence.bundle.planned import (
    Planned,
    chosen,
    first_measured,
    forged,
    less_measured,
    planned,
    restated,
    said,
    with_hour,
)

DOUBTED: Final = "start=2026-03-31T20:00:00Z&end=2026-04-01T18:00:00Z&under_plan=true"
"""A check that fails begins where it ends."""
DAY: Final = "start=2026-04-01&end=2026-04-02&under_plan=true"
CORRECTED: Final = OF_CO2.replace("proportional = true", "proportional = true\ncorrected = true")


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    found = planned(tmp_path_factory.mktemp("doubted"), DOUBTED)
    yield found
    found.plant.close()


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    """A stack of which an analyser's checks correct the mass; a bundle's last leaf cuts a check."""
    plant = Plant(tmp_path_factory.mktemp("corrected"))
    for name, text in (("l2231.toml", CYLINDER), ("n2.toml", ZERO)):
        plant.log_file(plant.gw1, "certificate", name, text.encode())
    for name, text in (("of-co2.toml", CORRECTED), ("of-mass.toml", OF_MASS)):
        plant.log_file(plant.gw1, "plan", name, text.encode())
    for kind, name, data in FILES:
        plant.log_file(plant.gw1, kind, name, data)
    edges = [day * POLLS + edge for day in range(DAYS) for edge in (0, 4, CHECK.start + 3, 40)]
    for numbers in map(range, edges, [*edges[1:], DAYS * POLLS + 4]):
        plant.take(plant.gw1, batch(plant.gw1, [polled(name, numbers) for name in SHOWN]))
    plant.judging.catch_up()
    yield chosen(plant, DAY)
    plant.close()


def test_hours_in_doubt_by_a_check_behind_them_follow_with_the_history(one: Planned) -> None:
    found = outcomes(written(one.whole))
    assert Result.FAILED not in {each.result for each in found.values()}
    assert found[Check.UNDER_PLAN].result is Result.OK
    (told,) = one.whole.monitored
    assert [(each.start, each.end) for each in told.doubts] == [
        ("2026-03-31T20:00:00Z", "2026-04-01T18:00:00Z")
    ]
    assert failing(written(less_measured(one.whole))) == {Check.UNDER_PLAN}


def test_without_it_nothing_is_found_wrong(one: Planned) -> None:
    found = outcomes(written(one.short))
    assert Result.FAILED not in {each.result for each in found.values()}


def test_that_a_check_behind_failed_cannot_be_concealed(one: Planned) -> None:
    (part,) = said(one.whole.datum).parts
    assert part.told is not None
    bare = msgspec.structs.replace(part.told, looks_ahead_to=msgspec.UNSET)
    other = msgspec.structs.replace(part, told=bare)
    lie = msgspec.structs.replace(said(one.whole.datum), parts=(other,))
    assert Check.UNDER_PLAN in failing(written(restated(one.whole, lie)))


def test_where_checks_behind_are_not_here_best_estimates_are_not_told(corrected: Planned) -> None:
    found, every = outcomes(written(corrected.short)), outcomes(written(corrected.whole))
    for outcome in (found, every):
        assert Result.FAILED not in {each.result for each in outcome.values()}
    assert found[Check.UNDER_PLAN].result is Result.NOT_CHECKED
    assert every[Check.UNDER_PLAN].result is Result.OK


@pytest.mark.parametrize("which", ["short", "whole"])
def test_a_compliance_value_that_was_made_small_is_found_in_both(
    corrected: Planned, which: str
) -> None:
    choice = corrected.short if which == "short" else corrected.whole
    number, hour = first_measured(choice)
    assert hour.compliance is not None
    lie = forged(choice, with_hour(number, compliance=hour.compliance / 10.0))
    assert failing(written(lie)) == {Check.UNDER_PLAN}
