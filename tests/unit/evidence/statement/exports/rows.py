"""Rows to export: two meters with one standard, a gas, and what is not known."""

from msgspec.structs import replace

from calibration.measurand import Accumulation, KindOfQuantity, Measurand, ReferenceConditions
from calibration.uncertainty import Influence, UncertaintyComponent
from calibration.window import SettingUsed
from evidence.statement.activity import activity_data
from evidence.statement.datum import ActivityData, digest_of
from tests.unit.evidence.statement.examples import (
    ENERGY,
    UNKNOWN,
    datum,
    hours,
    part,
    register,
    unstated,
)

STANDARD = "std:NIM/REF-7"


def fresh(channel: str, contribution: float) -> UncertaintyComponent:
    """What is new in each reading."""
    influence = Influence(id=f"fresh:{channel}", shared=False)
    return UncertaintyComponent(influence=influence, contribution=contribution)


def meter(name: str, value: float, standard: float, own: float) -> ActivityData:
    """A meter: what it shares with others, what is its own, and what is new in each reading."""
    channel = f"jinan/{name}/power"
    parts = part(STANDARD, standard), part(f"inst:{name}/drift", own, 12.0), fresh(channel, 1.0)
    return datum(value, *parts, channel=channel)


A = meter("A", 1000.0, 3.0, 4.0)
B = meter("B", 800.0, 2.0, 5.0)
EXACT = datum(12.5, channel="jinan/C/power")
UNKNOWN_ROW = datum(640.0, channel="jinan/D/power", grounds=UNKNOWN)
TIED = datum(
    7.0, part("cert:C-9/0", 0.1), channel="jinan/E/power", grounds=unstated("C-9", STANDARD)
)
METERED = activity_data(
    [register(hour, 1000.0 + 50.0 * hour, 50.0, [part(STANDARD, 0.02)]) for hour in range(2)],
    ENERGY,
    hours(4),
    software="test 1",
    double_count_groups=("hall-3#main",),
)


def with_digest(changed: ActivityData) -> ActivityData:
    """The datum under the digest of what it says now."""
    return replace(changed, digest=digest_of(changed))


GAS = with_digest(
    replace(
        datum(-3.5, part(STANDARD, 0.5), channel="jinan/厂区/gas"),
        unit="m3",
        measurand=Measurand(
            kind_of_quantity=KindOfQuantity.VOLUME,
            unit="m3",
            subject='煤气, "A" line',
            accumulation=Accumulation.INTERVAL,
            reference_conditions=ReferenceConditions(
                temperature_K=293.15, pressure_Pa=101325.0, wet=False
            ),
        ),
        settings=(SettingUsed(setting="k_v", document="K-V-1", document_sha256="ab" * 32),),
        supersedes="cd" * 32,
    )
)
ROWS = (A, B, EXACT, UNKNOWN_ROW, TIED, METERED, GAS)
KNOWN = (A, B, EXACT, TIED, METERED, GAS)
