import tomllib
from pathlib import Path

import msgspec
import pytest

import simulators
from calibration.load import SourceFile, register_of
from device_profiles.load import load_profile
from simulators.certificate import PolynomialFunction
from simulators.certification import certify, documents, found_later
from simulators.errors import ScenarioReferenceError, ScenarioServeError
from simulators.instant import instant_ns
from simulators.instrument import load_error, relative_error_at
from simulators.load import load_plant
from simulators.plant import Plant, build
from simulators.process import HOUR_NS, ReplayedProcess, replayed_process
from simulators.scenario import (
    CarriedChannel,
    ConstantForm,
    InstrumentForm,
    ReplayedForm,
    Scenario,
    parse_scenario,
)

SCENARIOS = Path(simulators.__file__).parent / "scenarios"
FACTORY = SCENARIOS / "factory.toml"
PROFILE = load_profile("abb-b23").profile
SCENARIO = parse_scenario(FACTORY.read_bytes(), "factory.toml")
BEGIN_NS = instant_ns(SCENARIO.begins_at)
DAY_NS = 24 * HOUR_NS
DIGIT = 0.01001  # a register is truncated to 0.01 kWh


def only(**changes: object) -> Scenario:
    form = InstrumentForm(
        serial="SIM-1",
        profile="abb-b23",
        line="electricity",
        process="steady",
        carries=(CarriedChannel(channel="active_energy_import"),),
        register_start=100.0,
    )
    return msgspec.structs.replace(
        SCENARIO,
        processes=(ConstantForm(id="steady", value=20.0),),
        instruments=(msgspec.structs.replace(form, **changes),),
        stacks=(),
        outlets=(),
    )


def built(scenario: Scenario, recorded: ReplayedProcess | None = None) -> Plant:
    return build(scenario, {"abb-b23": PROFILE}, {"line": recorded} if recorded else {})


def energy(plant: Plant, at_ns: int) -> float:
    return plant.places[0].indications(at_ns)["active_energy_import"]


def test_a_plant_is_a_function_of_its_scenario() -> None:
    one, two = load_plant(FACTORY), load_plant(FACTORY)
    at_ns = BEGIN_NS + 3 * DAY_NS + 12345
    for left, right in zip(one.places, two.places, strict=True):
        assert left.indications(at_ns) == right.indications(at_ns)
    assert documents(certify(one)) == documents(certify(two))


def test_what_is_drawn_for_one_instrument_does_not_depend_on_the_others() -> None:
    whole = load_plant(FACTORY)
    place = whole.places[3]
    alone = msgspec.structs.replace(
        SCENARIO, instruments=(SCENARIO.instruments[3],), stacks=(), outlets=()
    )
    lone = build(alone, {"tuf-2000m": load_profile("tuf-2000m").profile}, {}).places[0]
    assert lone.instruments[0].truth == place.instruments[0].truth
    assert lone.indications(BEGIN_NS + DAY_NS) == place.indications(BEGIN_NS + DAY_NS)


def test_a_register_begins_at_its_start_and_counts_the_process() -> None:
    plant = built(only())
    assert energy(plant, BEGIN_NS) == 100.0
    assert energy(plant, BEGIN_NS + 24 * HOUR_NS) == pytest.approx(580.0, abs=DIGIT)


def test_a_factor_turns_the_process_unit_into_the_channels() -> None:
    carries = (
        CarriedChannel(channel="active_energy_import"),
        CarriedChannel(channel="active_power", factor=1000.0),
    )
    shown = built(only(carries=carries)).places[0].indications(BEGIN_NS)
    assert shown["active_power"] == 20_000.0


def test_a_recording_drives_a_register_to_its_sum() -> None:
    scenario = msgspec.structs.replace(
        only(process="line"),
        processes=(
            ReplayedForm(id="line", file="x.csv", column="kWh", interval_s=3600.0, factor=0.5),
        ),
    )
    plant = built(scenario, replayed_process(BEGIN_NS, HOUR_NS, [1.0, 5.0, 2.5, 0.5]))
    assert energy(plant, BEGIN_NS + DAY_NS) == pytest.approx(104.5, abs=DIGIT)


def test_a_repeated_recording_flows_before_and_after_it() -> None:
    scenario = msgspec.structs.replace(
        only(process="line"),
        processes=(
            ReplayedForm(
                id="line",
                file="x.csv",
                column="kWh",
                interval_s=3600.0,
                repeats_from=SCENARIO.begins_at,
            ),
        ),
    )
    plant = built(scenario, replayed_process(0, HOUR_NS, [1.0, 5.0]))
    assert energy(plant, BEGIN_NS + 10 * HOUR_NS) == pytest.approx(130.0, abs=DIGIT)


