"""The record of a statement over HTTP: meters of the plant, and a stack under its plan."""

import hashlib
import math
from collections.abc import Iterator

import msgspec
import pytest

from collector.config import parse_config
from tests.unit.collector.api.plant import (
    FILES,
    LINE_1,
    LINE_2,
    MILL,
    POWER,
    Asked,
    Plant,
)
from tests.unit.collector.api.recorded import (
    BASE,
    asking,
    datum_of,
    record_of,
)
from tests.unit.collector.api.test_monitored import WHOLE as MONTH
from tests.unit.collector.api.test_stack import CO2, HJ75_T_H

DECLARED = """[collector]
id = "plant-3"
state_dir = "state"
[[record.about]]
of = "jinan"
declared_by = "Q. Ma"
declared_on = 2026-04-01
organisation = "Jinan Works"
process_unit = "works"
confidentiality = "restricted"
withhold = ["organisation.product"]
[record.about.rating]
time = 1
technology = 2
scale = "pedigree, ecoinvent 3"
best = 1
derivation = "by hand, from the plan of 2026"
[[record.about]]
of = "jinan/line-1"
declared_by = "L. Wu"
declared_on = 2026-04-02
process_unit = "line 1"
product = "billets"
time_zone = "Asia/Urumqi"
management_numbers = { "S-1" = "JN-0001" }
notes = ["the feeder of the crane is in it"]
[[record.verifications]]
digest = "%s"
body = "CQC"
level = "limited"
standard = "ISO 14064-3:2019"
verified_on = 2026-04-04
declared_by = "Q. Ma"
"""


def declared(plant: Plant, digest: str) -> Iterator[Asked]:
    section = parse_config((DECLARED % digest).encode(), "collector.toml", plant.folder).record
    yield from asking(plant, section)


def test_a_meters_record_has_what_was_stated_and_what_it_rests_on(asked: Asked) -> None:
    datum = datum_of(asked, LINE_1)
    found = record_of(asked, datum["digest"])
    quantity, u = found["quantity"], found["uncertainty"]
    assert float(quantity["value"]) == datum["value"]
    assert (quantity["start"], quantity["end"]) == (
        "2026-03-30T00:00:00+08:00",
        "2026-04-04T00:00:00+08:00",
    )
    assert (quantity["time_zone"], quantity["time_zone_from"]) == ("Asia/Shanghai", "default")
    assert float(u["standard_uncertainty"]) == datum["standard_uncertainty"]
    assert float(u["expanded_uncertainty"]) == datum["expanded_uncertainty"]
    # 11900 kW.h with 0.0004 of the standard and 1e-4 of the certificate's function (1/1.002)
    assert float(u["u_sys"]) == pytest.approx(datum["value"] * math.hypot(4e-4, 1e-4), rel=1e-3)
    assert "std:SDIM/E-17" in u["correlation_groups"]
    assert found["method"]["id"] == "carbonmeter/totaliser-difference"
    counted = found["completeness"]
    assert (counted["expected"], counted["valid"], counted["invalid"]) == (480, 462, 18)
    assert counted["capture_rate"] == "0.9625"
    assert found["rating"]["primary"] is True
    assert found["identity"]["version"] == 1
    assert found["verification"]["absent"]["body"] == "not declared"


def test_the_instrument_has_its_certificate_laboratory_and_standard(asked: Asked) -> None:
    found = record_of(asked, datum_of(asked, LINE_1)["digest"])
    (instrument,) = found["instruments"]["instruments"]
    assert (instrument["serial"], instrument["maker"], instrument["model"]) == ("S-1", "ABB", "B23")
    assert instrument["absent"] == {"management_number": "not declared"}
    (spell,) = instrument["spells"]
    assert (spell["confirmation"], spell["due_on"]) == ("K-1", "2027-01-06")
    assert (spell["requirement"], spell["rule"]) == ("GB 17167, class 1", "simple acceptance")
    paper = spell["certificate"]
    assert (paper["number"], paper["performed_on"]) == ("E-1", "2026-01-05")
    assert paper["laboratory"]["accreditation"] == "CNAS L0001"
    assert paper["laboratory"]["absent"]["scope"] == "not on record"
    assert paper["standards"][0]["relative_standard_uncertainty"] == "0.0004"
    data = next(data for _, name, data in FILES if name == "e-1.toml")
    assert paper["sha256"] == hashlib.sha256(data).hexdigest()


def test_shared_and_random_parts_add_up_to_u(asked: Asked) -> None:
    datum = datum_of(asked, POWER)
    u = record_of(asked, datum["digest"])["uncertainty"]
    shared, random = float(u["u_sys"]), float(u["u_rand"])
    assert min(shared, random) > 0.0
    assert math.hypot(shared, random) == pytest.approx(datum["standard_uncertainty"], rel=1e-12)


