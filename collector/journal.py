"""The journal: what people and the collector did, in a transparency log of its own.

A file and a key of its own beside the ledger. Commands write into it beside the running
collector: an entry, the edge of the tree and the signed head are one transaction.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from collector.database import Connect, Database, connect_sqlite, file_error
from collector.errors import LedgerError, LedgerRestoredError
from collector.journal_errors import JournalError, JournalReasonError, JournalRestoredError
from collector.journal_key import key_of, read_key, write_key
from collector.journal_read import JOURNAL, JournalReader
from collector.journal_schema import SCHEMA, JournalDatabase
from collector.ledger_head import Head, read_head, sync_folder, write_head
from collector.ledger_read import LEDGER, read_ledger
from evidence.clock import Clock
from evidence.errors import Words
from evidence.log import merkle
from evidence.log.checkpoint import Checkpoint, sign_checkpoint
from evidence.log.entry import Act, encode_entry, entered, origin_of
from evidence.log.key import SigningKey, Verifier, generate
from evidence.log.parts import BLIND_BYTES

KEY: Final = "journal.key"
REMEMBERED: Final = "journal-head"
_NOTHING: Final = merkle.Frontier()
_OF_MACHINES: Final = ("collector", "agent")
"""Roles of acts that follow from a rule or a signature; what they are says why."""


class Journal(JournalReader):
    """A journal that can be written into; `open_journal` makes it.

    Args:
        database: A connection of its own.
        key: The journal's, whose name is its origin.
        clock: When an entry is made.
        ledger_head: Where the ledger ends; asked for each entry.
        remembered: File of the head that was committed before the last entry. A journal that
            does not reach it is an old copy, and signing on would fork it.
    """

    def __init__(
        self,
        database: Database,
        key: SigningKey,
        clock: Clock,
        ledger_head: Callable[[], Head],
        remembered: Path,
        entropy: Callable[[int], bytes] = os.urandom,
    ) -> None:
        super().__init__(database, key.verifier.name.removesuffix("/journal"))
        self._key = key
        self._clock = clock
        self._ledger_head = ledger_head
        self._remembered = remembered
        self._entropy = entropy

    @property
    def verifier(self) -> Verifier:
        """The public half of the journal's key."""
        return self._key.verifier

    @property
    def pinned(self) -> str:
        """The line to pin: who verifies the journal needs it."""
        return self._key.verifier.to_text()

    def record(self, act: Act) -> int:
        """Enters what was done; its position.

        Raises:
            JournalReasonError: It is a person's, and says no reason.
            EntryError: It cannot be entered as it is.
            JournalRestoredError: The journal is older than the one that was signed.
            JournalError: It cannot be written.
            LedgerError: The ledger's head cannot be read.
        """
        with self.recording(act) as position:
            return position

    @contextmanager
    def recording(self, act: Act) -> Iterator[int]:
        """Enters what is done in the block, if the block ends without an error; its position.

        The block holds the journal against all other writers, so it shall be short. What it
        does must be on the disk when it ends; the entry is committed after it.

        Raises:
            EntryError, JournalError, LedgerError: as `record`; the block was not begun.
        """
        require_reason(act)
        with self.database.transaction():
            frontier, _ = self._edge()
            self._remember(frontier)
            yield self._enter(act, frontier)

    def _remember(self, frontier: merkle.Frontier) -> None:
        """Writes down the head that is committed, once it reaches the one written before."""
        head = Head(size=frontier.size, root=merkle.root(frontier))
        self.require_remembered()
        try:
            write_head(self._remembered, head)
            if not head.size:
                sync_folder(self._remembered.parent)  # from now on it must be there
        except LedgerError as wrong:
            raise JournalError(wrong.where, **wrong.facts) from wrong

    def require_remembered(self) -> None:
        """Returns if the journal goes on from the head that was written down.

        Raises:
            JournalRestoredError: It does not, or the file of the head is gone or damaged.
        """
        before, size = self._written_down_and_size()
        if before is None:
            if size:
                raise self._restored("the file of its head is gone", "头部文件缺失")
            return
        if before.size > size:
            raise self._restored(
                f"it has {size} entries, {before.size} were signed",
                f"现有 {size} 条记录，已签署 {before.size} 条",
            )
        if self.root_at(before.size) != before.root:
            raise self._restored(
                f"its first {before.size} entries are other ones",
                f"其前 {before.size} 条记录与签署的不同",
            )

    def _written_down_and_size(self) -> tuple[Head | None, int]:
        """The head that is written down, and then how many entries there are.

        In this order: other processes write too, and what is written down was committed before.
        """
        before, size = _remembered(self._remembered), self._edge()[0].size
        if before is None and size:  # another may have begun the journal just now
            before, size = _remembered(self._remembered), self._edge()[0].size
        return before, size

    def _enter(self, act: Act, frontier: merkle.Frontier) -> int:
        head = self._ledger_head()
        entry = entered(act, self._clock.now_ns(), head.size, head.root)
        leaf = encode_entry(entry, self._entropy(BLIND_BYTES))
        leaf_hash = merkle.leaf_hash(leaf)
        after = merkle.append(frontier, leaf_hash)
        self.database.rows(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)",
            frontier.size,
            leaf_hash,
            merkle.root(after),
            leaf,
            act.action.value,
            act.site,
            act.subject,
        )
        note = _note(self._key, after)
        self.database.rows("UPDATE journal SET frontier = ?, note = ?", after.to_hex(), note)
        return frontier.size

    def _restored(self, en: str, zh: str) -> JournalRestoredError:
        return JournalRestoredError(self.database.where, what=Words(en, zh))


