"""The bundle of a statement under a monitoring plan that is altered: three hours of a stack."""

import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final

from collector.bundling import choose
from tests.unit.calibration.monitoring.texts import CYLINDER, ZERO
from tests.unit.collector.api.plant import Plant, batch
from tests.unit.collector.api.test_monitored import PLAN, polled
from tests.unit.collector.api.test_stack import CO2, FILES, SHOWN
from tests.unit.evidence.bundle.made import held, stated, written

UNDER_PLAN: Final = "start=2026-03-29T20:00:00Z&end=2026-03-29T23:00:00Z&under_plan=true"
"""Hours of the first night, after the analyser passed its check: none of them is substituted."""
POLLS: Final = 32
A_LEAF: Final = 8


@lru_cache(maxsize=1)
def planned() -> bytes:
    """Three hours of a stack's tonnes under its plan, with what the rules looked back on."""
    with tempfile.TemporaryDirectory() as folder:
        plant = Plant(Path(folder))
        for name, text in (("l2231.toml", CYLINDER), ("n2.toml", ZERO)):
            plant.log_file(plant.gw1, "certificate", name, text.encode())
        for kind, name, data in (*FILES, ("plan", "plan.toml", PLAN.encode())):
            plant.log_file(plant.gw1, kind, name, data)
        for first in range(0, POLLS, A_LEAF):
            numbers = range(first, first + A_LEAF)
            plant.take(plant.gw1, batch(plant.gw1, [polled(name, numbers) for name in SHOWN]))
        plant.judging.catch_up()
        digest = stated(plant, CO2, UNDER_PLAN).digest
        data = written(choose(held(plant), digest, history=True))
        plant.close()
    return data
