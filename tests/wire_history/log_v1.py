"""A log of version 1, as it was first written: the structures that the frozen files hold.

The files beside this one were made once, by `encode`, `seal` and `cosign` of the first
version, and never change. Whatever reads logs later must read them as this.
"""

from pathlib import Path
from typing import Final

from calibration.basis import UncertaintyBasis
from calibration.indication import MissReason, Quality
from calibration.measurand import Accumulation, KindOfQuantity, Measurand, ReferenceConditions
from calibration.uncertainty import Influence
from evidence.log.batch import (
    Batch,
    ClockState,
    Contribution,
    Document,
    Miss,
    Record,
    RecordKind,
    Stream,
    StreamHead,
    document,
)
from evidence.log.column import Progression
from evidence.log.key import Algorithm, SigningKey, generate

FOLDER: Final = Path(__file__).parent
AGENT: Final = "gw-1"
EPOCH: Final = "6f1d0c2b9a8e47335aa1f0e4c3d2b190"
AGENT_KEY: Final[SigningKey] = generate("gw-1", b"wire history: the agent of v1   ")
COLLECTOR_KEY: Final[SigningKey] = generate(
    "collector", b"wire history: the collector, v1 ", Algorithm.COSIGNATURE_V1
)
RECEIVED_S: Final = 1_767_225_621
START_MS: Final = 1_767_225_600_000  # 2026-01-01T00:00:00Z
PROFILE: Final = b'schema = 1\nid = "abb-b23"\n# \xe7\x94\xb5\xe8\xa1\xa8\n'

DOCUMENT: Final[Document] = document((AGENT, EPOCH, 0), "profile", "abb-b23.toml", PROFILE)
_POWER: Final = Stream(
    head=StreamHead(
        channel="jinan/line-1/active_power",
        measurand=Measurand(
            kind_of_quantity=KindOfQuantity.ACTIVE_POWER,
            unit="kW",
            subject="line 1",
            accumulation=Accumulation.RATE,
        ),
        period_ms=5000,
        serial="2301-8812",
        profile=DOCUMENT.sha256,
        basis=UncertaintyBasis.CALIBRATION,
        confirmation="MC-2026-004",
        certificate="NIM-2026-0417",
        resolution=0.01,
        parameters={"ct_ratio": 40.0},
    ),
    rows=3,
    sequence=Progression(first=2880, steps=1),
    at_ms=Progression(first=START_MS + 14, steps=(5001, 4998)),
    raw=("00001388", "0000138d", "00001392"),
    indication=(50.0, 50.05, 50.1),
    value=(49.95, 50.0, 50.05),
    quality=(Quality.GOOD, Quality.GOOD, Quality.OVERDUE),
    contributions=(
        Contribution(
            influence=Influence(
                id="cert:NIM-2026-0417/0",
                evaluation="A",
                degrees_of_freedom=9.0,
                dof_source="cert:NIM-2026-0417",
            ),
            contribution=0.02,
        ),
        Contribution(
            influence=Influence(
                id="cert:NIM-2026-0417/1",
                evaluation="A",
                degrees_of_freedom=9.0,
                dof_source="cert:NIM-2026-0417",
            ),
            contribution=(-0.00125, 0.0, 0.00125),
        ),
        Contribution(influence=Influence(id="std:NIM/REF-7"), relative=3e-4),
    ),
    fresh=0.005,
    missed=(Miss(sequence=2883, at_ms=START_MS + 15_000, reason=MissReason.TIMEOUT),),
)
_GAS: Final = Stream(
    head=StreamHead(
        channel="jinan/boiler/gas",
        measurand=Measurand(
            kind_of_quantity=KindOfQuantity.VOLUME,
            unit="m3",
            subject="natural gas",
            accumulation=Accumulation.REGISTER,
            reference_conditions=ReferenceConditions(
                temperature_K=293.15, pressure_Pa=101325.0, wet=False
            ),
        ),
        period_ms=60_000,
        serial="G-77",
        profile="",
        basis=UncertaintyBasis.NAMEPLATE,
        resolution=1.0,
        rollover=100_000_000.0,
        rated_rate=400.0,
        nameplate_mpe_relative=0.015,
    ),
    rows=1,
    sequence=Progression(first=240, steps=()),
    at_ms=Progression(first=START_MS + 31, steps=()),
    raw=("0001e240",),
    indication=(123456,),
)
BATCH: Final = Batch(
    agent=AGENT,
    epoch=EPOCH,
    sequence=1,
    software="carbonmeter 0.1.0",
    clock=ClockState(
        standard_uncertainty_s=0.05, synchronised=True, last_receipt_s=RECEIVED_S - 12
    ),
    opened_ms=START_MS,
    closed_ms=START_MS + 20_000,
    streams=(_POWER, _GAS),
    records=(
        Record(
            kind=RecordKind.CLOCK_STEP,
            at_ms=START_MS + 16_000,
            facts={"step_ms": -250, "cause": "chrony"},
        ),
        Record(
            kind=RecordKind.GAP,
            at_ms=START_MS - 60_000,
            until_ms=START_MS,
            channel="jinan/boiler/gas",
        ),
    ),
)
