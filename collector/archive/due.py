"""Which months are to be archived: over for long enough, and settled."""

from collections.abc import Iterator

from collector.archive.errors import ArchiveOpenError
from collector.archive.months import Run, month_of, months_before, runs
from collector.ledger_read import LedgerReader
from collector.store import Store
from evidence.errors import Words


def due_runs(ledger: LedgerReader, after_months: int, now_ns: int) -> Iterator[Run]:
    """Months that are over for so many months (>= 1) and not archived, the first first.

    One that was begun is the first.
    """
    limit = months_before(month_of(now_ns), after_months + 1)
    begun = _begun(ledger)
    if begun is not None:
        yield begun
    last = ledger.database.row("SELECT month, last FROM archives ORDER BY last DESC LIMIT 1")
    month, position = ("", -1) if last is None else last
    floor = months_before(month, -1) if month else ""
    for run in runs(ledger.received(position + 1), floor):
        if run.month > limit:
            return
        yield run


def _begun(ledger: LedgerReader) -> Run | None:
    """The last archived month, if some of its leaves are in the ledger still."""
    row = ledger.database.row("SELECT month, first, last FROM archives ORDER BY last DESC LIMIT 1")
    if row is None:
        return None
    left = ledger.database.row(
        "SELECT 1 FROM leaves WHERE position BETWEEN ? AND ? AND leaf <> x'' LIMIT 1", *row[1:]
    )
    return None if left is None else Run(*row)


def require_settled(ledger: LedgerReader, store: Store, run: Run) -> None:
    """Returns if nothing of a month is under way any more.

    Raises:
        ArchiveOpenError: A leaf was not judged, has no receipt, or is of an open hour.
    """
    if store.cursor() <= run.last or store.is_late():
        raise _open(run, "leaves wait to be judged", "有叶等待评判")
    if store.open_from() <= run.last:
        raise _open(run, "an hour of it is open still", "其中有小时尚未结束")
    lacking = ledger.database.row(
        "SELECT 1 FROM leaves JOIN logs ON logs.id = leaves.log"
        " WHERE position BETWEEN ? AND ? AND sequence >= receipt_size LIMIT 1",
        run.first,
        run.last,
    )
    if lacking is not None:
        raise _open(run, "a leaf of it has no receipt", "其中有叶尚无回执")


def _open(run: Run, en: str, zh: str) -> ArchiveOpenError:
    return ArchiveOpenError(run.month, what=Words(en, zh))
