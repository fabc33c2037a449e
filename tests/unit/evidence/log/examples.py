"""Batches and documents that the tests of leaves share, and strategies for random ones."""

import msgspec
from hypothesis import strategies as st

from calibration.basis import UncertaintyBasis
from calibration.distribution import Distribution
from calibration.indication import MissReason, Quality
from calibration.measurand import Accumulation, KindOfQuantity, Measurand, ReferenceConditions
from calibration.uncertainty import Influence
from evidence.log.batch import (
    Batch,
    ClockState,
    Contribution,
    Document,
    Leaf,
    Miss,
    Record,
    RecordKind,
    Stream,
    StreamHead,
    document,
)
from evidence.log.column import Progression, collapsed, progression

EPOCH = "0123456789abcdef" * 2
START_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
POWER = Measurand(
    kind_of_quantity=KindOfQuantity.ACTIVE_POWER,
    unit="kW",
    subject="line 1",
    accumulation=Accumulation.RATE,
)
GAS = Measurand(
    kind_of_quantity=KindOfQuantity.VOLUME,
    unit="m3",
    subject="natural gas",
    accumulation=Accumulation.REGISTER,
    reference_conditions=ReferenceConditions(temperature_K=293.15, pressure_Pa=101325.0, wet=False),
)
HEAD = StreamHead(
    channel="jinan/meter-1/power",
    measurand=POWER,
    period_ms=1000,
    serial="2301-8812",
    profile="ab" * 32,
    basis=UncertaintyBasis.CALIBRATION,
    confirmation="MC-7",
    certificate="NIM-7",
    resolution=0.01,
    parameters={"ct_ratio": 40.0},
)
CERT = Influence(id="cert:NIM-7/0", dof_source="cert:NIM-7")
STANDARD = Influence(id="std:NIM/REF-7")
STREAM = Stream(
    head=HEAD,
    rows=3,
    sequence=Progression(first=41, steps=1),
    at_ms=Progression(first=START_MS, steps=(1003, 998)),
    raw=("42c80000", "42c9ae14", "42c50a3d"),
    indication=(100.0, 100.84, 98.52),
    value=(99.9, 100.739, 98.421),
    contributions=(
        Contribution(influence=CERT, contribution=(0.01, 0.02, -0.01)),
        Contribution(influence=STANDARD, relative=3e-4),
    ),
    fresh=0.005,
    missed=(Miss(sequence=44, at_ms=START_MS + 3000, reason=MissReason.TIMEOUT),),
)
BATCH = Batch(
    agent="gw-1",
    epoch=EPOCH,
    sequence=7,
    software="carbonmeter 0.1.0",
    clock=ClockState(standard_uncertainty_s=0.05, synchronised=True),
    opened_ms=START_MS,
    closed_ms=START_MS + 10_000,
    streams=(STREAM,),
    records=(Record(kind=RecordKind.CLOCK_STEP, at_ms=START_MS, facts={"step_ms": -250}),),
)
DOCUMENT = document(("gw-1", EPOCH, 0), "profile", "x.toml", b"schema = 1\n")


def changed(**fields: object) -> Stream:
    """The stream with other fields."""
    return msgspec.structs.replace(STREAM, **fields)


def with_head(**fields: object) -> Stream:
    """The stream with other fields in its head."""
    return changed(head=msgspec.structs.replace(HEAD, **fields))


def batch_of(*streams: Stream, **fields: object) -> Batch:
    """The batch with these streams."""
    return msgspec.structs.replace(BATCH, streams=streams, **fields)


def of_rows(rows: int, channel: str = HEAD.channel) -> Stream:
    """A stream of so many readings, as plain as one can be."""
    return Stream(
        head=msgspec.structs.replace(HEAD, channel=channel),
        rows=rows,
        sequence=Progression(first=0, steps=1),
        at_ms=Progression(first=START_MS, steps=1000),
        raw=("0000",) * rows,
        indication=(0,) * rows,
    )


