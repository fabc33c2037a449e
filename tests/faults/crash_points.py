"""Named places in the product's code at which a process can be made to die.

The product knows nothing of them: `tests.faults.crashing` patches them from outside.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from importlib import import_module
from itertools import count
from typing import Any, Final, Literal

When = Literal["before", "after"]
DATABASE: Final = "collector.database:Database.rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Before or after a function of the product.

    Attributes:
        name: Short, of letters and hyphens.
        module, function: Where it is looked up, and its qualified name there.
        when: On which side of it.
        sql: It is passed only where its statement begins so; empty for always.
        most: The last pass that a run of a second or two reaches.
    """

    name: str
    module: str
    function: str
    when: When
    sql: str = ""
    most: int = 20

    def place(self) -> tuple[Any, str]:
        """The module or class that has the function, and the function's name in it.

        Raises:
            AttributeError, ImportError: there is no such function.
        """
        *owners, name = self.function.split(".")
        owner = reduce(getattr, owners, import_module(self.module))
        getattr(owner, name)
        return owner, name

    def arm(self, passed: Callable[[int], None]) -> None:
        """Has `passed` called with 1, 2, 3, ... each time that this point is passed."""
        owner, name = self.place()
        original, passes = getattr(owner, name), count(1)

        def watched(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - any function's
            here = not self.sql or str(given[1]).startswith(self.sql)
            if here and self.when == "before":
                passed(next(passes))
            found = original(*given, **named)
            if here and self.when == "after":
                passed(next(passes))
            return found

        setattr(owner, name, watched)


def _points(*rows: tuple[str, When, str, int] | tuple[str, When, str, int, str]) -> Iterator[Point]:
    for name, when, where, most, *sql in rows:
        module, function = where.split(":")
        yield Point(
            name=name, when=when, module=module, function=function, most=most, sql="".join(sql)
        )


COLLECTOR: Final = tuple(
    _points(
        ("ledger-prepared", "after", "collector.ledger:_prepared", 1),
        ("head-compared", "after", "collector.ledger:require_remembered", 1),
        ("store-opened", "after", "collector.opening:open_store", 2),
        ("connected", "before", "collector.broker:Broker._connected", 1),
        ("subscribed", "after", "collector.broker:Broker._subscribed", 1),
        ("resumed", "after", "collector.intake:Intake.resume", 1),
        ("received", "before", "collector.broker:Broker._received", 20),
        ("queued", "after", "collector.receive:Receiver._enqueue", 20),
        ("fed", "before", "collector.receive:Receiver._feed", 20),
        ("identified", "after", "collector.intake:identify", 20),
        ("admitted", "after", "collector.intake:admit", 20),
        ("noted", "after", "collector.intake:Intake._note", 20),
        ("before-begin", "before", DATABASE, 20, "BEGIN"),
        ("begun", "after", DATABASE, 20, "BEGIN"),
        ("log-moved-on", "after", DATABASE, 20, "UPDATE logs SET size"),
        ("before-leaf", "before", DATABASE, 20, "INSERT INTO leaves"),
        ("leaf-inserted", "after", DATABASE, 20, "INSERT INTO leaves"),
        ("branches-cleared", "after", DATABASE, 20, "DELETE FROM branches"),
        ("frontier-moved-on", "after", DATABASE, 20, "UPDATE ledger SET frontier"),
        ("before-commit", "before", DATABASE, 30, "COMMIT"),
        ("after-commit", "after", DATABASE, 30, "COMMIT"),
        ("leaves-committed", "after", "collector.intake:Intake._commit", 20),
        ("told", "after", "collector.intake:Intake._tell", 20),
        ("before-head", "before", "collector.ledger:write_head", 20),
        ("head-begun", "before", "collector.ledger_head:Head.to_text", 20),
        ("head-synced", "after", "collector.ledger_head:os.fsync", 20),
        ("head-renamed", "after", "collector.ledger:write_head", 20),
        ("before-sign", "before", "collector.answers:cosign", 20),
        ("signed", "after", "collector.answers:cosign", 20),
        ("before-receipt", "before", "collector.ledger:Ledger.set_receipts", 20),
        ("receipt-updated", "after", DATABASE, 20, "UPDATE logs SET receipt"),
        ("receipt-stored", "after", "collector.ledger:Ledger.set_receipts", 20),
        ("before-publish", "before", "collector.broker:Broker.publish", 20),
        ("published", "after", "collector.broker:Broker.publish", 20),
        ("before-judge", "before", "evidence.judging.judge:Judge.judge", 20),
        ("judged", "after", "evidence.judging.judge:Judge.judge", 20),
        ("judgement-kept", "after", "collector.store:Store.keep", 20),
        ("caught-up", "after", "collector.judging:Judging.catch_up", 10),
    )
)
"""On the way of a leaf through the collector, and at its start."""

AGENT: Final = tuple(
    _points(
        ("spool-checked", "after", "edge_agent.spool_start:check_spool", 1),
        ("spool-opened", "after", "edge_agent.assembly:open_spool", 1),
        ("setups-remembered", "after", "edge_agent.spool:Spool.remember", 1),
        ("first-records", "after", "edge_agent.assembly:_first_records", 1),
        ("connected", "after", "edge_agent.uplink:Uplink._connect", 1),
        ("read", "after", "edge_agent.agent:poll_of", 40),
        ("before-keep", "before", "edge_agent.spool:Spool.keep", 20),
        ("polls-written", "after", "edge_agent.spool_shelf:write_pending", 20),
        ("kept", "after", "edge_agent.spool:Spool.keep", 20),
        ("closing", "before", "edge_agent.agent:Agent.close_batch", 20),
        ("packed", "after", "edge_agent.agent:packed_batches", 20),
        ("before-leaf", "before", "edge_agent.spool:append_leaves", 20),
        ("checkpoint-signed", "after", "edge_agent.spool_log:checkpoint_note", 20),
        ("leaf-appended", "after", "edge_agent.spool:append_leaves", 20),
        ("before-commit", "after", "edge_agent.spool:write_state", 40),
        ("after-commit", "before", "edge_agent.spool_files:SpoolFiles.write_head", 40),
        ("head-written", "after", "edge_agent.spool_files:SpoolFiles.write_head", 40),
        ("closed", "after", "edge_agent.agent:Agent.close_batch", 20),
        ("before-publish", "before", "edge_agent.mqtt_link:MqttLink.send", 20),
        ("published", "after", "edge_agent.mqtt_link:MqttLink.send", 20),
        ("receipt-came", "before", "edge_agent.mqtt_link:MqttLink._on_message", 20),
        ("receipt-heard", "before", "edge_agent.uplink:Uplink._hear", 20),
        ("receipt-opened", "after", "edge_agent.uplink:open_receipt", 20),
        ("receipted", "after", "edge_agent.spool:Spool.receipted", 20),
        ("before-trim", "before", "edge_agent.spool:trim", 20),
        ("trimmed", "after", "edge_agent.spool:trim", 20),
        ("trim-committed", "after", "edge_agent.spool:Spool._commit", 40),
    )
)
"""On the way of a reading through the agent, and at its start."""

SALVAGE: Final = tuple(
    _points(
        ("before-aside", "before", "edge_agent.spool_files:SpoolFiles.set_aside", 1),
        ("set-aside", "after", "edge_agent.spool_files:SpoolFiles.set_aside", 1),
        ("tables-made", "after", "edge_agent.salvage:create_tables", 1),
        ("pending-salvaged", "after", "edge_agent.salvage:_copy_pending", 1),
        ("leaves-salvaged", "after", "edge_agent.salvage:_copy_leaves", 1),
        ("salvaged", "after", "edge_agent.spool_start:salvage", 1),
        ("before-epoch", "before", "edge_agent.spool:Spool.open_epoch", 1),
        ("epoch-begun", "after", "edge_agent.spool:Spool._begin", 1),
        ("epoch-committed", "before", "edge_agent.spool_files:SpoolFiles.settle", 1),
    )
)
"""Where a damaged spool is salvaged and a new epoch opened; the next start begins anew."""

RELOG: Final = tuple(
    _points(
        ("settled", "after", "edge_agent.spool_files:SpoolFiles.settle", 1),
        ("before-portion", "before", "edge_agent.spool:Spool._move", 2),
        ("leaf-relogged", "after", "edge_agent.spool:relogged", 60),
        ("portion-moved", "after", "edge_agent.spool:Spool._move", 2),
        ("relogged", "before", "edge_agent.assembly:_first_records", 1),
    )
)
"""Where leaves are logged again in a new epoch, in this order; the next start goes on."""

ROOMS: Final = {"collector": COLLECTOR, "agent": (*AGENT, *SALVAGE, *RELOG)}
"""The points of each room, by the word that starts it."""


def point_of(room: str, name: str) -> Point:
    """The point of that name in a room.

    Raises:
        LookupError: there is none.
    """
    for point in ROOMS[room]:
        if point.name == name:
            return point
    raise LookupError(f"{room} has no point {name}")
