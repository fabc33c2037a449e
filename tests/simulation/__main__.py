"""`python -m tests.simulation SEED [--log]`: plays one seed again, and prints what happened."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.simulation.run import simulate


def main(argv: Sequence[str] | None = None) -> int:
    """Plays seeds; 1 if an invariant did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("last", type=int, nargs="?", help="play all seeds up to this one")
    parser.add_argument("--log", action="store_true", help="print the event log")
    asked = parser.parse_args(argv)
    code = 0
    for seed in range(asked.seed, (asked.last or asked.seed) + 1):
        code |= _play(seed, log=asked.log)
    return code


def _play(seed: int, *, log: bool) -> int:
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        played = simulate(seed, Path(folder))
    if log:
        print("\n".join(played.log))
    print(f"seed {seed}: {played.digest}")
    for wrong in played.wrong:
        print(f"  {wrong}", file=sys.stderr)
    return 1 if played.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
