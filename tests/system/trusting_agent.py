"""The command, with an agent that lets go of a leaf once the MQTT client has taken it.

That is all the custody that a client library gives: what it was handed it keeps in memory.
"""

import sys

from carbonmeter.cli import main
from edge_agent.outbox import Outbox
from edge_agent.uplink import Uplink

_PUBLISH = Uplink._publish


def _publish(uplink: Uplink, outbox: Outbox, now_ns: int) -> None:
    _PUBLISH(uplink, outbox, now_ns)
    taken = uplink._outbox
    if taken is not None and taken.following > uplink._spool.base:
        uplink._spool.receipted(taken.following, now_ns // 1_000_000_000)
        uplink._spool.flush()
        uplink._outbox = Outbox(base=taken.following, following=taken.following)


if __name__ == "__main__":
    Uplink._publish = _publish  # type: ignore[method-assign,assignment]
    sys.exit(main())
