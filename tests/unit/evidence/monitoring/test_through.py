"""A mass by a concentration under a plan of its own, and a flow that no rule speaks of."""

from collections.abc import Mapping
from typing import Final

import pytest
from msgspec.structs import replace

from calibration.model.stated import Modelled, Stated
from calibration.uncertainty import combine, merge, scaled
from evidence.statement.hours.hour import HourQuality, HourState
from evidence.statement.monitoring.load import pack_named
from evidence.statement.monitoring.monitored import Monitored
from evidence.statement.monitoring.through import MEASURED, OF_INPUTS, Inputs, through_inputs
from tests.unit.evidence.monitoring.fortnight import (
    CHANNEL,
    DAYS,
    HOUR_NS,
    START_NS,
    checks,
    plan,
    told,
    velocity,
)
from tests.unit.evidence.monitoring.test_corrected import concentration, planned

SPAN: Final = (START_NS, START_NS + DAYS * 24 * HOUR_NS)
OUT: Final = range(24 * 5 + 2, 24 * 8 + 2)
AGED: Final = {5: 17.6, 6: 17.6, 7: 17.6}
MRR: Final = pack_named("mrr", CHANNEL)


def flow(hour: int) -> float:
    """m3/h; it varies, so that an hour's own counts."""
    return 1000.0 + hour % 7


def product(start_ns: int, inputs: Mapping[str, Stated]) -> Modelled:
    """c*q/100, with the components of c."""
    assert start_ns % HOUR_NS == 0
    c, q = inputs["c"], inputs["q"]
    return Modelled(
        value=c.value / 100.0 * q.value,
        unit="m3/h",
        components=merge(scaled(c.components, q.value / 100.0)),
        model="product",
        model_version=1,
        constants="",
        constants_digest="",
        findings=(),
    )


def mass(
    *, lacking: int | None = None, still: range = range(0), named: str = "c"
) -> tuple[Monitored, Monitored]:
    """The concentration's period, and the mass's."""
    hours = range(24 * DAYS)
    signs = [velocity(n, 0.3 if n in still else 12.0) for n in hours]
    own = replace(planned(corrected=False), operation=plan().operation if still else None)
    found = told([concentration(n) for n in hours], checks(AGED), planned=own, signs=signs)
    inputs = Inputs(
        told={named: found},
        conditions={named: Stated(value=0.0, unit="%")},
        measured={
            "q": {
                START_NS + n * HOUR_NS: Stated(value=flow(n), unit="m3/h")
                for n in hours
                if n != lacking
            }
        },
        compute=product,
        unit="m3/h",
    )
    return found, through_inputs(replace(plan(), quantity=None, rules="mrr"), MRR, inputs, SPAN)


def test_each_hour_is_the_model_of_its_inputs_hours_twice() -> None:
    concentrated, whole = mass()
    pairs = zip(concentrated.determination.hours, whole.determination.hours, strict=True)
    for number, (c, m) in enumerate(pairs):
        if c.compliance is not None:
            assert m.compliance == pytest.approx(c.compliance / 100.0 * flow(number))
        assert c.best_estimate is not None
        assert m.best_estimate == pytest.approx(c.best_estimate / 100.0 * flow(number))
        assert combine(m.components) == pytest.approx(combine(c.components) * flow(number) / 100.0)
        assert m.state == c.state


def test_an_hour_has_one_code_and_the_inputs_keep_theirs() -> None:
    concentrated, whole = mass()
    codes = [each.method for each in whole.determination.hours]
    assert set(codes) == {MEASURED, OF_INPUTS}
    assert [n for n, code in enumerate(codes) if code == OF_INPUTS and n > 2] == [*OUT]
    assert set(concentrated.determination.totals.by_method) != set(codes)


def test_compliance_and_best_estimate_of_substituted_hours_differ() -> None:
    """Mean and two standard deviations for the one; what lies around for the other."""
    found = mass()[1].determination
    gone = found.hours[OUT.start + 5]
    assert gone.compliance is not None
    assert gone.best_estimate is not None
    assert gone.compliance > gone.best_estimate
    assert found.totals.substituted_share_of_hours == pytest.approx(
        (len(OUT) + 2) / (24 * DAYS), rel=0.05
    )


def test_an_hour_that_lacks_a_measured_input_has_no_value() -> None:
    hour = mass(lacking=100)[1].determination.hours[100]
    assert (hour.state, hour.compliance, hour.best_estimate) == (HourState.MISSING, None, None)
    assert hour.quality == HourQuality.NONE


def test_standstill_of_an_input_is_standstill() -> None:
    hours = mass(still=range(240, 250))[1].determination.hours
    assert [n for n, each in enumerate(hours) if each.state == HourState.SHUTDOWN] == [
        *range(240, 250)
    ]


def test_what_proves_the_inputs_is_told_of_the_mass() -> None:
    concentrated, whole = mass()
    assert whole.analysers == concentrated.analysers
    assert whole.determination.gaps == concentrated.determination.gaps
    assert whole.determination.rules.id == "mrr"
    assert whole.determination.unit == "m3/h"
    assert whole.digest != concentrated.digest
    assert whole.channel == CHANNEL