finite = st.floats(-1e100, 1e100)
not_negative = st.floats(0.0, 1e100)
whole = st.integers(-(2**53), 2**53)
names = st.from_regex(r"[a-z0-9-]{1,8}", fullmatch=True)
heads = st.builds(
    StreamHead,
    channel=st.text(max_size=20),
    measurand=st.sampled_from([POWER, GAS]),
    period_ms=st.integers(1, 86_400_000),
    serial=st.text(max_size=8),
    profile=st.text(max_size=8),
    basis=st.sampled_from(UncertaintyBasis),
    confirmation=st.text(max_size=8),
    certificate=st.text(max_size=8),
    resolution=not_negative,
    rollover=st.none() | finite,
    rated_rate=st.none() | finite,
    nameplate_mpe_relative=st.none() | finite,
    parameters=st.dictionaries(st.text(max_size=8), finite, max_size=2),
)
influences = st.builds(
    Influence,
    id=names.map(lambda name: f"std:NIM/{name}") | names.map(lambda name: f"cert:{name}/0"),
    evaluation=st.sampled_from(["A", "B"]),
    distribution=st.sampled_from(Distribution),
    degrees_of_freedom=st.none() | st.floats(0.5, 1e6),
    dof_source=st.none() | names,
    shared=st.booleans(),
)
misses = st.builds(
    Miss,
    sequence=st.integers(0, 2**63 - 1),
    at_ms=st.integers(0, 9_000_000_000_000),
    reason=st.sampled_from(MissReason),
)
records = st.builds(
    Record,
    kind=st.sampled_from(RecordKind),
    at_ms=st.integers(-(2**63) + 1, 2**63 - 1),
    until_ms=st.none() | st.integers(-(2**63) + 1, 2**63 - 1),
    channel=st.text(max_size=8),
    facts=st.dictionaries(st.text(max_size=8), st.text(max_size=8) | whole | finite, max_size=3),
)


def _columns(rows: int, numbers: st.SearchStrategy[float]) -> st.SearchStrategy[tuple[float, ...]]:
    return st.lists(numbers, min_size=rows, max_size=rows).map(tuple)


def _contributions(rows: int) -> st.SearchStrategy[Contribution]:
    stated = st.builds(
        Contribution, influence=influences, contribution=finite | _columns(rows, finite)
    )
    return stated | st.builds(Contribution, influence=influences, relative=finite)


@st.composite
def streams(draw: st.DrawFn) -> Stream:
    """A stream of up to 6 readings."""
    rows = draw(st.integers(0, 6))
    empty = Progression(first=0, steps=())
    sequence = draw(_columns(rows, st.integers(0, 2**62)))
    at_ms = draw(_columns(rows, st.integers(0, 9_000_000_000_000)))
    quality = draw(st.lists(st.sampled_from(Quality), min_size=rows, max_size=rows))
    raw = draw(st.lists(st.binary(max_size=8), min_size=rows, max_size=rows))
    once = st.lists(_contributions(rows), max_size=3, unique_by=lambda part: part.influence.id)
    return Stream(
        head=draw(heads),
        rows=rows,
        sequence=progression([int(each) for each in sequence]) if rows else empty,
        at_ms=progression([int(each) for each in at_ms]) if rows else empty,
        raw=tuple(each.hex() for each in raw),
        indication=draw(_columns(rows, finite | whole)),
        value=draw(st.none() | _columns(rows, finite)),
        quality=collapsed(quality) if rows else Quality.GOOD,
        contributions=tuple(draw(once)),
        fresh=draw(not_negative | _columns(rows, not_negative)),
        missed=tuple(draw(st.lists(misses, max_size=3))),
    )


batches = st.builds(
    Batch,
    agent=st.text(max_size=8),
    epoch=st.text(max_size=32),
    sequence=st.integers(0, 2**63 - 1),
    software=st.text(max_size=8),
    clock=st.builds(
        ClockState,
        standard_uncertainty_s=st.floats(0.0, 1e9),
        simulated=st.booleans(),
        synchronised=st.none() | st.booleans(),
        last_receipt_s=st.none() | st.integers(0, 2**63 - 1),
    ),
    opened_ms=st.integers(-(2**62), 2**62),
    closed_ms=st.integers(-(2**62), 2**62),
    streams=st.lists(streams(), max_size=3).map(tuple),
    records=st.lists(records, max_size=3).map(tuple),
)
documents: st.SearchStrategy[Document] = st.builds(
    document,
    st.tuples(st.text(max_size=8), st.just(EPOCH), st.integers(0, 2**63 - 1)),
    st.sampled_from(["profile", "certificate", "confirmation", "configuration"]),
    st.text(max_size=8),
    st.binary(max_size=40),
)
leaves: st.SearchStrategy[Leaf] = batches | documents
