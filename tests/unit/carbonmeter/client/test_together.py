"""What an analyst puts together: ids of two sites are not taken for one thing without a word."""

from collections.abc import Callable
from typing import Any

import pytest

from carbonmeter.client import (
    Activity,
    Amounts,
    UnlikeInfluenceError,
    covariance,
    joint_samples,
    ratio,
    total,
)
from evidence.statement.datum import ActivityData
from tests.unit.evidence.statement.examples import datum, part

CLASS = "inst:1001/class"
ONE, OTHER = (
    datum(100.0, part(CLASS, 1.0), part("std:SDIM/E-17", 0.5), channel=f"{site}/a/energy")
    for site in ("jinan", "weifang")
)
BOTH = (ONE, OTHER)


def _ratio(data: tuple[ActivityData, ...], **how: Any) -> object:  # noqa: ANN401
    one, other = (Amounts(data=(each,), factors=(1.0,)) for each in data)
    return ratio(one, other, **how)


def _activity(data: tuple[ActivityData, ...]) -> Activity:
    return Activity(rows=data, time_zone="UTC", periods_without_data=0)


@pytest.mark.parametrize(
    "put",
    [
        lambda **how: total(BOTH, [1.0, -1.0], **how),
        lambda **how: covariance(BOTH, **how),
        lambda **how: joint_samples(BOTH, 10, 1, **how),
        lambda **how: _ratio(BOTH, **how),
        lambda **how: _activity(BOTH).total([1.0, -1.0], **how),
        lambda **how: _activity(BOTH).covariance(**how),
    ],
    ids=["total", "covariance", "joint_samples", "ratio", "Activity.total", "Activity.covariance"],
)
def test_rows_of_two_sites_with_one_serial_are_refused_until_it_is_said_that_they_are_one(
    put: Callable[..., object],
) -> None:
    with pytest.raises(UnlikeInfluenceError, match=CLASS):
        put()
    assert put(one_thing=[CLASS]) is not None


def test_what_is_said_to_be_one_thing_cancels_as_before() -> None:
    found = total(BOTH, [1.0, -1.0], one_thing={CLASS})
    assert found.uncertainty.standard_uncertainty == 0.0
    assert found.common_influences == (CLASS, "std:SDIM/E-17")


def test_months_of_one_meter_are_one_instrument() -> None:
    assert covariance((ONE, ONE)).matrix.tolist() == [[1.25, 1.25], [1.25, 1.25]]
