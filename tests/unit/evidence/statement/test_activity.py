import json
import math
from collections.abc import Sequence

import msgspec
import pytest

from calibration.basis import UncertaintyBasis
from calibration.errors import WindowMergeError
from calibration.increment import NS_PER_HOUR, Finding, FindingKind
from calibration.indication import Quality
from calibration.uncertainty import Influence, UncertaintyComponent
from calibration.window import Grounds, Tally, Window
from evidence.errors import PeriodError, Words
from evidence.statement.activity import activity_data, combined
from evidence.statement.datum import ActivityData, Boundary, Event, Period, component_of, state
from tests.unit.evidence.statement.examples import (
    CALIBRATED,
    ENERGY,
    POWER,
    START_NS,
    UNKNOWN,
    datum,
    flow,
    hours,
    part,
    register,
    tally,
)


def stated(windows: Sequence[Window], count: int) -> ActivityData:
    measurand = ENERGY if windows[0].channel.endswith("energy") else POWER
    return activity_data(windows, measurand, hours(count), software="test 1")


def test_a_rates_datum_holds_what_its_windows_hold() -> None:
    windows = [flow(0, 100.0, [part("std:NIM/R", 0.3)]), flow(1, 50.0, [part("std:NIM/R", 0.15)])]
    found = stated(windows, 3)
    assert (found.channel, found.measurand, found.unit) == ("jinan/a/power", POWER, "kW.h")
    assert found.period == Period(start="2026-01-01T00:00:00Z", end="2026-01-01T03:00:00Z")
    assert (found.value, found.uncorrected_value) == (150.0, 151.5)
    assert (found.opening, found.closing, found.events) == (None, None, ())
    assert (found.serials, found.certificates) == (("A-1",), ("C-1",))
    assert (found.confirmations, found.software) == (("MC-1",), "test 1")
    assert (found.completeness.expected, found.completeness.present) == (180, 120)
    assert (found.u_basis, found.quality) == (UncertaintyBasis.CALIBRATION, Quality.GOOD)
    assert found.qualities == {"good": 120}
    assert (found.unstated_standards, found.assumed_correlations) == ((), {})


def test_a_common_influence_adds_linearly_over_the_hours() -> None:
    found = stated([flow(h, 100.0, [part("std:NIM/R", 0.3)]) for h in range(4)], 4)
    assert found.standard_uncertainty == pytest.approx(1.2, rel=1e-15)  # not 0.3*sqrt(4)
    assert found.coverage_factor == pytest.approx(1.959964, rel=1e-6)
    assert found.expanded_uncertainty == pytest.approx(1.2 * 1.959964, rel=1e-6)
    assert (found.coverage_probability, found.distribution) == (0.95, "normal")
    assert found.effective_degrees_of_freedom is None


def test_what_is_new_in_each_reading_adds_in_quadrature() -> None:
    found = stated([flow(h, 100.0, fresh_variance=0.09) for h in range(4)], 4)
    assert found.standard_uncertainty == pytest.approx(0.6, rel=1e-15)
    (fresh,) = found.components
    assert (fresh.influence, fresh.shared) == ("fresh:jinan/a/power", False)


def test_a_registers_datum_has_both_ends_and_inner_readings_cancel() -> None:
    found = stated([register(0, 1000.0), register(1, 1050.0)], 2)
    assert found.value == pytest.approx(100.0 / 1.002, rel=1e-15)
    assert found.uncorrected_value == 100.0
    assert found.opening == Boundary(at="2026-01-01T00:00:00Z", value=1000.0, interpolated=False)
    assert found.closing == Boundary(at="2026-01-01T02:00:00Z", value=1100.0, interpolated=False)
    assert [each.contribution for each in found.components] == [-0.01, 0.01]
    assert found.standard_uncertainty == pytest.approx(0.01 * math.sqrt(2.0), rel=1e-15)


def test_an_end_that_was_interpolated_says_so() -> None:
    found = stated([register(0, quality=Quality.INTERPOLATED)], 1)
    assert found.opening is not None
    assert found.opening.interpolated
    assert found.closing is not None
    assert not found.closing.interpolated


