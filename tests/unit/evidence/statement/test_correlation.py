"""Standards named without their share: r = 0 and r = 1, and the larger is reported."""

import math

import msgspec
import pytest

from calibration.basis import UncertaintyBasis
from calibration.coverage import expand
from calibration.hourly import grounds_of
from calibration.load import SourceFile, register_of
from calibration.measurand import KindOfQuantity
from calibration.timeline import Installed, timeline_of
from calibration.window import UnstatedStandard, merge_grounds
from evidence.statement.activity import activity_data, combined
from evidence.statement.correlation import StatedUncertainty, Summand, expand_sum
from evidence.statement.datum import ActivityData
from tests.unit.evidence.statement.examples import (
    POWER,
    UNKNOWN,
    datum,
    flow,
    hours,
    part,
    unstated,
)

REF, TRANSFORMER = "std:NIM/REF-7", "std:NIM/CT-3"


def meter(name: str, value: float, u: float, *standards: str, stated: float = 0.0) -> ActivityData:
    """A month of a meter with its own certificate `C-<name>`, u from that, and a fresh 1."""
    own = [part(f"cert:C-{name}/0", u), part(f"inst:{name}/drift", 1.0)]
    if stated:
        own.append(part(REF, stated))
    grounds = unstated(f"C-{name}", *standards)
    return datum(value, *own, channel=f"jinan/{name}/power", grounds=grounds)


A = meter("A", 1000.0, 3.0, REF)
B = meter("B", 800.0, 4.0, REF)


def test_a_datum_says_which_standards_of_unstated_share_it_rests_on() -> None:
    assert A.unstated_standards == (UnstatedStandard(standard=REF, certificate="C-A"),)
    published = msgspec.json.decode(msgspec.json.encode(A))
    assert published["unstated_standards"] == [{"standard": REF, "certificate": "C-A"}]


def test_a_sum_is_reported_with_r_1_since_that_is_larger() -> None:
    found = combined([A, B], [1.0, 1.0])
    # r = 0: 9 + 16 + 1 + 1 = 27; r = 1: (3 + 4)^2 + 1 + 1 = 51
    assert found.standard_uncertainty == pytest.approx(math.sqrt(51.0), rel=1e-15)
    assert found.assumed_correlations == {REF: 1.0}
    assert found.expanded_uncertainty == pytest.approx(1.959964 * math.sqrt(51.0), rel=1e-6)


def test_a_difference_is_reported_with_r_0_since_that_is_larger() -> None:
    found = combined([A, B], [1.0, -1.0])
    # r = 0: 27; r = 1: (3 - 4)^2 + 2 = 3
    assert found.standard_uncertainty == pytest.approx(math.sqrt(27.0), rel=1e-15)
    assert found.assumed_correlations == {REF: 0.0}


def test_what_is_fed_back_counts_against_what_is_drawn() -> None:
    back = meter("B", -800.0, 4.0, REF)
    # the standard moves both in their own direction, so now the difference is the larger one
    assert combined([A, back], [1.0, -1.0]).assumed_correlations == {REF: 1.0}
    assert combined([A, back], [1.0, 1.0]).assumed_correlations == {REF: 0.0}


def test_nothing_is_assumed_where_no_standard_is_common() -> None:
    other = meter("B", 800.0, 4.0, "std:PTB/REF-1")
    found = combined([A, other], [1.0, 1.0])
    assert found.standard_uncertainty == pytest.approx(math.sqrt(27.0), rel=1e-15)
    assert found.assumed_correlations == {}
    assert b"assumed" not in msgspec.json.encode(found)


def test_nothing_is_assumed_for_one_datum_under_one_certificate() -> None:
    assert A.assumed_correlations == {}
    assert combined([A], [2.0]).assumed_correlations == {}


def test_a_certificate_of_several_coefficients_acts_as_one() -> None:
    grounds = unstated("C-A", REF)
    two = [part("cert:C-A/0", 3.0), part("cert:C-A/1", -4.0)]
    both = datum(1000.0, *two, channel="jinan/A/power", grounds=grounds)
    found = combined([both, B], [1.0, 1.0])
    # the signs of Cholesky columns say nothing of the standard: sqrt(9 + 16) + 4 = 9
    assert found.standard_uncertainty == pytest.approx(math.sqrt(81.0 + 1.0), rel=1e-15)


def test_two_channels_under_one_certificate_have_in_common_what_is_known() -> None:
    grounds = unstated("C-A", REF)
    one = datum(100.0, part("cert:C-A/0", 3.0), channel="jinan/A/import", grounds=grounds)
    two = datum(100.0, part("cert:C-A/0", 2.0), channel="jinan/A/export", grounds=grounds)
    assert combined([one, two], [1.0, -1.0]).standard_uncertainty == 1.0
    assert combined([one, two], [1.0, 1.0]).standard_uncertainty == 5.0
    assert combined([one, two], [1.0, 1.0]).assumed_correlations == {}


def test_two_common_standards_are_one_tie_and_do_not_count_twice() -> None:
    one = meter("A", 1000.0, 3.0, REF, TRANSFORMER)
    two = meter("B", 800.0, 4.0, TRANSFORMER, REF)
    found = combined([one, two], [1.0, 1.0])
    assert found.standard_uncertainty == pytest.approx(math.sqrt(51.0), rel=1e-15)
    assert found.assumed_correlations == {REF: 1.0, TRANSFORMER: 1.0}


