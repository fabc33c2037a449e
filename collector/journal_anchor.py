"""The journal held open as long as the collector runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.journal_read import read_journal


@contextmanager
def journal_kept_open(state_dir: Path, collector: str) -> Iterator[None]:
    """Inside, other connections to the journal need no room on the disk to be opened.

    The last connection takes the write-ahead log and its shared memory away; the next one makes
    them again, which a full disk refuses, and then not even questions could be answered.

    Raises:
        JournalError: There is no journal, or it cannot be used.
    """
    with read_journal(state_dir, collector) as journal:
        journal.head()  # the first read makes the shared memory
        yield