def test_what_a_register_did_stands_among_the_events_in_order_of_time() -> None:
    at_ns = [START_NS + 90 * 10**9, START_NS + NS_PER_HOUR + 1]
    windows = [
        register(0, findings=[found_at(FindingKind.SPIKE, at_ns[0], 1010.0, 9.0)]),
        register(1, 1050.0, findings=[found_at(FindingKind.ROLLOVER, at_ns[1], 1060.0, 3.0)]),
    ]
    assert stated(windows, 2).events == (
        Event(kind="spike", at="2026-01-01T00:01:30Z", before=1010.0, after=9.0),
        Event(kind="rollover", at="2026-01-01T01:00:00.000000001Z", before=1060.0, after=3.0),
    )


def found_at(kind: FindingKind, at_ns: int, before: float, after: float) -> Finding:
    return Finding(kind=kind, at_ns=at_ns, before=before, after=after)


def test_an_influence_that_contributes_nothing_is_not_published() -> None:
    windows = [
        flow(0, 100.0, [part("clock:gw-1", 0.0), part("std:NIM/R", 0.3)]),
        flow(1, 100.0, [part("inst:A-1/temperature", 0.2)]),
        flow(2, 100.0, [part("inst:A-1/temperature", -0.2)]),
    ]
    found = stated(windows, 3)
    assert [each.influence for each in found.components] == ["std:NIM/R"]
    assert found.standard_uncertainty == 0.3


def test_an_unknown_uncertainty_is_stated_as_unknown_and_never_as_zero() -> None:
    found = stated([flow(0, 100.0, [part("read:a/0.1", 0.3)], grounds=UNKNOWN)], 1)
    assert found.value == 100.0
    assert found.u_basis == UncertaintyBasis.UNKNOWN
    assert found.standard_uncertainty is None
    assert found.expanded_uncertainty is None
    assert found.coverage_factor is None
    assert found.coverage_probability is None
    assert found.distribution is None
    assert found.components == ()
    published = json.loads(msgspec.json.encode(found))
    assert published["standard_uncertainty"] is None


@pytest.mark.parametrize(
    ("bases", "weakest"),
    [
        (("calibration", "covariance_assumed"), "covariance_assumed"),
        (("verification", "calibration"), "verification"),
        (("nameplate", "verification"), "nameplate"),
        (("calibration", "unknown"), "unknown"),
    ],
)
def test_a_datum_stands_on_its_weakest_ground(bases: tuple[str, str], weakest: str) -> None:
    windows = [
        flow(hour, 100.0, [part("std:NIM/R", 0.3)], grounds=Grounds(basis=UncertaintyBasis(basis)))
        for hour, basis in enumerate(bases)
    ]
    found = stated(windows, 2)
    assert found.u_basis == weakest
    assert (found.standard_uncertainty is None) == (weakest == "unknown")


def test_the_worst_quality_is_shown_and_all_are_counted() -> None:
    mixed = Tally(expected=60, present=60, qualities={"good": 50, "overdue": 9, "clock_suspect": 1})
    found = stated([flow(0), flow(1, counted=mixed)], 2)
    assert found.quality == Quality.CLOCK_SUSPECT
    assert found.qualities == {"good": 110, "overdue": 9, "clock_suspect": 1}


START, END = hours(2)
PERIODS = {
    "empty": (START, START),
    "backwards": (END, START),
    "a start within an hour": (START + 1, END),
    "an end within an hour": (START, END - 1),
    "an hour too short": (START, START + NS_PER_HOUR),
    "beside its hours": (END, END + NS_PER_HOUR),
}


@pytest.mark.parametrize("period", PERIODS.values(), ids=PERIODS)
def test_a_period_that_cannot_be_stated_is_refused(period: tuple[int, int]) -> None:
    with pytest.raises(PeriodError, match="E_PERIOD period") as error:
        activity_data([flow(0), flow(1)], POWER, period, software="x")
    assert isinstance(error.value.facts["what"], Words)
    assert isinstance(error.value.facts["limit"], Words)
    assert "需要" in error.value.say("zh")


def test_a_period_of_which_nothing_came_is_refused() -> None:
    with pytest.raises(PeriodError, match="no hour of it has been received") as error:
        activity_data([], POWER, hours(1), software="x")
    assert "尚未收到其中任何小时的数据；需要 至少一小时" in error.value.say("zh")


