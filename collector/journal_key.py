"""The journal's key, in a file of its own, held against the head that it signed last."""

from pathlib import Path

from collector.database import Database, file_error
from collector.journal_errors import JournalKeyError
from collector.ledger_head import sync_folder
from evidence.errors import ForeignEvidenceError, Words
from evidence.load import read_signing_key, write_signing_key
from evidence.log.checkpoint import open_checkpoint
from evidence.log.key import Algorithm, SigningKey, keyring, require_algorithm


def write_key(path: Path, key: SigningKey) -> None:
    """Makes the key's file whole or not at all: nobody is there to remove half of one."""
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.unlink(missing_ok=True)
        write_signing_key(fresh, key)
        fresh.replace(path)
    except OSError as problem:
        raise file_error(str(path), problem) from problem
    sync_folder(path.parent)


def key_of(database: Database, path: Path, origin: str) -> SigningKey:
    """The journal's key, compared with the head that it signed last.

    Raises:
        JournalKeyError: It is gone, or another one.
        KeyMaterialError: The file is no key, or open to others.
    """
    if not path.exists():
        raise JournalKeyError(str(path), what=Words("the journal's key is gone", "日志密钥缺失"))
    key = read_key(path, origin)
    row = database.row("SELECT note FROM journal")
    _require_signed(b"" if row is None else row[0], key, path)
    return key


def read_key(path: Path, origin: str) -> SigningKey:
    """The key in a file.

    Raises:
        JournalKeyError: It is the key of another journal.
        KeyMaterialError: The file is no key, or open to others.
    """
    key = read_signing_key(path)
    require_algorithm(key.verifier, Algorithm.ED25519)
    if key.verifier.name != origin:
        what = Words(f"it is the key of {key.verifier.name}", f"这是 {key.verifier.name} 的密钥")
        raise JournalKeyError(str(path), what=what)
    return key


def _require_signed(note: bytes, key: SigningKey, path: Path) -> None:
    try:
        open_checkpoint(note, keyring([key.verifier]))
    except ForeignEvidenceError as other:
        what = Words("the journal was signed by another key", "日志由另一把密钥签名")
        raise JournalKeyError(str(path), what=what) from other
