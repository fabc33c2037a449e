"""The CO2 of a stack follows the hours of its inputs, and what says how it is computed."""

import datetime as dt
import sqlite3
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from calibration.basis import UncertaintyBasis
from calibration.derivation import Derivation
from calibration.mean import MeanWindow
from calibration.measurand import Accumulation, KindOfQuantity, Measurand, ReferenceConditions
from calibration.register import CalibrationRegister
from calibration.setting import Setting, SettingKind, SettingValue
from calibration.uncertainty import Influence, UncertaintyComponent
from calibration.window import FlowWindow, Grounds, Tally
from collector.lookup import ChannelRow
from collector.store import Store
from evidence.judging.deriving import Deriving
from evidence.judging.judgement import Fault
from evidence.judging.library import Library
from evidence.log.batch import StreamHead
from evidence.statement.activity import activity_data

HOUR_NS = 3_600_000_000_000
START_NS = 1_767_225_600_000_000_000
FROM = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
CO2 = "works/stack-1/co2"
SITES = {"gw-1": "works"}
DRY = ReferenceConditions(temperature_K=273.15, pressure_Pa=101_325.0, wet=False)
SHOWN: dict[str, tuple[float, str, KindOfQuantity]] = {
    "v_p": (11.2, "m/s", KindOfQuantity.VELOCITY),
    "t_s": (55.0, "Cel", KindOfQuantity.TEMPERATURE),
    "b_a": (100_800.0, "Pa", KindOfQuantity.PRESSURE),
    "p_s": (-150.0, "Pa", KindOfQuantity.PRESSURE),
    "x_sw": (12.5, "%", KindOfQuantity.AMOUNT_FRACTION),
    "co2_dry": (11.8, "%", KindOfQuantity.AMOUNT_FRACTION),
}
HOW = Derivation(
    schema=1,
    derivation=CO2,
    subject="works/stack-1",
    kind_of_quantity=KindOfQuantity.MASS_FLOW,
    model="HJ75-CO2",
    inputs={name: f"works/cems/{name}" for name in SHOWN},
    settings={"area": "stack_area", "k_v": "velocity_coefficient"},
    effective_from=FROM,
    recorded_at=FROM,
    decided_by="Q. Ma",
    reason="first operation",
)


def setting(kind: SettingKind, value: float, unit: str, u: float | None, days: int = 0) -> Setting:
    return Setting(
        schema=1,
        id=f"{kind}-{days}",
        setting=kind,
        subject="works/stack-1",
        effective_from=FROM + days * DAY,
        recorded_at=FROM + days * DAY,
        decided_by="Q. Ma",
        reason="measured",
        after=SettingValue(value=value, unit=unit, standard_uncertainty=u),
        document="R-17",
    )


AREA = setting("stack_area", 19.635, "m2", 0.05)
K_V = setting("velocity_coefficient", 1.02, "1", 0.0153)


def libraries(*settings: Setting, how: Derivation = HOW) -> dict[str, Library]:
    register = CalibrationRegister(settings=settings, derivations=(how,))
    return {"gw-1": Library(register=register)}


def mean(name: str, hour: int = 0, factor: float = 1.0) -> MeanWindow:
    value, unit, kind = SHOWN[name]
    drift = UncertaintyComponent(
        influence=Influence(id=f"inst:{name}/drift"), contribution=0.001 * abs(value)
    )
    return MeanWindow(
        channel=f"works/cems/{name}",
        start_ns=START_NS + hour * HOUR_NS,
        end_ns=START_NS + (hour + 1) * HOUR_NS,
        measurand=Measurand(
            kind_of_quantity=kind,
            unit=unit,
            subject="stack 1",
            accumulation=Accumulation.RATE,
            reference_conditions=DRY if name == "co2_dry" else None,
        ),
        uncorrected=value * factor,
        value=value * factor,
        components=(drift,),
        tally=Tally(expected=60, present=60),
        grounds=Grounds(basis=UncertaintyBasis.CALIBRATION),
    )


def seen(hour: MeanWindow) -> ChannelRow:
    """The input's channel as the agent that reads it was last heard."""
    head = StreamHead(
        channel=hour.channel,
        measurand=hour.measurand,
        period_ms=60_000,
        serial="S-1",
        profile="a",
        basis=hour.grounds.basis,
    )
    return ChannelRow(
        channel=hour.channel,
        agent="gw-1",
        head=head,
        last_ms=hour.end_ns // 1_000_000,
        last_value=0.0,
        last_quality="good",
    )


class Works:
    """A store, and what follows the hours that are put into it."""

    def __init__(self) -> None:
        self.store = Store(lambda: sqlite3.connect(":memory:"))
        self.deriving = Deriving(self.store, SITES)

    def hours(self, known: dict[str, Library], *means: MeanWindow) -> list[Fault]:
        for each in means:
            self.store.keep_window(each)
            self.store.keep_channel(seen(each))
        return self.deriving.follow(means, known)

    def hour(self, known: dict[str, Library], number: int = 0) -> list[Fault]:
        return self.hours(known, *(mean(name, number) for name in SHOWN))

    def made(self) -> list[FlowWindow]:
        found = self.store.lookup.windows(CO2, START_NS, START_NS + 99 * HOUR_NS)
        return [each for each in found if isinstance(each, FlowWindow)]


