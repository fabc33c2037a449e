"""A stack whose analyser fails its checks on the fourth and fifth day, under plans in two forms."""

from typing import Final

from evidence.clock import parse_utc
from tests.unit.calibration.monitoring.texts import CYLINDER, ZERO
from tests.unit.collector.alarms.failed_plant import read_on
from tests.unit.collector.api.plant import Plant, batch
from tests.unit.collector.api.test_monitored import DAYS, OF_CO2, OF_MASS, POLLS, polled
from tests.unit.collector.api.test_stack import FILES, SHOWN

GOOD_NS: Final = parse_utc("2026-03-31T19:15:00Z")
FAILED_NS: Final = parse_utc("2026-04-01T19:15:00Z")
PASSED_NS: Final = parse_utc("2026-04-03T19:15:00Z")
"""Of the last check of the third, the fourth and the sixth day, 03:15 by the plant's clock."""
PERIOD: Final = parse_utc("2026-03-29T16:00:00Z"), parse_utc("2026-04-04T16:00:00Z")


def through_inputs(plant: Plant, *plans: str, days: int = DAYS) -> Plant:
    """The analyser has a plan of its own, and the mass is told by its inputs, as in the demo."""
    for name, text in (("l2231.toml", CYLINDER), ("n2.toml", ZERO)):
        plant.log_file(plant.gw1, "certificate", name, text.encode())
    for kind, name, data in FILES:
        plant.log_file(plant.gw1, kind, name, data)
    for number, text in enumerate(plans or (OF_CO2, OF_MASS)):
        plant.log_file(plant.gw1, "plan", f"plan-{number}.toml", text.encode())
    read_on(plant, range(days))
    return plant


def read_now(plant: Plant) -> Plant:
    """The stack is read a moment ago too, at the end of the seventh day."""
    last = range(7 * POLLS - 8, 7 * POLLS + 1)
    plant.take(plant.gw1, batch(plant.gw1, [polled(name, last) for name in SHOWN]))
    plant.judging.catch_up()
    return plant