def test_certificates_in_a_chain_of_standards_are_one_tie() -> None:
    chain = [
        meter("A", 1000.0, 3.0, REF),
        meter("C", 500.0, 2.0, TRANSFORMER),
        meter("B", 800.0, 4.0, REF, TRANSFORMER),
    ]
    # by hand: (3 + 2 + 4)^2 + 3 is 84
    found = combined(chain, [1.0, 1.0, 1.0])
    assert found.standard_uncertainty == pytest.approx(math.sqrt(84.0), rel=1e-15)


def test_each_tie_gets_the_r_that_is_larger_for_it() -> None:
    other = [meter("C", 500.0, 2.0, TRANSFORMER), meter("D", 400.0, 5.0, TRANSFORMER)]
    found = combined([A, B, *other], [1.0, 1.0, 1.0, -1.0])
    assert found.assumed_correlations == {REF: 1.0, TRANSFORMER: 0.0}
    # by hand: (3 + 4)^2 + 2^2 + 5^2 + 4 is 82
    assert found.standard_uncertainty == pytest.approx(math.sqrt(82.0), rel=1e-15)


def test_a_share_that_one_certificate_states_is_tied_to_what_the_other_leaves_open() -> None:
    states = meter("A", 1000.0, 3.0, stated=2.0)
    found = combined([states, B], [1.0, 1.0])
    # r = 1 between the stated 2 and the 4 that hides the rest: (2 + 4)^2 + 3^2 + 1 + 1
    assert found.standard_uncertainty == pytest.approx(math.sqrt(47.0), rel=1e-15)
    assert found.assumed_correlations == {REF: 1.0}
    assert combined([states, B], [1.0, -1.0]).assumed_correlations == {REF: 0.0}


def test_a_renewed_certificate_of_the_same_laboratory_does_not_average_the_standard_down() -> None:
    windows = [
        flow(0, 500.0, [part("cert:C-1/0", 3.0)], grounds=unstated("C-1", REF)),
        flow(1, 500.0, [part("cert:C-2/0", 3.0)], grounds=unstated("C-2", REF)),
    ]
    found = activity_data(windows, POWER, hours(2), software="x")
    assert found.standard_uncertainty == 6.0
    assert found.assumed_correlations == {REF: 1.0}
    assert [each.certificate for each in found.unstated_standards] == ["C-1", "C-2"]
    assert combined([found], [1.0]).standard_uncertainty == 6.0


def test_the_fewest_degrees_of_freedom_are_those_of_the_tie() -> None:
    parts = (part("cert:C-A/0", 3.0, 20.0), part("cert:C-B/0", 4.0, 8.0))
    ties = tuple(UnstatedStandard(standard=REF, certificate=each) for each in ("C-A", "C-B"))
    found = expand_sum([Summand(value=1.0, components=parts, unstated_standards=ties)])
    assert (found.standard_uncertainty, found.effective_degrees_of_freedom) == (7.0, 8.0)
    assert found.distribution == "t"


def test_without_a_tie_the_result_is_that_of_expand() -> None:
    parts = (part("cert:C-A/0", 3.0, 20.0), part("std:NIM/X", 4.0))
    found = expand_sum([Summand(value=1.0, components=parts, unstated_standards=())])
    assert found == StatedUncertainty(**msgspec.structs.asdict(expand(parts)))


def test_a_certificate_that_contributes_nothing_ties_nothing() -> None:
    nothing = datum(10.0, part("inst:B/drift", 1.0), grounds=unstated("C-B", REF))
    assert combined([A, nothing], [1.0, 1.0]).assumed_correlations == {}


def test_an_unknown_uncertainty_needs_no_assumption() -> None:
    grounds = merge_grounds([UNKNOWN, unstated("C-1", REF), unstated("C-2", REF)])
    found = datum(10.0, part("cert:C-1/0", 1.0), grounds=grounds)
    assert (found.u_basis, found.assumed_correlations) == (UncertaintyBasis.UNKNOWN, {})
    assert len(found.unstated_standards) == 2


CERTIFICATE = """schema = 1
id = "C-1"
kind = "calibration"
performed_on = 2026-01-05
recorded_at = 2026-01-06T00:00:00Z
[instrument]
maker = "ABB"
model = "B23"
serial = "S-1"
[laboratory]
name = "NIM"
[[standards]]
influence = "std:NIM/REF-7"
[[standards]]
influence = "std:NIM/CT-3"
relative_standard_uncertainty = 0.0001
[[results]]
kind_of_quantity = "active_power"
unit = "kW"
result = "value"
argument = "indication"
argument_unit = "kW"
measuring_interval = [0.0, 100.0]
[[results.points]]
at = 50.0
value = 50.1
expanded_uncertainty = 0.04
"""
CONFIRMATION = """schema = 1
id = "MC-1"
certificate = "C-1"
serial = "S-1"
requirement = "class 1"
decision = "pass"
rule = "simple acceptance"
fitted_by = "NIM"
effective_from = 2026-01-07T00:00:00Z
due_on = 2027-01-06
confirmed_by = "Q. Wang"
recorded_at = 2026-01-07T00:00:00Z
"""


def test_a_standard_without_a_share_is_carried_from_the_certificate_to_the_datum() -> None:
    files = [("c.toml", CERTIFICATE), ("k.toml", CONFIRMATION)]
    register = register_of(SourceFile(name=name, data=text.encode()) for name, text in files)
    installed = [Installed(from_ns=0, serial="S-1")]
    over_time = timeline_of(register, installed, KindOfQuantity.ACTIVE_POWER, "kW")
    grounds = grounds_of([over_time.row(2**62)], over_time)
    assert grounds.unstated_standards == (UnstatedStandard(standard=REF, certificate="C-1"),)
    assert datum(1.0, grounds=grounds).unstated_standards == grounds.unstated_standards