def test_an_unknown_uncertainty_is_null_and_not_nought(asked: Asked) -> None:
    found = record_of(asked, datum_of(asked, MILL)["digest"])
    u = found["uncertainty"]
    assert (u["standard_uncertainty"], u["u_sys"], u["u_basis"]) == (None, None, "unknown")
    assert set(u["absent"].values()) == {"unknown"}
    assert (
        found["quality"]["unconfirmed_seconds"]
        == 3600 * found["instruments"]["instruments"][0]["hours"]
    )
    codes = [each["code"] for each in found["limitations"]["notes"]]
    assert {"uncertainty_unknown", "unconfirmed"} <= set(codes)


def test_what_people_declare_is_told_the_nearest_first_and_withheld_where_they_say_so(
    plant: Plant, asked: Asked
) -> None:
    digest = datum_of(asked, LINE_1)["digest"]
    (other,) = declared(plant, digest)
    found = record_of(other, digest)
    own = found["organisation"]
    assert (own["organisation"], own["process_unit"]) == ("Jinan Works", "line 1")
    assert (own["product"], own["absent"]["product"]) == (None, "withheld")
    assert [each["by"] for each in own["declared"]] == ["Q. Ma", "L. Wu"]
    assert found["redaction"]["withheld"] == {"organisation.product": "Q. Ma"}
    assert found["redaction"]["confidentiality"] == "restricted"
    assert found["quantity"]["time_zone"] == "Asia/Urumqi"
    assert found["quantity"]["start"] == "2026-03-29T22:00:00+06:00"
    assert found["instruments"]["instruments"][0]["management_number"] == "JN-0001"
    assert (found["rating"]["time"], found["rating"]["best"]) == (1, 1)
    assert found["rating"]["absent"]["geography"] == "not declared"
    assert (found["verification"]["body"], found["verification"]["level"]) == ("CQC", "limited")
    assert found["limitations"]["notes"][-1]["code"] == "declared"
    # another channel of the site has only what is said of the site, and no verifier
    line_2 = record_of(other, datum_of(other, LINE_2)["digest"])
    assert line_2["organisation"]["process_unit"] == "works"
    assert line_2["verification"]["body"] is None


def test_a_stack_has_its_model_rules_gases_and_both_values(monitored: Plant) -> None:
    (asked,) = asking(monitored)
    found = record_of(asked, datum_of(asked, CO2, MONTH)["digest"])
    method, told = found["method"], found["substitution"]
    assert (method["id"], method["rules"]["id"]) == ("HJ75-CO2", "hj75")
    assert len(method["constants_sha256"]) == 64
    assert method["inputs"]["co2_dry"] == "jinan/cems/co2_dry"
    assert {each["setting"] for each in method["settings"]} == {"AREA", "KV-1"}
    assert found["quantity"]["time_zone"] == "+08:00"
    assert found["quantity"]["time_zone_from"] == "plan"
    best = float(told["best_estimate"]["value"])
    assert best == pytest.approx(24 * 6 * HJ75_T_H, rel=1e-6)  # as the published case computes
    assert float(told["compliance"]["value"]) < best
    assert told["compliance"]["absent"]["standard_uncertainty"] == "not applicable"
    totals = asked.get(f"/api/v1/monitored-data?channel={CO2}&{MONTH}").json()[0]
    shares = totals["determination"]["totals"]
    assert float(told["share_of_hours"]) == shares["substituted_share_of_hours"]
    assert float(told["share_of_quantity"]) == shares["compliance"]["substituted_share"]
    assert sum(float(each["share_of_hours"]) for each in told["rules"]) == pytest.approx(
        shares["substituted_share_of_hours"], rel=1e-12
    )
    assert sum(float(each["quantity"] or 0.0) for each in told["rules"]) == pytest.approx(
        shares["compliance"]["substituted"], rel=1e-12
    )
    (analyser,) = found["quality"]["analysers"]
    assert analyser["hours"]["out_of_control"] == 48
    gases = found["instruments"]["reference_materials"]
    assert {each["certificate"] for each in gases} == {"GBW-N2", "GBW-L2231"}
    span = next(each for each in gases if each["point"] == "span")
    assert (span["certified"][0]["property"], span["certified"][0]["value"]) == ("CO2", "15.02")
    assert {each["role"] for each in found["instruments"]["instruments"]} == {"input"}
    assert found["rating"]["primary"] is None


def test_who_has_the_record_is_told_so(asked: Asked) -> None:
    digest = datum_of(asked, LINE_1)["digest"]
    tag = asked.get(f"{BASE}/{digest}/record").headers["ETag"]
    assert asked.get(f"{BASE}/{digest}/record", if_none_match=tag).status_code == 304
    assert msgspec.json.decode(asked.get(f"{BASE}/{digest}/record").content)
