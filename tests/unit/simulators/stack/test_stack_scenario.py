import time
from pathlib import Path
from typing import Any, get_args

import msgspec
import numpy as np
import pytest

from device_profiles.formats import NotAvailable
from device_profiles.healthy import healthy_words, telling_words
from device_profiles.load import load_profile
from device_profiles.register_model import modbus_of
from device_profiles.status_model import Condition
from simulators.errors import ScenarioFormError, ScenarioReferenceError, ScenarioServeError
from simulators.load import load_plant, load_stack, shipped
from simulators.scenario import parse_scenario
from simulators.stack.build import settings_of
from simulators.stack.form import StackForm
from simulators.stack.logged import LOGGED_UNITS, Logged, logged
from simulators.stack.minutes import minutes
from simulators.stack.place import StackPlace
from simulators.stack.spec import QUANTITIES, UNITS
from simulators.stack.state import State
from simulators.stack.table import minute_header, minute_rows
from simulators.stack.truth import co2_t
from simulators.stack.watch import StackWatch
from tests.unit.simulators.stack.stacks import BEGIN_NS, DAY_NS, HOUR_NS, local, stack

SHIPPED = shipped(Path("stack"))
SMALL = """
schema = 1
id = "small"
seed = 1
begins_at = 2026-01-01T00:00:00Z
[[stacks]]
id = "boiler"
preset = "boiler"
[[lines]]
id = "bus"
[[outlets]]
serial = "FLOW"
profile = "xinze-flow-plc-v17"
line = "bus"
stack = "boiler"
kv = 0.93
shows = [{ channel = "velocity", quantity = "velocity" }]
"""
QUIET: dict[str, Any] = {
    "load": {"stops_per_year": 0.0},
    "sensors": {"o2": {"faults_per_year": 0.0}},
}


def test_names_and_units_of_what_is_logged_are_complete() -> None:
    assert set(LOGGED_UNITS) == {
        name for part in get_args(Logged) for name in (get_args(part) or (part,))
    }
    assert set(UNITS) == set(QUANTITIES)


