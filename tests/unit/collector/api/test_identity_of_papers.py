"""Certificates of one number: of two laboratories they do not cancel, of one they do."""

import hashlib

import pytest
from msgspec.structs import replace

from calibration.basis import UncertaintyBasis
from evidence.log.batch import Stream
from tests.unit.collector.api import test_fuel
from tests.unit.collector.api.plant import LINE_1, MILL, Asked, Kind, Plant, energy_certificate
from tests.unit.collector.api.test_entries import APRIL
from tests.unit.collector.api.test_identity import (
    JINAN_MILL,
    ONE_SITE,
    certified,
    certify,
    difference,
    refused,
    replaced,
    shares,
    take,
)


def test_one_instrument_that_is_certified_to_both_sites_cancels(fresh: Plant) -> None:
    """Each has a certificate of its own; both name the maker's one meter."""
    for log, number in ((fresh.gw1, "V-1"), (fresh.gw2, "V-2")):
        verified = (
            energy_certificate(number, "1001")
            .partition(b"[[standards]]")[0]
            .replace(b'"calibration"', b'"verification"')
        )
        verified += b'[conformity]\nmpe_relative = 0.01\nstatement = "pass"\n'
        certify(fresh, log, verified, number, "1001")
    basis = UncertaintyBasis.VERIFICATION
    streams = (
        (fresh.gw1, certified(LINE_1, "1001", "V-1", basis)),
        (fresh.gw2, certified(MILL, "1001", "V-2", basis)),
    )
    shares(difference(take(fresh, *streams), LINE_1, MILL), "inst:1001/class")


def of_two_laboratories(plant: Plant, other: str) -> Asked:
    """Two agents, each with a certificate E-1; of other laboratories, for other meters."""
    certify(plant, plant.gw1, energy_certificate("E-1", "S-1"), "E-1", "S-1")
    its = energy_certificate("E-1", "S-9").replace(b"SDIM", b"HNIM")
    certify(plant, plant.gw2, its, "E-1", "S-9")
    return take(plant, (plant.gw1, certified(LINE_1, "S-1")), (plant.gw2, certified(other, "S-9")))


def test_two_laboratories_certificates_of_one_number_do_not_cancel(fresh: Plant) -> None:
    answer = difference(of_two_laboratories(fresh, MILL), LINE_1, MILL)
    what = "papers say SDIM, ABB, B23, S-1, 2026-01-05, and HNIM, ABB, B23, S-9, 2026-01-05"
    refused(answer, "cert:E-1/0", what)


def test_nor_do_they_within_a_site_and_the_audit_finds_them(fresh: Plant) -> None:
    asked = of_two_laboratories(replaced(fresh, ONE_SITE), JINAN_MILL)
    refused(difference(asked, LINE_1, JINAN_MILL), "cert:E-1/0", "papers say SDIM")
    for channel in (LINE_1, JINAN_MILL):
        checks = asked.get(f"/api/v1/audit?channel={channel}&{APRIL}").json()["checks"]
        (first,) = [each for each in checks if each["number"] == 1]
        found = " ".join(each["en"] for each in first["findings"])
        assert "E-1 is the number of two certificates" in found


def test_one_certificate_that_two_agents_logged_cancels(fresh: Plant) -> None:
    for log in (fresh.gw1, fresh.gw2):
        certify(fresh, log, energy_certificate("E-1", "S-1"), "E-1", "S-1")
    streams = (fresh.gw1, certified(LINE_1, "S-1")), (fresh.gw2, certified(MILL, "S-1"))
    answer = difference(take(fresh, *streams), LINE_1, MILL)
    shares(answer, "cert:E-1/0")


def test_a_paper_for_another_instrument_under_the_number_does_not_make_them_one(
    fresh: Plant,
) -> None:
    """The first agent has the certificate of the second's meter too, under the same number."""
    its = energy_certificate("E-1", "S-9").replace(b"SDIM", b"HNIM")
    before = its.replace(b"2026-01-06T08:00:00+08:00", b"2026-01-05T08:00:00+08:00")
    fresh.log_file(fresh.gw1, "certificate", "other.toml", before)
    answer = difference(of_two_laboratories(fresh, MILL), LINE_1, MILL)
    refused(answer, "cert:E-1/0", "papers say SDIM")


ORIGINAL = b'document_sha256 = "' + 64 * b"a" + b'"\n[instrument]'


@pytest.mark.parametrize(
    ("change", "original"),
    [
        ((b'name = "SDIM"', b'name  =  "sdim"'), b"[instrument]"),
        ((b'name = "SDIM"', b'name = "Shandong Institute of Metrology"'), ORIGINAL),
    ],
    ids=["typed again", "one document of the laboratory"],
)
def test_one_certificate_in_two_files_is_one(
    fresh: Plant, change: tuple[bytes, bytes], original: bytes
) -> None:
    data = energy_certificate("E-1", "S-1").replace(b"[instrument]", original)
    for log, each in ((fresh.gw1, data), (fresh.gw2, data.replace(*change))):
        certify(fresh, log, each, "E-1", "S-1")
    streams = (fresh.gw1, certified(LINE_1, "S-1")), (fresh.gw2, certified(MILL, "S-1"))
    shares(difference(take(fresh, *streams), LINE_1, MILL), "cert:E-1/0")


def test_a_computed_channel_is_known_by_the_meter_that_it_is_computed_from(fresh: Plant) -> None:
    """Two feeders of two makers have one serial number; one of them is counted as CO2."""
    theirs = test_fuel.PROFILE.replace(b'maker = "Plant"', b'maker = "Schenck"')
    files: tuple[tuple[Kind, str, bytes], ...] = (
        ("profile", "feeder.toml", test_fuel.PROFILE),
        ("profile", "feeder-2.toml", theirs),
        ("setting", "ncv.toml", test_fuel.NCV),
        ("setting", "cc.toml", test_fuel.carbon("CC")),
        ("setting", "of.toml", test_fuel.declared("OF", "oxidation_factor", 0.98, "1")),
        ("derivation", "fuel.toml", test_fuel.DERIVATION),
    )
    for kind, name, data in files:
        fresh.log_file(fresh.gw1, kind, name, data)
    first = read_coal(test_fuel.COAL, test_fuel.PROFILE)
    second = read_coal("jinan/feeder-2/coal", theirs)
    asked = take(fresh, (fresh.gw1, first), (fresh.gw1, second))
    computed, query = test_fuel.FUEL, test_fuel.WHOLE
    answer = difference(asked, computed, second.head.channel, query)
    refused(answer, "inst:F-1/class", "profiles say Plant, Feeder, and Schenck, Feeder")
    own = difference(asked, computed, first.head.channel, query)
    assert "inst:F-1/class" in own.json()["common_influences"]


def read_coal(channel: str, profile: bytes) -> Stream:
    coal = test_fuel.weighed(18)
    head = replace(
        coal.head,
        channel=channel,
        profile=hashlib.sha256(profile).hexdigest(),
        certificate="",
        confirmation="",
        basis=UncertaintyBasis.NAMEPLATE,
        nameplate_mpe_relative=0.01,
    )
    return replace(coal, head=head)
