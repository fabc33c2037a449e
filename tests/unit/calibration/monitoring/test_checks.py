"""How a plan's checks are read, and the gases that its cylinders' certificates state."""

from pathlib import Path

import msgspec
import pytest

from calibration.gas_check.errors import GasCheckError
from calibration.gas_check.gas import gas_for
from calibration.load import SourceFile, parse_event, parse_plan, register_of
from calibration.monitoring.checks import check_gases, check_rules
from calibration.monitoring.errors import ChecksUnplannedError, CylinderCertificateError
from calibration.monitoring.plan import PlannedAnalyser
from calibration.register import CalibrationRegister
from evidence.clock import parse_utc
from simulators.load import load_plant, shipped
from simulators.stack.build import first_documents
from tests.unit.calibration.monitoring.texts import CYLINDER, PLAN, ZERO

replace = msgspec.structs.replace
CO2, VELOCITY = parse_plan(PLAN.encode(), "plan.toml").analysers
CHANGE = "connected_at = 2026-02-28T00:00:00Z\n"


def register(*texts: str) -> CalibrationRegister:
    return register_of([SourceFile(name="any.toml", data=text.encode()) for text in texts])


def analyser(text: str) -> PlannedAnalyser:
    return parse_plan(text.encode(), "plan.toml").analysers[0]


def test_the_rules_are_the_plans_and_the_analyser_is_its_channel() -> None:
    rules = check_rules(CO2)
    assert (rules.analyser, rules.measurand, rules.unit) == ("works/cems/co2", "co2", "%")
    assert (rules.full_scale, rules.purge_s, rules.averaging_s) == ({"": 20.0}, 120.0, 180.0)
    more = "purge_s = 90.5\nrecovery_s = 60.0\nleast_readings = 4\nsettled_percent = 0.7\n"
    more += "longest_gap_s = 75.0\nresolution = 0.01"
    rules = check_rules(analyser(PLAN.replace("purge_s = 120.0", more)))
    assert (rules.purge_s, rules.recovery_s, rules.least_readings) == (90.5, 60.0, 4)
    assert (rules.settled_percent, rules.longest_gap_s, rules.resolution) == (0.7, 75.0, 0.01)


def test_an_analyser_without_checks_has_no_gases_and_no_rules() -> None:
    assert check_gases(VELOCITY, register()) == ()
    with pytest.raises(ChecksUnplannedError, match="E_PLAN_CHECKS works/cems/velocity"):
        check_rules(VELOCITY)


def test_a_gas_has_the_value_of_its_certificate_and_the_time_of_its_connection() -> None:
    zero, span = check_gases(CO2, register(CYLINDER, ZERO))
    assert (zero.point, zero.value, zero.standard_uncertainty) == ("zero", 0.0, 0.001)
    assert (span.point, span.value, span.standard_uncertainty) == ("span", 15.02, 0.075)
    assert span.influence == "crm:GBW(E)060166/L2231"
    assert str(span.expires_on) == "2027-01-19"
    assert span.connected_ns == parse_utc("2026-02-28T00:00:00Z")
    assert span.disconnected_ns is None


def test_a_cylinder_that_was_exchanged_serves_until_then() -> None:
    second = """
[[analysers.checks.gases]]
point = "span"
certificate = "GBW-L99"
property = "CO2"
connected_at = 2026-04-01T08:00:00.25+08:00
"""
    text = PLAN.replace(
        f'property = "CO2"\n{CHANGE}\n[[analysers]]\nchannel = "works/cems/velocity"',
        f'property = "CO2"\n{CHANGE}disconnected_at = 2026-04-01T00:00:00.25Z\n{second}\n'
        '[[analysers]]\nchannel = "works/cems/velocity"',
    )
    gases = check_gases(analyser(text), register(CYLINDER, ZERO, CYLINDER.replace("L2231", "L99")))
    at_ns = parse_utc("2026-04-01T00:00:00Z") + 250_000_000
    serving = [gas_for(gases, "span", "", at_ns + each) for each in (-1, 0)]
    assert [None if each is None else each.cylinder for each in serving] == ["L2231", "L99"]


def test_the_latest_version_of_a_certificate_counts_and_what_was_known_can_be_asked() -> None:
    corrected = CYLINDER.replace("15.02", "15.04").replace("2026-02-01", "2026-05-01")
    known = register(corrected, CYLINDER, ZERO)
    assert check_gases(CO2, known)[1].value == 15.04
    assert (
        check_gases(CO2, known.as_known(parse_plan(PLAN.encode(), "p").recorded_at))[1].value
        == 15.02
    )


def test_a_gas_whose_certificate_was_withdrawn_is_left_out() -> None:
    event = parse_event(
        b'schema = 1\nevent = "certificate_withdrawn"\ncertificate = "GBW-L2231"\n'
        b'at = 2026-04-01T00:00:00Z\nrecorded_at = 2026-04-01T00:00:00Z\nrecorded_by = "Q. Ma"\n',
        "w.toml",
    )
    known = replace(register(CYLINDER, ZERO), events=(event,))
    assert [each.point for each in check_gases(CO2, known)] == ["zero"]


def test_a_certificate_that_is_not_there_and_a_property_that_it_lacks_have_codes() -> None:
    with pytest.raises(CylinderCertificateError, match="E_PLAN_CERTIFICATE gas GBW-L2231") as gone:
        check_gases(CO2, register(ZERO))
    assert "登记册" in gone.value.say("zh")
    with pytest.raises(GasCheckError, match="certified property 'SO2'"):
        check_gases(analyser(PLAN.replace('"CO2"', '"SO2"')), register(CYLINDER, ZERO))


def test_the_gases_of_a_simulated_stack_are_read_from_the_certificates_that_it_issues() -> None:
    texts = first_documents(load_plant(shipped(Path("stack"))))
    known = register(*texts.values())
    cylinders = [each for each in known.certificates if each.kind == "reference_material"]
    assert len(cylinders) == 4
    for each in cylinders:
        (stated,) = each.certified
        text = PLAN.replace("GBW-L2231", each.id).replace('"CO2"', f'"{stated.name}"')
        _, gas = check_gases(analyser(text.replace("GBW-N2", each.id)), known)
        assert (gas.cylinder, gas.code) == (each.instrument.serial, each.instrument.model)
        assert (gas.value, gas.unit) == (stated.value, stated.unit)
        assert gas.standard_uncertainty == stated.expanded_uncertainty / 2.0
        assert gas.expires_on == each.valid_until