def test_the_shipped_scenario_holds_two_stacks_and_their_devices() -> None:
    plant = load_plant(SHIPPED)
    assert list(plant.stacks) == ["sinter", "boiler"]
    assert len(plant.places) == 7
    assert {name: len(seats) for name, seats in plant.loggers.items()} == {"centre": 3}
    assert all(isinstance(place, StackPlace) for place in plant.places)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ('stack = "boiler"\n', 'stack = "kiln"\n', ScenarioReferenceError),
        ('channel = "velocity"', 'channel = "speed"', ScenarioReferenceError),
        ('preset = "boiler"', 'preset = "boiler"\nfuel = "coal"', ScenarioReferenceError),
        (
            'preset = "boiler"',
            'preset = "boiler"\nchanges = { gas = { x = 1 } }',
            ScenarioFormError,
        ),
        ('preset = "boiler"', 'preset = "kiln"', ScenarioFormError),
        ('quantity = "velocity"', 'quantity = "speed"', ScenarioFormError),
        ('id = "boiler"\n', 'id = "boiler"\nplanned = [{ kind = "stop" }]\n', ScenarioFormError),
    ],
)
def test_what_does_not_fit_is_told(tmp_path: Path, old: str, new: str, error: type) -> None:
    assert old in SMALL
    (tmp_path / "small.toml").write_text(SMALL.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(error):
        load_plant(tmp_path / "small.toml")


def test_a_scenario_without_any_device_is_told() -> None:
    with pytest.raises(ScenarioFormError, match="no instrument and no outlet"):
        parse_scenario(SMALL[: SMALL.index("[[outlets]]")].encode(), "small.toml")


def test_a_register_cannot_show_a_stack(tmp_path: Path) -> None:
    text = SMALL.replace("xinze-flow-plc-v17", "tuf-2000m")
    register = next(
        each.name
        for each in load_profile("tuf-2000m").profile.channels
        if each.accumulation == "register"
    )
    wrong = text.replace('channel = "velocity"', f'channel = "{register}"')
    (tmp_path / "small.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(ScenarioServeError, match="register"):
        load_plant(tmp_path / "small.toml")


def test_hours_of_a_csv_file_drive_a_stack(tmp_path: Path) -> None:
    lines = ["time,coal,carbon"]
    lines += [f"2026-01-01T{hour:02d}:00:00Z,{40 + hour},0.58" for hour in range(1, 24)]
    (tmp_path / "hours.csv").write_text("\n".join(lines), encoding="utf-8")
    process = '[[processes]]\nid = "{0}"\nkind = "replayed"\nfile = "hours.csv"\n'
    process += 'column = "{0}"\ninterval_s = 3600.0\n'
    driven = SMALL.replace('preset = "boiler"', 'preset = "boiler"\nfuel = "coal"\ncarbon="carbon"')
    driven += process.format("coal") + process.format("carbon")
    (tmp_path / "small.toml").write_text(driven, encoding="utf-8")
    one = load_stack(tmp_path / "small.toml", "boiler")[1]
    begin_ns = one.commissioned_ns
    burnt = sum(40 + hour for hour in range(1, 24)) * 0.58 * one.spec.fuel.burnt
    found = co2_t(one, begin_ns, begin_ns + DAY_NS)
    assert found == pytest.approx(burnt * 44.0095 / 12.0107, rel=1e-9)


def test_changes_reach_into_a_preset_and_leave_the_rest() -> None:
    form = StackForm(id="x", preset="sinter", changes={"duct": {"area_m2": 30.0}})
    plain = StackForm(id="x", preset="sinter").spec()
    assert form.spec().duct == msgspec.structs.replace(plain.duct, area_m2=30.0)
    assert form.spec().sensors == plain.sensors


def test_computed_flow_and_mass_are_near_the_truth_and_in_the_latest_state() -> None:
    for preset in ("sinter", "boiler"):
        one = stack(preset, load={"stops_per_year": 0.0})
        watch = StackWatch(one, settings_of(one))
        hour = watch.mean("co2_mass", local("2026-01-05T12:00"), local("2026-01-05T13:00"))
        true = co2_t(one, local("2026-01-05T12:00"), local("2026-01-05T13:00"))
        assert hour.state is State.MEASURING
        assert hour.value / 1000 == pytest.approx(true, rel=0.06)
    found = minutes(one, local("2026-01-05T02:00"), local("2026-01-05T03:00"))
    computed = logged(found, settings_of(one))
    assert computed["co2_mass"].state.tolist() == found.shown["co2"].state.tolist()


def test_an_hour_with_too_few_measured_minutes_is_in_the_state_of_most_others() -> None:
    event = {
        "kind": "fault",
        "instrument": "co2",
        "at": "2026-01-05T10:00:00+08:00",
        "until": "2026-01-05T10:20:00+08:00",
    }
    one = stack(planned=(event,), **QUIET)
    watch = StackWatch(one, settings_of(one))
    ten, nine = local("2026-01-05T10:00"), local("2026-01-05T09:00")
    assert watch.mean("co2", ten, ten + HOUR_NS).state is State.FAULT
    assert watch.mean("co2", nine, nine + HOUR_NS).state is not State.FAULT
    assert watch.mean("o2", ten, ten + HOUR_NS).state is State.MEASURING


def test_a_value_that_nobody_heard_is_not_shown() -> None:
    plant = load_plant(SHIPPED)
    place = plant.of_serial["LOG-BOILER"]
    unheard = local("2026-01-15T11:30")
    assert place.shown(unheard)["velocity"] == NotAvailable()
    assert isinstance(place.shown(unheard)["temperature"], float)
    assert place.states(unheard)["velocity"] is State.NO_COMMUNICATION


def test_status_words_tell_the_first_condition_that_a_device_has_a_word_for() -> None:
    marsic = modbus_of(load_profile("sick-marsic300").profile)
    usual = healthy_words(marsic)
    zeroing = telling_words(marsic, [(Condition.CALIBRATING, Condition.INVALID)])
    assert {key for key, word in zeroing.items() if usual[key] != word} == {
        (2, 1024),
        (2, 1025),
        (2, 1026),
    }
    assert telling_words(marsic, [(Condition.STANDBY,)]) == {}
    held = telling_words(marsic, [(Condition.BLOW_BACK, Condition.INVALID)])
    assert held[2, 1004] == 0
    xinze = modbus_of(load_profile("xinze-analyser-v2").profile)
    assert telling_words(xinze, [(Condition.FAULT,)]) == {(3, 14): 7}


def test_a_table_has_a_cell_for_every_column() -> None:
    found = minutes(stack(), BEGIN_NS, BEGIN_NS + HOUR_NS)
    width = len(minute_header().split(","))
    rows = list(minute_rows(found))
    assert len(rows) == 60
    assert {len(row.split(",")) for row in rows} == {width}


def test_a_year_of_minutes_comes_in_seconds() -> None:
    """A tenth of a year is measured; a whole year has to stay under ten seconds."""
    one, begun = stack("sinter"), time.process_time()
    found = minutes(one, BEGIN_NS, BEGIN_NS + 36 * DAY_NS)
    assert len(found) == 36 * 1440
    assert np.isfinite(found.truth.co2_t_h).all()
    assert time.process_time() - begun < 3.0


METER = """
[[instruments]]
serial = "COAL-1"
profile = "abb-b23"
line = "bus"
unit_id = 2
process = "boiler:co2_t_h"
carries = [{ channel = "active_energy_import" }]
"""


def test_another_instrument_can_measure_what_is_true_of_a_stack(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(SMALL + METER, encoding="utf-8")
    plant = load_plant(tmp_path / "small.toml")
    process, one = plant.processes["boiler:co2_t_h"], plant.stacks["boiler"]
    begin_ns = one.commissioned_ns
    ends_ns = begin_ns + 2 * DAY_NS + 12_345_678_901
    mass = co2_t(one, begin_ns, ends_ns)
    assert process.amount(begin_ns, ends_ns) == pytest.approx(mass, rel=1e-9)
    assert process.amount(ends_ns, begin_ns) == pytest.approx(-mass, rel=1e-9)
    shown = plant.of_serial["COAL-1"].indications(begin_ns + 2 * DAY_NS)["active_energy_import"]
    assert shown == pytest.approx(co2_t(one, begin_ns, begin_ns + 2 * DAY_NS), abs=0.02)
