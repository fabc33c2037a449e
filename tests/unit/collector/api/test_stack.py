"""From a stack's logged bytes to stated tonnes, and what a corrected K_v does to them."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec
import pytest

from calibration.measurand import Accumulation, KindOfQuantity, Measurand, ReferenceConditions
from calibration.register import CalibrationRegister
from calibration.timeline import Installed, timeline_of
from collector.judging import Judging
from evidence.judging.recompute import recompute
from evidence.log.batch import Contribution, Stream, StreamHead
from evidence.log.column import progression
from evidence.statement.datum import ActivityData
from tests.unit.collector.api.plant import (
    PERIOD_MS,
    START_NS,
    Asked,
    Kind,
    Plant,
    batch,
    raw_of,
    served,
)

BASE: Final = "/api/v1/activity-data"
CO2: Final = "jinan/boiler/co2"
WHOLE: Final = "start=2026-03-29T16:00:00Z&end=2026-03-29T20:00:00Z"
LATE: Final = "start=2026-03-29T18:00:00Z&end=2026-03-29T20:00:00Z"
EARLY: Final = "start=2026-03-29T16:00:00Z&end=2026-03-29T18:00:00Z"
HJ75_T_H: Final = 135.404248
"""Of these inputs with an area of 19.635 m2 and K_v = 1.02, constants as HJ 75 prints them."""
SHOWN: Final[Mapping[str, tuple[float, str, KindOfQuantity]]] = {
    "v_p": (11.2, "m/s", KindOfQuantity.VELOCITY),
    "t_s": (55.0, "Cel", KindOfQuantity.TEMPERATURE),
    "b_a": (100_800.0, "Pa", KindOfQuantity.PRESSURE),
    "p_s": (-150.0, "Pa", KindOfQuantity.PRESSURE),
    "x_sw": (12.5, "%", KindOfQuantity.AMOUNT_FRACTION),
    "co2_dry": (11.8, "%", KindOfQuantity.AMOUNT_FRACTION),
}
CHANNELS: Final = {
    **SHOWN,
    "spare": SHOWN["v_p"],
    "range": (1.0, "1", KindOfQuantity.NOMINAL_PROPERTY),
}
PROFILE: Final = (
    """schema = 1
id = "stack"
maker = "Plant"
model = "CEMS"
protocol = "modbus"
title.en = "A stack's instruments"
title.zh = "烟囱仪表"
sources = [{ key = "us", document = "the tests", page = "1", grade = "A" }]
modbus.unit_id = 1
modbus.function = 3
modbus.word_order = "ABCD"
"""
    + "".join(
        f"""[[channels]]
name = "{name}"
kind_of_quantity = "{kind.value}"
unit = "{unit}"
accumulation = "rate"
source = {{ address = {4 * number}, format = "float64" }}
"""
        for number, (name, (_, unit, kind)) in enumerate(CHANNELS.items())
    )
).encode()
DERIVATION: Final = f"""schema = 1
derivation = "{CO2}"
subject = "boiler"
kind_of_quantity = "mass_flow"
model = "HJ75-CO2"
effective_from = 2026-03-01T00:00:00Z
recorded_at = 2026-03-01T00:00:00Z
decided_by = "Q. Ma"
reason = "monitoring plan"
[inputs]
{"".join(f'{name} = "jinan/cems/{name}"{chr(10)}' for name in SHOWN)}\
[settings]
area = "stack_area"
k_v = "velocity_coefficient"
""".encode()


def declared(number: str, what: str, value: float, unit: str, since: str) -> bytes:
    return f"""schema = 1
