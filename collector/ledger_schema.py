"""The ledger's tables, and the way from one version of them to the next."""

from typing import Final

from collector.errors import LedgerDamagedError, LedgerNewerError
from collector.schema import Schema

# logs: where each agent's log ends. leaves: the exact bytes, zstd; `position` counts all
# leaves in order of admission, `ledger_root` is the Merkle root over them up to this one.
_VERSION_1: Final = (
    """CREATE TABLE logs (
        id INTEGER PRIMARY KEY,
        agent TEXT NOT NULL,
        epoch TEXT NOT NULL,
        size INTEGER NOT NULL,
        frontier TEXT NOT NULL,
        note BLOB NOT NULL,
        receipt BLOB NOT NULL DEFAULT x'',
        receipt_size INTEGER NOT NULL DEFAULT 0,
        opened_ns INTEGER NOT NULL,
        UNIQUE (agent, epoch)
    ) STRICT""",
    """CREATE TABLE leaves (
        position INTEGER PRIMARY KEY,
        log INTEGER NOT NULL REFERENCES logs (id),
        sequence INTEGER NOT NULL,
        hash BLOB NOT NULL,
        root BLOB NOT NULL,
        ledger_root BLOB NOT NULL,
        received_ns INTEGER NOT NULL,
        leaf BLOB NOT NULL,
        UNIQUE (log, sequence)
    ) STRICT""",
    "CREATE TABLE ledger (id INTEGER PRIMARY KEY CHECK (id = 1), frontier TEXT NOT NULL) STRICT",
    "INSERT INTO ledger VALUES (1, '0:')",  # the frontier of no leaves
    """CREATE TABLE branches (
        agent TEXT NOT NULL,
        epoch TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        root BLOB NOT NULL,
        code TEXT NOT NULL,
        note BLOB NOT NULL,
        leaf BLOB NOT NULL,
        first_ns INTEGER NOT NULL,
        last_ns INTEGER NOT NULL,
        seen INTEGER NOT NULL,
        PRIMARY KEY (agent, epoch, sequence, root)
    ) STRICT""",
    """CREATE TABLE documents (
        sha256 TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        content BLOB NOT NULL,
        position INTEGER NOT NULL REFERENCES leaves (position),
        recorded_ns INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE quarantine (
        id INTEGER PRIMARY KEY,
        position INTEGER NOT NULL REFERENCES leaves (position),
        stream TEXT NOT NULL,
        code TEXT NOT NULL,
        message TEXT NOT NULL,
        at_ns INTEGER NOT NULL,
        released_by TEXT NOT NULL DEFAULT '',
        reason TEXT NOT NULL DEFAULT '',
        released_ns INTEGER,
        UNIQUE (position, stream, code)
    ) STRICT""",
    """CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        at_ns INTEGER NOT NULL,
        code TEXT NOT NULL,
        message TEXT NOT NULL
    ) STRICT""",
)
# What is in a leaf, and what is wrong with it, follows from the leaf: the derived store has it.
_VERSION_2: Final = ("DROP TABLE quarantine", "DROP TABLE documents")
# A person looks at a contradicting history, and says what became of it.
_VERSION_3: Final = (
    "ALTER TABLE branches ADD COLUMN released_by TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE branches ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE branches ADD COLUMN released_ns INTEGER",
)
# Bytes of old leaves lie in plain files (collector/archive); hashes and roots stay in `leaves`.
_VERSION_4: Final = (
    """CREATE TABLE archives (
        month TEXT PRIMARY KEY,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        leaves_sha256 TEXT NOT NULL,
        root BLOB NOT NULL,
        archived_ns INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE archived (
        position INTEGER PRIMARY KEY,
        month TEXT NOT NULL REFERENCES archives (month),
        offset INTEGER NOT NULL,
        size INTEGER NOT NULL
    ) STRICT""",
)
# Leaves of version 2 may lie here: software that hashes them otherwise must not find them damaged.
_VERSION_5: Final = ()
SCHEMA: Final = Schema(
    name="a ledger",
    application_id=0x636D6C64,  # "cmld"
    steps=(_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4, _VERSION_5),
    damaged=LedgerDamagedError,
    newer=LedgerNewerError,
)
