import math

import msgspec
import pytest
from hypothesis import given, settings

from calibration.basis import UncertaintyBasis
from calibration.distribution import Distribution
from calibration.errors import InfluenceError
from calibration.indication import Quality
from calibration.uncertainty import Influence
from evidence.log.batch import Contribution, Stream
from evidence.log.row import results
from tests.unit.evidence.log.examples import (
    CERT,
    EPOCH,
    HEAD,
    STANDARD,
    START_MS,
    STREAM,
    changed,
    streams,
    with_head,
)

CHANNEL = "jinan/meter-1/power"


def test_each_row_becomes_a_result_with_all_that_the_stream_says() -> None:
    first, second, third = results(STREAM, EPOCH)
    assert (first.indication, first.value) == (100.0, 99.9)
    assert [each.sequence for each in (first, second, third)] == [41, 42, 43]
    assert second.at_ns == (START_MS + 1003) * 1_000_000
    assert third.at_ns == (START_MS + 1003 + 998) * 1_000_000
    assert third.raw == "42c50a3d"
    assert (first.channel, first.measurand, first.serial) == (CHANNEL, HEAD.measurand, "2301-8812")
    assert (first.certificate, first.confirmation) == ("NIM-7", "MC-7")
    assert (first.profile, first.basis) == ("ab" * 32, UncertaintyBasis.CALIBRATION)
    assert first.quality == Quality.GOOD


def test_a_results_components_are_those_of_its_row_and_its_own() -> None:
    second = results(STREAM, EPOCH)[1]
    assert [part.influence.id for part in second.components] == [
        "cert:NIM-7/0",
        "std:NIM/REF-7",
        f"read:{CHANNEL}/01234567.42",
        f"fresh:{CHANNEL}",
    ]
    certificate, standard, reading, fresh = second.components
    assert (certificate.influence, certificate.contribution) == (CERT, 0.02)
    assert (standard.influence, standard.contribution) == (STANDARD, 100.739 * 3e-4)
    assert reading.influence.distribution == Distribution.RECTANGULAR
    assert reading.contribution == pytest.approx(0.01 / math.sqrt(12.0), rel=1e-15)
    assert fresh.influence == Influence(id=f"fresh:{CHANNEL}", shared=False)
    assert fresh.contribution == 0.005


def test_the_standard_uncertainty_of_a_row_is_by_hand() -> None:
    # 0.02 from the certificate, 99.9*3e-4... of the second row: 0.0302217, 0.0028868, 0.005
    expected = math.sqrt(0.02**2 + 0.0302217**2 + 0.01**2 / 12.0 + 0.005**2)
    assert results(STREAM, EPOCH)[1].standard_uncertainty == pytest.approx(expected, rel=1e-6)


def test_resolution_and_repeatability_of_nothing_are_no_components() -> None:
    bare = msgspec.structs.replace(with_head(resolution=0.0), fresh=0.0)
    assert [part.influence.id for part in results(bare, EPOCH)[0].components] == [
        "cert:NIM-7/0",
        "std:NIM/REF-7",
    ]


def test_a_column_of_repeatability_goes_row_by_row() -> None:
    rows = results(changed(fresh=(0.0, 0.1, 0.2)), EPOCH)
    own = [
        [part.contribution for part in row.components if not part.influence.shared] for row in rows
    ]
    assert own == [[], [0.1], [0.2]]


def test_without_a_function_the_value_is_the_indication() -> None:
    (first, _, third) = results(changed(value=None, contributions=()), EPOCH)
    assert (first.value, third.value) == (100.0, 98.52)


def test_a_quality_column_goes_row_by_row() -> None:
    stated = (Quality.GOOD, Quality.OVERDUE, Quality.CLOCK_SUSPECT)
    assert tuple(row.quality for row in results(changed(quality=stated), EPOCH)) == stated


def test_an_unknown_uncertainty_stays_unknown() -> None:
    row = results(with_head(basis=UncertaintyBasis.UNKNOWN), EPOCH)[0]
    assert row.standard_uncertainty is None


def test_a_stream_of_misses_only_has_no_rows() -> None:
    nothing = changed(
        rows=0, raw=(), indication=(), value=None, contributions=(), quality=Quality.GOOD
    )
    assert results(nothing, EPOCH) == []


def test_a_channel_that_cannot_stand_in_an_influence_is_refused_by_a_code() -> None:
    with pytest.raises(InfluenceError, match="E_INFLUENCE_GRAMMAR"):
        results(with_head(channel="a b"), EPOCH)


@given(streams())
@settings(deadline=None)
def test_rows_are_as_many_as_stated_and_keep_every_contribution(stream: Stream) -> None:
    named = msgspec.structs.replace(stream, head=HEAD)
    rows = results(named, EPOCH)
    assert len(rows) == stream.rows
    stated = {part.influence: part for part in stream.contributions}
    for row, result in enumerate(rows):
        for part in result.components:
            if part.influence in stated:
                assert part.contribution == _of_row(stated[part.influence], row, result.value)


def _of_row(part: Contribution, row: int, value: float) -> float:
    if part.relative is not None:
        return value * part.relative
    column = part.contribution
    assert column is not None
    return column[row] if isinstance(column, tuple) else column
