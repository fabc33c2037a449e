"""What must be true of a ledger after the faults, from sources that are not the ledger.

The meters know what they answered and when; the agent's spool knows what it committed; keys
and trees say what was signed.
"""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from collector.ledger_check import first_damage
from collector.ledger_read import read_ledger
from edge_agent.poll import Poll, read_pending
from evidence.log import merkle
from evidence.log.batch import Batch, Stream, decode
from evidence.log.checkpoint import open_checkpoint
from evidence.log.column import progressed
from evidence.log.envelope import decompress
from evidence.log.key import Verifier, keyring
from evidence.log.receipt import open_receipt
from tests.system.meters import METER

MS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One poll of one device: what it showed, or None where it gave nothing."""

    device: str
    sequence: int
    at_ms: int
    shown: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """What an agent's spool holds.

    Attributes:
        polls: Committed, in a batch or not.
        counters: The next poll's number by device.
        leaves: Sequences of the leaves that are kept.
        base, size: First leaf without a receipt, and number of leaves, of the epoch.
    """

    polls: tuple[Kept, ...]
    counters: Mapping[str, int]
    leaves: tuple[int, ...]
    base: int
    size: int


def kept_in(leaf: bytes) -> Iterator[Kept]:
    """The polls of a leaf's bytes."""
    found = decode(leaf)
    if isinstance(found, Batch):
        for stream in found.streams:
            # readings and misses stand in columns of their own, each in order
            yield from sorted(_of_stream(stream), key=lambda each: each.sequence)


def _of_stream(stream: Stream) -> Iterator[Kept]:
    device = stream.head.channel.split("/")[1]
    if stream.rows:
        columns = (
            progressed(stream.sequence, stream.rows),
            progressed(stream.at_ms, stream.rows),
            stream.raw,
            stream.indication,
        )
        for sequence, at_ms, raw, indication in zip(*columns, strict=True):
            shown = int(raw, 16)
            assert round(indication * 100) == shown
            yield Kept(device=device, sequence=sequence, at_ms=at_ms, shown=shown)
    for miss in stream.missed:
        yield Kept(device=device, sequence=miss.sequence, at_ms=miss.at_ms, shown=None)


def spooled(state_dir: Path, scratch: Path) -> Spooled:
    """What a spool holds; read from a copy, so that the agent finds its files as they were."""
    scratch.mkdir(parents=True, exist_ok=True)
    for name in ("spool.sqlite", "spool.sqlite-wal"):
        (scratch / name).unlink(missing_ok=True)
        if (state_dir / name).exists():
            shutil.copy(state_dir / name, scratch / name)
    db = sqlite3.connect(scratch / "spool.sqlite")
    try:
        return _spooled(db)
    finally:
        db.close()


def _spooled(db: sqlite3.Connection) -> Spooled:
    waiting = [read_pending(data) for (data,) in db.execute("SELECT data FROM pending")]
    rows = db.execute("SELECT id, frame FROM leaf ORDER BY id").fetchall()
    frontier, receipted = db.execute("SELECT frontier, receipted FROM log").fetchone()
    logged = [poll for _, frame in rows for poll in kept_in(decompress(frame))]
    return Spooled(
        polls=(*logged, *(_of_poll(each) for each in waiting if isinstance(each, Poll))),
        counters=dict(db.execute("SELECT device, next FROM counter").fetchall()),
        leaves=tuple(row_id % (1 << 40) for row_id, _ in rows),
        base=merkle.Frontier.from_hex(receipted).size,
        size=merkle.Frontier.from_hex(frontier).size,
    )


def _of_poll(poll: Poll) -> Kept:
    shown = [int.from_bytes(reading.raw, "big") for reading in poll.readings]
    at_ms = [each.at_ms for each in poll.readings] + [each.at_ms for each in poll.lacking]
    return Kept(
        device=poll.device,
        sequence=poll.sequence,
        at_ms=at_ms[0],
        shown=shown[0] if shown else None,
    )


