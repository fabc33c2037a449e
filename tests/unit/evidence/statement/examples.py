"""Windows of channels whose numbers are short enough to check by hand."""

from collections.abc import Mapping, Sequence

from calibration.basis import UncertaintyBasis
from calibration.increment import NS_PER_HOUR, Finding, RegisterReading
from calibration.indication import Quality
from calibration.measurand import Accumulation, KindOfQuantity, Measurand
from calibration.uncertainty import Influence, UncertaintyComponent
from calibration.window import FlowWindow, Grounds, RegisterWindow, Tally, UnstatedStandard
from evidence.statement.activity import activity_data
from evidence.statement.datum import ActivityData

START_NS = 1_767_225_600 * 1_000_000_000  # 2026-01-01T00:00:00Z
ENERGY = Measurand(
    kind_of_quantity=KindOfQuantity.ACTIVE_ENERGY,
    unit="kW.h",
    subject="line 1",
    accumulation=Accumulation.REGISTER,
)
POWER = Measurand(
    kind_of_quantity=KindOfQuantity.ACTIVE_POWER,
    unit="kW",
    subject="line 1",
    accumulation=Accumulation.RATE,
)
STANDARD = Influence(id="std:NIM/REF-7")
CALIBRATED = Grounds(
    basis=UncertaintyBasis.CALIBRATION,
    serials=("A-1",),
    certificates=("C-1",),
    confirmations=("MC-1",),
)
UNKNOWN = Grounds(basis=UncertaintyBasis.UNKNOWN, serials=("A-1",))
FULL = Tally(expected=60, present=60, qualities={"good": 60})


def hours(count: int) -> tuple[int, int]:
    """A period of `count` hours from the start."""
    return START_NS, START_NS + count * NS_PER_HOUR


def part(influence: str, contribution: float, nu: float | None = None) -> UncertaintyComponent:
    """A component of a normal influence."""
    described = Influence(id=influence, degrees_of_freedom=nu)
    return UncertaintyComponent(influence=described, contribution=contribution)


def tally(present: int, missed: Mapping[str, int] | None = None, expected: int = 60) -> Tally:
    """So many good polls and misses of those expected."""
    return Tally(
        expected=expected, present=present, missed=missed or {}, qualities={"good": present}
    )


def flow(
    hour: int = 0,
    value: float = 100.0,
    components: Sequence[UncertaintyComponent] = (),
    *,
    channel: str = "jinan/a/power",
    counted: Tally = FULL,
    grounds: Grounds = CALIBRATED,
    fresh_variance: float = 0.0,
) -> FlowWindow:
    """An hour of a rate, its amount and components."""
    return FlowWindow(
        channel=channel,
        start_ns=START_NS + hour * NS_PER_HOUR,
        end_ns=START_NS + (hour + 1) * NS_PER_HOUR,
        unit="kW.h",
        uncorrected=value * 1.01,
        value=value,
        components=tuple(components),
        fresh_variance=fresh_variance,
        tally=counted,
        grounds=grounds,
    )


def reading(hour: int, value: float, quality: Quality = Quality.GOOD) -> RegisterReading:
    """A register's reading at an hour's edge."""
    return RegisterReading(
        key=f"01234567.{hour}",
        at_ns=START_NS + hour * NS_PER_HOUR,
        value=value,
        standard_uncertainty=0.01,
        quality=quality,
        polled=quality != Quality.INTERPOLATED,
    )


def register(
    hour: int = 0,
    opening: float = 1000.0,
    growth: float = 50.0,
    components: Sequence[UncertaintyComponent] = (),
    *,
    findings: Sequence[Finding] = (),
    quality: Quality = Quality.GOOD,
) -> RegisterWindow:
    """An hour of a register that grows by `growth`; its ends are components."""
    first, last = reading(hour, opening, quality), reading(hour + 1, opening + growth)
    ends = (
        part(f"read:jinan/a/energy/{first.key}", -0.01),
        part(f"read:jinan/a/energy/{last.key}", 0.01),
    )
    return RegisterWindow(
        channel="jinan/a/energy",
        start_ns=START_NS + hour * NS_PER_HOUR,
        end_ns=START_NS + (hour + 1) * NS_PER_HOUR,
        unit="kW.h",
        opening=first,
        closing=last,
        uncorrected=growth,
        value=growth / 1.002,
        components=(*ends, *components),
        fresh_variance=0.0,
        tally=FULL,
        grounds=CALIBRATED,
        findings=tuple(findings),
    )


def unstated(
    certificate: str, *standards: str, basis: UncertaintyBasis = UncertaintyBasis.CALIBRATION
) -> Grounds:
    """What rests on a certificate that names standards without their share."""
    return Grounds(
        basis=basis,
        serials=(f"S-{certificate}",),
        certificates=(certificate,),
        unstated_standards=tuple(
            UnstatedStandard(standard=standard, certificate=certificate) for standard in standards
        ),
    )


def datum(
    value: float,
    *components: UncertaintyComponent,
    channel: str = "jinan/a/power",
    grounds: Grounds = CALIBRATED,
) -> ActivityData:
    """The activity datum of one hour."""
    window = flow(0, value, components, channel=channel, grounds=grounds)
    return activity_data([window], POWER, hours(1), software="test 1")
