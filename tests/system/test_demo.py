"""`carbonmeter demo`: the whole system as processes, and nothing left behind."""

import hashlib
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from carbonmeter.demo_config import SITE
from carbonmeter.demo_run import FIRST_HOUR, HOUR_NS, STACK
from evidence.clock import parse_utc
from simulators.load import load_plant, shipped
from simulators.plant import Plant
from simulators.stack.build import first_documents
from simulators.stack.truth import co2_t
from tests.system.demo_process import COMMAND, descendants_alive, running

FIELDS = {
    "channel",
    "measurand",
    "unit",
    "period",
    "value",
    "uncorrected_value",
    "standard_uncertainty",
    "expanded_uncertainty",
    "coverage_factor",
    "coverage_probability",
    "effective_degrees_of_freedom",
    "u_basis",
    "components",
    "completeness",
    "quality",
    "certificates",
    "digest",
}
HONEST = 1.5
"""Times U95 (k = 1.96): the instruments are drawn, and one deviation in 300 is larger."""


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    mark = f"once-{os.getpid()}"
    run = subprocess.run(
        [*COMMAND, "--once", "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env={**os.environ, "CARBONMETER_DEMO_MARK": mark},
    )
    assert run.returncode == 0, run.stderr
    assert descendants_alive(f"CARBONMETER_DEMO_MARK={mark}") == []
    found: list[dict[str, Any]] = json.loads(run.stdout)
    return found


def test_each_row_has_what_an_activity_datum_needs(rows: list[dict[str, Any]]) -> None:
    assert len(rows) >= 5
    assert all(row.keys() >= FIELDS for row in rows)


def test_two_instruments_are_overdue_and_say_so(rows: list[dict[str, Any]]) -> None:
    overdue = {row["channel"].split("/")[1]: row for row in rows if row["quality"] == "overdue"}
    assert set(overdue) == {"cooling-water", "compressors"}
    assert overdue["cooling-water"]["certificates"] == ["SIMLAB-2024-0004"]


def test_the_exchanged_meter_is_an_event_and_not_energy(rows: list[dict[str, Any]]) -> None:
    (meter,) = [row for row in rows if "compressors" in row["channel"]]
    (event,) = [each for each in meter["events"] if each["kind"] == "exchange"]
    assert event["before"] > event["after"]
    assert event["at"] == "2026-01-06T07:00:00Z"  # where this hour ends
    assert meter["serials"] == ["IEM-0003A"]
    assert 5_000.0 < meter["value"] < 60_000.0


def test_the_agent_that_was_cut_off_has_caught_up(rows: list[dict[str, Any]]) -> None:
    (water,) = [row for row in rows if "cooling-water" in row["channel"]]
    assert water["completeness"]["present"] > 40  # without what it caught up: 30 of 60


def test_every_basis_of_the_ladder_that_the_factory_has_is_named(
    rows: list[dict[str, Any]],
) -> None:
    assert {row["u_basis"] for row in rows} == {"calibration", "verification", "nameplate"}


def test_the_stack_s_co2_is_stated_in_tonnes_and_agrees_with_the_truth(
    rows: list[dict[str, Any]], plant: Plant
) -> None:
    (co2,) = [row for row in rows if row["channel"] == f"{SITE}/{STACK}/co2"]
    start_ns = parse_utc(FIRST_HOUR)
    true_t = co2_t(plant.stacks[STACK], start_ns, start_ns + HOUR_NS)
    assert co2["unit"] == "t"
    assert co2["completeness"]["present"] > 40
    assert 0 < co2["expanded_uncertainty"] < 0.05 * co2["value"]
    share = co2["completeness"]["ratio"]
    assert abs(co2["value"] - share * true_t) < HONEST * co2["expanded_uncertainty"]


def test_the_stack_s_co2_names_k_v_area_and_certificates_among_its_influences(
    rows: list[dict[str, Any]],
) -> None:
    (co2,) = [row for row in rows if row["channel"] == f"{SITE}/{STACK}/co2"]
    parts = {each["influence"]: each["contribution"] for each in co2["components"]}
    assert parts["cert:KV-boiler-2026-01-05/0"] == pytest.approx(0.0098 * co2["value"], rel=0.01)
    assert parts["factor:stack_area.boiler"] == pytest.approx(0.003 * co2["value"], rel=1e-6)
    assert "std:SIMLAB/CO2-2026" in parts
    assert "PR-boiler-co2-2026-01-05" in co2["certificates"]


@pytest.fixture(scope="module")
def plant() -> Plant:
    return load_plant(shipped(Path("factory")))


def document(api: str, content: bytes) -> bytes:
    """The document of that digest, as soon as the collector has it."""
    return found(f"{api}/api/v1/documents/{hashlib.sha256(content).hexdigest()}")


def found(address: str) -> bytes:
    """What is at an address, as soon as something is; at most 20 s."""
    until_s = time.monotonic() + 20.0
    while True:
        try:
            return httpx.get(address).raise_for_status().content
        except httpx.HTTPError:
            assert time.monotonic() < until_s, address
            time.sleep(0.1)


def test_what_the_laboratory_issued_is_served_and_ctrl_c_leaves_no_process_behind(
    plant: Plant,
) -> None:
    issued = first_documents(plant)
    own = [
        name for name in issued if not name.startswith(("RM-", "PR-boiler-o2", "MC-PR-boiler-o2"))
    ]
    assert {"KV-boiler-2026-01-05.toml", "SET-AREA-boiler.toml"} < set(own)
    with running("ctrl-c") as demo:
        for name in own:
            assert document(demo.api, issued[name].encode()) == issued[name].encode()
        assert len(set(demo.pages)) == 3
        assert any(b"rolling-mill" in found(each) for each in demo.pages)
    deadline = time.monotonic() + 10.0
    while descendants_alive(demo.mark) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert descendants_alive(demo.mark) == []
