"""Which months are in the archive, whether they must be kept, and whether they are sound."""

from pathlib import Path

import msgspec

from collector.archive.errors import ArchiveDamagedError
from collector.archive.files import ARCHIVE, Month, lines_of, month_file, read_month, require_sound
from collector.archive.months import month_of, months_before
from collector.database import Row
from collector.ledger_read import LedgerReader
from collector.ledger_rows import StoredLeaf
from evidence.errors import Words


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A month in the archive, and whether it must be kept still."""

    month: str
    must_be_kept: bool


def listed(ledger: LedgerReader, keep_years: int, now_ns: int) -> list[Listed]:
    """The months in the archive, the first first.

    Args:
        ledger: Whose.
        keep_years: How long a month must be kept after its end.
        now_ns: The instant, POSIX ns.
    """
    limit = months_before(month_of(now_ns), 12 * keep_years)
    rows = ledger.database.rows("SELECT month FROM archives ORDER BY first")
    return [Listed(month=month, must_be_kept=month >= limit) for (month,) in rows]


def require_archived(ledger: LedgerReader, name: str) -> Month:
    """A month of the archive that is sound, and is what the ledger knows it to be.

    Every leaf of it is read and hashed. Hash and place are compared with the ledger's.

    Raises:
        ArchiveDamagedError: It is not; the first thing that is wrong is named.
    """
    folder = Path(ledger.database.where).parent / ARCHIVE
    month = read_month(folder, name)
    noted = ledger.database.row(
        "SELECT first, last, leaves_sha256, root FROM archives WHERE month = ?", name
    )
    said = (month.first, month.last, month.leaves.sha256, bytes.fromhex(month.root))
    if noted != said or ledger.root_at(month.last + 1) != noted[3]:
        what = Words("it is not the month that the ledger noted", "与账本登记的月份不符")
        raise ArchiveDamagedError(str(month_file(folder, name)), what=what)
    require_sound(folder, month)
    _require_places(ledger, folder, name)
    return month


def _require_places(ledger: LedgerReader, folder: Path, name: str) -> None:
    query = (
        "SELECT agent, epoch, sequence, received_ns, hash, root FROM leaves"
        " JOIN logs ON logs.id = leaves.log WHERE position = ?"
    )
    for line in lines_of(folder, name):
        said = (line.agent, line.epoch, line.sequence, line.received_ns, line.hash, line.root)
        row = ledger.database.row(query, line.position)
        if row is None or (*row[:4], row[4].hex(), row[5].hex()) != said:
            what = Words(f"leaf {line.position} stands elsewhere", f"叶 {line.position} 的位置不符")
            raise ArchiveDamagedError(str(folder), what=what)


class ByHash(LedgerReader):
    """A ledger whose archive is not at hand: what was moved there is taken by its hash.

    Such leaves have no bytes; all that rests on hashes can be checked.
    """

    def _stored(self, row: Row) -> StoredLeaf:
        position, agent, epoch, sequence, leaf_hash, root, received_ns, frame = row
        if frame:
            return super()._stored(row)
        return StoredLeaf(
            position=position,
            agent=agent,
            epoch=epoch,
            sequence=sequence,
            leaf=b"",
            leaf_hash=leaf_hash,
            root=root,
            received_ns=received_ns,
        )