def test_hours_of_a_register_and_of_a_rate_are_not_one_amount() -> None:
    rate = msgspec.structs.replace(flow(1), channel="jinan/a/energy")
    with pytest.raises(PeriodError, match="some hours are of a register") as error:
        stated([register(0), rate], 2)
    assert "部分小时为累计值" in error.value.say("zh")


def test_hours_of_two_channels_are_not_one_amount() -> None:
    with pytest.raises(WindowMergeError):
        stated([flow(0), flow(1, channel="jinan/b/power")], 2)


@pytest.mark.parametrize(
    "component",
    [
        part("std:NIM/R", -0.3),
        part("cert:C-1/0", 0.1, 12.0),
        UncertaintyComponent(
            influence=Influence(
                id="cert:C-1/1",
                evaluation="A",
                degrees_of_freedom=3.0,
                dof_source="cert:C-1",
                shared=False,
            ),
            contribution=1e-300,
        ),
    ],
)
def test_a_published_component_comes_back_whole(component: UncertaintyComponent) -> None:
    assert component_of(state(component)) == component


def test_a_shared_standard_adds_linearly_in_a_sum_and_cancels_in_a_difference() -> None:
    one = datum(1000.0, part("std:NIM/R", 3.0), part("cert:C-1/0", 4.0))
    two = datum(800.0, part("std:NIM/R", 2.4), part("cert:C-2/0", 3.2), channel="jinan/b/power")
    # in the sum sqrt((3+2.4)^2 + 4^2 + 3.2^2) = sqrt(29.16+16+10.24) = sqrt(55.4)
    assert combined([one, two], [1, 1]).standard_uncertainty == pytest.approx(math.sqrt(55.4))
    # and in the difference sqrt((3-2.4)^2 + 16 + 10.24), which is sqrt(26.6)
    assert combined([one, two], [1, -1]).standard_uncertainty == pytest.approx(math.sqrt(26.6))


def test_independent_standards_add_in_quadrature_either_way() -> None:
    one = datum(1000.0, part("std:NIM/R", 3.0), part("cert:C-1/0", 4.0))
    two = datum(800.0, part("std:PTB/R", 2.4), part("cert:C-2/0", 3.2), channel="jinan/b/power")
    # 9 + 16 + 5.76 + 10.24 = 41
    for factor in (1.0, -1.0):
        found = combined([one, two], [1.0, factor])
        assert found.standard_uncertainty == pytest.approx(math.sqrt(41.0), rel=1e-15)
        assert found.assumed_correlations == {}


def test_a_factor_scales_with_its_sign() -> None:
    one = datum(1000.0, part("std:NIM/R", 3.0))
    two = datum(500.0, part("std:NIM/R", 2.0), channel="jinan/b/power")
    assert combined([one, two], [2.0, -3.0]).standard_uncertainty == 0.0
    assert combined([one], [-2.0]).standard_uncertainty == 6.0


def test_one_datum_combined_with_nothing_keeps_its_uncertainty() -> None:
    one = datum(1000.0, part("std:NIM/R", 3.0), part("cert:C-1/0", 4.0, 5.0))
    found = combined([one], [1.0])
    assert found.standard_uncertainty == one.standard_uncertainty == 5.0
    assert found.expanded_uncertainty == one.expanded_uncertainty
    assert found.effective_degrees_of_freedom == pytest.approx(5.0 * 5.0**4 / 4.0**4)


def test_nothing_is_combined_with_an_unknown_uncertainty() -> None:
    known, unknown = datum(1.0, part("std:NIM/R", 3.0)), datum(1.0, grounds=UNKNOWN)
    with pytest.raises(PeriodError, match="its uncertainty is unknown") as error:
        combined([known, unknown], [1.0, 1.0])
    assert "其不确定度未知" in error.value.say("zh")


def test_an_hour_of_misses_only_is_stated_with_its_completeness() -> None:
    silent = flow(0, 0.0, counted=tally(0, {"timeout": 60}), grounds=CALIBRATED)
    found = stated([silent], 1)
    assert found.completeness.ratio == 0.0
    assert found.completeness.missing == {"timeout": 60}
