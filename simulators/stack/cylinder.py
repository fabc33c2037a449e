"""Cylinders of zero and span gas: what their certificates state, and what is in them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from simulators.stack.spec import UNITS, Quantity
from simulators.stack.truth import Stack
from simulators.stack.waves import MIN_PER_DAY, NS_PER_MIN, stream

SHELF_DAYS: Final = 45
"""From the filling of a cylinder to its use."""
LIFE_DAYS: Final = 365
"""From the certificate to its expiry."""
COVERAGE_FACTOR: Final = 2.0
DIGITS: Final = 3
CODES: Final = {"co2": "GBW(E)SIM-CO2", "o2": "GBW(E)SIM-O2"}
"""Of simulated reference materials: such as no catalogue has them."""
ZERO_CODE: Final = "GBW(E)SIM-N2"
ZERO_U: Final = 0.01
"""Expanded uncertainty of what zero gas holds, percent by volume, k = 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cylinder:
    """A cylinder with its certificate.

    Attributes:
        code: of the reference material, where a real one has its GBW number.
        serial: of the cylinder.
        value: certified, percent by volume.
        expanded_uncertainty: of the certified value, k = 2.
        true_value: nobody knows it; it lies within the expanded uncertainty.
        in_use_from_ns, in_use_until_ns: when it stands at the analyser.
    """

    code: str
    serial: str
    component: Quantity
    unit: str
    value: float
    expanded_uncertainty: float
    true_value: float
    certified_on: date
    expires_on: date
    in_use_from_ns: int
    in_use_until_ns: int

    @property
    def certificate(self) -> str:
        """Id of its certificate."""
        return f"RM-{self.serial}"

    @property
    def influence(self) -> str:
        """Influence id that all results of this cylinder share."""
        return f"crm:{self.code}/{self.serial}"


def cylinder_number(stack: Stack, quantity: Quantity, minute: int) -> int:
    """The number of the cylinder in use in a minute; the first one, 0, before it all begins."""
    days = stack.spec.sensors[quantity].cycle.cylinder_days
    return max(0, (minute - stack.commissioned_min) // (days * MIN_PER_DAY))


def cylinder(stack: Stack, quantity: Quantity, number: int) -> Cylinder:
    """The cylinder of that number at an analyser."""
    spec = stack.spec.sensors[quantity].cycle
    filled, off = stream(stack.key, "cylinder", quantity, number).standard_normal(2)
    value = round(spec.span_gas * (1 + 0.01 * max(-2.0, min(2.0, float(filled)))), DIGITS)
    U = round(value * spec.span_U, DIGITS + 1)
    step_ns = spec.cylinder_days * MIN_PER_DAY * NS_PER_MIN
    begins_ns = stack.commissioned_ns + number * step_ns
    certified = _day(begins_ns) - timedelta(days=SHELF_DAYS)
    return Cylinder(
        code=CODES.get(quantity, f"GBW(E)SIM-{quantity.upper()}"),
        serial=f"{stack.id}-{quantity}-{number + 1:03d}",
        component=quantity,
        unit=UNITS[quantity],
        value=value,
        expanded_uncertainty=U,
        true_value=value + U / COVERAGE_FACTOR * max(-2.0, min(2.0, float(off))),
        certified_on=certified,
        expires_on=certified + timedelta(days=LIFE_DAYS),
        in_use_from_ns=begins_ns,
        in_use_until_ns=begins_ns + step_ns,
    )


def zero_cylinder(stack: Stack, quantity: Quantity) -> Cylinder:
    """The nitrogen at an analyser since it was commissioned; nothing of the component is in it.

    It stands there for as long as its certificate holds.
    """
    certified = _day(stack.commissioned_ns) - timedelta(days=SHELF_DAYS)
    return Cylinder(
        code=ZERO_CODE,
        serial=f"{stack.id}-{quantity}-zero-001",
        component=quantity,
        unit=UNITS[quantity],
        value=stack.spec.sensors[quantity].cycle.zero_gas,
        expanded_uncertainty=ZERO_U,
        true_value=stack.spec.sensors[quantity].cycle.zero_gas,
        certified_on=certified,
        expires_on=certified + timedelta(days=LIFE_DAYS),
        in_use_from_ns=stack.commissioned_ns,
        in_use_until_ns=stack.commissioned_ns + (LIFE_DAYS - SHELF_DAYS) * MIN_PER_DAY * NS_PER_MIN,
    )


def cylinders(stack: Stack, from_ns: int, to_ns: int) -> tuple[Cylinder, ...]:
    """All cylinders that are in use at some time between two instants."""
    found = []
    for quantity, spec in stack.spec.sensors.items():
        if spec.cycle.every_h:
            first = cylinder_number(stack, quantity, from_ns // NS_PER_MIN)
            last = cylinder_number(stack, quantity, (to_ns - 1) // NS_PER_MIN)
            found += [cylinder(stack, quantity, each) for each in range(first, last + 1)]
    return tuple(found)


def _day(at_ns: int) -> date:
    return datetime.fromtimestamp(at_ns // 1_000_000_000, UTC).date()