def test_an_exchange_brings_another_instrument_with_a_register_of_its_own() -> None:
    plant = load_plant(FACTORY)
    place = plant.places[2]
    old, new = place.instruments
    assert (old.serial, new.serial) == ("IEM-0003A", "IEM-0003B")
    assert old.truth.relative_error != new.truth.relative_error
    before, after = new.installed_at_ns - 1, new.installed_at_ns
    assert place.indications(before)["active_energy_import"] > 99_871_250
    assert place.indications(after)["active_energy_import"] == 500.0


def test_every_instrument_and_the_exchanged_one_has_documents_that_the_factory_reads() -> None:
    plant = load_plant(FACTORY)
    texts = documents(certify(plant))
    files = [SourceFile(name=name, data=text.encode()) for name, text in texts.items()]
    register = register_of(files)
    serials = set(SCENARIO.serials) - {one.serial for one in SCENARIO.outlets}
    assert {one.instrument.serial for one in register.certificates} == serials
    assert {one.serial for one in register.confirmations} == serials
    effective = {one.serial: one.effective_from for one in register.confirmations}
    assert effective["IEM-0003B"] == SCENARIO.instruments[2].exchange.at  # type: ignore[union-attr]
    assert all(tomllib.loads(text)["schema"] == 1 for text in texts.values())


def test_what_was_taken_down_is_calibrated_as_found_with_what_it_drifted() -> None:
    plant = load_plant(FACTORY)
    exchange = SCENARIO.instruments[2].exchange
    assert exchange is not None
    assert exchange.as_found is not None
    ((at_ns, texts),) = found_later(plant).items()
    assert at_ns == instant_ns(exchange.as_found.received_at)
    files = [SourceFile(name=name, data=each.encode()) for name, each in texts.items()]
    register = register_of(files)
    (certificate,), (decided,) = register.certificates, register.confirmations
    (result,) = certificate.results
    assert (certificate.instrument.serial, result.condition) == ("IEM-0003A", "as_found")
    assert (decided.certificate, decided.decision) == (certificate.id, "fail")
    truth, shared = plant.places[2].instruments[0].truth, plant.standards["STD-ENERGY"]
    true = relative_error_at(truth, 20.0, at_ns, truth.reference_Cel) - shared.relative_error
    (shown,) = [each for each in result.points if each.at == 20.0]
    assert shown.value == pytest.approx(true, abs=5e-4)
    limit = SCENARIO.instruments[2].requirement
    assert limit is not None
    assert abs(shown.value) > limit.mpe_relative > abs(load_error(truth, 20.0))


def test_meters_of_one_standard_carry_its_error_in_their_certificates() -> None:
    plant = load_plant(FACTORY)
    shared = plant.standards["STD-ENERGY"].relative_error
    certified = {one.certificate.instrument.serial: one.certificate for one in certify(plant)}
    for place in (plant.places[0], plant.places[2]):
        for instrument in place.instruments:
            (result,) = certified[instrument.serial].results
            assert isinstance(result.function, PolynomialFunction)
            found = result.function.coefficients[0]
            true = load_error(instrument.truth, result.function.centre)
            scatter = result.function.covariance[0][0] ** 0.5
            assert abs(found - (true - shared)) < 5 * scatter


def test_one_instrument_of_the_factory_is_only_verified() -> None:
    kinds = [one.certificate.kind for one in certify(load_plant(FACTORY))]
    assert kinds.count("verification") == 1
    assert kinds.count("calibration") == 5


@pytest.mark.parametrize(
    ("changes", "fault", "told"),
    [
        ({"carries": (CarriedChannel(channel="energy"),)}, ScenarioReferenceError, "'energy'"),
        ({"constants": {"volts": 1.0}}, ScenarioReferenceError, "'volts'"),
        ({"constants": {"frequency": -1.0}}, ScenarioServeError, "frequency"),
        ({"parameters": {"ct_ratio": 2.0}}, ScenarioServeError, "ct_ratio"),
    ],
)
def test_what_the_profile_cannot_show_is_refused_when_the_plant_is_built(
    changes: dict[str, object], fault: type[Exception], told: str
) -> None:
    with pytest.raises(fault, match=told):
        built(only(**changes))


def test_a_calibration_of_values_needs_the_process_in_the_channels_unit() -> None:
    power = (CarriedChannel(channel="active_power", factor=1000.0),)
    co2 = SCENARIO.instruments[4].calibration
    assert co2 is not None
    calibration = msgspec.structs.replace(co2, channel="active_power", argument_unit="W")
    with pytest.raises(ScenarioServeError, match="factor 1"):
        built(only(carries=power, calibration=calibration))
