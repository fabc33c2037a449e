"""`python -m tests.faults.crashing <words>`: the carbonmeter command, made to die at a point.

Environment: CRASH_AT=<name>[:<n>] ends the process as kill -9 would when the point is passed
for the n-th time; CRASH_LOG names a file to which the point's name is appended first; PASS_LOG
one that takes the name of every point of the room once it is passed; DEFENCE_OFF=<name> takes
a defence away.
"""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from carbonmeter.cli import main
from tests.faults.crash_points import ROOMS, Point, point_of
from tests.faults.defences_off import take_away


def arm(room: str, settings: Mapping[str, str]) -> None:
    """Patches the product as the environment says.

    Raises:
        LookupError: there is no such room, point or defence.
    """
    for name in filter(None, settings.get("DEFENCE_OFF", "").split(",")):
        take_away(name)
    if "PASS_LOG" in settings:
        for point in ROOMS[room]:
            point.arm(partial(_note_first, point, Path(settings["PASS_LOG"])))
    if "CRASH_AT" in settings:
        name, _, number = settings["CRASH_AT"].partition(":")
        log = Path(settings.get("CRASH_LOG", os.devnull))
        point = point_of(room, name)
        point.arm(partial(_die, point, log, int(number or 1)))


def _note_first(point: Point, log: Path, passes: int) -> None:
    if passes == 1:
        append(log, point.name)


def _die(point: Point, log: Path, number: int, passes: int) -> None:
    if passes == number:
        append(log, point.name)
        os.kill(os.getpid(), signal.SIGKILL)


def append(log: Path, line: str) -> None:
    """Appends a line in one write, which a kill does not part."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def run(argv: Sequence[str]) -> int:
    """Exit code of the command, if it lives to its end."""
    arm(argv[0], os.environ)
    return main(argv)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
