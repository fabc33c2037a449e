"""Run as a process and killed: keeps polls, closes batches, says what is committed.

Each line on stdout is written after the commit it tells of: `K <number>` of a kept poll,
`L <size>` of a log. Started again, it goes on where the spool is.
"""

import sys
from pathlib import Path

from edge_agent.installation import load_installation
from tests.unit.edge_agent.test_spool import close, keep_polls, opened


def say(kind: str, number: int) -> None:
    sys.stdout.write(f"{kind} {number}\n")
    sys.stdout.flush()


def main() -> None:
    site = load_installation(Path(sys.argv[1]))
    spool, _ = opened(Path(sys.argv[2]), site)
    say("S", spool.next_sequence("feeder-1"))
    for n in range(100_000):
        keep_polls(spool, site, 1)
        say("K", spool.next_sequence("feeder-1") - 1)
        if n % 3 == 2:
            close(spool, site)
            say("L", spool.size)
        if n % 7 == 6 and spool.size > spool.base + 5:
            spool.receipted(spool.size - 5, 1000)


if __name__ == "__main__":
    main()