def require_reason(act: Act) -> None:
    """Returns if an act says why it is done, where a person does it.

    Raises:
        JournalReasonError: it does not.
    """
    if act.role not in _OF_MACHINES and not act.reason.strip():
        raise JournalReasonError("reason", action=act.action.value)


def open_journal(
    state_dir: Path, collector: str, clock: Clock, connect: Connect = connect_sqlite
) -> Journal:
    """The journal in `state_dir`, with its key; both are made if there is none.

    Any number may be open, in several processes; each is for one thread at a time.

    Args:
        state_dir: The ledger's folder.
        collector: The collector's id.
        clock: When an entry is made.
        connect: How to open the file.

    Raises:
        JournalKeyError: The key is not the one that signed what is there, or is gone.
        JournalRestoredError: The journal is older than the one that was signed.
        JournalError: It cannot be used.
        KeyMaterialError: The key file cannot be used.
    """
    journal = _opened(state_dir, collector, clock, connect)
    try:
        journal.require_remembered()
    except BaseException:
        journal.close()
        raise
    return journal


def accept_restored_journal(state_dir: Path, collector: str, clock: Clock, act: Act) -> int:
    """The position of the entry by which a person accepts a journal that was restored.

    What was signed after the copy was made is lost; a witness will see two histories, and this
    entry says why: `old` and `new` become the head that was remembered and the one held.

    Raises:
        JournalError: It cannot be used even so.
    """
    remembered = state_dir / REMEMBERED
    with _opened(state_dir, collector, clock, connect_sqlite) as journal:
        head = journal.head()
        held = Head(size=head.size, root=head.root)
        before = _said(remembered)
        write_head(remembered, held)
        return journal.record(replace(act, old=before, new=_as_json(held)))


def _said(path: Path) -> dict[str, object] | None:
    """The remembered head, None where it is gone or damaged."""
    try:
        found = read_head(path)
    except LedgerRestoredError:
        return None
    return None if found is None else _as_json(found)


def _as_json(head: Head) -> dict[str, object]:
    return {"size": head.size, "root": head.root.hex()}


def _opened(state_dir: Path, collector: str, clock: Clock, connect: Connect) -> Journal:
    """The journal, its remembered head not yet compared."""
    origin = origin_of(collector)
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise file_error(str(state_dir), problem) from problem
    database = JournalDatabase(state_dir / JOURNAL, connect)
    try:
        database.settle()
        if SCHEMA.known(database) != SCHEMA.version:
            _make(database, state_dir / KEY, origin)
        key = key_of(database, state_dir / KEY, origin)
        return Journal(
            database, key, clock, lambda: ledger_head_of(state_dir), state_dir / REMEMBERED
        )
    except BaseException:
        database.close()
        raise


def ledger_head_of(state_dir: Path) -> Head:
    """Where the ledger in a folder ends; of none, the head of no leaves.

    Raises:
        LedgerError: There is one that cannot be read.
    """
    if not (state_dir / LEDGER).exists():
        return Head(size=0, root=merkle.EMPTY_ROOT)
    with read_ledger(state_dir) as ledger:
        return ledger.head()


def _make(database: Database, path: Path, origin: str) -> None:
    """Makes tables, key and the signed head of no entries; other processes wait for it."""
    with database.transaction():
        SCHEMA.prepare(database)
        if database.row("SELECT id FROM journal") is not None:
            return  # another process was first
        if not path.exists():
            write_key(path, generate(origin, os.urandom(32)))
        key = read_key(path, origin)
        database.rows("INSERT INTO journal VALUES (1, ?, ?)", _NOTHING.to_hex(), _note(key))


def _note(key: SigningKey, frontier: merkle.Frontier = _NOTHING) -> bytes:
    head = Checkpoint(origin=key.verifier.name, size=frontier.size, root=merkle.root(frontier))
    return sign_checkpoint(head, [key])


def _remembered(path: Path) -> Head | None:
    try:
        return read_head(path)
    except LedgerRestoredError as wrong:
        raise JournalRestoredError(wrong.where, **wrong.facts) from wrong
