"""From a coal register's logged bytes and declared factors to tonnes, held against the stack."""

import hashlib
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
import pytest

from calibration.load import SourceFile, parse_derivation, parse_setting, register_of
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.timeline import Installed, timeline_of
from evidence.log.batch import Stream, StreamHead
from evidence.log.column import progression
from evidence.statement.datum import ActivityData
from tests.unit.collector.api import test_stack
from tests.unit.collector.api.plant import (
    PERIOD_MS,
    START_NS,
    Asked,
    Plant,
    batch,
    confirmation,
    raw_of,
    served,
)

PAGE: Final = (Path(__file__).parents[4] / "docs/reference/cems-models.md").read_text("utf-8")
DERIVATION, NCV = (
    text.encode() for text in re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
)
BASE: Final = "/api/v1/activity-data"
WHOLE: Final = test_stack.WHOLE
STACK, FUEL, COAL = test_stack.CO2, "jinan/boiler/co2-of-coal", "jinan/feeder/coal"
STANDARD: Final = "std:SDIM/benzoic-acid-7"
FACTOR: Final = 21.85 * 0.0262 * 0.98 * 44 / 12
"""CO2 per mass of coal, of the numbers that are declared here."""
HOURS: Final = 4
PROFILE: Final = b"""schema = 1
id = "feeder"
maker = "Plant"
model = "Feeder"
protocol = "modbus"
title.en = "A coal feeder's totaliser"
title.zh = "\xe7\xbb\x99\xe7\x85\xa4\xe6\x9c\xba"
sources = [{ key = "us", document = "the tests", page = "1", grade = "A" }]
modbus.unit_id = 1
modbus.function = 3
modbus.word_order = "ABCD"
[[channels]]
name = "coal"
kind_of_quantity = "mass"
unit = "t"
accumulation = "register"
source = { address = 0, format = "float64" }
"""
CERTIFICATE: Final = b"""schema = 1
id = "W-1"
kind = "calibration"
performed_on = 2026-01-05
recorded_at = 2026-01-06T00:00:00Z
[instrument]
maker = "Plant"
model = "Feeder"
serial = "F-1"
[laboratory]
name = "SDIM"
[[results]]
kind_of_quantity = "mass"
unit = "t"
result = "relative_error"
argument = "load"
argument_unit = "t/h"
measuring_interval = [0.0, 200.0]
[results.function]
form = "polynomial"
coefficients = [0.001]
covariance = [[4e-6]]
"""
CONFIRMATION: Final = confirmation("K-W", "W-1", "F-1", "2027-01-06")


def declared(number: str, what: str, value: float, unit: str) -> bytes:
    return test_stack.declared(number, what, value, unit, "2026-03-01T00:00:00Z")


def carbon(number: str, value: float = 0.0262) -> bytes:
    return declared(number, "carbon_content_by_heat", value, "t/GJ")


def shares_standard(data: bytes) -> bytes:
    """The setting's file, its number found against the calorimeter's standard too."""
    return (
        data
        + (
            f'[[standards]]\ninfluence = "{STANDARD}"\nrelative_standard_uncertainty = 0.004\n'
        ).encode()
    )


