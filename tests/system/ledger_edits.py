"""What somebody who may write every file does to a ledger: SQL, and bytes of the file."""

import random
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from collector.ledger import HEAD
from collector.ledger_head import Head, write_head
from evidence.log import merkle
from evidence.log.checkpoint import Checkpoint, origin, sign_checkpoint
from evidence.log.envelope import compress, decompress
from evidence.log.key import generate

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What was done.

    Attributes:
        how: In words.
        named: One of these must stand in what is found; anything where there is none.
        position: The leaf that cannot be read any more; None if all can.
        maybe: It may be that nothing was changed by it.
        careful: Every leaf has its hash, so that whoever reads it alone cannot know.
    """

    how: str
    named: tuple[str, ...] = ()
    position: int | None = None
    maybe: bool = False
    careful: bool = False


Edit = Callable[[sqlite3.Connection, random.Random], Edited]


def flipped(data: bytes, rng: random.Random) -> bytes:
    """The bytes with one bit changed."""
    changed = bytearray(data)
    changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def altered(leaf: bytes, rng: random.Random) -> bytes:
    """A leaf that states something else: a digit is another one."""
    digits = [at for at, byte in enumerate(leaf) if 0x31 <= byte <= 0x38]
    at = rng.choice(digits)
    return leaf[:at] + bytes([leaf[at] + 1]) + leaf[at + 1 :]


def _leaf(db: sqlite3.Connection, rng: random.Random) -> Row:
    """position, log, sequence, hash, root, leaf, and how the leaf is named."""
    rows = db.execute(
        "SELECT position, log, sequence, hash, root, leaf, agent, epoch FROM leaves"
        " JOIN logs ON id = log ORDER BY position"
    ).fetchall()
    *row, agent, epoch = rng.choice(rows)
    return (*row, f"leaf {row[2]} of {agent}/{epoch}", f"{agent}/{epoch}")


def _set(db: sqlite3.Connection, name: str, value: object, position: int) -> None:
    db.execute(f"UPDATE leaves SET {name} = ? WHERE position = ?", (value, position))  # noqa: S608


def bytes_flipped(db: sqlite3.Connection, rng: random.Random) -> Edited:
    position, *_, leaf, named, _ = _leaf(db, rng)
    _set(db, "leaf", flipped(leaf, rng), position)
    return Edited(how="a bit of a leaf", named=(named,), position=position, maybe=True)


def leaf_altered(db: sqlite3.Connection, rng: random.Random) -> Edited:
    position, *_, leaf, named, _ = _leaf(db, rng)
    _set(db, "leaf", compress(altered(decompress(leaf), rng)), position)
    return Edited(how="a digit of a leaf", named=(named,), position=position)


def leaf_and_hash(db: sqlite3.Connection, rng: random.Random) -> Edited:
    position, *_, leaf, named, _ = _leaf(db, rng)
    other = altered(decompress(leaf), rng)
    _set(db, "leaf", compress(other), position)
    _set(db, "hash", merkle.leaf_hash(other), position)
    return Edited(how="a leaf with its hash", named=(named,), careful=True)


def hash_flipped(db: sqlite3.Connection, rng: random.Random) -> Edited:
    position, _, _, found, *_, named, _ = _leaf(db, rng)
    _set(db, "hash", flipped(found, rng), position)
    return Edited(how="a hash", named=(named,), position=position)


def root_flipped(db: sqlite3.Connection, rng: random.Random) -> Edited:
    position, _, _, _, root, _, named, _ = _leaf(db, rng)
    name = rng.choice(("root", "ledger_root"))
    _set(db, name, flipped(root, rng), position)
    return Edited(how="a root", named=(named,))


def leaf_removed(db: sqlite3.Connection, rng: random.Random) -> Edited:
    position, *_ = _leaf(db, rng)
    db.execute("DELETE FROM leaves WHERE position = ?", (position,))
    named = (f"leaf {position} in order of admission is gone", "do not lead to the head")
    return Edited(how="a leaf removed", named=named)


def leaves_exchanged(db: sqlite3.Connection, rng: random.Random) -> Edited:
    one, other = sorted(rng.sample(range(_size(db)), 2))
    (named,) = db.execute(
        "SELECT 'leaf ' || sequence || ' of ' || agent || '/' || epoch FROM leaves"
        " JOIN logs ON id = log WHERE position = ?",
        (other,),
    ).fetchone()
    for before, after in ((one, -1), (other, one), (-1, other)):
        db.execute("UPDATE leaves SET position = ? WHERE position = ?", (after, before))
    return Edited(how="two leaves exchanged", named=(named, named.partition("leaf ")[2]))


def leaf_renumbered(db: sqlite3.Connection, rng: random.Random) -> Edited:
    position, _, sequence, *_, name = _leaf(db, rng)
    _set(db, "sequence", sequence + rng.randint(1000, 10**9), position)
    return Edited(how="a leaf's number", named=(f"leaf {sequence} of {name} is not in place",))


def leaf_added(db: sqlite3.Connection, rng: random.Random) -> Edited:
    size = _size(db)
    position, _, _, *_ = _leaf(db, rng)
    db.execute(
        "INSERT INTO leaves SELECT ?, log, 10000, hash, root, ledger_root, received_ns, leaf"
        " FROM leaves WHERE position = ?",
        (size, position),
    )
    return Edited(how="a leaf added", named=("leaf 10000 of", "not in place"))


def instant_changed(db: sqlite3.Connection, rng: random.Random) -> Edited:
    position, *_ = _leaf(db, rng)
    far_ns = rng.choice((-1, 1)) * rng.randint(10**13, 10**18)
    db.execute(
        "UPDATE leaves SET received_ns = received_ns + ? WHERE position = ?", (far_ns, position)
    )
    return Edited(how="an instant of commit", named=("committed",), careful=True)


def log_changed(db: sqlite3.Connection, rng: random.Random) -> Edited:
    log, agent, epoch, note, receipt, frontier = rng.choice(
        db.execute("SELECT id, agent, epoch, note, receipt, frontier FROM logs").fetchall()
    )
    values: Mapping[str, object] = {
        "size": rng.randrange(10**6) + 10**6,
        "frontier": frontier[:-1] + ("0" if frontier[-1] != "0" else "1"),
        "note": flipped(note, rng),
        "receipt": flipped(receipt, rng),
        "receipt_size": rng.randrange(10**6) + 10**6,
        "opened_ns": rng.randrange(10**18),
        "epoch": "0" * 32,
        "agent": "gw-3",
    }
    name = rng.choice(tuple(values))
    db.execute(f"UPDATE logs SET {name} = ? WHERE id = ?", (values[name], log))  # noqa: S608
    named = {"frontier": "frontier", "epoch": "0" * 32, "agent": "gw-3"}
    return Edited(how=f"{name} of a log", named=(f"{agent}/{epoch}", named.get(name, agent)))


def head_changed(db: sqlite3.Connection, rng: random.Random) -> Edited:
    (frontier,) = db.execute("SELECT frontier FROM ledger").fetchone()
    at = rng.randrange(frontier.index(":") + 1, len(frontier))
    digit = "0" if frontier[at] != "0" else "1"
    db.execute("UPDATE ledger SET frontier = ?", (frontier[:at] + digit + frontier[at + 1 :],))
    return Edited(how="the head", named=("do not lead to the head", "frontier fits no tree"))


def rewritten(db: sqlite3.Connection, rng: random.Random) -> Edited:
    """Every hash and root fits again, the head too; the checkpoint is signed by another key."""
    position, log, *_, leaf, _, name = _leaf(db, rng)
    other = altered(decompress(leaf), rng)
    _set(db, "leaf", compress(other), position)
    _set(db, "hash", merkle.leaf_hash(other), position)
    _roots_anew(db)
    _sign(db, log, name, rng)
    how = "everything from a leaf on, computed anew"
    return Edited(how=how, named=(f"the checkpoint of {name}",), careful=True)


def _roots_anew(db: sqlite3.Connection) -> None:
    """All roots and frontiers, as they follow from the hashes."""
    whole, logs = merkle.Frontier(), dict[int, merkle.Frontier]()
    rows = db.execute("SELECT position, log, hash FROM leaves ORDER BY position").fetchall()
    for position, log, leaf_hash in rows:
        whole = merkle.append(whole, leaf_hash)
        logs[log] = merkle.append(logs.get(log, merkle.Frontier()), leaf_hash)
        _set(db, "root", merkle.root(logs[log]), position)
        _set(db, "ledger_root", merkle.root(whole), position)
    db.execute("UPDATE ledger SET frontier = ?", (whole.to_hex(),))
    ((_, _, path),) = db.execute("PRAGMA database_list").fetchall()
    write_head(Path(path).parent / HEAD, Head(size=whole.size, root=merkle.root(whole)))
    for log, frontier in logs.items():
        db.execute("UPDATE logs SET frontier = ? WHERE id = ?", (frontier.to_hex(), log))


def _sign(db: sqlite3.Connection, log: int, name: str, rng: random.Random) -> None:
    agent, epoch = name.split("/")
    (size, frontier) = db.execute("SELECT size, frontier FROM logs WHERE id = ?", (log,)).fetchone()
    root = merkle.root(merkle.Frontier.from_hex(frontier))
    checkpoint = Checkpoint(origin=origin(agent, epoch), size=size, root=root)
    note = sign_checkpoint(checkpoint, [generate(agent, rng.randbytes(32))])
    db.execute("UPDATE logs SET note = ? WHERE id = ?", (note, log))


def _size(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM leaves").fetchone()[0])


EDITS: Final[Sequence[Edit]] = (
    bytes_flipped,
    leaf_altered,
    leaf_and_hash,
    hash_flipped,
    root_flipped,
    leaf_removed,
    leaves_exchanged,
    leaf_renumbered,
    leaf_added,
    instant_changed,
    log_changed,
    head_changed,
    rewritten,
)


def edited(path: Path, rng: random.Random) -> Edited:
    """Edits a ledger's file: by SQL, or, one time in four, a byte of it."""
    if rng.random() < 0.25:
        return _byte_edited(path, rng)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA synchronous = OFF")
        done = rng.choice(EDITS)(db, rng)
        db.commit()
    return done


def _byte_edited(path: Path, rng: random.Random) -> Edited:
    data = bytearray(path.read_bytes())
    at, size = rng.randrange(len(data)), rng.choice((1, 1, 1, 16))
    data[at : at + size] = bytes(byte ^ rng.randrange(1, 256) for byte in data[at : at + size])
    path.write_bytes(data)
    return Edited(how="bytes of the file", maybe=True)
