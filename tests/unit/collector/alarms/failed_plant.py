"""A stack whose analyser fails its checks on the fourth and fifth day, and a meter that failed."""

from tests.unit.calibration.monitoring.texts import CYLINDER, ZERO
from tests.unit.collector.api.plant import Plant, batch, confirmation, energy_certificate
from tests.unit.collector.api.test_monitored import PLAN, POLLS, polled
from tests.unit.collector.api.test_stack import FILES, SHOWN

FAILED = confirmation("K-2F", "E-2F", "S-2", "2027-01-06").replace(b'"pass"', b'"fail"')
BEFORE = energy_certificate("E-2", "S-2").replace(b"2026-01-05", b"2025-01-05")


def begun(plant: Plant) -> Plant:
    """The plan and the papers behind it; no reading yet."""
    for name, text in (("l2231.toml", CYLINDER), ("n2.toml", ZERO)):
        plant.log_file(plant.gw1, "certificate", name, text.encode())
    for kind, name, data in (*FILES, ("plan", "plan.toml", PLAN.encode())):
        plant.log_file(plant.gw1, kind, name, data)
    return plant


def read_on(plant: Plant, days: range) -> None:
    """Some days of all that the stack shows; of the last one its check too."""
    for day in days:
        numbers = range(day * POLLS, (day + 1) * POLLS)
        plant.take(plant.gw1, batch(plant.gw1, [polled(name, numbers) for name in SHOWN]))
    plant.judging.catch_up()


def log_failed(plant: Plant) -> None:
    """The meter of the second line was tested again, as left, and did not pass."""
    plant.log_file(plant.gw1, "certificate", "e-2.toml", BEFORE)
    plant.log_file(plant.gw1, "certificate", "e-2f.toml", energy_certificate("E-2F", "S-2"))
    plant.log_file(plant.gw1, "confirmation", "k-2f.toml", FAILED)
    plant.judging.catch_up()


def log_passed(plant: Plant) -> None:
    """It was adjusted, and passed."""
    again = energy_certificate("E-2G", "S-2").replace(b"2026-01-05", b"2026-02-05")
    passed = confirmation("K-2G", "E-2G", "S-2", "2027-01-06").replace(b"2026-01-07", b"2026-02-07")
    plant.log_file(plant.gw1, "certificate", "e-2g.toml", again)
    plant.log_file(plant.gw1, "confirmation", "k-2g.toml", passed)
    plant.judging.catch_up()
