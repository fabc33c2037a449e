"""Questions to the journal. Whatever is read is compared with its hash."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from collector.database import Connect, Database, Row, connect_sqlite
from collector.journal_errors import JournalAbsentError, JournalDamagedError
from collector.journal_schema import SCHEMA, JournalDatabase
from evidence.errors import FrontierError, LeafError, Words
from evidence.log import merkle
from evidence.log.entry import Action, Entry, decode_entry, origin_of
from evidence.printable import printable

JOURNAL: Final = "journal.sqlite"
MAX_PORTION: Final = 1000
PORTION_BACK: Final = 100
_ROW: Final = "SELECT position, hash, leaf FROM entries"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An entry where it stands.

    Attributes:
        position: Its place in the journal, from 0 on.
        entry: What it says.
        leaf: Its exact bytes.
        leaf_hash: Its hash in the tree, 32 bytes.
    """

    position: int
    entry: Entry
    leaf: bytes
    leaf_hash: bytes

    def to_line(self) -> str:
        """The entry for a person, tab-separated: what it was and became is left out."""
        entry = self.entry
        who = f"{entry.who} ({entry.role})"
        about = " ".join(part for part in (entry.site, entry.subject) if part) or "-"
        told = map(printable, (entry.at, entry.action, who, about, entry.reason))
        return "\t".join((str(self.position), *told))


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalHead:
    """Where the journal ends.

    Attributes:
        size: Number of entries.
        root: Merkle root over them, 32 bytes.
        note: Both as a checkpoint note signed by the journal's key.
    """

    size: int
    root: bytes
    note: bytes


