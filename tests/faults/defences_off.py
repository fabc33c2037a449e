"""Defences that are taken away in the process of a control, by patches on the product.

`streams-sound` and `messages-once` are no defences of the product but what it must stand: an
agent that now and then states what is wrong, and a network that now and then doubles a message.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any, Final

import msgspec

NS_PER_S: Final = 1_000_000_000
SPOILT_EVERY: Final = 20
DOUBLED_EVERY: Final = 10
COMMITTED_EVERY: Final = 8


def take_away(name: str) -> None:
    """Patches the product in this process.

    Raises:
        LookupError: there is no such defence.
    """
    if name not in DEFENCES:
        raise LookupError(f"no defence {name}")
    DEFENCES[name]()


def _put(owner: object, name: str, patch: Callable[..., Any]) -> None:
    setattr(owner, name, patch)


def streams_sound() -> None:
    """An agent: every twentieth batch states a result that a register cannot have."""
    from edge_agent import batcher  # noqa: PLC0415 - only what is patched is imported
    from edge_agent.streams import streams_of  # noqa: PLC0415

    made = count(1)

    def spoilt(*given: Any) -> Any:  # noqa: ANN401 - as the original
        streams = streams_of(*given)
        if next(made) % SPOILT_EVERY:
            return streams
        return tuple(
            msgspec.structs.replace(each, value=tuple(float(n) for n in each.indication))
            for each in streams
        )

    _put(batcher, "streams_of", spoilt)


def messages_once() -> None:
    """An agent: every tenth message is published twice, as QoS 1 allows."""
    from edge_agent.mqtt_link import MqttLink  # noqa: PLC0415

    send, sent = MqttLink.send, count(1)

    def doubled(link: MqttLink, payload: bytes) -> None:
        send(link, payload)
        if not next(sent) % DOUBLED_EVERY:
            send(link, payload)

    _put(MqttLink, "send", doubled)


def only_receipts_count() -> None:
    """An agent: what the broker acknowledged is taken as delivered."""
    from edge_agent.mqtt_link import MqttLink  # noqa: PLC0415
    from edge_agent.uplink import Uplink  # noqa: PLC0415

    sent: deque[tuple[str, int]] = deque()
    taken: deque[tuple[str, int]] = deque()
    send, pump = Uplink._send, Uplink.pump
    on_publish, serve = MqttLink._on_publish, MqttLink._serve

    def sending(uplink: Uplink, sequence: int) -> bool:
        sent.append((uplink._spool.epoch, sequence))
        return send(uplink, sequence)

    def acknowledged(link: MqttLink, *given: Any) -> None:  # noqa: ANN401
        on_publish(link, *given)
        with suppress(IndexError):
            taken.append(sent.popleft())
            link._notify()

    def serving(link: MqttLink) -> None:
        sent.clear()
        serve(link)

    def pumping(uplink: Uplink) -> None:
        while taken:
            _trim(uplink, *taken.popleft())
        pump(uplink)

    for owner, name, patch in (
        (Uplink, "_send", sending),
        (Uplink, "pump", pumping),
        (MqttLink, "_on_publish", acknowledged),
        (MqttLink, "_serve", serving),
    ):
        _put(owner, name, patch)


def _trim(uplink: Any, epoch: str, sequence: int) -> None:  # noqa: ANN401
    from edge_agent.outbox import Covered, after_receipt  # noqa: PLC0415

    spool, size = uplink._spool, sequence + 1
    if epoch != spool.epoch or not spool.base < size <= spool.size or uplink._outbox is None:
        return
    covered = Covered(size=size, at_s=time.time_ns() // NS_PER_S, want=size)
    spool.receipted(size, covered.at_s)
    uplink._outbox = after_receipt(uplink._outbox, covered, time.monotonic_ns())


def one_transaction() -> None:
    """An agent: a batch is logged in one commit, its polls removed in the next."""
    from edge_agent import spool_shelf as shelf  # noqa: PLC0415
    from edge_agent.spool import Spool  # noqa: PLC0415
    from edge_agent.spool_log import LogState, append_leaves  # noqa: PLC0415

    def append(spool: Spool, leaves: Sequence[Any], documents: Iterable[str] = ()) -> None:
        last = spool._waiting[-1].row if spool._waiting else 0

        def log(state: LogState) -> LogState:
            shelf.mark_logged(spool._db, documents, state.epoch)
            return append_leaves(spool._db, state, leaves, spool._key)

        def remove(state: LogState) -> LogState:
            spool._db.execute("DELETE FROM pending WHERE id <= ?", (last,))
            return state

        spool._commit(log)
        spool._commit(remove)
        spool._waiting.clear()

    _put(Spool, "append", append)


def moved_at_once() -> None:
    """An agent: leaves are logged again in one commit, their old rows removed in the next."""
    from edge_agent.spool import RELOG_PORTION, Spool  # noqa: PLC0415
    from edge_agent.spool_log import LogState, older_leaves  # noqa: PLC0415

    move = Spool._move

    def keeping(spool: Spool, rows: Sequence[Any], state: LogState) -> LogState:
        moved = move(spool, rows, state)
        spool._db.executemany(
            "INSERT INTO leaf (id, hash, frame, checkpoint) VALUES (?, ?, ?, x'')", rows
        )
        return moved

    def remove(spool: Spool, rows: Sequence[Any], state: LogState) -> LogState:
        ids = [(row_id,) for row_id, _, _ in rows]
        spool._db.executemany("DELETE FROM leaf WHERE id = ?", ids)
        return state

    def log_again(spool: Spool) -> None:
        while rows := older_leaves(spool._db, spool._state, RELOG_PORTION):
            spool._commit(partial(keeping, spool, rows))
            spool._commit(partial(remove, spool, rows))

    _put(Spool, "log_again", log_again)


def dedupe() -> None:
    """A collector: a leaf that is sent again is appended again."""
    from collector import intake  # noqa: PLC0415
    from collector.admit import admit  # noqa: PLC0415
    from collector.outcome import Duplicate, LogState, Outcome, Presented  # noqa: PLC0415

    def doubling(presented: Presented, state: LogState, held: Any) -> Outcome:  # noqa: ANN401
        found = admit(presented, state, held)
        return _again(presented, state) if isinstance(found, Duplicate) else found

    _put(intake, "admit", doubling)


def _again(presented: Any, state: Any) -> Any:  # noqa: ANN401
    from collector.outcome import Admitted  # noqa: PLC0415
    from evidence.log import merkle  # noqa: PLC0415
    from evidence.log.envelope import decompress  # noqa: PLC0415

    leaf = decompress(presented.frame)
    digest = merkle.leaf_hash(leaf)
    frontier = merkle.append(state.frontier, digest)
    return Admitted(
        agent=state.agent,
        epoch=state.epoch,
        sequence=state.size,
        leaf=leaf,
        frame=presented.frame,
        leaf_hash=digest,
        frontier=frontier,
        root=merkle.root(frontier),
        note=presented.note,
    )


def place_is_the_key() -> None:
    """A collector: readings whose stamp, in whole seconds, is not later are taken as seen."""
    from collector.ledger import Ledger  # noqa: PLC0415
    from collector.outcome import Admitted  # noqa: PLC0415
    from evidence.log.merkle import Frontier  # noqa: PLC0415

    latest: dict[str, int] = {}
    append = Ledger._append

    def keyed(ledger: Ledger, one: Admitted, before: Frontier, received_ns: int) -> None:
        stamps = _stamps_s(one.leaf)
        if stamps and all(stamp <= latest.get(channel, 0) for channel, stamp in stamps.items()):
            ledger._continued(one, received_ns)
            return
        latest.update(stamps)
        append(ledger, one, before, received_ns)

    _put(Ledger, "_append", keyed)


def _stamps_s(leaf: bytes) -> dict[str, int]:
    """Channel -> last stamp of its readings in a leaf, in s."""
    from evidence.log.batch import Batch, decode  # noqa: PLC0415
    from evidence.log.column import progressed  # noqa: PLC0415

    found = decode(leaf)
    streams = found.streams if isinstance(found, Batch) else ()
    return {
        each.head.channel: progressed(each.at_ms, each.rows)[-1] // 1000
        for each in streams
        if each.rows
    }


def content_after_commit() -> None:
    """A collector: a leaf with a wrong stream is refused at admission."""
    from collector import intake  # noqa: PLC0415
    from collector.admit import admit  # noqa: PLC0415
    from collector.errors import AlteredLeafError  # noqa: PLC0415
    from collector.outcome import Admitted, LogState, Outcome, Presented, Refused  # noqa: PLC0415
    from evidence.log.batch import Batch, decode  # noqa: PLC0415

    def judging(presented: Presented, state: LogState, held: Any) -> Outcome:  # noqa: ANN401
        found = admit(presented, state, held)
        leaf = decode(found.leaf) if isinstance(found, Admitted) else None
        if isinstance(leaf, Batch) and any(each.value is not None for each in leaf.streams):
            error = AlteredLeafError(f"{state.agent}/{state.epoch}", sequence=presented.sequence)
            return Refused(error=error, agent=state.agent, epoch=state.epoch)
        return found

    _put(intake, "admit", judging)


def commit_before_receipt() -> None:
    """A collector: to be faster, only every eighth COMMIT is made, and receipts do not wait."""
    from collector.database import Database, Row, Value  # noqa: PLC0415

    rows, commits = Database.rows, count()

    def lazy(database: Database, sql: str, *parameters: Value) -> list[Row]:
        if sql == "COMMIT" and next(commits) % COMMITTED_EVERY:
            return []
        if sql == "BEGIN IMMEDIATE" and _is_open(database):
            return []
        return rows(database, sql, *parameters)

    _put(Database, "rows", lazy)


def _is_open(database: Any) -> bool:  # noqa: ANN401
    return bool(database._connection.in_transaction)


DEFENCES: Final[dict[str, Callable[[], None]]] = {
    "streams-sound": streams_sound,
    "messages-once": messages_once,
    "only-receipts-count": only_receipts_count,
    "one-transaction": one_transaction,
    "moved-at-once": moved_at_once,
    "dedupe": dedupe,
    "place-is-the-key": place_is_the_key,
    "content-after-commit": content_after_commit,
    "commit-before-receipt": commit_before_receipt,
}
