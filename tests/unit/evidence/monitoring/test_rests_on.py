"""Which channels another one rests on: through derivations and plans, when they hold."""

import datetime as dt
from typing import Final

from msgspec.structs import replace

from calibration.derivation import Derivation
from calibration.measurand import KindOfQuantity
from calibration.register import CalibrationRegister
from evidence.statement.monitoring.rests_on import resting_on, rests_on
from tests.unit.evidence.monitoring.fortnight import CHANNEL, DAY_NS, START_NS, plan

ANALYSER: Final = "works/cems/co2"
VELOCITY: Final = "works/cems/velocity"
SUM: Final = "works/plant/co2"
BEGAN: Final = dt.datetime.fromtimestamp(START_NS // 10**9, tz=dt.UTC)
FIRST_DAY: Final = (START_NS, START_NS + DAY_NS)
SECOND_DAY: Final = (START_NS + DAY_NS, START_NS + 2 * DAY_NS)


def derivation(channel: str, *inputs: str, days: int = 0) -> Derivation:
    """How a channel is computed, from so many days after the plan began."""
    return Derivation(
        schema=1,
        derivation=channel,
        subject="stack",
        kind_of_quantity=KindOfQuantity.MASS_FLOW,
        model="HJ75-CO2",
        inputs={f"x{place}": name for place, name in enumerate(inputs)},
        effective_from=BEGAN + dt.timedelta(days=days),
        recorded_at=BEGAN,
        decided_by="Q. Ma",
        reason="first operation",
    )


def test_a_mass_rests_on_its_inputs_and_what_adds_masses_on_those_of_each() -> None:
    known = CalibrationRegister(
        derivations=(derivation(CHANNEL, ANALYSER, VELOCITY), derivation(SUM, CHANNEL))
    )
    assert rests_on(known, SUM, FIRST_DAY) == {SUM, CHANNEL, ANALYSER, VELOCITY}
    assert rests_on(known, ANALYSER, FIRST_DAY) == {ANALYSER}
    assert resting_on(known, ANALYSER, FIRST_DAY) == (SUM, CHANNEL)


def test_it_rests_on_the_analysers_that_its_plan_names_while_the_plan_holds() -> None:
    (named,) = plan().analysers
    known = CalibrationRegister(plans=(plan(),))
    assert rests_on(known, CHANNEL, FIRST_DAY) == {CHANNEL, named.channel}
    assert resting_on(known, named.channel, FIRST_DAY) == (CHANNEL,)
    before = START_NS - DAY_NS, START_NS
    assert rests_on(known, CHANNEL, before) == {CHANNEL}


def test_what_is_computed_otherwise_from_a_day_on_rests_on_other_inputs_from_then() -> None:
    known = CalibrationRegister(
        derivations=(derivation(CHANNEL, ANALYSER), derivation(CHANNEL, VELOCITY, days=1))
    )
    assert rests_on(known, CHANNEL, FIRST_DAY) == {CHANNEL, ANALYSER}
    assert rests_on(known, CHANNEL, SECOND_DAY) == {CHANNEL, VELOCITY}
    both = FIRST_DAY[0], SECOND_DAY[1]
    assert rests_on(known, CHANNEL, both) == {CHANNEL, ANALYSER, VELOCITY}


def test_channels_that_name_each_other_end_the_search() -> None:
    known = CalibrationRegister(
        derivations=(derivation(CHANNEL, SUM), derivation(SUM, CHANNEL)),
        plans=(replace(plan(), analysers=()),),
    )
    assert rests_on(known, CHANNEL, FIRST_DAY) == {CHANNEL, SUM}
