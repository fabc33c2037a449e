"""A channel of which everything is in order: a day, its papers."""

from collections.abc import Sequence
from typing import Final

import msgspec

from calibration.basis import UncertaintyBasis
from calibration.load import (
    parse_certificate,
    parse_confirmation,
    parse_event,
    parse_setting,
)
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.register import CalibrationRegister
from calibration.uncertainty import Influence, UncertaintyComponent
from calibration.window import FlowWindow, Grounds, SettingUsed, Tally
from evidence.audit.material import Again, BatchSeen, Material, StreamSeen, Told
from evidence.audit.papers import Papers, name_of_paper, papers_of
from evidence.audit.said import Pointer
from evidence.audit.stood import Stood
from evidence.clock import parse_utc
from evidence.clock_standing import ClockStanding
from evidence.log.leaf import ClockState
from evidence.statement.activity import activity_data
from evidence.statement.corroboration import corroboration
from evidence.statement.datum import ActivityData

HOUR_NS: Final = 3_600_000_000_000
START_NS: Final = parse_utc("2026-04-01T00:00:00Z")
SPAN: Final = (START_NS, START_NS + 24 * HOUR_NS)
CHANNEL: Final = "works/boiler/energy"
CHECK_METER: Final = "works/boiler/energy-2"
MEASURAND: Final = Measurand(
    kind_of_quantity=KindOfQuantity.ACTIVE_ENERGY,
    unit="kW.h",
    subject="boiler",
    accumulation=Accumulation.INTERVAL,
)
STANDARD: Final = """schema = 1
id = "NIM-7"
kind = "calibration"
performed_on = 2025-06-01
recorded_at = 2025-06-02T00:00:00Z
valid_until = 2026-06-01
[instrument]
maker = "NIM"
model = "REF"
serial = "R-1"
[laboratory]
name = "NIM"
"""
CERTIFICATE: Final = """schema = 1
id = "C-1"
kind = "calibration"
performed_on = 2026-01-05
recorded_at = 2026-01-06T00:00:00Z
document_sha256 = "ab"
[instrument]
maker = "ABB"
model = "B23"
serial = "S-1"
[laboratory]
name = "SDIM"
accreditation = "CNAS L0001"
accredited_from = 2024-01-01
accredited_until = 2029-12-31
[[laboratory.capabilities]]
kind_of_quantity = "active_energy"
interval = [0.0, 500.0]
unit = "kW"
relative_expanded_uncertainty = 0.0005
[[standards]]
influence = "std:SDIM/E-17"
certificate = "NIM-7"
relative_standard_uncertainty = 0.0004
[[results]]
kind_of_quantity = "active_energy"
unit = "kW.h"
result = "relative_error"
argument = "load"
argument_unit = "kW"
measuring_interval = [10.0, 400.0]
points = [
  { at = 20.0, value = 0.002, expanded_uncertainty = 0.001 },
  { at = 200.0, value = 0.003, expanded_uncertainty = 0.001 },
]
"""
CONFIRMATION: Final = """schema = 1
id = "K-1"
certificate = "C-1"
serial = "S-1"
requirement = "class 1"
decision = "pass"
rule = "JJF 1094"
fitted_by = "SDIM"
mpe_relative = 0.01
interval_months = 12
effective_from = 2026-01-07T00:00:00Z
due_on = 2027-01-06
confirmed_by = "Q. Wang"
recorded_at = 2026-01-07T00:00:00Z
[[functions]]
kind_of_quantity = "active_energy"
[functions.function]
form = "polynomial"
coefficients = [0.0025]
covariance = [[1e-8]]
measuring_interval = [10.0, 400.0]
"""
INSTALLATION: Final = """schema = 1
event = "installation"
at = 2026-01-08T00:00:00Z
recorded_at = 2026-01-08T00:00:00Z
recorded_by = "Q. Wang"
serial = "S-1"
place = "boiler house, feed line"
seals = ["LQ-4711"]
double_count_group = "boiler"
"""
SETTING: Final = """schema = 1
id = "F-1"
setting = "meter_factor"
subject = "works/boiler/energy"
serial = "S-1"
effective_from = 2026-01-08T00:00:00Z
recorded_at = 2026-01-07T00:00:00Z
decided_by = "Q. Wang"
reason = "certificate"
document = "C-1"
document_sha256 = "ab"
[after]
value = 1.0
unit = "1"
standard_uncertainty = 0.001
"""
VELOCITY: Final = SETTING.replace('"meter_factor"', '"velocity_coefficient"').replace(
    'serial = "S-1"\n', ""
)
"""A number that a model applies, declared from the meter's own certificate."""
FILES: Final[dict[str, str]] = {
    "standard": STANDARD,
    "certificate": CERTIFICATE,
    "confirmation": CONFIRMATION,
    "installation": INSTALLATION,
    "setting": SETTING,
}


