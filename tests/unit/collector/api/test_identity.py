"""Equal serials and certificate numbers of unlike things do not cancel; those of one thing do."""

import hashlib
import math
from typing import Any, Final

import httpx
import pytest
from msgspec.structs import replace

from calibration.basis import UncertaintyBasis
from collector.rights import Role
from evidence.log.batch import Stream
from tests.unit.collector.agent_log import AgentLog
from tests.unit.collector.api.plant import (
    LINE_1,
    LINE_2,
    MILL,
    PROFILE,
    Asked,
    Plant,
    batch,
    confirmation,
    served,
    showing,
    stream,
)
from tests.unit.collector.api.test_allowed import bearer
from tests.unit.collector.api.test_boundaries import saved
from tests.unit.collector.api.test_entries import APRIL, STEEL, tonnes
from tests.unit.collector.api.test_groups import installed
from tests.unit.collector.api.writing import person, two_lines

BASE: Final = "/api/v1/activity-data"
POLLS: Final = 200
JINAN_MILL: Final = "jinan/mill/energy"
ONE_SITE: Final = {"gw-1": "jinan", "gw-2": "jinan"}
ACREL: Final = PROFILE.replace(b'maker = "Plant"', b'maker = "Acrel"')
NEWER: Final = PROFILE.replace(b"Whatever this plant shows", b"What this plant shows")


def read(of: str, serial: str, profile: bytes = PROFILE) -> Stream:
    """Readings of a meter that nothing but its class is known of."""
    made = stream(LINE_1, 0, POLLS)
    head = replace(
        made.head,
        channel=of,
        measurand=replace(made.head.measurand, subject=of.rpartition("/")[0]),
        serial=serial,
        profile=hashlib.sha256(profile).hexdigest(),
        certificate="",
        confirmation="",
        basis=UncertaintyBasis.NAMEPLATE,
        nameplate_mpe_relative=0.01,
    )
    return replace(made, head=head)


def certified(
    of: str,
    serial: str,
    certificate: str = "E-1",
    basis: UncertaintyBasis = UncertaintyBasis.CALIBRATION,
) -> Stream:
    """Readings of a meter that was certified, by a confirmation that is named after it."""
    plain = read(of, serial)
    decided = f"K-{serial}"
    head = replace(plain.head, certificate=certificate, confirmation=decided, basis=basis)
    return replace(plain, head=head)


def take(plant: Plant, *streams: tuple[AgentLog, Stream]) -> Asked:
    for name, profile in (("acrel.toml", ACREL), ("newer.toml", NEWER), ("meter.toml", PROFILE)):
        for log in (plant.gw1, plant.gw2):
            plant.log_file(log, "profile", name, profile)
    for log, each in streams:
        plant.take(log, batch(log, [each]))
    plant.judging.catch_up()
    assert plant.store.lookup.faults(10) == []
    return served(plant.parts())


def certify(plant: Plant, log: AgentLog, certificate: bytes, number: str, serial: str) -> None:
    plant.log_file(log, "certificate", f"{number}.toml", certificate)
    decided = confirmation(f"K-{serial}", number, serial, "2027-01-06")
    plant.log_file(log, "confirmation", f"k-{serial}.toml", decided)


def difference(asked: Asked, one: str, other: str, query: str = APRIL) -> httpx.Response:
    return asked.get(f"{BASE}/combined?channels={one},{other}&factors=1,-1&{query}")


def refused(answer: httpx.Response, influence: str, what: str) -> None:
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "E_INFLUENCE_IDENTITY"), answer.text
    assert problem["where"] == influence
    assert what in problem["detail"]


def shares(answer: httpx.Response, influence: str) -> None:
    """Returns if it cancels: the difference is better than that of two meters apart."""
    found = answer.json()
    assert answer.status_code == 200, answer.text
    assert influence in found["common_influences"]
    assert influence not in {each["influence"] for each in found["components"] if _large(each)}


def _large(component: dict[str, Any]) -> bool:
    return bool(abs(component["contribution"]) > 1e-6)


def replaced(plant: Plant, sites: dict[str, str]) -> Plant:
    """The plant with its agents at other sites."""
    plant.sites, plant.judging = sites, plant.judging.__class__(plant.ledger, plant.store, sites)
    return plant


@pytest.fixture
def alike(fresh: Plant) -> Asked:
    """A meter each at two sites, of class 1, with one serial number and no certificate."""
    return take(fresh, (fresh.gw1, read(LINE_1, "1001")), (fresh.gw2, read(MILL, "1001")))


def test_meters_of_two_sites_with_one_serial_are_not_taken_for_one(alike: Asked) -> None:
    influence, what = "inst:1001/class", "no paper says that the one at jinan is the one at weifang"
    for path in (
        f"combined?channels={LINE_1},{MILL}&factors=1,-1",
        f"combined?channels={LINE_1},{MILL}",
        f"ratio?numerator={LINE_1}&denominator={MILL}",
        f"corroboration?measured={LINE_1}&calculated={MILL}",
        f"export?format=brightway&samples=10&channels={LINE_1},{MILL}",
    ):
        refused(alike.get(f"{BASE}/{path}&{APRIL}"), influence, what)
    chinese = alike.get(
        f"{BASE}/combined?channels={LINE_1},{MILL}&{APRIL}", accept_language="zh"
    ).json()["detail"]
    assert "没有文件说明厂区 jinan 的与厂区 weifang 的是同一个" in chinese


