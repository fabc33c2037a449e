"""A process that admits leaves and prints its receipts until it is killed.

Arguments: folder of the ledger, number of the SQL statement at which it kills itself (0 for
never), and `receipt-first` for the control that signs before it commits.
"""

import os
import signal
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from collector.database import Connection, Value, connect_sqlite
from collector.intake import Intake
from collector.ledger import open_ledger
from evidence.clock import SteppedClock
from evidence.log.envelope import Wanted, seal
from evidence.log.receipt import cosign
from tests.unit.collector.agent_log import SIGNER, START_NS, agents_of, filled

LEAVES = 240
GROUP = 2


class KillsAt:
    """A connection that ends the process, as kill -9 does, at its n-th statement."""

    def __init__(self, connection: Connection, number: int) -> None:
        self._connection = connection
        self._left = number

    def execute(self, sql: str, parameters: Sequence[Value], /) -> Iterable[object]:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return list(self._connection.execute(sql, parameters))

    def close(self) -> None:
        self._connection.close()


def main(folder: str, statement: str, control: str = "") -> None:
    log = filled(LEAVES)
    ledger = open_ledger(Path(folder), lambda path: KillsAt(connect_sqlite(path), int(statement)))
    intake = Intake(
        ledger=ledger, agents=agents_of(log), signer=SIGNER, clock=SteppedClock(START_NS)
    )
    for first in range(ledger.state(log.agent, log.epoch).size, LEAVES, GROUP):
        for at in range(first, first + GROUP):
            intake.feed(log.topic, log.message(at))
        if control:
            size = first + GROUP
            text = log.note(size).decode().partition("\n\n")[0] + "\n"
            receipt = cosign(text, SIGNER, START_NS)
            say(seal(Wanted(epoch=log.epoch, want=size, receipt=receipt)))
        for reply in intake.flush():
            say(reply.payload)
    ledger.close()


def say(payload: bytes) -> None:
    os.write(1, payload.hex().encode() + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