id = "{number}"
setting = "{what}"
subject = "boiler"
effective_from = {since}
recorded_at = {since}
decided_by = "Q. Ma"
reason = "traverse"
document = "R-{number}"
[after]
value = {value}
unit = "{unit}"
standard_uncertainty = {0.01 * value}
""".encode()


FIRST_KV: Final = declared("KV-1", "velocity_coefficient", 1.02, "1", "2026-03-01T00:00:00Z")
LATE_KV: Final = declared("KV-2", "velocity_coefficient", 1.122, "1", "2026-03-29T18:00:00Z")
FILES: Final[tuple[tuple[Kind, str, bytes], ...]] = (
    ("profile", "stack.toml", PROFILE),
    ("setting", "area.toml", declared("AREA", "stack_area", 19.635, "m2", "2026-03-01T00:00:00Z")),
    ("setting", "kv.toml", FIRST_KV),
    ("derivation", "co2.toml", DERIVATION),
)


def head(name: str) -> StreamHead:
    _, unit, kind = CHANNELS[name]
    dry = ReferenceConditions(temperature_K=273.15, pressure_Pa=101_325.0, wet=False)
    measurand = Measurand(
        kind_of_quantity=kind,
        unit=unit,
        subject="boiler",
        accumulation=Accumulation.RATE,
        reference_conditions=dry if name == "co2_dry" else None,
    )
    bare = Installed(from_ns=0, serial=name, nameplate_mpe_relative=0.01)
    return StreamHead(
        channel=f"jinan/cems/{name}",
        measurand=measurand,
        period_ms=PERIOD_MS,
        serial=name,
        profile=hashlib.sha256(PROFILE).hexdigest(),
        basis=timeline_of(CalibrationRegister(), [bare], kind, unit).at(0).basis,
        nameplate_mpe_relative=0.01,
    )


def stream(name: str, polls: int) -> Stream:
    """A stream as an agent makes it: a reading each 15 minutes, all alike."""
    indication = (CHANNELS[name][0],) * polls
    bare = Stream(
        head=head(name),
        rows=polls,
        sequence=progression(range(polls)),
        at_ms=progression([START_NS // 1_000_000 + poll * PERIOD_MS for poll in range(polls)]),
        raw=raw_of(indication),
        indication=indication,
    )
    return recalculated(bare)


def recalculated(bare: Stream) -> Stream:
    """The stream with what an agent makes of its indications."""
    name = bare.head.serial
    _, unit, kind = CHANNELS[name]
    installed = [Installed(from_ns=0, serial=name, nameplate_mpe_relative=0.01)]
    found = recompute(bare, timeline_of(CalibrationRegister(), installed, kind, unit))
    return msgspec.structs.replace(
        bare,
        value=tuple(found.value.tolist()),
        contributions=tuple(
            Contribution(influence=influence, contribution=tuple(column.tolist()))
            for influence, column in found.contributions.items()
        ),
        fresh=tuple(found.fresh.tolist()),
    )


@pytest.fixture
def stack(fresh: Plant) -> Plant:
    """Four hours of a stack, and all that says how they are computed."""
    for kind, name, data in FILES:
        fresh.log_file(fresh.gw1, kind, name, data)
    fresh.take(fresh.gw1, batch(fresh.gw1, [stream(name, 18) for name in SHOWN]))
    fresh.judging.catch_up()
    return fresh


@pytest.fixture
def asked(stack: Plant) -> Iterator[Asked]:
    parts = stack.parts()
    yield served(parts)
    parts.sources.close()


def stated(asked: Asked, query: str) -> ActivityData:
    answer = asked.get(f"{BASE}?channel={CO2}&{query}")
    assert answer.status_code == 200, answer.text
    (found,) = msgspec.json.decode(answer.content, type=list[ActivityData])
    return found


def restarted(stack: Plant) -> None:
    """The collector begins again with what its ledger and store hold."""
    stack.judging = Judging(stack.ledger, stack.store, stack.sites)


def test_logged_bytes_of_a_stack_are_stated_as_tonnes(asked: Asked) -> None:
    found = stated(asked, WHOLE)
    assert found.unit == "t"
    assert found.value == pytest.approx(4 * HJ75_T_H, rel=1e-8)
    assert found.quality == "good"
    influences = {part.influence: part.contribution for part in found.components}
    assert influences["cert:R-KV-1/0"] == pytest.approx(0.01 * found.value)
    assert influences["factor:stack_area.boiler"] == pytest.approx(0.01 * found.value)
    assert "inst:co2_dry/class" in influences


def test_a_corrected_k_v_of_the_past_supersedes_what_it_changes_and_the_old_datum_stays(
    stack: Plant, asked: Asked
) -> None:
    whole, late, early = (stated(asked, each) for each in (WHOLE, LATE, EARLY))
    restarted(stack)
    stack.log_file(stack.gw1, "setting", "kv-2.toml", LATE_KV)
    stack.judging.catch_up()
    again, changed = stated(asked, WHOLE), stated(asked, LATE)
    assert stated(asked, EARLY) == early
    assert changed.value == pytest.approx(1.1 * late.value, rel=1e-9)
    assert again.value == pytest.approx(early.value + 1.1 * late.value, rel=1e-9)
    assert (changed.supersedes, again.supersedes) == (late.digest, whole.digest)
    old = json.loads(asked.get(f"{BASE}/{whole.digest}").content)
    assert old["value"] == whole.value
    influences = {part.influence for part in again.components}
    assert influences >= {"cert:R-KV-1/0", "cert:R-KV-2/0"}


def test_after_another_restart_the_corrected_hours_stay_as_they_are(
    stack: Plant, asked: Asked
) -> None:
    stack.log_file(stack.gw1, "setting", "kv-2.toml", LATE_KV)
    stack.judging.catch_up()
    corrected = stated(asked, WHOLE)
    restarted(stack)
    stack.judging.catch_up()
    stack.judging.judge_again()
    assert stated(asked, WHOLE) == corrected


@pytest.mark.parametrize("data", [LATE_KV, FIRST_KV])
def test_settings_are_served_byte_for_byte(stack: Plant, asked: Asked, data: bytes) -> None:
    stack.log_file(stack.gw1, "setting", "kv-2.toml", LATE_KV)
    stack.judging.catch_up()
    digest = hashlib.sha256(data).hexdigest()
    assert asked.get(f"/api/v1/documents/{digest}").content == data


def test_an_agent_that_reads_none_of_the_inputs_changes_nothing_with_its_old_files(
    tmp_path: Path,
) -> None:
    """Both agents have one folder; only one of them was restarted when it changed."""
    built = Plant(tmp_path, sites={"gw-1": "jinan", "gw-2": "jinan"})
    for kind, name, data in FILES:
        built.log_file(built.gw2, kind, name, data)
        built.log_file(built.gw1, kind, name, data)
    built.log_file(built.gw1, "setting", "kv-2.toml", LATE_KV)
    built.take(built.gw1, batch(built.gw1, [stream(name, 18) for name in SHOWN]))
    built.judging.catch_up()
    built.log_file(built.gw2, "setting", "kv.toml", LATE_KV.replace(b"1.122", b"3.0"))
    built.judging.catch_up()
    parts = built.parts()
    found = stated(served(parts), WHOLE)
    parts.sources.close()
    built.close()
    assert found.value == pytest.approx((2 + 2 * 1.1) * HJ75_T_H, rel=1e-8)


def test_a_channel_that_an_instrument_shows_is_never_computed(stack: Plant, asked: Asked) -> None:
    named = DERIVATION.replace(CO2.encode(), b"jinan/cems/spare")
    stack.take(stack.gw1, batch(stack.gw1, [stream("spare", 18)]))
    stack.judging.catch_up()
    stack.log_file(stack.gw1, "derivation", "spare.toml", named)
    stack.judging.catch_up()
    held = asked.get("/api/v1/quarantine").json()
    assert [each["code"] for each in held] == ["E_DERIVED_CHANNEL"]
    assert asked.get(f"{BASE}?channel=jinan/cems/spare&{WHOLE}").json() == []