def weighed(polls: int) -> Stream:
    """A register that grows by 15 t a quarter of an hour, as an agent logs it."""
    indication = tuple(1000.0 + 15.0 * poll for poll in range(polls))
    head = StreamHead(
        channel=COAL,
        measurand=Measurand(
            kind_of_quantity=KindOfQuantity.MASS,
            unit="t",
            subject="feeder",
            accumulation=Accumulation.REGISTER,
        ),
        period_ms=PERIOD_MS,
        serial="F-1",
        profile=hashlib.sha256(PROFILE).hexdigest(),
        certificate="W-1",
        confirmation="K-W",
        resolution=0.1,
        basis=timeline_of(
            register_of(
                SourceFile(name=name, data=data)
                for name, data in (("w", CERTIFICATE), ("k", CONFIRMATION))
            ),
            [Installed(from_ns=0, serial="F-1")],
            KindOfQuantity.MASS,
            "t",
        )
        .at(START_NS)
        .basis,
    )
    return Stream(
        head=head,
        rows=polls,
        sequence=progression(range(polls)),
        at_ms=progression([START_NS // 1_000_000 + poll * PERIOD_MS for poll in range(polls)]),
        raw=raw_of(indication),
        indication=indication,
    )


@pytest.fixture
def works(fresh: Plant) -> Plant:
    """Four hours of a stack and of the coal that is burnt under it; what the page declares."""
    stack = test_stack.DERIVATION.replace(
        b'reason = "monitoring plan"',
        b'reason = "monitoring plan"\ndouble_count_group = "boiler CO2"',
    )
    for kind, name, data in (
        *test_stack.FILES[:2],
        ("setting", "kv.toml", shares_standard(test_stack.FIRST_KV)),
        ("derivation", "co2.toml", stack),
        ("profile", "feeder.toml", PROFILE),
        ("certificate", "w.toml", CERTIFICATE),
        ("confirmation", "k.toml", CONFIRMATION),
        ("setting", "ncv.toml", NCV),
        ("setting", "cc.toml", carbon("CC")),
        ("setting", "of.toml", declared("OF", "oxidation_factor", 0.98, "1")),
        ("derivation", "fuel.toml", DERIVATION),
    ):
        fresh.log_file(fresh.gw1, kind, name, data)
    shown = [test_stack.stream(name, 18) for name in test_stack.SHOWN]
    fresh.take(fresh.gw1, batch(fresh.gw1, [*shown, weighed(18)]))
    fresh.judging.catch_up()
    return fresh


@pytest.fixture
def asked(works: Plant) -> Iterator[Asked]:
    parts = works.parts()
    yield served(parts)
    parts.sources.close()


def stated(asked: Asked, channel: str, query: str = WHOLE) -> ActivityData:
    answer = asked.get(f"{BASE}?channel={channel}&{query}")
    assert answer.status_code == 200, answer.text
    (found,) = msgspec.json.decode(answer.content, type=list[ActivityData])
    return found


def test_the_files_of_the_page_are_read(works: Plant) -> None:
    assert works.store.lookup.faults(10) == []
    assert parse_derivation(DERIVATION, "page").derivation == FUEL
    assert parse_setting(NCV, "page").standards[0].influence == STANDARD


def test_a_coal_register_and_declared_factors_are_stated_as_tonnes_of_co2(asked: Asked) -> None:
    coal, co2 = stated(asked, COAL), stated(asked, FUEL)
    assert (co2.unit, co2.measurand.accumulation) == ("t", Accumulation.INTERVAL)
    assert coal.uncorrected_value == pytest.approx(HOURS * 60.0)
    assert co2.value == pytest.approx(FACTOR * coal.value, rel=1e-12)
    assert co2.serials == ("F-1",)
    assert co2.completeness == coal.completeness
    assert co2.u_basis == "calibration"


def test_readings_between_the_hours_cancel_and_the_factors_act_on_the_whole(asked: Asked) -> None:
    coal, co2 = stated(asked, COAL), stated(asked, FUEL)
    read = {
        part.influence: part.contribution
        for part in co2.components
        if part.influence.startswith("read:")
    }
    ends = {
        part.influence: FACTOR * part.contribution
        for part in coal.components
        if part.influence.startswith("read:")
    }
    assert len(read) == 2
    assert read == pytest.approx(ends, rel=1e-9)
    assert coal.standard_uncertainty is not None
    relative = (coal.standard_uncertainty / coal.value, 0.11 / 21.85, 0.0005, 0.01, 0.01)
    assert co2.standard_uncertainty == pytest.approx(co2.value * math.hypot(*relative), rel=1e-9)


def test_the_trace_from_a_tonne_leads_to_its_papers(asked: Asked) -> None:
    fuel, stack = stated(asked, FUEL), stated(asked, STACK)
    assert isinstance(fuel.settings, tuple)
    assert isinstance(stack.settings, tuple)
    assert {each.setting: each.document for each in fuel.settings} == {
        "NCV-2026-03": "report 2026-311",
        "CC": "R-CC",
        "OF": "R-OF",
    }
    assert [each.document for each in stack.settings] == ["R-AREA", "R-KV-1"]
    assert fuel.certificates == ("W-1",)
    assert stated(asked, COAL).settings is msgspec.UNSET


def test_the_measured_and_the_calculated_route_agree_without_what_they_share(asked: Asked) -> None:
    stack, fuel = stated(asked, STACK), stated(asked, FUEL)
    found = asked.get(f"{BASE}/corroboration?measured={STACK}&calculated={FUEL}&{WHOLE}").json()
    assert found["shared_influences"] == [STANDARD]
    assert found["difference"] == pytest.approx(stack.value - fuel.value)
    assert stack.standard_uncertainty is not None
    assert fuel.standard_uncertainty is not None
    both = stack.standard_uncertainty**2 + fuel.standard_uncertainty**2
    shared = 2 * 0.004 * stack.value * 0.0005 * fuel.value
    assert found["uncertainty"]["standard_uncertainty"] == pytest.approx(
        math.sqrt(both - shared), rel=1e-9
    )
    assert found["agrees"] is (found["e_n"] <= 1.0)


def test_two_routes_are_not_added_unless_that_is_asked_by_name(asked: Asked) -> None:
    both = f"{BASE}/combined?channels={STACK},{FUEL}&{WHOLE}"
    refused = asked.get(both)
    assert (refused.status_code, refused.json()["code"]) == (422, "E_DOUBLE_COUNT")
    assert all(name in refused.text for name in (STACK, FUEL, "boiler CO2", "allow_double_count"))
    assert asked.get(f"{both}&allow_double_count=other").status_code == 422
    assert "double_counted" not in asked.get(f"{both}&factors=1,-1").json()
    allowed = asked.get(f"{both}&allow_double_count=boiler CO2").json()
    assert allowed["double_counted"] == [{"group": "boiler CO2", "channels": sorted((STACK, FUEL))}]


def test_a_setting_that_is_contradicted_later_leaves_the_uncertainty_unknown_until_it_is_not(
    works: Plant, asked: Asked
) -> None:
    before = stated(asked, FUEL)
    works.log_file(works.gw1, "setting", "cc-2.toml", carbon("CC-2", 0.03))
    works.judging.catch_up()
    doubted = stated(asked, FUEL)
    assert (doubted.value, doubted.u_basis) == (before.value, "unknown")
    assert doubted.standard_uncertainty is None
    assert doubted.supersedes == before.digest
    assert {each["code"] for each in asked.get("/api/v1/quarantine").json()} == {
        "E_DERIVED_SETTING"
    }
    agreed = carbon("CC-2").replace(b"recorded_at = 2026-03-01", b"recorded_at = 2026-03-02")
    works.log_file(works.gw1, "setting", "cc-3.toml", agreed)
    works.judging.catch_up()
    again = stated(asked, FUEL)
    assert again.u_basis == "calibration"
    assert again.value == pytest.approx(before.value, rel=1e-12)