@pytest.fixture
def works() -> Iterator[Works]:
    made = Works()
    yield made
    made.store.close()


def test_an_hour_is_computed_once_the_last_of_its_inputs_is_there(works: Works) -> None:
    known = libraries(AREA, K_V)
    *first, last = SHOWN
    assert works.hours(known, *(mean(name) for name in first)) == []
    assert works.made() == []
    assert works.hours(known, mean(last)) == []
    (hour,) = works.made()
    assert hour.value == pytest.approx(135.404248, rel=1e-8)  # HJ 75, constants as printed
    assert {each.influence.id for each in hour.components} >= {
        "factor:stack_area.works%2Fstack-1",
        "cert:R-17/0",
        "inst:co2_dry/drift",
    }


def test_a_computed_channel_is_seen_and_stated_like_any_other(works: Works) -> None:
    known = libraries(AREA, K_V)
    for number in range(3):
        works.hour(known, number)
    row = works.store.lookup.channel(CO2)
    assert row is not None
    assert row.agent == "gw-1"
    assert row.last_value == pytest.approx(135.404248, rel=1e-8)
    datum = activity_data(
        works.made(),
        row.head.measurand,
        (START_NS, START_NS + 3 * HOUR_NS),
        software="test",
    )
    assert datum.unit == "t"
    assert datum.value == pytest.approx(3 * 135.404248, rel=1e-8)
    assert datum.standard_uncertainty is not None
    assert datum.standard_uncertainty > 3 * 0.015 * 135.404248  # K_v is the same in each hour


def test_an_input_that_becomes_another_makes_another_version(works: Works) -> None:
    known = libraries(AREA, K_V)
    works.hour(known)
    works.hours(known, mean("co2_dry", factor=0.5))
    (hour,) = works.made()
    assert hour.value == pytest.approx(0.5 * 135.404248, rel=1e-8)


def test_a_late_k_v_changes_the_hours_from_its_day_on_and_no_other(works: Works) -> None:
    known = libraries(AREA, K_V)
    for number in (0, 23, 24, 30):
        works.hour(known, number)
    corrected = replace(setting("velocity_coefficient", 1.02 * 1.1, "1", 0.0153, 1), id="later")
    assert works.deriving.follow((), libraries(AREA, K_V, corrected)) == []
    shares = [each.value / 135.404248 for each in works.made()]
    assert shares == pytest.approx([1.0, 1.0, 1.1, 1.1], rel=1e-8)


def test_what_is_not_declared_is_said_and_nothing_is_computed(works: Works) -> None:
    (fault,) = works.hour(libraries(AREA))
    assert (fault.subject, fault.code) == (CO2, "E_DERIVED_SETTING")
    assert "velocity_coefficient" in fault.message
    assert works.made() == []


def test_two_settings_that_contradict_each_other_are_neither_applied(works: Works) -> None:
    other = replace(AREA, id="area-b", after=replace(AREA.after, value=20.0))
    (fault,) = works.hour(libraries(AREA, other, K_V))
    assert fault.code == "E_DERIVED_SETTING"
    assert works.made() == []


def test_an_area_without_uncertainty_leaves_that_of_the_mass_unknown(works: Works) -> None:
    vague = setting("stack_area", 19.635, "m2", None)
    works.hour(libraries(vague, K_V))
    (hour,) = works.made()
    assert hour.grounds.basis is UncertaintyBasis.UNKNOWN


def test_an_agent_does_not_speak_for_another_site(works: Works) -> None:
    foreign = replace(HOW, inputs={**HOW.inputs, "v_p": "other/cems/v_p"})
    foreign_v = replace(mean("v_p"), channel="other/cems/v_p")
    works.hour(libraries(AREA, K_V, how=foreign))
    works.hours(libraries(AREA, K_V, how=foreign), foreign_v)
    assert works.made() == []


def test_numbers_that_no_float_holds_squared_are_named_and_hold_nothing_up(works: Works) -> None:
    huge = UncertaintyComponent(
        influence=Influence(id="fresh:works/cems/v_p", shared=False), contribution=1e200
    )
    known = libraries(AREA, K_V)
    means = [mean(name) for name in SHOWN if name != "v_p"]
    (fault,) = works.hours(known, *means, replace(mean("v_p"), components=(huge,)))
    assert (fault.subject, fault.code) == (CO2, "E_JUDGE")
    assert works.made() == []
    assert works.hour(known, 1) == []
    assert len(works.made()) == 1


def test_after_a_restart_nothing_is_computed_again(works: Works) -> None:
    known = libraries(AREA, K_V)
    works.hour(known)
    again = Deriving(works.store, SITES)
    again.take_as_known(known)
    before = works.store._db.total_changes
    assert again.follow((), known) == []
    assert works.store._db.total_changes == before