def log_of(state_dir: Path, agent: Verifier, collector: Verifier) -> dict[str, list[bytes]]:
    """The leaves of each epoch, once signatures, roots and receipts are found to fit them."""
    with read_ledger(state_dir) as ledger:
        damage = first_damage(ledger)
        assert damage is None, damage.say("en")
        name = agent.name
        return {
            epoch: _verified(
                [leaf.leaf for leaf in ledger.leaves(name, epoch)],
                [leaf.sequence for leaf in ledger.leaves(name, epoch)],
                (ledger.state(name, epoch).note, ledger.state(name, epoch).receipt),
                (agent, collector),
            )
            for epoch in ledger.epochs(name)
        }


def _verified(
    leaves: list[bytes],
    sequences: list[int],
    signed: tuple[bytes, bytes],
    keys: tuple[Verifier, Verifier],
) -> list[bytes]:
    assert sequences == list(range(len(leaves)))
    root = root_of(leaves)
    head = open_checkpoint(signed[0], keyring([keys[0]])).checkpoint
    assert (head.size, head.root) == (len(leaves), root), f"{head.size} signed, {len(leaves)} held"
    receipt = open_receipt(signed[1], keys[1]).checkpoint
    promised = (receipt.size, receipt.root)
    assert promised == (len(leaves), root), f"{receipt.size} receipted, {len(leaves)} held"
    return leaves


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The Merkle root over leaves' exact bytes."""
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier = merkle.append(frontier, merkle.leaf_hash(leaf))
    return merkle.root(frontier)


def _unlike(mine: Sequence[Kept], following: int) -> str:
    """Where the numbers of a device's polls stop being 0, 1, 2, ..."""
    numbers = [each.sequence for each in mine]
    first = next((n for n, number in enumerate(numbers) if n != number), len(numbers))
    return f"{numbers[max(first - 3, 0) : first + 5]} from place {first}, {following} were given"


def complaints(
    kept: Sequence[Kept],
    counters: Mapping[str, int],
    served: Mapping[tuple[int, int], int],
    committed: Iterable[Kept] = (),
) -> list[str]:
    """What is wrong with the polls of a ledger; nothing if all is well.

    Args:
        kept: In the order of the ledger.
        counters: By the spool, the number of each device's next poll.
        served: By the meters, (unit, n) -> when answer n was given, UTC ns.
        committed: What the spool was seen to hold at one time or another.
    """
    found: list[str] = []
    for device, following in counters.items():
        mine = [each for each in kept if each.device == device]
        if [each.sequence for each in mine] != list(range(following)):
            found.append(f"{device}: lost, doubled or out of order: {_unlike(mine, following)}")
        found += _values(device, mine, served)
    in_ledger = set(kept)
    found += [f"committed and not kept: {each}" for each in committed if each not in in_ledger]
    return found


def _values(
    device: str, kept: Sequence[Kept], served: Mapping[tuple[int, int], int]
) -> Iterator[str]:
    unit, last = int(device.removeprefix("meter-")), 0
    for each in kept:
        if each.shown is None:
            continue
        meter, number = divmod(each.shown, METER)
        if meter != unit or (meter, number) not in served:
            yield f"{device} {each.sequence}: {each.shown} was never answered"
        elif number <= last:
            yield f"{device} {each.sequence}: answer {number} comes after answer {last}"
        elif not _stamped_between(each.at_ms, meter, number, served):
            yield f"{device} {each.sequence}: answer {number} is stamped {each.at_ms}"
        last = number


def _stamped_between(
    at_ms: int, unit: int, number: int, served: Mapping[tuple[int, int], int]
) -> bool:
    """After the answer was given, and before the next one was."""
    following_ns = served.get((unit, number + 1), at_ms * MS)
    return served[unit, number] // MS <= at_ms <= -(-following_ns // MS)
