"""From polls to streams: one numpy pass, named influences, columns that can be recomputed."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason, Quality
from edge_agent.batcher import (
    MAX_FRAME_BYTES,
    BatchHead,
    BatchRules,
    Fill,
    Place,
    packed_batches,
)
from edge_agent.installation import Installation
from edge_agent.poll import Noted, Pending, Poll, Reading
from edge_agent.strands import strands_of
from edge_agent.streams import streams_of
from evidence.log.batch import Batch, ClockState, Record, RecordKind, contributions, decode, values
from evidence.log.column import progressed, spread
from evidence.log.envelope import Envelope, decompress, seal
from tests.unit.edge_agent.site import (
    START_NS,
    S,
    device,
    installed,
    poll,
    waiting,
    write_certificate,
    write_site,
)

HEAD = BatchHead(
    software="test", clock=ClockState(standard_uncertainty_s=0.05), closed_ms=1, seed=b"s" * 32
)
START = Place(agent="line-1", epoch="ab" * 16, sequence=5)
CALIBRATED_NS = 1_748_736_000_000_000_000  # 2025-06-01
YEAR_NS = 365.25 * 86_400 * S
RULES = BatchRules(max_age_ns=10 * S, readings_per_channel=3)


def certified(folder: Path, **terms: str) -> Installation:
    write_site(folder)
    write_certificate(folder, **terms)
    return installed(folder, device(channels=["active_power", "active_energy_import"]))


def powers(site: Installation, numbers: list[float], step_ns: int = 60 * S) -> list[Poll]:
    return [poll(site, START_NS + n * step_ns, n, x, 5.0) for n, x in enumerate(numbers)]


class Certified:
    """A site with a certificate; hypothesis would print all of a dataclass."""

    def __init__(self, folder: Path) -> None:
        self.site = certified(folder)


@pytest.fixture(scope="module")
def of_power(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    return Certified(tmp_path_factory.mktemp("certified"))


@given(st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=20))
def test_values_and_contributions_follow_from_the_certificate(
    of_power: Certified, numbers: list[float]
) -> None:
    """y = 10 W + 1.002 x; its influences by hand, each to the 6 digits that travel."""
    site = of_power.site
    streams = streams_of(strands_of(powers(site, numbers)), site.calibrations)
    power = next(stream for stream in streams if stream.head.measurand.unit == "W")
    expected = [10.0 + 1.002 * x for x in numbers]
    years = [(START_NS + n * 60 * S - CALIBRATED_NS) / YEAR_NS for n in range(len(numbers))]
    assert values(power) == pytest.approx(expected, rel=1e-12, abs=1e-9)
    by_hand = {
        "cert:C-1/0": [1.0] * len(numbers),
        "cert:C-1/1": [2e-4 * x for x in numbers],
        "std:lab/S-1": [1e-3 * y for y in expected],
        "inst:SIM-1/drift": [1e-3 * age * y for age, y in zip(years, expected, strict=True)],
    }
    stated = {part.influence.id: contributions(power, part) for part in power.contributions}
    assert stated.keys() == {name for name, column in by_hand.items() if any(column)}
    for name, column in stated.items():
        assert column == pytest.approx(by_hand[name], rel=1e-5, abs=1e-12)


def test_a_register_passes_through_whatever_its_certificate_says(tmp_path: Path) -> None:
    site = certified(tmp_path)
    streams = streams_of(strands_of(powers(site, [1.0, 2.0])), site.calibrations)
    energy = next(stream for stream in streams if stream.head.measurand.unit == "kW.h")
    assert energy.value is None
    assert energy.contributions == ()
    assert energy.head.resolution == 0.01
    assert values(energy) == (5.0, 5.0)


def test_a_confirmation_that_begins_within_a_batch_splits_the_stream(tmp_path: Path) -> None:
    site = certified(tmp_path, effective_from="2026-01-01T00:01:30Z")
    polls = powers(site, [1000.0] * 4)
    streams = streams_of(strands_of(polls), site.calibrations)
    found = [s for s in streams if s.head.measurand.unit == "W"]
    assert [(s.rows, s.head.basis, s.head.confirmation) for s in found] == [
        (2, UncertaintyBasis.UNKNOWN, ""),
        (2, UncertaintyBasis.CALIBRATION, "M-1"),
    ]
    assert found[0].value is None
    assert found[1].value == pytest.approx([1012.0] * 2)
    assert [progressed(s.sequence, s.rows) for s in found] == [[0, 1], [2, 3]]


def test_overdue_begins_the_day_after_the_last_one(tmp_path: Path) -> None:
    site = certified(tmp_path, due_on="2025-12-31")
    before = [poll(site, START_NS - 1_000_000, 0, 1000.0, 5.0), *powers(site, [1000.0])]
    streams = streams_of(strands_of(before), site.calibrations)
    power = next(s for s in streams if s.head.measurand.unit == "W")
    assert spread(power.quality, 2) == (Quality.GOOD, Quality.OVERDUE)


def test_outside_the_measuring_interval_is_said(tmp_path: Path) -> None:
    site = certified(tmp_path)
    streams = streams_of(strands_of(powers(site, [499.0, 500.0, 100_001.0])), site.calibrations)
    power = next(s for s in streams if s.head.measurand.unit == "W")
    outside = Quality.OUTSIDE_MEASURING_INTERVAL
    assert spread(power.quality, 3) == (outside, Quality.GOOD, outside)


def test_the_worst_of_several_qualities_stands(tmp_path: Path) -> None:
    site = certified(tmp_path)
    suspect = Reading(channel=0, at_ms=1, raw=b"", number=1.0, quality=Quality.CLOCK_SUSPECT)
    digest = site.devices["feeder-1"].digest
    one = Poll(device="feeder-1", setup=digest, sequence=0, at_ms=1, readings=(suspect,))
    (stream,) = streams_of(strands_of([one]), site.calibrations)
    assert stream.quality is Quality.CLOCK_SUSPECT


def test_the_name_plate_s_class_is_a_factor(tmp_path: Path) -> None:
    more = "nameplate_mpe_relative = 0.01"
    site = installed(tmp_path, device(channels=["active_power"], more=more))
    (stream,) = streams_of(strands_of([poll(site, START_NS, 0, 1000.0)]), site.calibrations)
    assert stream.head.basis is UncertaintyBasis.NAMEPLATE
    (part,) = stream.contributions
    assert part.influence.id == "inst:SIM-1/class"
    assert part.relative == pytest.approx(0.01 / 3**0.5)


def test_what_is_unknown_has_no_contribution_and_says_so(tmp_path: Path) -> None:
    site = installed(tmp_path, device(channels=["active_power"]))
    (stream,) = streams_of(strands_of([poll(site, START_NS, 0, 1000.0)]), site.calibrations)
    assert stream.head.basis is UncertaintyBasis.UNKNOWN
    assert stream.contributions == ()


def test_a_stream_can_be_all_misses(tmp_path: Path) -> None:
    site = installed(tmp_path)
    (stream,) = streams_of(strands_of([poll(site, START_NS, 3)]), site.calibrations)
    assert stream.rows == 0
    assert [(m.sequence, m.reason) for m in stream.missed] == [(3, MissReason.TIMEOUT)]


def packed(site: Installation, pending: list[Pending]) -> list[Batch]:
    """The batches of everything pending, each proven to fit a message."""
    found = []
    for n, leaf in enumerate(packed_batches(waiting(pending), site.calibrations, HEAD, START)):
        assert leaf.fits
        envelope = Envelope(epoch=START.epoch, sequence=n, checkpoint=b"c" * 500, leaf=leaf.frame)
        assert len(seal(envelope)) <= MAX_FRAME_BYTES + 1024
        batch = decode(decompress(leaf.frame))
        assert isinstance(batch, Batch)
        assert batch.sequence == START.sequence + n
        found.append(batch)
    return found


def test_more_than_a_thousand_readings_become_several_leaves(tmp_path: Path) -> None:
    site = installed(tmp_path)
    pending: list[Pending] = [poll(site, START_NS + n * S, n, float(n)) for n in range(2500)]
    batches = packed(site, pending)
    assert [sum(s.rows for s in batch.streams) for batch in batches] == [1000, 1000, 500]
    shown = [x for batch in batches for s in batch.streams for x in s.indication]
    assert shown == [float(n) for n in range(2500)]


def test_what_would_not_fit_a_message_is_halved_before_it_has_a_place(tmp_path: Path) -> None:
    """Readings whose digits are noise: a thousand of them are more than 48 KiB."""
    names = ["active_power", "active_power_l1", "active_power_l2", "active_power_l3"]
    devices = "".join(device(name=f"d-{n}", unit=n, channels=names) for n in range(1, 26))
    site = installed(tmp_path, devices)
    pending: list[Pending] = [
        noisy(site, n * 100 + d, f"d-{d}") for n in range(10) for d in range(1, 26)
    ]
    batches = packed(site, pending)
    assert len(batches) > 1
    assert sum(s.rows for batch in batches for s in batch.streams) == 1000
    assert all(batch.streams for batch in batches)


def noisy(site: Installation, n: int, name: str) -> Poll:
    numbers = [(n * 2654435761 + k * 40503 * n**3) % 2**53 / 1e5 for k in range(4)]
    at_ns = START_NS + (n * 7919 % 100_003) * 1_000_000
    found = poll(site, at_ns, n, *numbers, name=name)
    noise = [hashlib.sha512(f"{n} {x}".encode()).digest() for x in numbers]
    readings = tuple(
        Reading(channel=r.channel, at_ms=r.at_ms + k, raw=raw, number=r.number)
        for k, (r, raw) in enumerate(zip(found.readings, noise, strict=True))
    )
    return Poll(device=name, setup=found.setup, sequence=n, at_ms=found.at_ms, readings=readings)


def test_many_records_go_by_the_hundred_before_the_readings(tmp_path: Path) -> None:
    site = installed(tmp_path)
    facts = {"cause": "x" * 100}
    record = Record(kind=RecordKind.GAP, at_ms=1, facts=facts)
    pending: list[Pending] = [poll(site, START_NS, 0, 1.0), *[Noted(record=record)] * 250]
    batches = packed(site, pending)
    assert [len(batch.records) for batch in batches] == [100, 100, 50, 0]
    assert [len(batch.streams) for batch in batches] == [0, 0, 0, 1]


def test_a_batch_is_due_by_age_by_readings_and_when_the_clock_went_back(tmp_path: Path) -> None:
    site = installed(tmp_path)
    fill = Fill()
    assert not fill.is_due(RULES, START_NS + 3600 * S)
    assert fill.due_ns(RULES) is None
    fill.add(poll(site, START_NS, 0, 1.0))
    assert fill.due_ns(RULES) == START_NS + 10 * S
    assert not fill.is_due(RULES, START_NS + 10 * S - 1)
    assert fill.is_due(RULES, START_NS + 10 * S)
    assert fill.is_due(RULES, START_NS - 1)
    fill.add(poll(site, START_NS, 1, 1.0))
    assert not fill.is_due(RULES, START_NS)
    fill.add(poll(site, START_NS, 2, 1.0))
    assert fill.due_ns(RULES) == START_NS
    assert fill.is_due(RULES, START_NS)


def test_a_thousand_readings_close_a_batch_whatever_its_age(tmp_path: Path) -> None:
    site = installed(tmp_path)
    rules = BatchRules(max_age_ns=3600 * S, readings_per_channel=1000)
    fill = Fill([poll(site, START_NS, n, 1.0) for n in range(999)])
    assert not fill.is_due(rules, START_NS)
    fill.add(poll(site, START_NS, 999))  # a miss counts too
    assert fill.is_due(rules, START_NS)