class JournalReader:
    """What is committed in a journal, on a connection of its own; for one thread at a time."""

    def __init__(self, database: Database, collector: str) -> None:
        self.database = database
        self.origin = origin_of(collector)

    def close(self) -> None:
        """Closes the connection."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def head(self) -> JournalHead:
        """Where the journal ends, signed.

        Raises:
            JournalDamagedError: It is lost, or fits no tree.
        """
        frontier, note = self._edge()
        return JournalHead(size=frontier.size, root=merkle.root(frontier), note=note)

    def entries(self, first: int = 0, count: int = MAX_PORTION) -> list[Recorded]:
        """At most `count` (up to 1,000) entries from position `first` (>= 0) on.

        Raises:
            JournalDamagedError: An entry's bytes do not have their hash, or are none.
        """
        rows = self.database.rows(
            f"{_ROW} WHERE position >= ? ORDER BY position LIMIT ?", first, min(count, MAX_PORTION)
        )
        return [self._recorded(row) for row in rows]

    def of(
        self, actions: Sequence[Action], *, subject: str | None = None, first: int = 0
    ) -> Iterator[Recorded]:
        """The entries of some actions in their order, from position `first` (>= 0) on.

        Args:
            actions: Any of them.
            subject: Of this one alone.
            first: Where to begin, such as one after the last that was seen.

        Raises:
            JournalDamagedError: An entry's bytes do not have their hash, or are none.
        """
        named = ", ".join("?" for _ in actions)
        narrowed = "" if subject is None else " AND subject = ?"
        query = f"{_ROW} WHERE position >= ? AND action IN ({named}){narrowed} ORDER BY position"
        facts = (*map(str, actions), *(() if subject is None else (subject,)))
        while rows := self.database.rows(f"{query} LIMIT ?", first, *facts, MAX_PORTION):
            yield from map(self._recorded, rows)
            first = rows[-1][0] + 1

    def latest(
        self, actions: Sequence[Action], *, subject: str | None = None, before: int | None = None
    ) -> Iterator[Recorded]:
        """The entries of some actions, the last one first.

        Args:
            actions: Any of them.
            subject: Of this one alone.
            before: Only those that stand before this position.

        Raises:
            JournalDamagedError: An entry's bytes do not have their hash, or are none.
        """
        named = ", ".join("?" for _ in actions)
        narrowed = "" if subject is None else " AND subject = ?"
        query = f"{_ROW} WHERE position < ? AND action IN ({named}){narrowed}"
        facts = (*map(str, actions), *(() if subject is None else (subject,)))
        limit = self.head().size if before is None else before
        while rows := self.database.rows(
            f"{query} ORDER BY position DESC LIMIT ?", limit, *facts, PORTION_BACK
        ):
            yield from map(self._recorded, rows)
            limit = rows[-1][0]

    def hashes(self, size: int) -> list[bytes]:
        """The hashes of the first `size` entries, 32 bytes each.

        Raises:
            JournalAbsentError: There are not that many.
        """
        rows = self.database.rows(
            "SELECT hash FROM entries WHERE position < ? ORDER BY position", size
        )
        if len(rows) != size:
            what = Words(f"a head of {size} entries", f"{size} 条记录的日志头")
            raise JournalAbsentError(self.database.where, what=what)
        return [leaf_hash for (leaf_hash,) in rows]

    def consistency(self, old_size: int, size: int) -> tuple[bytes, ...]:
        """The proof that the head of `size` entries goes on from that of `old_size`.

        Raises:
            JournalAbsentError: There are not that many.
            LogPositionError: `old_size` is not in 0 .. `size`.
        """
        return merkle.consistency_proof(self.hashes(size), old_size)

    def inclusion(self, position: int, size: int) -> tuple[bytes, ...]:
        """The proof that an entry stands at `position` of the head of `size` entries.

        Raises:
            JournalAbsentError: There are not that many.
            LogPositionError: `position` is not in 0 .. `size` - 1.
        """
        return merkle.inclusion_proof(self.hashes(size), position)

    def root_at(self, size: int) -> bytes | None:
        """The root over the first `size` entries; None if there are fewer."""
        if size == 0:
            return merkle.EMPTY_ROOT
        row = self.database.row("SELECT root FROM entries WHERE position = ?", size - 1)
        return None if row is None else bytes(row[0])

    def facts(self, position: int) -> tuple[str, str, str] | None:
        """Action, site and subject by which an entry is found; None if there is none."""
        row = self.database.row(
            "SELECT action, site, subject FROM entries WHERE position = ?", position
        )
        return None if row is None else (row[0], row[1], row[2])

    def _edge(self) -> tuple[merkle.Frontier, bytes]:
        row = self.database.row("SELECT frontier, note FROM journal")
        try:
            return merkle.Frontier.from_hex("" if row is None else row[0]), row[1] if row else b""
        except FrontierError:
            raise self._damaged("its frontier fits no tree", "其 frontier 不成树") from None

    def _recorded(self, row: Row) -> Recorded:
        position, leaf_hash, leaf = row
        if merkle.leaf_hash(leaf) != leaf_hash:
            raise self._damaged(
                f"entry {position} does not have its hash", f"记录 {position} 与其哈希不符"
            )
        try:
            entry = decode_entry(leaf, f"entry {position}")
        except LeafError as wrong:
            raise self._damaged(wrong.say("en"), wrong.say("zh")) from wrong
        return Recorded(position=position, entry=entry, leaf=leaf, leaf_hash=leaf_hash)

    def _damaged(self, en: str, zh: str) -> JournalDamagedError:
        return JournalDamagedError(self.database.where, what=Words(en, zh))


def read_journal(
    state_dir: Path, collector: str, connect: Connect = connect_sqlite
) -> JournalReader:
    """A reader of the journal in `state_dir`; it writes nothing and needs no key.

    Raises:
        JournalAbsentError: There is no journal.
        JournalError: It is newer, or not a journal.
    """
    path = state_dir / JOURNAL
    if not path.exists():
        raise JournalAbsentError(str(path), what=Words("the journal itself", "日志本身"))
    database = JournalDatabase(path, connect)
    try:
        database.rows("PRAGMA busy_timeout = 5000")
        database.rows("PRAGMA query_only = ON")
        _require_made(database)
    except BaseException:
        database.close()
        raise
    return JournalReader(database, collector)


def _require_made(database: Database) -> None:
    if SCHEMA.known(database) != SCHEMA.version:
        raise JournalAbsentError(database.where, what=Words("the journal itself", "日志本身"))
