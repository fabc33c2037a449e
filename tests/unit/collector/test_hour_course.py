"""The hours that the collector keeps have a course, however the minutes came in batches."""

from itertools import pairwise

import msgspec
import pytest

from calibration.indication import MissReason
from calibration.window import RegisterWindow
from evidence.judging.judgement import Judgement
from tests.unit.collector.api.plant import POWER, TEMPERATURE, stream
from tests.unit.collector.judged import Judged
from tests.unit.collector.test_deriving import AREA, K_V, SHOWN, Works, libraries, mean
from tests.unit.collector.test_hour_states import REASONS, kept, minutes


def course(judged: Judged, channel: str) -> tuple[float, ...]:
    (hour,) = kept(judged.store, channel)
    assert not isinstance(hour, RegisterWindow)
    return hour.course


@pytest.mark.parametrize("channel", [TEMPERATURE, POWER])
@pytest.mark.parametrize("cuts", [(), (12,), (1, 2, 5, 30, 59)])
def test_a_whole_hour_keeps_what_each_five_minutes_were(
    channel: str, cuts: tuple[int, ...]
) -> None:
    """Of the first five two are lost; the certificate of the power says 0.5 + 0.998 x."""
    judged, gone = Judged().files(), {3: MissReason.TIMEOUT, 4: MissReason.TIMEOUT}
    for first, last in pairwise([0, *cuts, 61]):
        judged.batch(minutes(channel, first, last, gone))
    shown = [[100.0 + n % 7 for n in range(5 * part, 5 * part + 5)] for part in range(12)]
    means = [sum(shown[0][:3]) / 3, *(sum(each) / 5 for each in shown[1:])]
    expected = means if channel == TEMPERATURE else [0.5 + 0.998 * each for each in means]
    assert course(judged, channel) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("channel", [TEMPERATURE, POWER])
def test_an_hour_that_lacks_a_part_keeps_no_course(channel: str) -> None:
    judged = Judged().files()
    judged.batch(minutes(channel, 0, 61, REASONS))
    assert course(judged, channel) == ()


def windows(judgement: Judgement) -> int:
    return len(judgement.windows) + len(judgement.means)


def test_hours_kept_without_a_course_are_kept_anew_with_one_when_they_are_derived_again() -> None:
    judged = Judged().files()
    judgement = judged.batch(stream(POWER, 0, 5), stream(TEMPERATURE, 0, 5))
    bare = Judgement(
        windows=[
            each if isinstance(each, RegisterWindow) else msgspec.structs.replace(each, course=())
            for each in judgement.windows
        ],
        means=[msgspec.structs.replace(each, course=()) for each in judgement.means],
    )
    with judged.store.transaction():
        assert judged.store.keep_hours(bare) == windows(judgement) == 2
        assert judged.store.keep_hours(judgement) == 2
        assert judged.store.keep_hours(judgement) == 0


def test_a_computed_hour_has_the_course_that_its_inputs_give() -> None:
    """The velocity moves by 10 %, and the mass with it; what an input lacks, all lack."""
    works = Works()
    inputs = {
        name: msgspec.structs.replace(mean(name), course=(SHOWN[name][0],) * 12) for name in SHOWN
    }
    gusts = tuple(SHOWN["v_p"][0] * (1.1 if part % 2 else 0.9) for part in range(12))
    inputs["v_p"] = msgspec.structs.replace(inputs["v_p"], course=gusts)
    works.hours(libraries(AREA, K_V), *inputs.values())
    (hour,) = works.made()
    expected = [hour.value * (1.1 if part % 2 else 0.9) for part in range(12)]
    assert hour.course == pytest.approx(expected, rel=1e-9)
    works.hours(libraries(AREA, K_V), msgspec.structs.replace(inputs["t_s"], course=()))
    (hour,) = works.made()
    assert hour.course == ()
    works.store.close()
