"""One leaf from the archive, for whoever reads the ledger."""

from pathlib import Path

from collector.archive.errors import ArchiveDamagedError
from collector.archive.files import ARCHIVE, leaves_file
from collector.database import Database
from collector.errors import LedgerDamagedError
from evidence.errors import Words


def archived_frame(database: Database, position: int) -> bytes:
    """The zstd frame of a leaf that was moved out of the ledger; its hash is not compared here.

    Args:
        database: The ledger's.
        position: The leaf's, in order of admission.

    Raises:
        LedgerDamagedError: It is in the ledger no more, and was not archived.
        ArchiveDamagedError: Its file is missing, or too short.
    """
    row = database.row("SELECT month, offset, size FROM archived WHERE position = ?", position)
    if row is None:
        what = Words(f"leaf {position} has no bytes", f"叶 {position} 没有内容")
        raise LedgerDamagedError(database.where, what=what)
    month, offset, size = row
    path = leaves_file(Path(database.where).parent / ARCHIVE, month)
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(size)
    except OSError as problem:
        raise ArchiveDamagedError(str(path), what=problem.strerror or "?") from problem
