"""What an agent states follows from its indications and certificates, or is told apart."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.load import parse_confirmation
from calibration.timeline import Installed, Timeline, timeline_of
from evidence.judging.recompute import difference, recompute
from evidence.log.batch import Contribution, Stream
from tests.unit.collector.api.plant import CERTIFIED, GAS, POWER, confirmation, shown, stream


def timeline_for(part: Stream, serial: str) -> Timeline:
    measurand = part.head.measurand
    installed = [Installed(from_ns=0, serial=serial)]
    return timeline_of(CERTIFIED, installed, measurand.kind_of_quantity, measurand.unit)


MADE = stream(POWER, 0, 8)
TIMELINE = timeline_for(MADE, "S-P")


def test_results_follow_by_hand_from_the_certificate() -> None:
    found = recompute(MADE, TIMELINE)
    assert found.value.tolist() == pytest.approx(
        [0.5 + 0.998 * shown(POWER, poll) for poll in range(8)], rel=1e-12
    )
    by_id = {influence.id: column for influence, column in found.contributions.items()}
    assert by_id["cert:P-1/0"].tolist() == pytest.approx([0.02] * 8)
    scale = [1e-7**0.5 * shown(POWER, poll) for poll in range(8)]
    assert np.abs(by_id["cert:P-1/1"]).tolist() == pytest.approx(scale)
    assert found.fresh.tolist() == pytest.approx([0.998 * 0.05] * 8)


def test_what_an_agent_made_is_not_apart() -> None:
    assert difference(MADE, recompute(MADE, TIMELINE)) is None


@given(
    row=st.integers(0, 7),
    share=st.floats(1e-11, 0.5) | st.floats(-0.5, -1e-11),
)
def test_any_value_that_is_off_by_more_than_rounding_is_told(row: int, share: float) -> None:
    assert MADE.value is not None
    value = list(MADE.value)
    value[row] *= 1.0 + share
    apart = difference(msgspec.structs.replace(MADE, value=tuple(value)), recompute(MADE, TIMELINE))
    assert apart is not None
    assert repr(value[row]) in apart


@given(factor=st.floats(1 - 4e-13, 1 + 4e-13))
def test_a_machine_that_rounds_otherwise_is_not_told(factor: float) -> None:
    assert MADE.value is not None
    other = msgspec.structs.replace(MADE, value=tuple(value * factor for value in MADE.value))
    assert difference(other, recompute(MADE, TIMELINE)) is None


@pytest.mark.parametrize(("off", "told"), [(1e-13, False), (1e-10, True)])
def test_a_value_near_0_is_off_by_the_rounding_of_what_it_is_the_difference_of(
    off: float,
    told: bool,  # noqa: FBT001
) -> None:
    """0.5 kW + 0.998 x vanishes at x = -0.501 kW; numbers of half a kilowatt are subtracted."""
    near = np.nextafter(-0.5 / 0.998, 0.0)
    one = msgspec.structs.replace(MADE, rows=1, indication=(near,), contributions=())
    value = 0.5 + 0.998 * near + off
    shown = msgspec.structs.replace(one, value=(value,))
    apart = difference(shown, recompute(one, TIMELINE))
    assert ("is stated where" in str(apart)) is told


def test_contributions_travel_with_six_digits_and_that_is_near_enough() -> None:
    rounded = tuple(
        Contribution(
            influence=part.influence,
            contribution=tuple(float(f"{each:.6g}") for each in part.contribution),
        )
        for part in MADE.contributions
        if isinstance(part.contribution, tuple)
    )
    assert len(rounded) == len(MADE.contributions)
    other = msgspec.structs.replace(MADE, contributions=rounded)
    assert difference(other, recompute(MADE, TIMELINE)) is None


def test_two_certificates_in_one_stream_contribute_to_their_own_readings() -> None:
    middle = confirmation("K-Q", "P-1", "S-P", "2027-04-01").replace(
        b"2026-01-07T08:00:00+08:00", b"2026-03-29T17:00:00Z"
    )
    confirmed = (parse_confirmation(middle, "k.toml"),)
    both = msgspec.structs.replace(CERTIFIED, confirmations=confirmed)
    measurand = MADE.head.measurand
    installed = [Installed(from_ns=0, serial="S-P")]
    timeline = timeline_of(both, installed, measurand.kind_of_quantity, measurand.unit)
    found = recompute(MADE, timeline)
    assert found.rows == (0, 0, 0, 0, 1, 1, 1, 1)
    assert found.value[:4].tolist() == [shown(POWER, poll) for poll in range(4)]
    by_id = {influence.id: column for influence, column in found.contributions.items()}
    assert by_id["cert:P-1/0"].tolist() == pytest.approx([0.0] * 4 + [0.02] * 4)


def test_a_stream_without_readings_or_without_a_certificate_has_no_contributions() -> None:
    empty = msgspec.structs.replace(
        MADE, rows=0, raw=(), indication=(), value=None, contributions=(), fresh=0.0
    )
    found = recompute(empty, TIMELINE)
    assert (found.rows, found.value.tolist()) == ((), [])
    gas = stream(GAS, 0, 4)
    bare = recompute(gas, timeline_for(gas, "gas"))
    assert bare.value.tolist() == [shown(GAS, poll) for poll in range(4)]
    assert bare.contributions == {}