def test_each_is_told_apart_and_a_file_without_draws_joins_nothing(alike: Asked) -> None:
    for path in (f"?{APRIL}", f"/export?format=brightway&channels={LINE_1},{MILL}&{APRIL}"):
        assert alike.get(BASE + path).status_code == 200


@pytest.mark.parametrize("profile", [PROFILE, NEWER], ids=["one profile", "a newer version"])
def test_one_meter_that_two_agents_of_a_site_read_cancels(fresh: Plant, profile: bytes) -> None:
    plant = replaced(fresh, ONE_SITE)
    streams = (plant.gw1, read(LINE_1, "1001")), (plant.gw2, read(JINAN_MILL, "1001", profile))
    shares(difference(take(plant, *streams), LINE_1, JINAN_MILL), "inst:1001/class")


def test_two_channels_of_one_meter_cancel(fresh: Plant) -> None:
    streams = (fresh.gw1, read(LINE_1, "1001")), (fresh.gw1, read(LINE_2, "1001"))
    shares(difference(take(fresh, *streams), LINE_1, LINE_2), "inst:1001/class")


def test_meters_of_two_makers_at_one_site_are_told_apart_by_their_profiles(fresh: Plant) -> None:
    streams = (fresh.gw1, read(LINE_1, "1001")), (fresh.gw1, read(LINE_2, "1001", ACREL))
    asked = take(fresh, *streams)
    what = "device profiles say Plant, Meter, and Acrel, Meter"
    refused(difference(asked, LINE_1, LINE_2), "inst:1001/class", what)
    terms = [{"channel": LINE_1, "factor": "1"}, {"channel": LINE_2, "factor": "-1"}]
    answer = saved(asked, bearer(fresh, Role.ENGINEER, "jinan"), id="jinan/both", terms=terms)
    refused(answer, "inst:1001/class", what)


def test_a_check_meter_of_another_maker_with_one_serial_corroborates_nothing(fresh: Plant) -> None:
    fresh.log_file(fresh.gw1, "event", "1001.toml", installed("1001", "line 1"))
    streams = (fresh.gw1, read(LINE_1, "1001")), (fresh.gw1, read(LINE_2, "1001", ACREL))
    asked = take(fresh, *streams)
    (datum,) = asked.get(f"{BASE}?channel={LINE_1}&{APRIL}").json()
    record = asked.get(f"{BASE}/{datum['digest']}/record").json()
    assert record["organisation"]["double_count_groups"] == ["line 1"]
    assert not record["corroboration"]["comparisons"]


def test_a_meter_that_was_exchanged_is_known_by_the_profile_of_its_time(fresh: Plant) -> None:
    """LINE_1 was read from Acrel's 1001, and is now from another meter, of Plant's."""
    old = read(LINE_1, "1001", ACREL)
    late = stream(LINE_1, POLLS, 200)
    head = replace(read(LINE_1, "2002").head)
    new = replace(showing(late, *(each + 9000.0 for each in late.indication)), head=head)
    streams = (fresh.gw1, old), (fresh.gw1, new), (fresh.gw1, read(LINE_2, "1001"))
    asked = take(fresh, *streams)
    refused(difference(asked, LINE_1, LINE_2), "inst:1001/class", "profiles say Acrel, Meter, and")


def test_a_scale_and_a_meter_that_people_enter_with_one_serial_do_not_cancel(fresh: Plant) -> None:
    clerk = person(two_lines(fresh), "wang", Role.ANALYST)
    grid, coke = "jinan/~grid/energy", "jinan/~scale/coke"
    classed = {"serial": "1", "relative_standard_uncertainty": None, "mpe_relative": 0.01}
    energy = {"channel": grid, "kind_of_quantity": "active_energy", "unit": "kW.h"}
    amounts = [
        tonnes("2026-03-30", "2026-04-01", 20.0, **classed),
        tonnes("2026-03-30", "2026-04-01", 8.0, **classed, channel=coke),
        tonnes("2026-03-30", "2026-04-01", 20000.0, **classed, **energy),
    ]
    clerk.does("/api/v1/entries", {"entries": amounts, "reason": "bills"})
    answer = clerk.get(f"{BASE}/ratio?numerator={grid}&denominator={STEEL}&{APRIL}")
    refused(answer, "inst:1/class", "they show active_energy, and mass")
    # two goods on one weighbridge deviate together
    found = clerk.read(f"{BASE}/combined?channels={STEEL},{coke}&{APRIL}")
    assert found["common_influences"] == ["inst:1/class"]
    whole = 28.0 * 0.01 / math.sqrt(3.0)
    assert found["uncertainty"]["standard_uncertainty"] == pytest.approx(whole)
