"""`python -m tests.faults.launcher`: the command `carbonmeter`, hurried or without a defence.

The environment says which: FAULTS_UNDEFENDED names a function of `tests.faults.undefended`,
FAULTS_FACTOR says how many times as fast the time-outs of an agent's uplink run.
"""

import os
import sys

from carbonmeter.cli import main
from tests.faults.undefended import DEFENCES, hurry_uplink

MODULE = "tests.faults.launcher"


def environment(undefended: str = "", factor: float = 1.0) -> dict[str, str]:
    """What a process is told."""
    return {"FAULTS_UNDEFENDED": undefended, "FAULTS_FACTOR": repr(factor)}


if __name__ == "__main__":
    if name := os.environ.get("FAULTS_UNDEFENDED"):
        DEFENCES[name](setattr)
    hurry_uplink(setattr, float(os.environ.get("FAULTS_FACTOR", "1")))
    sys.exit(main())
