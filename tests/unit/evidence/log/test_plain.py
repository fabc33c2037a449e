"""The quick look at all streams says no more than the slow look at each.

That nothing wrong gets past it, the contradictions show that `encode` and `decode` refuse: both
ask it first.
"""

from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.indication import Quality
from evidence.errors import LeafContentError
from evidence.log import batch
from evidence.log.batch import Contribution, Stream
from evidence.log.column import MAX_AT_MS, MAX_COUNT, Progression
from evidence.log.plain import plainly_sound
from tests.unit.evidence.log.examples import STANDARD, STREAM, batch_of, changed, of_rows, with_head

BATCHES_OF = 3


@pytest.mark.parametrize(
    "stream",
    [
        STREAM,
        of_rows(0),
        of_rows(1),
        changed(quality=(Quality.GOOD, Quality.FROZEN, Quality.GOOD), fresh=(0.1, 0.0, 0.2)),
        changed(value=None, contributions=(Contribution(influence=STANDARD, relative=-1e-3),)),
    ],
)
def test_sound_streams_need_no_slow_look(stream: Stream) -> None:
    assert plainly_sound([STREAM, stream])


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(changed(at_ms=Progression(first=9, steps=(5, -3))), id="time goes back"),
        pytest.param(changed(sequence=Progression(first=9, steps=-1)), id="polls go back"),
        pytest.param(changed(value=(1.7e308,) * BATCHES_OF), id="a sum overflows"),
    ],
)
def test_what_is_unusual_gets_the_slow_look(stream: Stream) -> None:
    assert not plainly_sound([stream])


@dataclass(frozen=True)
class Spoilt:
    """One field of a stream with anything in it."""

    field: str
    content: object


NUMBERS = st.one_of(st.integers(-(10**400), 10**400), st.floats())
SPOILT = st.one_of(
    st.builds(Spoilt, st.just("indication"), st.lists(NUMBERS, max_size=4).map(tuple)),
    st.builds(Spoilt, st.just("value"), st.lists(NUMBERS, max_size=4).map(tuple)),
    st.builds(Spoilt, st.just("fresh"), NUMBERS),
    st.builds(
        Spoilt, st.just("raw"), st.lists(st.text("0aF g", max_size=4), max_size=4).map(tuple)
    ),
    st.builds(
        Spoilt,
        st.sampled_from(("sequence", "at_ms")),
        st.builds(
            Progression,
            first=st.integers(-5, 2**63),
            steps=st.one_of(
                st.integers(-3, 2**62), st.lists(st.integers(-3, 2**62), max_size=4).map(tuple)
            ),
        ),
    ),
    st.builds(Spoilt, st.just("rows"), st.integers(-2, 5)),
)


@given(st.lists(SPOILT, max_size=2))
@settings(deadline=None)
def test_whatever_is_spoilt_the_quick_look_passes_only_what_the_slow_one_passes(
    spoilt: list[Spoilt],
) -> None:
    stream = msgspec.structs.replace(STREAM, **{each.field: each.content for each in spoilt})
    if plainly_sound([stream]):
        batch._check_stream(stream)


@pytest.mark.parametrize(
    ("field", "most"), [("sequence", MAX_COUNT), ("at_ms", MAX_AT_MS)], ids=["poll", "stamp"]
)
def test_a_single_reading_beyond_what_is_counted_is_refused(field: str, most: int) -> None:
    """It has no steps, and so no sum of steps that would show it."""
    last, beyond = (
        msgspec.structs.replace(of_rows(1), **{field: Progression(first=first, steps=())})
        for first in (most, most + 1)
    )
    batch.check(batch_of(last))
    with pytest.raises(LeafContentError):
        batch.check(batch_of(beyond))


def test_streams_that_share_their_stamps_are_looked_at_with_their_own_rows() -> None:
    shared = msgspec.structs.replace(of_rows(2), rows=3)
    assert plainly_sound([of_rows(2), of_rows(2)])
    assert not plainly_sound([of_rows(2), shared])


def test_a_head_with_an_infinite_rate_gets_the_slow_look() -> None:
    assert not plainly_sound([with_head(rated_rate=float("inf"))])


def test_a_whole_number_that_no_float_holds_gets_the_slow_look() -> None:
    """The largest value times a relative contribution would overflow (found by drawing)."""
    huge = msgspec.structs.replace(STREAM, value=(0.0,) * (STREAM.rows - 1) + (10**400,))
    assert not plainly_sound([huge])
    with pytest.raises(LeafContentError):
        batch._check_stream(huge)