def register(**changed: str) -> CalibrationRegister:
    """The register of these files, some of them changed or added: name without ending -> text.

    As an agent's log gives them: papers that contradict each other are all there.
    """
    texts = {**FILES, **changed}
    data = [text.encode() for text in texts.values() if text]
    return CalibrationRegister(
        certificates=tuple(
            parse_certificate(each, "c") for each in data if b"[laboratory]" in each
        ),
        confirmations=tuple(parse_confirmation(each, "k") for each in data if b"due_on" in each),
        events=tuple(parse_event(each, "e") for each in data if b"\nevent" in each),
        settings=tuple(parse_setting(each, "s") for each in data if b"\nsetting" in each),
    )


def papers(known: CalibrationRegister) -> Papers:
    entries = (*known.certificates, *known.confirmations, *known.events, *known.settings)
    return papers_of(
        Pointer(kind=kind, id=name, sha256=f"{number:064x}", leaf=f"gw-1/e/{number}")
        for number, each in enumerate(entries)
        for kind, name in [name_of_paper(each)]
    )


def window(
    hour: int, value: float = 100.0, channel: str = CHANNEL, **changed: object
) -> FlowWindow:
    """An hour at 100 kW."""
    grounds = Grounds(
        basis=UncertaintyBasis.CALIBRATION,
        serials=("S-1",),
        certificates=("C-1",),
        confirmations=("K-1",),
        settings=(SettingUsed(setting="F-1", document="C-1", document_sha256="ab"),),
    )
    influence = Influence(id="std:SDIM/E-17")
    made = FlowWindow(
        channel=channel,
        start_ns=START_NS + hour * HOUR_NS,
        end_ns=START_NS + (hour + 1) * HOUR_NS,
        unit="kW.h",
        uncorrected=value,
        value=value,
        components=(UncertaintyComponent(influence=influence, contribution=0.0004 * value),),
        fresh_variance=0.01,
        tally=Tally(expected=60, present=60, qualities={"good": 60}),
        grounds=grounds,
    )
    return msgspec.structs.replace(made, **changed)


def stated(hours: Sequence[FlowWindow]) -> ActivityData:
    return activity_data(hours, MEASURAND, SPAN, software="carbonmeter test")


def batch(number: int, clock: ClockState, profile: str = "p") -> BatchSeen:
    stream = StreamSeen(channel=CHANNEL, serial="S-1", profile=profile, parameters={})
    return BatchSeen(
        leaf=Pointer(kind="leaf", id=f"gw-1/e/{100 + number}"), clock=clock, streams=(stream,)
    )


KEPT: Final = ClockState(standard_uncertainty_s=0.02, standing=ClockStanding.SYNCHRONISED)


def material(known: CalibrationRegister | None = None) -> Material:
    """Everything in order; a register that was changed takes the place of the sound one."""
    own = register() if known is None else known
    hours = [window(each) for each in range(24)]
    other = stated([window(each, 100.05, CHECK_METER) for each in range(24)])
    datum = stated(hours)
    stood = Stood(
        channel=CHANNEL,
        serial="S-1",
        measurand=MEASURAND,
        from_ns=START_NS - 83 * 24 * HOUR_NS,
        until_ns=None,
        known_by="event",
        hours=24,
        first_ns=SPAN[0],
        last_ns=SPAN[1],
    )
    return Material(
        channel=CHANNEL,
        span=SPAN,
        register=own,
        papers=papers(own),
        stood=(stood,),
        hours=hours,
        measured={CHANNEL: hours},
        batches=[batch(number, KEPT) for number in range(3)],
        leaves=3,
        again=Again(hours=tuple(each.start_ns for each in hours), readings=24 * 60),
        told=Told(kept=(datum,), anew={datum.digest: datum}),
        grouped=(CHECK_METER,),
        corroborated=(corroboration(datum, other),),
    )
